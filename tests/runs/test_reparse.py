"""``scrapy reparse``: today's parser over the kept pages, without a request."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

import dictcrawler
from dictcrawler import dictionaries, feeds
from dictcrawler.crawling import fetcher
from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import LockedError
from dictcrawler.feeds import encode_line
from dictcrawler.feeds.soundness import Limits
from dictcrawler.lookup import asker
from dictcrawler.model import Lookup
from dictcrawler.parsing.page import EntryPage, Page
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.runs import reparse as reparsing
from dictcrawler.runs.reparse import KnownWord, Plan, ReparseProgress, Rereader
from dictcrawler.runs.run import Published
from dictcrawler.storage import locks
from tests.support.archive import write_warc
from tests.support.kept import files
from tests.support.reader import ReadingHere
from tests.support.server import Handler, Serve, scrapy
from tests.support.wayback import FAST, WORDS, WaybackMachine, captures

QUICK = {"DOWNLOAD_DELAY": 0}
STORE = "sqlite:///{data}/store/{dictionary}.sqlite"
MANY = ["hi", "love", "loves", "bananna", "???", "apple", "Love", "feel", "call", "buzz"]


def crawled(words: list[str], **given: Any) -> list[Lookup]:
    return asyncio.run(dictcrawler.crawl(words, **given))


def plan(data: Path) -> Plan:
    return reparsing.plan("macmillan", {}, data, STORE)


def reparse(data: Path, report: Callable[[ReparseProgress], None] = lambda _: None) -> Published:
    return reparsing.reparse(plan(data), Limits(), processes=1, report=report)


def entries(data: Path) -> bytes:
    return (data / "feeds/macmillan/latest/entries.jsonl").read_bytes()


def lookups(data: Path) -> list[Lookup]:
    """The outcomes, without the name of the run."""
    return [msgspec.structs.replace(each, run="") for each in feeds.read_lookups(data / "feeds/macmillan")]


def read_again(data: Path) -> list[Lookup | None]:
    """The content of each word's pages, bypassing the store, which would keep the lines of equal entries."""
    planned = plan(data)
    slug = planned.arguments.dictionary.slug
    tasks = [
        KnownWord(KeywordLine(each.line, each.keyword, each.normalized, slug(each.normalized), None), each)
        for each in feeds.read_lookups(data / "feeds/macmillan")
        if each.status != "invalid_keyword" and each.duplicate_of is None
    ]
    rereader = Rereader(planned, "")
    found = rereader.read(tasks)
    rereader.close()
    return [each and each.lookup for each in found]


def double(monkeypatch: pytest.MonkeyPatch, parse: Callable[[str, str], Page]) -> None:
    """Replace the dictionary's parser."""
    declared = replace(dictionaries.load("macmillan"), parser="macmillan-next", parse=parse)

    def load(name: str) -> Dictionary:
        assert name == "macmillan"
        return declared

    monkeypatch.setattr(dictionaries, "load", load)
    monkeypatch.setattr(reparsing, "ReadingProcess", lambda *_: ReadingHere(declared))


def ticking(minutes: Iterator[int] = count(1)) -> datetime:  # noqa: B008 - one clock for all who look
    """A clock that advances by a minute each time it is read: no two fetches have the same time."""
    return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(minutes=next(minutes))


def test_the_same_parser_reads_the_same_entries_to_the_byte(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "instant", ticking)
    server = serve(dictionary_pages)
    url = f"{server.url}/us/dictionary/american/{{keyword}}"
    crawled(MANY, data=tmp_path, source="live", base_url=url, overrides=QUICK)
    before, outcomes, requested = entries(tmp_path), lookups(tmp_path), len(server.requests)
    again = read_again(tmp_path)
    found = [each for each in again if each is not None]
    assert len(found) == len(again)
    by_id = {entry.id: encode_line(entry) for each in reversed(found) for entry in each.entries}
    assert {json.loads(line)["id"]: line for line in before.splitlines(keepends=True)} == by_id

    reports = tmp_path / "reports"
    command = ("reparse", "macmillan", "--processes", "2", "-s", f"REPORTS_DIR={reports}")
    process = scrapy(*command, data=tmp_path)
    out, log = process.communicate(timeout=120)
    assert process.returncode == 0, log
    assert "9 of 9 words read again\n" in log
    assert len(server.requests) == requested
    assert entries(tmp_path) == before
    assert lookups(tmp_path) == outcomes
    manifest = feeds.verify(tmp_path / "feeds/macmillan")
    assert manifest.changes == {}
    assert f"run {manifest.run}," in out
    assert manifest.arguments["reparse"].startswith(manifest.previous_run or "-")
    assert f"report: {reports}/macmillan-{manifest.run}.html" in out
    assert [file.name for file in reports.iterdir()] == [f"macmillan-{manifest.run}.html"]


def hyphenating(parse: Callable[[str, str], Page]) -> Callable[[str, str], Page]:
    """A parser that reads "apple" differently."""

    def parse_otherwise(html: str, url: str) -> Page:
        page = parse(html, url)
        if not isinstance(page, EntryPage) or page.entries[0].content.headword != "apple":
            return page
        content = msgspec.structs.replace(page.entries[0].content, hyphenation="ap·ple")
        return replace(page, entries=(replace(page.entries[0], content=content), *page.entries[1:]))

    return parse_otherwise


def test_another_parser_changes_only_the_entries_it_reads_differently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawled(["hi", "apple", "love"], data=tmp_path, source="sample")
    before = {entry.id: entry for entry in feeds.read_entries(tmp_path / "feeds/macmillan")}
    double(monkeypatch, hyphenating(dictionaries.load("macmillan").parse))
    published = reparse(tmp_path)
    assert published.manifest.changes == {"changed/parser": 1}
    [change] = feeds.read_changes(published.folder)
    assert (change.id, change.fields) == ("macmillan:american:apple", ("hyphenation",))
    for entry in feeds.read_entries(published.folder):
        then = before.pop(entry.id)
        if entry.headword != "apple":
            assert entry == then
            continue
        assert entry.hyphenation == "ap·ple"
        assert entry.source == msgspec.structs.replace(then.source, parser="macmillan-next")
    assert before == {}


def test_a_reparse_is_the_parsers_doing_though_the_page_has_changed_around_the_entry(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = iter("abcdef")

    async def noted(request: web.Request) -> web.StreamResponse:
        answer = await dictionary_pages(request)
        if isinstance(answer, web.Response) and answer.text and request.path.endswith("/apple"):
            answer.text = answer.text.replace("</body>", f"<!-- {next(notes)} --></body>")
        return answer

    url = f"{serve(noted).url}/us/dictionary/american/{{keyword}}"
    for _ in range(2):
        crawled(["apple"], data=tmp_path, source="live", base_url=url, overrides=QUICK, refresh="all")
    double(monkeypatch, hyphenating(dictionaries.load("macmillan").parse))
    assert reparse(tmp_path).manifest.changes == {"changed/parser": 1}


def test_a_reparse_waits_for_no_crawl_at_work(tmp_path: Path) -> None:
    crawled(["hi"], data=tmp_path, source="sample")
    planned = plan(tmp_path)
    with locks.hold_run(planned.store_url, tmp_path, "macmillan", "macmillan"), pytest.raises(LockedError):
        reparse(tmp_path)


def test_a_page_that_no_parser_could_read_is_read_by_a_better_one(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def in_a_new_layout(request: web.Request) -> web.StreamResponse:
        answer = await dictionary_pages(request)
        if isinstance(answer, web.Response) and answer.text and request.path.endswith("/apple"):
            answer.text = answer.text.replace("class=", "data-class=")
        return answer

    parse = dictionaries.load("macmillan").parse

    def better(html: str, url: str) -> Page:
        return parse(html.replace("data-class=", "class="), url)

    url = f"{serve(in_a_new_layout).url}/us/dictionary/american/{{keyword}}"
    first = crawled(["apple", "hi"], data=tmp_path, source="live", base_url=url, overrides=QUICK)
    assert [each.status for each in first] == ["parse_error", "found"]
    double(monkeypatch, better)
    published = reparse(tmp_path)
    assert [each.status for each in feeds.read_lookups(published.folder)] == ["found", "found"]
    [apple] = [entry for entry in feeds.read_entries(published.folder) if entry.headword == "apple"]
    assert apple.source.fetched_at == first[0].fetched_at


def test_unmodified_pages_are_read_from_the_crawl_that_fetched_them(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    async def validating(request: web.Request) -> web.StreamResponse:
        if "If-None-Match" in request.headers:
            return web.Response(status=304, headers={"ETag": '"1"'})
        answer = await dictionary_pages(request)
        answer.headers["ETag"] = '"1"'
        return answer

    server = serve(validating)
    url = f"{server.url}/us/dictionary/american/{{keyword}}"
    for _ in range(2):
        crawled(["hi", "apple"], data=tmp_path, source="live", base_url=url, overrides=QUICK, refresh="all")
    assert sum("If-None-Match" in headers for _, _, headers in server.requests) == 3
    outcomes = lookups(tmp_path)
    assert all(each.checked_at for each in outcomes)
    seen: list[int] = []
    reparse(tmp_path, lambda now: seen.append(now.not_kept))
    assert seen[-1] == 0
    assert lookups(tmp_path) == outcomes


@pytest.mark.parametrize("index_from", [200, 1], ids=["asked word by word", "index read in bulk"])
def test_a_crawl_of_an_archive_is_read_again_capture_by_capture(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, index_from: int
) -> None:
    monkeypatch.setattr(asker, "instant", ticking)
    machine = WaybackMachine()
    server = serve(machine.answer)
    given = {"archive": f"{server.url}/web/", "index": f"{server.url}/cdx/search/cdx"}
    overrides = {**FAST, "ARCHIVE_INDEX_MIN_WORDS": index_from}
    first = crawled(WORDS.split(","), data=tmp_path, overrides=overrides, **given)
    requested = len(server.requests)
    found = read_again(tmp_path)
    for now, then in zip(found, first, strict=True):
        assert now is not None
        stripped = msgspec.structs.replace(now, run="", line=0, pages=())
        assert stripped == msgspec.structs.replace(then, run="", line=0)
    outcomes = lookups(tmp_path)
    reparse(tmp_path)
    assert lookups(tmp_path) == outcomes
    assert len(server.requests) == requested


def test_a_crawl_of_warc_files_is_read_again_from_them(tmp_path: Path) -> None:
    write_warc(tmp_path / "x.warc.gz", captures())
    crawled(["hi", "determine"], data=tmp_path, source="warc", warc=f"{tmp_path}/x.warc.gz")
    before, outcomes = entries(tmp_path), lookups(tmp_path)
    progress: list[int] = []
    reparse(tmp_path, lambda now: progress.append(now.not_kept))
    assert (entries(tmp_path), lookups(tmp_path), progress[-1]) == (before, outcomes, 0)


def test_a_reparse_that_was_stopped_continues_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crawled(MANY, data=tmp_path, source="sample")
    first_run = feeds.read_run(tmp_path / "feeds/macmillan").run
    before = entries(tmp_path)
    monkeypatch.setattr(reparsing, "CHUNK", 3)

    def stop(now: ReparseProgress) -> None:
        if now.done > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reparse(tmp_path, stop)
    assert feeds.read_run(tmp_path / "feeds/macmillan").run == first_run
    seen: list[int] = []
    published = reparse(tmp_path, lambda now: seen.append(now.done))
    assert seen == [4, 7, 9]
    assert published.manifest.keywords == len(MANY)
    assert entries(tmp_path) == before


@pytest.mark.parametrize("loss", ["never kept", "lost", "damaged", "mixed up"])
def test_words_whose_pages_are_not_there_keep_their_outcome(tmp_path: Path, loss: str) -> None:
    overrides = {"PAGES_KEPT": loss != "never kept"}
    crawled(["hi", "bananna"], data=tmp_path, source="sample", overrides=overrides)
    before, outcomes = entries(tmp_path), lookups(tmp_path)
    if loss == "lost":
        shutil.rmtree(tmp_path / "pages")
    if loss == "mixed up":
        with closing(sqlite3.connect(tmp_path / "store/macmillan.sqlite")) as store:
            last = store.execute("select offset, length from pages order by id desc").fetchone()
            store.execute("update pages set offset = ?, length = ?", last)
            store.commit()
    for file in files(tmp_path) if loss == "damaged" else ():
        content = bytearray(file.read_bytes())
        content[600::700] = bytes(len(content[600::700]))
        file.write_bytes(content)
    progress: list[int] = []
    published = reparse(tmp_path, lambda now: progress.append(now.not_kept))
    assert progress[-1] == 2
    assert published.manifest.changes == {}
    assert (entries(tmp_path), lookups(tmp_path)) == (before, outcomes)


@pytest.mark.parametrize(
    "costly",
    [
        (f"<p {' '.join(f'a{number}=1' for number in range(30_000))}></p>", "READING_SECONDS=0.5"),
        ("".join(f"<div><b id={number}></div>" for number in range(2000)), f"READING_MEMORY={192 * 2**20}"),
    ],
    ids=["takes its time", "takes memory"],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_kept_page_that_costs_too_much_costs_its_word_and_keeps_its_entry(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, costly: tuple[str, str], processes: int
) -> None:
    bomb, limit = costly

    async def with_bomb(request: web.Request) -> web.StreamResponse:
        answer = await dictionary_pages(request)
        if isinstance(answer, web.Response) and answer.text and request.path.endswith("/apple"):
            answer.text = answer.text.replace("</body>", f"{bomb}</body>")
        return answer

    url = f"{serve(with_bomb).url}/us/dictionary/american/{{keyword}}"
    generous = {**QUICK, "READING_SECONDS": 60, "READING_MEMORY": 2**32}
    words = ["hi", "apple", "love", "bananna"]
    first = crawled(words, data=tmp_path, source="live", base_url=url, overrides=generous)
    assert [each.status for each in first] == ["found", "found", "found", "not_in_dictionary"]
    before = entries(tmp_path)
    process = scrapy("reparse", "macmillan", "--processes", str(processes), "-s", limit, data=tmp_path)
    _, log = process.communicate(timeout=60)
    more = ("-s", "READING_SECONDS=60", "-s", f"READING_MEMORY={2**32}")
    assert process.returncode == 4, log
    assert "Traceback" not in log
    again = lookups(tmp_path)
    assert [each.status for each in again] == ["found", "too_large", "found", "not_in_dictionary"]
    assert (again[1].error or "").startswith("reading the page takes more than ")
    assert again[1].stale_since is not None
    assert entries(tmp_path) == before
    process = scrapy("reparse", "macmillan", "--processes", str(processes), *more, data=tmp_path)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert [each.status for each in lookups(tmp_path)] == [each.status for each in first]
    assert entries(tmp_path) == before


def test_a_failed_word_keeps_its_failure_and_the_date_of_its_entry_despite_an_older_page(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    is_down = False

    async def failing(request: web.Request) -> web.StreamResponse:
        if is_down and request.path.endswith("/apple") and request.transport is not None:
            request.transport.close()
        return await dictionary_pages(request)

    url = f"{serve(failing).url}/us/dictionary/american/{{keyword}}"
    given = {"data": tmp_path, "source": "live", "base_url": url, "overrides": {**QUICK, "RETRY_TIMES": 0}}
    crawled(["apple", "hi"], **given)
    is_down = True
    crawled(["apple", "hi"], **given, refresh="all")
    outcomes, failures = lookups(tmp_path), failures_of(tmp_path)
    assert [each.status for each in outcomes] == ["network_error", "found"]
    assert outcomes[0].stale_since is not None
    reparse(tmp_path)
    assert lookups(tmp_path) == outcomes
    assert failures_of(tmp_path) == failures == {"apple": 1, "hi": 0}


def test_a_failure_is_kept_and_not_counted_again(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    async def failing(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/apple") and request.transport is not None:
            request.transport.close()
        if request.path.endswith("/call"):
            return web.Response(status=503)
        return await dictionary_pages(request)

    url = f"{serve(failing).url}/us/dictionary/american/{{keyword}}"
    overrides = {**QUICK, "RETRY_TIMES": 0}
    crawled(["apple", "call", "hi"], data=tmp_path, source="live", base_url=url, overrides=overrides)
    outcomes, failures = lookups(tmp_path), failures_of(tmp_path)
    assert [each.status for each in outcomes] == ["network_error", "http_error", "found"]
    assert failures == {"apple": 1, "call": 1, "hi": 0}
    reparse(tmp_path)
    assert lookups(tmp_path) == outcomes
    assert failures_of(tmp_path) == failures


def failures_of(data: Path) -> dict[str, int]:
    with closing(sqlite3.connect(data / "store/macmillan.sqlite")) as store:
        return dict(store.execute("select slug, failures from answers"))


def test_there_must_be_a_run_to_read_again(tmp_path: Path) -> None:
    process = scrapy("reparse", "macmillan", data=tmp_path)
    out, log = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "there is no feed here" in out + log
    assert "Traceback" not in log
