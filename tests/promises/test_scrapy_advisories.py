"""Scrapy's security advisories, one row each: our setting, and the result of a crawl of a hostile site."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
import pytest
from aiohttp import web

from dictcrawler import feeds, settings
from tests.support.banned import BANNED
from tests.support.peak_memory import WITH_PEAK, peak_mib
from tests.support.server import Crawl, Handler, Server, crawl, serving

PATH = "/us/dictionary/american"
BOMB = 64 * 2**20
ELSEWHERE = {
    "elsewhere": "{other}/",
    "scheme": "https://{host}/",
    "port": "{other}/us/dictionary/american/hi",
    "file": "file:///etc/passwd",
    "data": "data:text/html,x",
    "ftp": "ftp://{host}/",
    "s3": "s3://bucket/key",
}
CODINGS = {"bomb-br": "br", "bomb-deflate": "deflate", "bomb-gzip": "gzip"}
WORDS = ("hi", *ELSEWHERE, *CODINGS, "bye")


@dataclass(frozen=True)
class Seen:
    """The observations of a crawl: its end, and every request at the site and at the other host."""

    crawl: Crawl
    site: Server
    other: Server
    statuses: dict[str, str]

    def headers(self, name: str) -> list[str]:
        return [headers[name] for _, _, headers in self.site.requests if name in headers]


class Site:
    """Sets cookies, names a policy to import, redirects elsewhere, and sends bombs."""

    def __init__(self, pages: Handler) -> None:
        self._pages = pages
        self.other = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        word = request.path.rsplit("/", 1)[-1]
        if word in ELSEWHERE:
            target = ELSEWHERE[word].format(other=self.other, host=request.host)
            return web.Response(status=302, headers={"Location": target})
        if word in CODINGS:
            return web.Response(
                body=bomb(CODINGS[word]), headers={"Content-Encoding": CODINGS[word], "Content-Type": "text/html"}
            )
        answer = await self._pages(request)
        answer.headers["Set-Cookie"] = "session=s3cret; Domain=127.0.0.1; Path=/"
        # Importing "this" prints a poem: it would be on standard output.
        answer.headers["Referrer-Policy"] = "this.s"
        return answer


def bomb(coding: str) -> bytes:
    page = bytes(BOMB)
    if coding == "br":
        return bytes(brotli.compress(page, quality=1))
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    return packer.compress(page) + packer.flush()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, dictionary_pages: Handler) -> Seen:
    async def nothing(_: web.Request) -> web.Response:
        return web.Response(text="<html></html>", content_type="text/html")

    site = Site(dictionary_pages)
    with serving(nothing) as other, serving(site.answer) as server, pytest.MonkeyPatch.context() as environment:
        site.other = other.url
        for variable in ("http_proxy", "https_proxy"):
            environment.setenv(variable, other.url.replace("://", "://someone:s3cret@"))
        done = crawl(
            tmp_path_factory.mktemp("data"),
            "source=live",
            f"base_url={server.url}{PATH}/{{keyword}}",
            f"word={','.join(WORDS)}",
            settings={
                "DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0, "HTTPAUTH_USER": "someone", "HTTPAUTH_PASS": "s3cret",
                "HTTPAUTH_DOMAIN": "",
                "EXTENSIONS": WITH_PEAK,
            },
        )  # fmt: skip
    run = next(path for path in done.feed.iterdir() if path.is_dir() and not path.is_symlink())
    return Seen(done, server, other, {lookup.keyword: lookup.status.value for lookup in feeds.read_lookups(run)})


def nothing_listens(_: Seen) -> bool:
    return not settings.TELNETCONSOLE_ENABLED and not settings.REMOTE_CONTROL_ENABLED


def bombs_are_refused_in_little_memory(seen: Seen) -> bool:
    small = peak_mib(seen.crawl.log) < 400 and settings.DOWNLOAD_MAXSIZE <= 8 * 2**20
    return small and {seen.statuses[word] for word in CODINGS} <= {"too_large", "network_error"}


def no_credentials_are_sent(seen: Seen) -> bool:
    return seen.headers("Authorization") == seen.headers("Proxy-Authorization") == []


def no_cookies_are_sent(seen: Seen) -> bool:
    return not settings.COOKIES_ENABLED and seen.headers("Cookie") == []


def no_proxy_is_asked(seen: Seen) -> bool:
    return not settings.HTTPPROXY_ENABLED and seen.other.requests == []


def nobody_else_is_asked(seen: Seen) -> bool:
    left = {seen.statuses[word] for word in ("elsewhere", "scheme", "port")}
    return not settings.REDIRECT_ENABLED and seen.other.requests == [] and left == {"http_error"}


def only_http_is_spoken(seen: Seen) -> bool:
    disabled = all(settings.DOWNLOAD_HANDLERS[scheme] is None for scheme in ("file", "data", "ftp", "s3"))
    return disabled and {seen.statuses[word] for word in ("file", "data", "ftp", "s3")} == {"http_error"}


def no_policy_is_imported(seen: Seen) -> bool:
    poem = "Beautiful is better" in seen.crawl.out + seen.crawl.log
    return not settings.REFERER_ENABLED and seen.headers("Referer") == [] and not poem


def our_code_does_not_use_it(_: Seen) -> bool:
    # `test_closed_doors` looks for these names in every module.
    return {"XMLFeedSpider", "xmliter", "open_in_browser", "FilesPipeline"} <= BANNED


ADVISORIES: dict[str, tuple[Callable[[Seen], bool], ...]] = {
    "telnet console, 1.5.2": (nothing_listens,),
    "CVE-2017-14158": (bombs_are_refused_in_little_memory, our_code_does_not_use_it),
    "CVE-2021-41125": (no_credentials_are_sent,),
    "CVE-2022-0577": (no_cookies_are_sent, nobody_else_is_asked),
    "GHSA-mfjm-vh54-3f96": (no_cookies_are_sent,),
    "GHSA-9x8m-2xpf-crp3": (no_proxy_is_asked,),
    "CVE-2024-1892": (our_code_does_not_use_it,),
    "CVE-2024-3572": (bombs_are_refused_in_little_memory,),
    "CVE-2024-3574": (no_credentials_are_sent, nobody_else_is_asked),
    "CVE-2024-1968": (no_credentials_are_sent, nobody_else_is_asked),
    "GHSA-23j4-mw76-5v7h": (only_http_is_spoken,),
    "GHSA-jm3v-qxmh-hxwv": (no_proxy_is_asked,),
    "allowed_domains, 2.11.2": (nobody_else_is_asked,),
    "CVE-2025-6176": (bombs_are_refused_in_little_memory,),
    "GHSA-cwxj-rr6w-m6w7": (no_policy_is_imported,),
    "GHSA-76g3-c3x4-crvx": (only_http_is_spoken,),
}


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_the_cases_of_scrapys_advisories_do_not_happen_here(advisory: str, seen: Seen) -> None:
    for holds in ADVISORIES[advisory]:
        assert holds(seen), (holds.__name__, seen.statuses)


def test_the_good_words_of_that_site_were_found(seen: Seen) -> None:
    assert (seen.statuses["hi"], seen.statuses["bye"]) == ("found", "found")
    assert len(seen.site.requests) > len(WORDS)
