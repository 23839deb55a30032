"""One outcome for each word, whatever the server does; nothing in the feed that is not on a page."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dictcrawler.defaults import READING_MEMORY
from dictcrawler.model import Status
from dictcrawler.sample.pages import Document
from tests.support.faults.bombs import ALL as BOMBS
from tests.support.faults.bombs import SMALL
from tests.support.faults.buckets import crawl_bucket
from tests.support.faults.faultcrawls import SETTINGS, Faulted, crawl_rows, differences, truth, word, wrong
from tests.support.faults.faultrows import GOOD, QUICK_ROWS, THROTTLES, WALLS, Row, twice
from tests.support.faults.faultserver import HTML, PATH, Exchange, faulty, head
from tests.support.faults.stalls import FILE, WITH_METER, measured
from tests.support.server import crawl


def check_each(faulted: Faulted, subtests: pytest.Subtests) -> None:
    """For each row its outcome, tries, requests and time; all good words beside them found; the right totals."""
    for outcome in faulted.outcomes:
        with subtests.test(outcome.row.name):
            assert list(differences(outcome)) == []
    assert {lookup.status for lookup in faulted.good} == {Status.FOUND}
    manifest = faulted.manifest
    assert sum(manifest.statuses.values()) == manifest.keywords == len(faulted.lookups)
    assert wrong(faulted) == []
    assert "Traceback" not in faulted.crawl.log


@pytest.mark.parametrize(
    ("rows", "settings", "status"),
    [
        pytest.param(QUICK_ROWS, {}, 4, id="quick"),
        pytest.param(WALLS, {}, 6, id="walls"),
        pytest.param(THROTTLES, {"RETRY_BACKOFF": 0.2}, 4, id="throttles"),
    ],
)
def test_each_fault_ends_in_its_own_outcome_after_its_own_number_of_tries(
    tmp_path: Path, subtests: pytest.Subtests, rows: Sequence[Row], settings: dict[str, object], status: int
) -> None:
    faulted = crawl_rows(rows, tmp_path, settings=settings)
    assert faulted.crawl.status == status
    check_each(faulted, subtests)


def test_a_bomb_costs_its_word_and_neither_memory_nor_the_event_loop_nor_the_other_words(
    tmp_path: Path, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FILE, str(tmp_path / "cost.json"))
    # The pages that are not bombs need less than half a second of processor time.
    patient = {"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 90, "READING_SECONDS": 2, "EXTENSIONS": WITH_METER}
    faulted = crawl_rows(BOMBS, tmp_path, settings=patient)
    check_each(faulted, subtests)
    cost = measured(tmp_path / "cost.json")
    assert 0 < cost.crawl + cost.reader < 512
    assert cost.reader <= READING_MEMORY / 2**20
    assert 0 < cost.work < 1


@pytest.mark.parametrize(("name", "most"), [("empty gzip members", 520), ("brotli, 1 GiB", 250)])
def test_16_bombs_at_once_cost_what_16_pages_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: float
) -> None:
    monkeypatch.setenv(FILE, str(tmp_path / "cost.json"))
    bomb = next(row for row in BOMBS if row.name == name)
    rows = [replace(bomb, name=f"{name}, {number}") for number in range(16)]
    faulted = crawl_rows(
        rows, tmp_path, settings={"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 90, "EXTENSIONS": WITH_METER}
    )
    assert {outcome.lookup.status.value for outcome in faulted.outcomes} == {bomb.outcome}
    cost = measured(tmp_path / "cost.json")
    assert 0 < cost.crawl < most
    assert 0 < cost.work < 1


@pytest.mark.parametrize("seed", [1, 2])
def test_all_faults_in_one_list_leave_no_word_out_and_let_no_wrong_entry_in(tmp_path: Path, seed: int) -> None:
    late = [Row(f"an answer twice, {number}", twice, "found") for number in range(6)]
    rows = (*QUICK_ROWS, *WALLS, *SMALL, *late)
    faulted = crawl_rows(rows, tmp_path, settings={"READING_SECONDS": 6}, seed=seed)
    assert faulted.crawl.status == 6
    assert len(faulted.lookups) == faulted.manifest.keywords == sum(faulted.manifest.statuses.values())
    assert wrong(faulted) == []
    found = {outcome.row.name for outcome in faulted.outcomes if outcome.lookup.status.has_entries}
    findable = {row.name for row in rows if Status(row.outcome).has_entries}
    assert found <= findable
    # A late answer that reaches another word may be a fault: that word then fails with a message about it.
    lost = [lookup for lookup in faulted.good if lookup.status is not Status.FOUND]
    assert not any(lookup.status.is_answer for lookup in lost)
    assert len(lost) + len(findable - found) <= len(late)


def test_a_late_answer_costs_a_few_requests_and_no_word(tmp_path: Path) -> None:
    late = (5, 11, 23, 37)
    with faulty({word(number): twice for number in late}) as server:
        words = ",".join(word(number) for number in range(1, 41))
        done = crawl(
            tmp_path,
            *("source=live", "homographs=first", f"base_url={server.url}{PATH}{{keyword}}", f"word={words}"),
            settings={**SETTINGS, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_TIMEOUT": 10, "WORD_DEADLINE": 60},
        )
    assert done.status == 0, done.log
    expected = truth()
    assert all(entry.content_hash == expected[entry.id] for entry in done.entries)
    asked_again = sum(seen.requests for seen in server.seen.values()) - 40
    assert len(late) <= asked_again <= 3 * len(late)


@pytest.mark.parametrize("concurrency", [1, 16])
def test_a_late_answer_that_names_no_word_is_not_taken_for_the_next_words(tmp_path: Path, concurrency: int) -> None:
    # Redirects to "not found": only the page at their end names the requested word.
    chance = random.Random(concurrency)  # noqa: S311
    good, missing = [word(number) for number in range(1, 101)], [f"zq{number}zz" for number in range(1, 101)]
    words = chance.sample([*good, *missing], 200)
    late = [*chance.sample(missing, 5), *chance.sample(good, 5)]
    with faulty(dict.fromkeys(late, twice)) as server:
        done = crawl(
            tmp_path,
            *("source=live", "homographs=first", f"base_url={server.url}{PATH}{{keyword}}", f"word={','.join(words)}"),
            settings={
                **SETTINGS,
                "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
                "DOWNLOAD_TIMEOUT": 10,
                "WORD_DEADLINE": 60,
            },
        )
    wrong_misses = {name for name, status in done.statuses.items() if status == "not_in_dictionary"} - set(missing)
    wrong_finds = {name for name, status in done.statuses.items() if status in ("found", "redirected")} - set(good)
    assert wrong_misses == wrong_finds == set()
    assert sum(status in ("found", "not_in_dictionary") for status in done.statuses.values()) >= 190


def test_a_late_miss_that_suggests_the_next_word_is_not_taken_for_its_own(tmp_path: Path) -> None:
    with faulty({"bananna": late_miss}) as server:
        done = crawl(
            tmp_path,
            *("source=live", "homographs=first", f"base_url={server.url}{PATH}{{keyword}}", "word=bananna,banana"),
            settings={**SETTINGS, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_TIMEOUT": 10, "WORD_DEADLINE": 60},
        )
    assert done.statuses == {"bananna": "not_in_dictionary", "banana": "found"}
    assert server.seen["banana"].requests == 2


async def late_miss(exchange: Exchange) -> None:
    """The miss at the word's own address, and once more when the next word is requested on this connection."""
    spelling = exchange.server._site.reply("/us/spellcheck/american/", {"q": exchange.word})
    assert isinstance(spelling, Document)
    body = spelling.text.encode()
    answer = head(HTML, ("Content-Length", str(len(body)))) + body
    exchange.server.late[exchange.writer] = answer
    await exchange.raw(answer)


def test_a_site_that_goes_away_costs_the_answers_and_not_the_outcomes(tmp_path: Path) -> None:
    with answering_robots_only() as url:
        mirror = f"base_url={url}{PATH}{{keyword}}"
        done = crawl(tmp_path, "source=live", mirror, "word=hi,love,bye", settings=dict(SETTINGS))
    assert done.status == 8
    assert "network_error          3" in done.out
    assert "Traceback" not in done.log


@contextmanager
def answering_robots_only() -> Iterator[str]:
    """A server that accepts one connection and then is gone."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        listening.close()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)


def test_without_a_reactor_the_same_faults_end_in_the_same_outcomes(tmp_path: Path, subtests: pytest.Subtests) -> None:
    faulted = crawl_rows(QUICK_ROWS, tmp_path, settings={"TWISTED_REACTOR_ENABLED": False})
    for outcome in faulted.outcomes:
        with subtests.test(outcome.row.name):
            assert outcome.lookup.status.value == outcome.row.outcome, outcome.lookup.error
    assert wrong(faulted) == []


def test_a_server_of_5_requests_a_second_yields_50_of_50_words_for_70_requests(tmp_path: Path) -> None:
    done, bucket = crawl_bucket(tmp_path, words=50, rate=5)
    assert Counter(done.statuses.values()) == {"found": 50}
    assert bucket.requests <= 70


@pytest.mark.parametrize(("seconds", "tries"), [(20, 1), (4, 2)])
def test_a_hang_or_a_drip_ends_with_the_deadline_of_its_word(
    tmp_path: Path, subtests: pytest.Subtests, seconds: float, tries: int
) -> None:
    waits = [row for row in QUICK_ROWS if row.name.startswith(("hang", "drip"))]
    deadline = 5
    faulted = crawl_rows(waits, tmp_path, settings={"DOWNLOAD_TIMEOUT": seconds, "WORD_DEADLINE": deadline})
    for outcome in faulted.outcomes:
        with subtests.test(outcome.row.name):
            assert outcome.lookup.attempts == tries
            assert outcome.seen.seconds < 2 * deadline
            # The timeout of the last request, from its error: a busy machine does not lengthen it.
            given = re.search(r"took longer than ([\d.]+) seconds", outcome.lookup.error or "")
            assert given is not None
            assert float(given[1]) <= deadline - (tries - 1) * seconds


def test_a_page_that_always_answers_503_slows_the_others_down_once() -> None:
    from dictcrawler.net.pace import FIRST_STEP, Pace  # noqa: PLC0415

    async def intervals() -> list[float]:
        pace = Pace()
        seen = []
        for again in (False, True, True):
            departure = await pace.turn()
            pace.learn(503, 0.0, departure, again=again)
            seen.append(pace.interval)
        return seen

    assert asyncio.run(intervals()) == [FIRST_STEP] * 3


def test_the_good_word_is_good() -> None:
    assert any(GOOD in id_ for id_ in truth())
