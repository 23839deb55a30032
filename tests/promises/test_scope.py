"""No connection leaves the source: forged pages, redirects and name servers point at a port that counts connections."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.crawling import coroutine
from dictcrawler.model import Lookup
from dictcrawler.net import addresses
from tests.support.proxy import proxying
from tests.support.server import ROOT, Handler, Serve, crawl

PATH = "/us/dictionary/american"
FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "RETRY_BACKOFF": 0.01, "DOWNLOAD_TIMEOUT": 5}
SCRAPYS_OWN = {"REDIRECT_ENABLED": True, "RETRY_ENABLED": True, "METAREFRESH_ENABLED": True}

TARGETS = (
    "http://127.0.0.1:{sink}/",
    "http://127.0.0.2:{sink}/",
    "http://127.1:{sink}/",
    "http://2130706433:{sink}/",
    "http://0x7f000001:{sink}/",
    "http://0x7f.0.0.1:{sink}/",
    "http://0177.0.0.1:{sink}/",
    "http://017700000001:{sink}/",
    "http://0:{sink}/",
    "http://0.0.0.0:{sink}/",
    "http://localhost:{sink}/",
    "http://LOCALHOST:{sink}/",
    "http://localhost.:{sink}/",
    "http://ip6-localhost:{sink}/",
    "http://[::1]:{sink}/",
    "http://[::]:{sink}/",
    "http://[::ffff:127.0.0.1]:{sink}/",
    "http://[::ffff:7f00:1]:{sink}/",
    "http://[::1%25lo]:{sink}/",
    "http://[fe80::1%25lo]:{sink}/",
    "http://[::1:{sink}/",
    "http://\uff11\uff12\uff17.0.0.1:{sink}/",
    "http://127\u30020\u30020\u30021:{sink}/",
    "http://%31%32%37.0.0.1:{sink}/",
    "http://127.0.0.1%00.example.org:{sink}/",
    "http://{mirror}@127.0.0.1:{sink}/",
    "http://user:secret@localhost:{sink}/",
    "http://127.0.0.1:{sink}#@{mirror}/",
    "http://127.0.0.1:{sink}\\@{mirror}/",
    "https://127.0.0.1:{sink}/",
    "//127.0.0.1:{sink}/",
    "///127.0.0.1:{sink}/",
    "http:/127.0.0.1:{sink}/",
    "http:127.0.0.1:{sink}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.5:{sink}/",
    "file:///etc/passwd",
    "data:text/html,<h1>secret</h1>",
    "ftp://127.0.0.1:{sink}/",
    "s3://127.0.0.1:{sink}/bucket",
    "gopher://127.0.0.1:{sink}/_GET",
    "javascript:alert(1)",
    "ws://127.0.0.1:{sink}/",
)
PAGES = (
    '<meta http-equiv="refresh" content="0; url=http://127.0.0.1:{sink}/">',
    '<base href="http://127.0.0.1:{sink}/">',
    '<link rel="canonical" href="http://127.0.0.1:{sink}' + PATH + '/hi_1">',
    '<link rel="preload" href="http://127.0.0.1:{sink}/x.css"><img src="http://127.0.0.1:{sink}/x.png">',
    '<iframe src="http://127.0.0.1:{sink}/"></iframe><script src="http://127.0.0.1:{sink}/"></script>',
)
HEADERS = (
    {"Refresh": "0; url=http://127.0.0.1:{sink}/"},
    {"Content-Location": "http://127.0.0.1:{sink}/"},
    {"Link": "<http://127.0.0.1:{sink}/>; rel=canonical"},
    {"Alt-Svc": 'http/1.1="127.0.0.1:{sink}"; ma=86400'},
)
STATUSES = (300, 301, 303, 305, 307, 308)


@dataclass
class Sink:
    """A port that never answers: connections wait in its queue until they are counted."""

    listener: socket.socket

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def connections(self) -> int:
        count = 0
        while True:
            try:
                self.listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Listens on every address of this machine, of both families."""
    with socket.create_server(("", 0), family=socket.AF_INET6, backlog=512, dualstack_ipv6=True) as listener:
        listener.settimeout(0)
        yield Sink(listener)


@pytest.fixture
def _proxies(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that sends everything through the sink."""
    for variable in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{sink.port}")


class Hostile:
    """A site whose every page, redirect and robots.txt points at the sink."""

    def __init__(self, sink: Sink, pages: Handler) -> None:
        self._sink, self._pages = sink, pages
        self._refused: set[str] = set()
        self.words = [
            *(f"target{number}" for number in range(len(TARGETS))),
            *(f"page{number}" for number in range(len(PAGES))),
            *(f"header{number}" for number in range(len(HEADERS))),
            *(f"status{number}" for number in STATUSES),
            "chain",
            "homographs",
            # A 503 slows down the crawl of its host: these words go last, and three are enough.
            *(f"failing{number}" for number in (0, 3, 10)),
        ]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        word = request.path.rsplit("/", 1)[-1]
        kind, number = word.rstrip("0123456789"), int("0" + "".join(filter(str.isdigit, word)))
        match kind:
            case "robots.txt":
                answer = self._redirect(TARGETS[0], request)
            case "target":
                answer = self._redirect(TARGETS[number], request)
            case "failing":
                answer = self._failing_first(word, TARGETS[number], request)
            case "status":
                answer = self._redirect(TARGETS[0], request, number)
            case "chain":
                answer = self._redirect(f"{PATH}/target0", request)
            case "page":
                answer = _page(f"<html><head>{PAGES[number]}</head><body>{PAGES[number]}</body></html>", self._sink)
            case "header":
                answer = _page("<html></html>", self._sink)
                answer.headers.update({name: it.format(sink=self._sink.port) for name, it in HEADERS[number].items()})
            case _:
                answer = await self._with_homographs(request)
        return answer

    def _redirect(self, target: str, request: web.Request, status: int = 302) -> web.Response:
        location = target.format(sink=self._sink.port, mirror=request.host)
        return web.Response(status=status, headers={"Location": location})

    def _failing_first(self, word: str, target: str, request: web.Request) -> web.Response:
        if word in self._refused:
            return self._redirect(target, request)
        self._refused.add(word)
        return web.Response(status=503)

    async def _with_homographs(self, request: web.Request) -> web.Response:
        """A good entry whose links to its other homographs lead elsewhere."""
        good = await self._pages(request.clone(rel_url=f"{PATH}/hi_1"))
        assert isinstance(good, web.Response)
        assert good.text
        return _page(good.text.replace("https://www.macmillandictionary.com", "http://127.0.0.1:{sink}"), self._sink)


def _page(text: str, sink: Sink) -> web.Response:
    return web.Response(text=text.replace("{sink}", str(sink.port)), content_type="text/html")


def assert_one_outcome_each(lookups: list[Lookup], words: list[str]) -> None:
    assert [lookup.keyword for lookup in lookups] == words
    assert len(words) > 60
    assert not [lookup for lookup in lookups if "secret" in str(lookup.entries)]


def run_of(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


@pytest.mark.parametrize("settings", [{}, SCRAPYS_OWN], ids=["as it is", "with Scrapy's redirects and retries"])
@pytest.mark.usefixtures("_proxies")
def test_of_over_60_ways_to_lead_a_crawl_astray_not_one_makes_a_connection(
    tmp_path: Path, serve: Serve, sink: Sink, dictionary_pages: Handler, settings: dict[str, object]
) -> None:
    site = Hostile(sink, dictionary_pages)
    server = serve(site.answer)
    given = ("source=live", f"base_url={server.url}{PATH}/{{keyword}}", f"word={','.join(site.words)}")
    done = crawl(tmp_path, *given, settings=FAST | settings)
    assert sink.connections() == 0
    assert settings or "Traceback" not in done.log
    assert_one_outcome_each(list(feeds.read_lookups(run_of(done.feed))), site.words)


async def test_no_proxy_gets_a_request_for_these_hosts_either(
    serve: Serve, sink: Sink, dictionary_pages: Handler
) -> None:
    site = Hostile(sink, dictionary_pages)
    mirror = serve(site.answer).url.replace("127.0.0.1", "mirror.invalid")
    with proxying() as proxy:
        settings = FAST | {"PROXY": proxy.url}
        lookups = await coroutine.crawl(
            site.words, source="live", base_url=f"{mirror}{PATH}/{{keyword}}", overrides=settings
        )
    assert len(proxy.requested) > len(site.words) - 10
    assert [first for first, _ in proxy.requested if not first.startswith(f"GET {mirror}/")] == []
    assert sink.connections() == 0
    assert_one_outcome_each(lookups, site.words)


async def test_a_crawl_in_a_running_loop_makes_none_of_these_connections_either(
    serve: Serve, sink: Sink, dictionary_pages: Handler
) -> None:
    site = Hostile(sink, dictionary_pages)
    server = serve(site.answer)
    mirror = f"{server.url}{PATH}/{{keyword}}"
    lookups = await coroutine.crawl(site.words, source="live", base_url=mirror, overrides=FAST)
    assert sink.connections() == 0
    assert_one_outcome_each(lookups, site.words)


# The page source lets everything pass; the only check left is that of the address to connect to.
NO_SCOPE = """
from dictcrawler.middlewares import RobotsMiddleware
from dictcrawler.lookup.live import LiveSource

async def unasked(*_, **__):
    return None

LiveSource.allows = lambda *_: True
RobotsMiddleware.process_request = unasked
"""
# A name server that changes its answer each time: first nothing, then private addresses, this machine's among them.
REBINDING = """
import dataclasses, itertools, socket
from dictcrawler.dictionaries import Edition, macmillan
from dictcrawler.middlewares import RobotsMiddleware

answers = itertools.cycle(("", "127.0.0.1", "10.0.0.5", "169.254.169.254", "::ffff:127.0.0.1", "127.0.0.1"))

def lookup(host):
    if found := next(answers):
        return found
    raise socket.gaierror(socket.EAI_NONAME, "no such name")

def getaddrinfo(host, port, *_, **__):
    address = lookup(host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

async def unasked(*_, **__):
    return None

socket.gethostbyname, socket.getaddrinfo = lookup, getaddrinfo
RobotsMiddleware.process_request = unasked
site = "rebinding.example:PORT"
macmillan.DICTIONARY = dataclasses.replace(
    macmillan.DICTIONARY, hosts=(site,), editions={"american": Edition("en-US", (f"http://{site}/{{slug}}",))}
)
"""
IN_SCRAPY = """
import json, sys
from scrapy.cmdline import execute
given, settings = json.loads(sys.argv[1])
options = [f"-a{name}={value}" for name, value in given.items()]
execute(["scrapy", "crawl", "macmillan", *options, *(f"-s{name}={value}" for name, value in settings.items())])
"""
IN_A_LOOP = """
import asyncio, json, logging, sys
import dictcrawler
logging.basicConfig(level="WARNING")
given, overrides = json.loads(sys.argv[1])
asyncio.run(dictcrawler.crawl(given.pop("word").split(","), overrides=overrides, data=overrides["DATA_DIR"], **given))
"""
BOTH_WAYS = pytest.mark.parametrize("way", [IN_SCRAPY, IN_A_LOOP], ids=["scrapy crawl", "in a running loop"])


def run(program: str, data: Path, given: dict[str, str], **settings: object) -> tuple[str, list[Lookup]]:
    """The log and the outcomes of a crawl in a child process with altered name resolution."""
    requested = json.dumps([given, FAST | {"DATA_DIR": str(data)} | settings])
    command = [sys.executable, "-c", program, requested]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (data / "feeds").is_dir(), done.stderr
    return done.stderr, list(feeds.read_lookups(run_of(data / "feeds" / "macmillan")))


@BOTH_WAYS
def test_the_check_at_connect_time_alone_stops_every_address_outside_the_source(
    tmp_path: Path, serve: Serve, sink: Sink, dictionary_pages: Handler, way: str
) -> None:
    server = serve(Hostile(sink, dictionary_pages).answer)
    mirror = server.url.replace("127.0.0.1", "localhost")
    reachable = [number for number, target in enumerate(TARGETS) if "localhost:" in target.lower()]
    words = [f"target{number}" for number in range(len(TARGETS)) if number not in reachable]
    given = {"source": "live", "base_url": f"{mirror}{PATH}/{{keyword}}", "word": ",".join(words)}
    log, lookups = run(NO_SCOPE + way, tmp_path, given, RETRY_TIMES=0)
    assert sink.connections() == 0
    assert [lookup.keyword for lookup in lookups] == words
    assert sum("out of scope" in (lookup.error or "") for lookup in lookups) > 20, log


@BOTH_WAYS
def test_a_name_that_resolves_to_this_machine_the_second_time_gains_nothing(
    tmp_path: Path, sink: Sink, way: str
) -> None:
    words = [f"word{number}" for number in range(12)]
    given = {"source": "live", "word": ",".join(words)}
    # One after another: aiohttp shares one answer among simultaneous queries for a name.
    settings = {"RETRY_TIMES": 0, "DNSCACHE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    log, lookups = run(REBINDING.replace("PORT", str(sink.port)) + way, tmp_path, given, **settings)
    assert sink.connections() == 0
    assert [lookup.status.value for lookup in lookups] == ["network_error"] * 12
    assert "rebinding.example leads to 127.0.0.1, which is not a public address: not connected" in log


def test_a_host_that_the_operator_named_may_be_on_this_machine(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    mirror = serve(dictionary_pages).url.replace("127.0.0.1", "localhost")
    done = crawl(tmp_path, "source=live", f"base_url={mirror}{PATH}/{{keyword}}", "word=hi", settings=FAST)
    assert done.statuses == {"hi": "found"}, done.log


PRIVATE = """
    127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1
    255.255.255.255 192.0.2.1 198.18.0.1 ::1 :: ::7f00:1 fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 2001:db8::1
    192.0.0.8 192.0.0.9 192.88.99.1 3fff::1 5f00::1 64:ff9b:1::1 100:0:0:1::1 ::ffff:192.0.0.8 64:ff9b::c058:6301
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a00:1 2002:7f00:1:: 2001:0:7f00:1::
""".split()
PUBLIC = "8.8.8.8 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_this_machine_and_of_its_networks_are_not_public(address: str) -> None:
    assert not addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert addresses.is_public(ip_address(address))


SPELLINGS = """
    127.0.0.1 127.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 0177.0.0.1 017700000001 0 127.0.0.1.
    \uff11\uff12\uff17.0.0.1 127\u30020\u30020\u30021 127\uff0e0\uff0e0\uff0e1 [::1] ::1 [::ffff:7f00:1] fe80::1%eth0
""".split()


@pytest.mark.parametrize("host", SPELLINGS)
def test_an_address_is_known_in_every_spelling(host: str) -> None:
    address = addresses.literal(host)
    assert address is not None
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "host", ["example.org", "dead.beef", "0x.example", "1.2.3.4.5", "\u24ba.example", "", "a" * 300, "x\ud800"]
)
def test_a_name_is_no_address(host: str) -> None:
    assert addresses.literal(host) is None
