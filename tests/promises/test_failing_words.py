"""The cost of a word that fails or waits: the memory of its pages, and its time limit."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from dictcrawler import feeds
from dictcrawler.settings import EXTENSIONS
from tests.support.faults.faultcrawls import SETTINGS, word
from tests.support.faults.faultserver import HTML, PATH, Answer, Exchange, faulty
from tests.support.large_bodies import EXTENSION, LARGE, most_at_once
from tests.support.server import Crawl, crawl

# Random bytes, which no coding can compress: as large on the wire as in memory.
BROKEN = gzip.compress(random.Random(1).randbytes(LARGE), 1, mtime=0)[:-8]  # noqa: S311
PADDING = b"<!--%s-->" % (b"x" * LARGE)


def crawl_words(data: Path, answer: Answer, words: int, settings: dict[str, object]) -> Crawl:
    names = [word(number) for number in range(1, words + 1)]
    with faulty(dict.fromkeys(names, answer)) as server:
        mirror = f"base_url={server.url}{PATH}{{keyword}}"
        given = ("source=live", "homographs=first", mirror, f"word={','.join(names)}")
        return crawl(data, *given, settings={**SETTINGS, **settings})


@pytest.mark.parametrize("times", [1, 2])
def test_a_word_that_waits_for_its_next_try_holds_no_page_that_failed(tmp_path: Path, times: int) -> None:
    async def broken(exchange: Exchange) -> None:
        if exchange.count <= times:
            await exchange.send(BROKEN, HTML, ("Content-Encoding", "gzip"))
        else:
            # As large as those that failed, so that the meter has something to count.
            await exchange.send(exchange.page + PADDING)

    # One at a time: the next try of each word waits until the others have had this one.
    patient = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_TIMEOUT": 20, "WORD_DEADLINE": 60}
    done = crawl_words(tmp_path, broken, 16, {**patient, "EXTENSIONS": json.dumps(EXTENSIONS | {EXTENSION: 900})})
    assert set(done.statuses.values()) == {"found"}, done.log
    assert {lookup.attempts for lookup in done.lookups} == {times + 1}
    # The one in progress, and one or two on their way to the word that it failed.
    assert 0 < most_at_once(done.log) <= 4


async def throttled(exchange: Exchange) -> None:
    """Not now, in three seconds, and then at another address."""
    if exchange.count == 1:
        await exchange.send(b"", HTML, ("Retry-After", "3"), status="429 Too Many Requests")
    elif exchange.count == 2:
        await exchange.send(b"", ("Location", f"{PATH}{exchange.word}?1"), status="302 Found")
    else:
        await exchange.send(exchange.page)


def redirected(hops: int, tries: int) -> Answer:
    """A chain of addresses, each leading to the next; with ``tries`` 2 each fails once before it answers."""

    async def answer(exchange: Exchange) -> None:
        hop = exchange.count // tries
        if exchange.count % tries:
            await exchange.send(b"", HTML, status="500 Internal Server Error")
        elif hop <= hops:
            await exchange.send(b"", ("Location", f"{PATH}{exchange.word}?{hop}"), status="302 Found")
        else:
            await exchange.send(exchange.page)

    return answer


@pytest.mark.parametrize(
    ("answer", "delay"),
    [pytest.param(throttled, 0, id="Retry-After"), pytest.param(redirected(4, 1), 1, id="delay between pages")],
)
def test_waiting_for_the_turn_that_a_site_gives_it_costs_a_word_nothing_of_its_time(
    tmp_path: Path, answer: Answer, delay: float
) -> None:
    # Three seconds pass before the last request.
    given = {"DOWNLOAD_DELAY": delay, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "WORD_DEADLINE": 2.5, "DOWNLOAD_TIMEOUT": 20}
    done = crawl_words(tmp_path, answer, 1, given)
    assert done.statuses[word(1)] in ("found", "redirected"), done.log


def test_a_words_own_pauses_between_its_tries_are_of_its_time(tmp_path: Path) -> None:
    # Six pauses of a fifth of a second or more, at six addresses; none of them is as long as the word's time.
    given = {"RETRY_BACKOFF": 0.4, "WORD_DEADLINE": 1, "DOWNLOAD_TIMEOUT": 20}
    done = crawl_words(tmp_path, redirected(5, 2), 1, given)
    (lookup,) = feeds.read_lookups(next(done.feed.glob("2*")))
    assert lookup.status.value in ("http_error", "network_error")
