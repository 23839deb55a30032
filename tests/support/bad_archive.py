"""A web archive that answers badly in every way that public archives do, mixed at random; its content is known.

Its index and its replay misbehave at random. A replay recovers after two bad answers for one address, so a patient
crawl can find every word that is there. `BadArchive.cannot_be_had` lists the words whose replay never recovers.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs

from aiohttp import web

from dictcrawler import sample
from dictcrawler.sample.pages import Document

SITE = "https://www.macmillandictionary.com"
FOLDER = "/us/dictionary/american/"
CLOSED = "20230630235959"
HELP = "https://publisher.invalid/help/closed"
SILENCE = 60.0
"""Seconds after which nobody waits any more."""


@dataclass(frozen=True)
class Kept:
    """One capture: the captured form of the address, the time, and the answer."""

    url: str
    timestamp: str
    body: bytes = b""
    status: int = 200
    location: str | None = None
    coding: str | None = None

    @property
    def key(self) -> str:
        return key_of(self.url)


def key_of(url: str) -> str:
    """The key by which an archive finds captures (SURT), with tracking parameters."""
    plain = re.sub(r"^https?:/+(?:www\.)?", "", url.lower())
    return re.sub(r"^([^/]+?)(?::\d+)?(?=/|$)", r"\1", plain).rstrip("/")


FORMS: Sequence[Callable[[str], str]] = (
    lambda word: f"{SITE}{FOLDER}{word}",
    lambda word: f"http://www.macmillandictionary.com:80{FOLDER}{word}",
    lambda word: f"http://macmillandictionary.com{FOLDER}{word}/",
    lambda word: f"https://WWW.MacmillanDictionary.com/US/Dictionary/American/{word.upper()}",
)
TRACKED: Callable[[str], str] = lambda word: f"{SITE}{FOLDER}{word}?utm_source=feed&fbclid=x1"  # noqa: E731


@dataclass
class BadArchive:
    """``words`` are looked up; for each, a random draw decides whether and how it was captured.

    ``expected`` is the outcome of each word in a faultless archive, ``requested`` counts requests and bad answers
    by kind. ``badness`` is the share of replays that begin badly, ``index_badness`` that of bad index answers. With
    ``by_redirect`` it behaves like the Wayback Machine, else like pywb.
    """

    words: Sequence[str]
    seed: int
    index_ways: Sequence[str] = ()
    replay_ways: Sequence[str] = ()
    badness: float = 0.2
    index_badness: float = 0.5
    by_redirect: bool = True
    expected: dict[str, str] = field(default_factory=dict)
    requested: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311
        self._pages = sample.load("macmillan", len(self.words))
        self._of_key: dict[str, list[Kept]] = {}
        self._bad: Counter[str] = Counter()
        self.index_ways = self.index_ways or tuple(INDEX_WAYS)
        self.replay_ways = self.replay_ways or tuple(PASSING_WAYS)
        for word in ("love", *self.words):
            self._capture(word)

    # Its content

    def _capture(self, word: str) -> None:
        kind = "good" if word == "love" else self.chance.choice(KINDS)
        page = self.page(word)
        found = self.chance.choice(FORMS)(word)
        then, later, end = f"2019{self._digits()}", f"2022{self._digits()}", f"2023{self._digits(7)}"
        good, closed = Kept(found, then, page), Kept(found, end, status=301, location=HELP)
        cut_off = gzip.compress(page)[:-100]
        there = f"http://macmillandictionary.com:80{FOLDER}{word}_1"
        kept: Mapping[str, Sequence[Kept]] = {
            "never": [],
            "closed only": [closed],
            "good": [good],
            "good, then closed": [good, closed],
            "good, then broken": [good, Kept(found, later, b"<h1>Under maintenance</h1>")],
            "good, then gone": [good, Kept(found, later, b"gone", status=404)],
            "good, then damaged": [good, Kept(found, later, cut_off, coding="gzip")],
            "damaged": [Kept(found, then, cut_off, coding="gzip")],
            "wrong header": [Kept(found, then, page, coding=self.chance.choice(("gzip", "br", "none")))],
            "encoded twice": [Kept(found, then, gzip.compress(gzip.compress(page)), coding="gzip")],
            "encoded, no header": [Kept(found, then, self.chance.choice((gzip.compress, zlib.compress))(page))],
            "redirected": [
                Kept(f"{SITE}{FOLDER}{word}", then, status=302, location=there),
                Kept(f"{SITE}{FOLDER}{word}_1", then, page),
            ],
        }
        missing = dict.fromkeys(("never", "closed only"), "not_archived")
        self.expected[word] = {**missing, "damaged": "parse_error"}.get(kind, "found")
        for each in kept[kind]:
            self._keep(each)

    def _keep(self, kept: Kept) -> None:
        self._of_key.setdefault(kept.key, []).append(kept)

    def _digits(self, month: int | None = None) -> str:
        month = month or self.chance.randint(1, 12)
        return f"{month:02}{self.chance.randint(1, 28):02}{self.chance.randint(0, 23):02}0000"

    def page(self, word: str) -> bytes:
        reply = self._pages.reply(f"{FOLDER}{word}", {})
        assert isinstance(reply, Document)
        return reply.text.encode()

    # Its answers

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        if request.path.startswith("/cdx"):
            self.requested["index"] += 1
            query = {name: values[0] for name, values in parse_qs(request.query_string).items()}
            return await self._index(request, query)
        found = re.fullmatch(r"/web/(\d+)id_/(.+)", request.raw_path)
        if found is None:
            return web.Response(status=404)
        self.requested["replay"] += 1
        return await self._replay(request, found[1], found[2])

    def _bad_way(self, url: str) -> str | None:
        """The random choice for a replay: at most two bad answers for one address, and few that throttle."""
        # The canary is there: without it a run is withheld, and the test would see nothing of the other words.
        if self._bad[url] >= 2 or self.chance.random() >= self.badness or "/love" in url:
            return None
        way = self.chance.choice(self.replay_ways)
        if way in THROTTLES and self.requested[f"replay: {way}"] >= 2:
            return None
        self._bad[url] += 1
        self.requested[f"replay: {way}"] += 1
        return way

    async def _index(self, request: web.Request, query: Mapping[str, str]) -> web.StreamResponse:
        rows = self._rows(query)
        if self.chance.random() < self.index_badness:
            way = self.chance.choice(self.index_ways)
            self.requested[f"index: {way}"] += 1
            return await INDEX_WAYS[way](Exchange(self, request, query, rows))
        return self.listing(query, rows)

    def _rows(self, query: Mapping[str, str]) -> list[list[str]]:
        key, is_prefix = key_of(query["url"]), query.get("matchType") == "prefix"
        if query["url"].endswith("/") and is_prefix:
            key += "/"
        keys = [name for name in self._of_key if (name.startswith(key) if is_prefix else name == key)]
        return [
            [kept.timestamp, kept.url, str(kept.status), "text/html"]
            for name in sorted(keys)
            for kept in sorted(self._of_key[name], key=lambda each: each.timestamp)
            if kept.timestamp <= query.get("to", "9") and kept.status != 404
        ]

    def listing(self, query: Mapping[str, str], rows: Sequence[Sequence[str]]) -> web.Response:
        """The index as it should be: pages with resume keys, or one JSON object a line."""
        limit = min(int(query.get("limit", 10**9)), 10**9)
        if not self.by_redirect:
            lines = [dict(zip(("timestamp", "url", "status", "mime"), row, strict=True)) for row in rows[:limit]]
            return web.Response(text="\n".join(map(json.dumps, lines)), status=200 if rows else 404)
        size = min(limit, 400)
        begin = int(query.get("resumeKey") or 0)
        shown: list[Sequence[str]] = [HEADER, *rows[begin : begin + size]]
        if begin + size < len(rows):
            shown += [[], [str(begin + size)]]
        return web.json_response(shown if len(shown) > 1 else [])

    async def _replay(self, request: web.Request, requested: str, url: str) -> web.StreamResponse:
        way = self._bad_way(url)
        if way is not None:
            return await REPLAY_WAYS[way](Exchange(self, request, {"url": url, "requested": requested}, []))
        kept = self._of_key.get(key_of(url))
        if not kept:
            return web.Response(status=404, text="<html>The archive has not archived that URL.</html>")
        nearest = min(kept, key=lambda each: abs(moment(each.timestamp) - moment(requested)))
        prefix = f"http://{request.host}/web/"
        if self.by_redirect and nearest.timestamp != requested:
            return web.Response(status=302, headers={"Location": f"{prefix}{nearest.timestamp}id_/{nearest.url}"})
        return self.captured(nearest, prefix)

    def captured(self, kept: Kept, prefix: str, **headers: str) -> web.Response:
        """A capture as it was answered, with the header that gives its time."""
        named = {"Memento-Datetime": memento_datetime(kept.timestamp), **headers}
        if kept.location is not None:
            named["Location"] = f"{prefix}{kept.timestamp}id_/{kept.location}"
        if kept.coding is not None:
            named["Content-Encoding"] = kept.coding
        return web.Response(status=kept.status, body=kept.body, headers=named, content_type="text/html")


KINDS = (
    *("good",) * 8,
    *("good, then closed",) * 4,
    *("good, then broken", "good, then gone", "encoded twice", "encoded, no header", "redirected"),
    *("good, then damaged", "damaged", "wrong header"),
    *("never",) * 3,
    *("closed only",) * 2,
)
HEADER = ["timestamp", "original", "statuscode", "mimetype"]


def moment(timestamp: str) -> float:
    """The seconds of a timestamp, even of a day that does not exist."""
    year, month, day, hour, minute, second = (int(timestamp[begin:end]) for begin, end in PARTS)
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60.0 + second


PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))


def memento_datetime(timestamp: str) -> str:
    return format_datetime(datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), usegmt=True)


@dataclass(frozen=True)
class Exchange:
    """One request to be answered badly; ``rows`` is the answer of a good index."""

    archive: BadArchive
    request: web.Request
    query: Mapping[str, str]
    rows: list[list[str]]

    @property
    def chance(self) -> random.Random:
        return self.archive.chance

    def drop_connection(self) -> None:
        if self.request.transport is not None:
            self.request.transport.abort()


Way = Callable[[Exchange], Awaitable[web.StreamResponse]]


def says(status: int, text: str, kind: str = "text/html", **headers: str) -> Way:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: Exchange) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind, headers=named)

    return answer


def lists(change: Callable[[Exchange], Sequence[Sequence[str]]]) -> Way:
    """A well-formed answer with other rows."""

    async def answer(exchange: Exchange) -> web.StreamResponse:
        return exchange.archive.listing(exchange.query, change(exchange))

    return answer


def sends(text: Callable[[Exchange], str]) -> Way:
    async def answer(exchange: Exchange) -> web.StreamResponse:
        return web.Response(body=text(exchange).encode("utf-8", "surrogatepass"), content_type="application/json")

    return answer


async def silence(exchange: Exchange) -> web.StreamResponse:
    for _ in range(int(SILENCE / 0.05)):
        if exchange.request.transport is None or exchange.request.transport.is_closing():
            break
        await asyncio.sleep(0.05)
    return web.Response(status=504)


async def reset(exchange: Exchange) -> web.StreamResponse:
    exchange.drop_connection()
    return web.Response()


async def cut_off(exchange: Exchange) -> web.StreamResponse:
    """Half of the promised length."""
    response = web.StreamResponse(headers={"Content-Length": "100000", "Content-Type": "text/html"})
    await response.prepare(exchange.request)
    await response.write(b"<html>" * 1000)
    exchange.drop_connection()
    return response


async def slow(exchange: Exchange) -> web.StreamResponse:
    await asyncio.sleep(0.3)
    return exchange.archive.listing(exchange.query, exchange.rows)


async def huge(exchange: Exchange) -> web.StreamResponse:
    return web.Response(body=json.dumps([HEADER, *exchange.rows, *([["x" * 100] * 4] * 20_000)]).encode())


async def refused_key(exchange: Exchange) -> web.StreamResponse:
    if "resumeKey" in exchange.query:
        return web.Response(status=400, text="Bad Request: resumeKey")
    shown = [HEADER, *exchange.rows[:50], [], ["com,macmillandictionary)/us 2019"]]
    return web.json_response(shown)


async def endless(exchange: Exchange) -> web.StreamResponse:
    key = exchange.archive.chance.choice(("always the same", str(exchange.archive.chance.random())))
    rows = exchange.archive.chance.choice((exchange.rows[:5], [], garbage(exchange)))
    return web.json_response([HEADER, *rows, [], [key]])


def garbage(exchange: Exchange) -> list[list[str]]:
    signs = ("\ud800", "\x00", "é" * 50, "http://[", "20199999999999", "\u2028", "🂡", "a b", "200", "text/html")
    return [[exchange.archive.chance.choice(signs) for _ in HEADER] for _ in range(20)]


def some(exchange: Exchange) -> list[list[str]]:
    return [row for row in exchange.rows if exchange.archive.chance.random() < 0.5]


def mixed(exchange: Exchange) -> list[list[str]]:
    return exchange.archive.chance.sample(exchange.rows, len(exchange.rows))


INDEX_WAYS: Mapping[str, Way] = {
    "504": says(504, "<html><h1>504 Gateway Time-out</h1></html>"),
    "503": says(503, "busy", Retry_After="0"),
    "429": says(429, "slow down", Retry_After="0"),
    "429 for ten minutes": says(429, "slow down", Retry_After="600"),
    "503 for ever": says(503, "busy", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"),
    "403": says(403, "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked Site Error"),
    "an error page with 200": says(200, "<html><h1>Internet Archive: scheduled maintenance</h1></html>"),
    "silence": silence,
    "a reset": reset,
    "cut off": cut_off,
    "slow": slow,
    "half of the JSON": sends(lambda exchange: json.dumps([HEADER, *exchange.rows])[: 20 + 20 * len(exchange.rows)]),
    "[1": sends(lambda _: "[1"),
    "[1]": sends(lambda _: "[1]"),
    "{}": sends(lambda _: "{}"),
    "null": sends(lambda _: "null"),
    "deep nesting": sends(lambda _: "[" * 100_000),
    "a number without end": sends(lambda _: f"[[{'1' * 5_000}]]"),
    "lone surrogates": sends(
        lambda exchange: json.dumps([HEADER, ["20200101000000", "http://\ud800", "200", "text/html"], *exchange.rows])
    ),
    "garbage": sends(lambda exchange: json.dumps([HEADER, *garbage(exchange), *exchange.rows])),
    "nothing": sends(lambda _: ""),
    "an empty list": sends(lambda _: "[]"),
    "only a header": sends(lambda _: json.dumps([HEADER])),
    "a part": lists(some),
    "another order": lists(mixed),
    "everything twice": lists(lambda exchange: [*exchange.rows, *exchange.rows]),
    "too much": huge,
    "a resume key that is refused": refused_key,
    "endless": endless,
}
"""How an index misbehaves."""


async def impossible_day(exchange: Exchange) -> web.StreamResponse:
    target = f"http://{exchange.request.host}/web/20210230000000id_/{exchange.query['url']}"
    return web.Response(status=302, headers={"Location": target})


async def in_a_circle(exchange: Exchange) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": str(exchange.request.url)})


PASSING_WAYS: Mapping[str, Way] = {
    "503": says(503, "<html>busy</html>"),
    "429": says(429, "slow down", Retry_After="0"),
    "500": says(500, "error"),
    "504": says(504, "<html>Gateway Time-out</html>"),
    "silence": silence,
    "a reset": reset,
    "cut off": cut_off,
    "nothing": says(200, ""),
}
"""How a replay misbehaves before it answers well: a patient crawl loses no word."""

HOPELESS_WAYS: Mapping[str, Way] = {
    "an impossible day": impossible_day,
    "a circle": in_a_circle,
    "its own page with 200": says(200, "<html><h1>Wayback Machine: temporarily offline</h1></html>"),
    "403": says(403, "Blocked Site Error"),
    "a moment out of range": says(200, "<html></html>", Memento_Datetime="Mon, 01 Jan 99999 00:00:00 GMT"),
    "a location that is none": says(302, "", Location="http://[", Memento_Datetime="Tue, 01 Jan 2019 00:00:00 GMT"),
}
"""Faults that patience cannot overcome: the word fails, and never ends as missing."""
REPLAY_WAYS: Mapping[str, Way] = {**PASSING_WAYS, **HOPELESS_WAYS}
THROTTLES = frozenset({"429", "503"})
"""Each of these slows down all following words, so a few of them are enough."""
