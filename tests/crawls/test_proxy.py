"""Whole crawls through a proxy that the operator names, for http and for https."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler.crawling import coroutine
from dictcrawler.crawling.download_handler import _tls
from dictcrawler.errors import ArgumentError, ProxyUnauthorized
from dictcrawler.net import proxy as proxies
from tests.support.certificates import server_tls
from tests.support.proxy import proxying
from tests.support.server import Handler, crawl, serving

PATH = "/us/dictionary/american"
SECRET = "pass:w\u00f6rd@1"  # noqa: S105
QUICK = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01}


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)


def mirror_of(url: str, host: str) -> str:
    return f"{url.replace('127.0.0.1', host)}{PATH}/{{keyword}}"


def test_pages_and_robots_txt_are_requested_through_the_proxy_and_its_password_stays_secret(
    tmp_path: Path, dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(proxies.PASSWORD, SECRET)
    with serving(dictionary_pages) as site, proxying(f"someone:{SECRET}") as proxy:
        mirror = mirror_of(site.url, "mirror.invalid")
        named = proxy.url.replace("//", "//someone@")
        settings = QUICK | {"PROXY": named, "LOG_LEVEL": "DEBUG"}
        done = crawl(tmp_path, f"base_url={mirror}", "word=hi,bye", settings=settings)
    assert done.status == 0, done.log
    assert done.statuses == {"hi": "found", "bye": "found"}
    host = mirror.split("/")[2]
    assert proxy.requested[0][0].split(" ")[1] == f"http://{host}/robots.txt"
    assert len(proxy.requested) == len(site.requests)
    # Neither the host nor any file of the crawl gets the proxy's password; the kept pages have no IP address.
    assert not [headers for *_, headers in site.requests if "Proxy-Authorization" in headers]
    coded = next(field for field in proxy.requested[0][1] if field.startswith("Proxy-Authorization"))[-8:]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (SECRET, coded):
        assert secret not in done.log + done.out
        assert secret.encode() not in kept
    assert b"WARC-IP-Address" not in kept


def test_https_goes_through_tunnels_and_ssl_cert_file_names_who_is_trusted(
    tmp_path: Path, dictionary_pages: Handler, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv(proxies.PASSWORD, SECRET)
    with serving(dictionary_pages, server_tls(certificate)) as site, proxying(f"someone:{SECRET}") as proxy:
        named = proxy.url.replace("//", "//someone@")
        given = (f"base_url={mirror_of(site.url, 'localhost')}", "word=hi,bye")
        done = crawl(tmp_path, *given, settings=QUICK | {"PROXY": named})
    assert done.status == 0, done.log
    assert done.statuses == {"hi": "found", "bye": "found"}
    # One tunnel for all of it; only the host sees the content.
    assert [first for first, _ in proxy.requested] == [f"CONNECT localhost:{site.url.rpartition(':')[2]} HTTP/1.1"]
    assert site.requests[0][1] == "/robots.txt"
    assert not [headers for *_, headers in site.requests if "Proxy-Authorization" in headers]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_wrong_password_is_tried_once_and_ends_the_crawl(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxies.PASSWORD, "wrong")
    with proxying(f"someone:{SECRET}") as proxy:
        settings = QUICK | {"PROXY": proxy.url.replace("//", "//someone@")}
        base_url = f"{scheme}://mirror.invalid{PATH}/{{keyword}}"
        with pytest.raises(ProxyUnauthorized, match=r"this user and password \(407\)"):
            await coroutine.crawl(["hi", "bye"], base_url=base_url, overrides=settings)
    assert len(proxy.requested) == 1


def test_a_password_that_expires_during_a_run_stops_it_and_the_same_command_continues(
    tmp_path: Path, dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(proxies.PASSWORD, SECRET)
    with proxying(f"someone:{SECRET}") as proxy:

        async def ended_after_two_words(request: web.Request) -> web.StreamResponse:
            if len(site.requests) == 3:
                proxy.user = "someone:else"
            return await dictionary_pages(request)

        with serving(ended_after_two_words) as site:
            settings = QUICK | {"PROXY": proxy.url.replace("//", "//someone@"), "CONCURRENT_REQUESTS": 1}
            given = (f"base_url={mirror_of(site.url, 'mirror.invalid')}", "word=hi,bye,love,apple,banana")
            stopped = crawl(tmp_path, *given, settings=settings)
            served, requested = len(site.requests), len(proxy.requested)
            proxy.user = f"someone:{SECRET}"
            done = crawl(tmp_path, *given, settings=settings)
    assert stopped.status == 3, stopped.log
    assert "(407); correct PROXY or DICTCRAWLER_PROXY_PASSWORD and type the command again" in stopped.log
    assert requested - served == 1, "words were tried although the proxy takes none"
    assert done.status == 0, done.log
    assert set(done.statuses.values()) == {"found"}


async def test_a_tunnel_that_leads_nowhere_and_a_proxy_that_is_down_are_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with proxying() as proxy:
        base_url = f"https://localhost:{port}{PATH}/{{keyword}}"
        (cut_off,) = await coroutine.crawl(["hi"], base_url=base_url, overrides=QUICK | {"PROXY": proxy.url})
    assert cut_off.status.value == "network_error"
    (down,) = await coroutine.crawl(["hi"], base_url=base_url, overrides=QUICK | {"PROXY": proxy.url})
    assert f"the proxy {proxy.url[7:]} cannot be reached" in str(down.error)


async def test_a_host_in_a_tunnel_must_have_a_certificate_that_is_trusted(
    dictionary_pages: Handler, certificate: Path
) -> None:
    _tls.cache_clear()
    with serving(dictionary_pages, server_tls(certificate)) as site, proxying() as proxy:
        settings = QUICK | {"PROXY": proxy.url}
        (lookup,) = await coroutine.crawl(["hi"], base_url=mirror_of(site.url, "localhost"), overrides=settings)
    assert "CERTIFICATE_VERIFY_FAILED" in str(lookup.error)
    assert site.requests == []


async def test_the_proxies_of_the_environment_are_used_only_with_proxy_env(
    dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(dictionary_pages) as site, proxying("someone:p w") as proxy:
        monkeypatch.setenv("http_proxy", f"someone:p%20w@127.0.0.1:{proxy.port}")
        direct, named = mirror_of(site.url, "127.0.0.1"), mirror_of(site.url, "mirror.invalid")
        found = []
        for base_url, setting, excepted in ((direct, "", ""), (named, "env", ""), (direct, "env", "127.0.0.1")):
            monkeypatch.setenv("no_proxy", excepted)
            requested = await coroutine.crawl(["hi"], base_url=base_url, overrides=QUICK | {"PROXY": setting})
            found.append((requested[0].status.value, len(proxy.requested)))
    assert found == [("found", 0), ("found", 3), ("found", 3)]


async def test_the_sample_site_is_on_this_machine_and_needs_no_proxy() -> None:
    (lookup,) = await coroutine.crawl(["hi"], source="sample", overrides={"PROXY": "http://127.0.0.1:9"})
    assert lookup.status.value == "found"


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("http://someone:s3cret@proxy.example:3128", "others can read a password"),
        ("someone:s3cret@proxy.example:3128", "others can read a password"),
        ("http://someone@proxy.example:3128", "there is no password"),
        ("http://a%3Ab@proxy.example:3128", "colon"),
        ("https://proxy.example:3128", "the scheme https"),
        ("socks5://proxy.example:1080", "the scheme socks5"),
        ("http://proxy.example", "no proxy with a port"),
        ("http://:3128", "no proxy with a port"),
        ("http://proxy.example:99999", "no proxy with a port"),
        ("yes", "no proxy with a port"),
    ],
)
def test_an_unusable_proxy_is_refused_with_the_right_form(
    setting: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "%3A" in setting:
        monkeypatch.setenv(proxies.PASSWORD, "x")
    with pytest.raises(ArgumentError, match=problem) as refused:
        proxies.read(setting)
    assert "s3cret" not in str(refused.value)
    assert proxies.PASSWORD in str(refused.value)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "PROXY_URL", "HTTPPROXY_ENABLED"])
async def test_another_name_for_the_setting_is_refused_not_passed_over(name: str) -> None:
    with pytest.raises(ArgumentError, match="PROXY"):
        await coroutine.crawl(["hi"], source="sample", overrides={name: "True"})


def test_a_proxy_is_printed_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxies.PASSWORD, SECRET)
    proxy = proxies.read("http://someone@proxy.example:3128")("http", "site.example")
    assert (str(proxy), repr(proxy)) == ("proxy.example:3128", "Proxy(host='proxy.example', port=3128)")
    assert proxy is not None
    assert proxy.tunnel("::1", 443).startswith(b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Auth")
