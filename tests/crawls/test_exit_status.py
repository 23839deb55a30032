"""Every kind of end has its own exit status and its own last line; 0 means a complete run only."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.errors import (
    ArgumentError,
    DictcrawlerError,
    FeedError,
    FetchError,
    KeywordListError,
    LockedError,
    PageError,
    StoreError,
)
from dictcrawler.model import Status
from dictcrawler.runs.verdict import MEANINGS, ExitStatus, exit_status
from tests.support.archive import write_warc
from tests.support.gate import Gate, wait_until
from tests.support.server import Handler, Serve, crawl, scrapy
from tests.support.wayback import captures

MIRROR = "/us/dictionary/american/{keyword}"
FAST = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (ArgumentError("x", "y", "z"), ExitStatus.REFUSED),
        (KeywordListError("x"), ExitStatus.REFUSED),
        (StoreError("x"), ExitStatus.STORE_FAILED),
        (FeedError(Path("x"), 1, "y"), ExitStatus.STORE_FAILED),
        (LockedError(Path("x"), "y"), ExitStatus.LOCKED),
        (FetchError(Status.NETWORK_ERROR, "x"), ExitStatus.INCOMPLETE),
        (PageError("x"), ExitStatus.UNEXPECTED),
        (DictcrawlerError("x"), ExitStatus.UNEXPECTED),
    ],
)
def test_each_kind_of_failure_has_its_status(failure: DictcrawlerError, expected: ExitStatus) -> None:
    for reason in ("finished", "shutdown", None):
        assert exit_status(failure, None, reason) is expected


def test_a_run_that_came_to_its_own_end_without_a_feed_was_hit_by_the_unexpected() -> None:
    assert exit_status(None, None, "finished") is ExitStatus.UNEXPECTED
    assert exit_status(None, None, "start_error") is ExitStatus.UNEXPECTED
    assert exit_status(None, None, "shutdown") is ExitStatus.INCOMPLETE
    assert exit_status(None, None, None) is ExitStatus.INCOMPLETE


def test_every_status_has_a_meaning_and_all_meanings_differ() -> None:
    assert set(MEANINGS) == set(ExitStatus)
    assert len(set(MEANINGS.values())) == len(ExitStatus)


def _answering(pages: Handler, special: dict[str, int]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        for ending, status in special.items():
            if request.path.endswith(ending):
                return web.Response(status=status, text="<html></html>", content_type="text/html")
        return await pages(request)

    return answer


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        (("hi,bananna,???", {}), 0),
        (("bananna", {}), 5),
        (("hi,apple", {"/apple": 500}), 4),
        (("hi,apple", {"/apple": 403}), 6),
        (("hi,apple", {"/hi": 500, "/apple": 500}), 8),
    ],
    ids=["complete", "nothing found", "a word failed", "blocked", "not one answer"],
)
def test_the_outcomes_of_the_words_decide(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, requested: tuple[str, dict[str, int]], expected: int
) -> None:
    words, special = requested
    server = serve(_answering(dictionary_pages, special))
    done = crawl(tmp_path, "source=live", f"base_url={server.url}{MIRROR}", f"word={words}", settings=FAST)
    assert done.status == expected, done.log
    assert done.out.splitlines()[-1].startswith(f"exit status {expected}: ")


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ((signal.SIGINT,), 3),
        ((signal.SIGTERM,), 3),
        ((signal.SIGINT, signal.SIGINT), 3),
        ((signal.SIGKILL,), -signal.SIGKILL),
    ],
    ids=["SIGINT", "SIGTERM", "SIGINT twice", "SIGKILL, as when memory runs out"],
)
def test_a_stopped_crawl_reports_it_and_the_same_command_continues(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, signals: tuple[signal.Signals, ...], expected: int
) -> None:
    gate = Gate(dictionary_pages)
    server = serve(gate.answer)
    words = ",".join(f"word{number:06}" for number in range(1, 41))
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={words}")
    settings = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "STORE_BATCH_SIZE": 1}
    options = [part for each in given for part in ("-a", each)]
    options += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    process = scrapy("crawl", "macmillan", *options, data=tmp_path)
    wait_until(lambda: gate.is_reached)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)
    if len(signals) == 1:
        gate.free = 1_000
    out, log = process.communicate(timeout=60)
    gate.free = 1_000
    assert process.returncode == expected, log
    assert expected < 0 or out.splitlines()[-1].startswith("exit status 3: ")
    assert "Traceback" not in log
    feed = tmp_path / "feeds" / "macmillan"
    assert not feed.exists()
    resumed = crawl(tmp_path, *given, settings=settings)
    assert resumed.status == 0, resumed.log
    assert [lookup.status.value for lookup in feeds.read_lookups(feed)] == ["found"] * 40
    again = len(server.paths()) - len(set(server.paths()))
    # An orderly stop keeps all answers in progress; after a kill, the ten answered and the four in progress may be
    # requested again.
    assert again <= (0 if signals in ((signal.SIGINT,), (signal.SIGTERM,)) else 14)


@pytest.mark.parametrize("outcomes", [1, 60, 90])
@pytest.mark.parametrize("source", ["sample", "warc"])
def test_a_crawl_limited_to_some_outcomes_stops_although_some_needed_no_request(
    tmp_path: Path, source: str, outcomes: int
) -> None:
    words = ["hi", "///", "apple", *("?" * number for number in range(1, 71)), *(f"blorf{n}" for n in range(70))]
    (tmp_path / "words.txt").write_text("\n".join(words))
    write_warc(tmp_path / "x.warc.gz", captures())
    given = [f"words={tmp_path}/words.txt", f"source={source}"]
    given += [f"warc={tmp_path}/x.warc.gz"] if source == "warc" else []
    options = [part for each in given for part in ("-a", each)]
    process = scrapy("crawl", "macmillan", *options, "-s", f"CLOSESPIDER_ITEMCOUNT={outcomes}", data=tmp_path)
    try:
        out, log = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 3, log
    assert out.splitlines()[-1].startswith("exit status 3: ")
    assert "Traceback" not in log
    done = crawl(tmp_path, *given)
    assert done.status == 0, done.log
    assert [lookup.keyword for lookup in done.lookups] == words
    none = "not_archived" if source == "warc" else "not_in_dictionary"
    assert done.manifest.statuses == {"found": 2, "invalid_keyword": 71, none: 70}


def test_an_import_of_a_long_list_can_be_interrupted(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("".join(f"word{number}\n" for number in range(1_500_000)))
    process = scrapy("crawl", "macmillan", "-a", "source=sample", "-a", f"words={words}", data=tmp_path)
    store = tmp_path / "store" / "macmillan.sqlite-wal"
    wait_until(lambda: store.exists() and store.stat().st_size > 1_000_000)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, log = process.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert process.returncode == 3, log
    assert out.splitlines()[-1].startswith("exit status 3: ")
    assert crawl(tmp_path, "source=sample", "word=hi").status == 0


def test_an_interrupt_while_the_feed_is_written_changes_nothing(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("hi\n" * 60_000)
    given = ("source=sample", f"words={words}")
    process = scrapy("crawl", "macmillan", *(part for each in given for part in ("-a", each)), data=tmp_path)
    feed = tmp_path / "feeds" / "macmillan"
    wait_until(lambda: any(feed.glob(".*.partial")))
    process.send_signal(signal.SIGINT)
    out, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert out.splitlines()[-1].startswith("exit status 0: ")
    assert "Traceback" not in log
    assert feeds.verify(feed).keywords == 60_000


def test_a_file_of_o_that_a_full_disk_cuts_off_is_a_failure_and_the_feed_is_whole(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,apple,call", scrapy_options=("-o", "/dev/full:jsonl"))
    assert done.status == 7, done.log
    assert "the file of -o was not written whole; the whole feed is " in done.out
    assert len(list(feeds.read_lookups(done.feed))) == 3
