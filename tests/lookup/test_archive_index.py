"""The capture index of an archive that fails: which queries it gets, when, and what is kept; with a clock of our
own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import FetchError, WallPage
from dictcrawler.lookup import archive_index
from dictcrawler.lookup.archive_index import LEAST_PAGES, LEAST_SECONDS, ArchiveIndex, WantedWords
from dictcrawler.lookup.index_slices import PAGE_SIZE, SMALL_PAGE, UNLIMITED
from dictcrawler.model import Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.plan import arguments
from dictcrawler.storage.captures import Listed
from dictcrawler.storage.database import Database

SITE = "https://www.macmillandictionary.com"
US, OTHER = f"{SITE}/us/dictionary/american/", f"{SITE}/dictionary/american/"
HEADER = ["timestamp", "original", "statuscode", "mimetype"]
REST = 300.0
NOW = datetime.now(UTC).replace(microsecond=0)
TOO_LARGE = FetchError(Status.TOO_LARGE, "more than 8,388,608 bytes")
SILENCE = FetchError(Status.NETWORK_ERROR, "took longer than 30 seconds")

Query = dict[str, str]
Reply = str | int | Exception


@dataclass
class Index:
    """An index that answers as ``reply`` does, each answer after ``seconds``; ``requested`` are its queries."""

    reply: Callable[[Query], Reply]
    seconds: float = 1.0
    now: float = 1_000.0
    requested: list[Query] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def fetch(self, url: str) -> Fetched:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.requested.append(query)
        # As with a network, other words go on meanwhile.
        await asyncio.sleep(0)
        self.now += self.seconds
        reply = self.reply(query)
        if isinstance(reply, Exception):
            raise reply
        body, status = ("", reply) if isinstance(reply, int) else (reply, 200)
        return Fetched(url=url, status=status, headers=self.headers, body=body.encode(), digest="", fetched_at=NOW)

    def urls(self) -> list[str]:
        return [query["url"] for query in self.requested]


def opened(folder: Path, index: Index, words: Sequence[str], *, count: int | None = None, **given: Any) -> ArchiveIndex:
    """The index as opened by a crawl that began at ``started_at`` with this ``refresh``."""
    refresh, started_at = given.get("refresh", "due"), given.get("started_at", NOW)
    requested = arguments.read(dictionaries.load("macmillan"), {"source": "archive", "refresh": refresh})

    def slugs() -> Iterator[str]:
        yield from words

    wanted = WantedWords(len(words) if count is None else count, slugs, REST)
    database = Database(f"sqlite:///{folder}/store.sqlite")
    made = archive_index.opened(requested, database, index.fetch, wanted, started_at)
    made.clock = made._availability.clock = lambda: index.now
    return made


def listing(*words: str, base: str = US, timestamp: str = "20200101000000", key: str | None = None) -> str:
    rows: list[list[str]] = [HEADER, *([timestamp, base + word, "200", "text/html"] for word in words)]
    return json.dumps(rows if key is None else [*rows, [], [key]])


def timestamps(made: ArchiveIndex, word: str) -> list[str]:
    return [each.timestamp for each in made.listed(US + word)]


WORDS = [f"{first}{second}{number:02}" for first in "ab" for second in "xy" for number in range(30)]


async def test_pages_are_read_to_the_last_resume_key_and_the_newest_five_captures_of_each_page_are_kept(
    tmp_path: Path,
) -> None:
    many = [f"2020{month:02}01000000" for month in range(1, 9)]

    def reply(query: Query) -> str:
        if query["url"] != US:
            return "[]"
        page = int(query.get("resumeKey", 0))
        rows = [[timestamp, f"{US}ax00", "200", "text/html"] for timestamp in many[page::2]]
        return json.dumps([HEADER, *rows, *([[], ["1"]] if page == 0 else [])])

    index = Index(reply)
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert timestamps(made, "ax00") == sorted(many, reverse=True)[:5]
    assert [(query["url"], query.get("resumeKey")) for query in index.requested] == [
        (US, None),
        (US, "1"),
        (OTHER, None),
    ]
    assert {query["matchType"] for query in index.requested} == {"prefix"}


@pytest.mark.parametrize(
    "failure", [504, 503, 500, "<html>502</html>", "[1", "", SILENCE, WallPage("a challenge")], ids=str
)
async def test_an_index_that_fails_is_queried_twice_and_then_rests(tmp_path: Path, failure: Reply) -> None:
    index = Index(lambda _: failure if failure != "" else "[" * 50_000)
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert len(index.requested) == 2
    # The second query is for less: the first may have been too much.
    for _ in range(50):
        await made.read_on()
        await made.ask(f"{US}ax00")
    assert len(index.requested) == 2


async def test_words_that_wait_for_an_index_that_refuses_are_not_all_sent(tmp_path: Path) -> None:
    index = Index(lambda _: 429)
    made = opened(tmp_path, index, WORDS, count=0)
    assert await asyncio.gather(*(made.ask(US + word) for word in WORDS)) == [()] * len(WORDS)
    assert len(index.requested) == 1


@pytest.mark.parametrize(("pause", "waits"), [("500", 500), ("9" * 400, 3600), ("-5", 0), ("soon", 0), ("0", 0)])
async def test_an_index_is_left_alone_for_its_retry_after(tmp_path: Path, pause: str, waits: int) -> None:
    index = Index(lambda _: 503, seconds=0.0, headers={"retry-after": pause})
    made = opened(tmp_path, index, WORDS, count=0)
    await made.ask(US + WORDS[0])
    index.now += max(waits - 1, 0)
    await made.ask(US + WORDS[1])
    assert len(index.requested) == (1 if waits else 2)
    index.now += 2
    await made.ask(US + WORDS[2])
    assert len(index.requested) == 2


@pytest.mark.parametrize("status", [401, 403, 429, 451])
async def test_an_index_that_refuses_is_not_queried_a_second_time(tmp_path: Path, status: int) -> None:
    index = Index(lambda _: status)
    await opened(tmp_path, index, WORDS).read()
    assert len(index.requested) == 1


async def test_an_index_that_lists_nothing_of_pages_that_were_captured_is_left_alone(tmp_path: Path) -> None:
    index = Index(lambda _: "[]")
    made = opened(tmp_path, index, WORDS, count=0)
    for word in WORDS:
        assert await made.ask(US + word) == ()
    assert len(index.requested) == 2


async def test_it_is_tried_again_in_between_and_the_rests_grow(tmp_path: Path) -> None:
    index = Index(lambda _: 504, seconds=0.0)
    made = opened(tmp_path, index, WORDS, count=100_000)
    await made.read()
    began, tries = index.now, []
    for _ in range(3 * 3600):
        before = len(index.requested)
        index.now += 1
        await made.read_on()
        tries += [index.now - began] * (len(index.requested) - before)
    assert tries == [300.0, 900.0, 2100.0, 4500.0, 8100.0]


async def test_rows_from_before_a_failure_are_used_and_reading_resumes_after_them(tmp_path: Path) -> None:
    failing = True

    def reply(query: Query) -> Reply:
        if query["url"] == US and "resumeKey" not in query:
            return listing("ax00", key="next")
        if failing:
            return 504
        return listing("by29") if query["url"] == US else "[]"

    index = Index(reply)
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert (timestamps(made, "ax00"), timestamps(made, "by29")) == (["20200101000000"], [])
    failing = False
    index.now += REST
    await made.read_on()
    assert timestamps(made, "by29") == ["20200101000000"]
    assert sum(query["url"] == US and "resumeKey" not in query for query in index.requested) == 1
    # So does the next crawl, if this one was killed.
    index.requested.clear()
    assert timestamps(opened(tmp_path, index, WORDS), "by29") == ["20200101000000"]


async def test_a_crawl_that_was_killed_continues_in_the_middle_of_the_index(tmp_path: Path) -> None:
    index = Index(lambda query: 504 if "resumeKey" in query else listing("ax00", key="next"))
    await opened(tmp_path, index, WORDS).read()
    again = Index(lambda query: listing("by29") if query["url"] == US else "[]")
    made = opened(tmp_path, again, WORDS)
    await made.read()
    assert again.requested[0]["resumeKey"] == "next"
    assert timestamps(made, "ax00") == timestamps(made, "by29") == ["20200101000000"]


async def test_an_answer_that_is_too_large_or_too_slow_is_requested_in_smaller_slices(tmp_path: Path) -> None:
    def reply(query: Query) -> Reply:
        start = query["url"].removeprefix(US).removeprefix(OTHER)
        if len(start) < 2:
            return TOO_LARGE
        return listing(*(word for word in WORDS if word.startswith(start)), base=query["url"].removesuffix(start))

    index = Index(reply)
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert all(timestamps(made, word) for word in WORDS)
    requested = [
        (query["url"].removeprefix(US), int(query["limit"])) for query in index.requested if US in query["url"]
    ]
    assert requested == [
        *(("", PAGE_SIZE), ("", SMALL_PAGE)),
        *(("a", SMALL_PAGE), ("ax", SMALL_PAGE), ("ay", SMALL_PAGE)),
        *(("b", SMALL_PAGE), ("bx", SMALL_PAGE), ("by", SMALL_PAGE)),
    ]


async def test_an_index_without_resume_keys_is_read_all_at_once_and_then_in_slices(tmp_path: Path) -> None:
    def reply(query: Query) -> Reply:
        if int(query["limit"]) == UNLIMITED and query["url"] == US:
            return TOO_LARGE
        start = query["url"].removeprefix(US)
        count = min(int(query["limit"]), PAGE_SIZE if query["url"] == US else 100)
        lines = [
            {"timestamp": f"{2000 + n:04}0101000000", "url": f"{US}{start}x", "status": "200"} for n in range(count)
        ]
        return "\n".join(map(json.dumps, lines)) if query["url"].startswith(US) else 404

    index = Index(reply)
    made = opened(tmp_path, index, ["a" * 3 + str(n) for n in range(20)] + ["b" * 3 + str(n) for n in range(20)])
    await made.read()
    requested = [
        (query["url"].removeprefix(US), int(query["limit"])) for query in index.requested if US in query["url"]
    ]
    assert requested == [("", PAGE_SIZE), ("", UNLIMITED), ("a", PAGE_SIZE), ("b", PAGE_SIZE)]
    assert timestamps(made, "ax")[0] == "20230101000000"


@pytest.mark.parametrize("key", ["the same", None], ids=["the same key again", "ever new keys"])
async def test_an_index_with_endless_resume_keys_ends(tmp_path: Path, key: str | None) -> None:
    index = Index(lambda query: listing("ax00", key=key or f"{query.get('resumeKey', '')}x"))
    made = opened(tmp_path, index, WORDS)
    await made.read()
    most = 4 if key else LEAST_PAGES + len(WORDS) // 2
    assert len(index.requested) <= most


async def test_a_slow_index_has_its_share_of_the_time_and_no_more(tmp_path: Path) -> None:
    index = Index(lambda query: listing("ax00", key=f"{query.get('resumeKey', '')}x"), seconds=12)
    made = opened(tmp_path, index, WORDS)
    began = index.now
    await made.read()
    assert index.now - began <= max(LEAST_SECONDS, len(WORDS) / 4) + 12


async def test_a_refused_resume_key_is_dropped_for_smaller_slices(tmp_path: Path) -> None:
    def reply(query: Query) -> Reply:
        if "resumeKey" in query:
            return 400
        start = query["url"].removeprefix(US)
        return listing("ax00", key="refused") if start == "" else listing(f"{start}x00") if len(start) < 3 else "[]"

    index = Index(reply)
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert timestamps(made, "ax00") == timestamps(made, "bx00") == ["20200101000000"]


async def test_an_index_that_lists_nothing_is_read_again_by_the_next_crawl(tmp_path: Path) -> None:
    index = Index(lambda _: "[]")
    for _ in range(2):
        await opened(tmp_path, index, WORDS).read()
    assert index.urls() == [US, OTHER, US, OTHER]


@pytest.mark.parametrize(
    ("refresh", "age", "is_read_again"),
    [("due", 1, False), ("due", 100, True), ("all", 1, True), ("failed", 1, True), ("none", 1, False)],
)
async def test_the_index_is_read_again_after_90_days_or_on_refresh(
    tmp_path: Path, refresh: str, age: int, *, is_read_again: bool
) -> None:
    first = Index(lambda query: listing("ax00", base=query["url"]))
    await opened(tmp_path, first, WORDS).read()
    later = NOW + timedelta(days=age)
    second = Index(lambda query: listing("by29", base=query["url"]))
    made = opened(tmp_path, second, WORDS, refresh=refresh, started_at=later)
    await made.read()
    assert bool(second.requested) is is_read_again
    # The index's list of today replaces that of the last crawl.
    expected = ("by29", "ax00") if is_read_again else ("ax00", "by29")
    assert timestamps(made, expected[0])
    assert not timestamps(made, expected[1])


async def test_other_forms_of_an_address_are_captures_of_its_page(tmp_path: Path) -> None:
    forms = [
        "http://www.macmillandictionary.com:80/us/dictionary/american/hi",
        "https://macmillandictionary.com/us/dictionary/american/hi/",
        f"{US}HI?utm_source=x&fbclid=y",
    ]
    rows = [[f"202{n}0101000000", form, "200", "text/html"] for n, form in enumerate(forms)]
    index = Index(lambda query: json.dumps([HEADER, *rows]) if query["url"] == US else "[]")
    made = opened(tmp_path, index, WORDS)
    await made.read()
    assert made.listed(f"{US}hi") == tuple(Listed(row[0], row[1]) for row in reversed(rows))


async def test_one_page_is_queried_up_to_the_day_unless_its_slice_was_read(tmp_path: Path) -> None:
    rows = [["20200101000000", f"{US}hi", "200", "text/html"], ["20200101000000", f"{US}high", "200", "text/html"]]
    late = ["20240101000000", f"{US}hi", "200", "text/html"]
    index = Index(lambda _: json.dumps([HEADER, *rows, late]))
    made = opened(tmp_path, index, WORDS, count=0)
    assert await made.ask(f"{US}hi") == (Listed("20200101000000", f"{US}hi"),)
    assert index.requested == [{"url": f"{US}hi", "output": "json", "to": "20230630235959"}]
    await opened(tmp_path, index, WORDS).read()
    requested = len(index.requested)
    assert await opened(tmp_path, index, WORDS, count=0).ask(f"{US}hi") == ()
    assert len(index.requested) == requested
