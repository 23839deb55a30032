"""What a word costs that fails: the memory of its pages."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from faultcrawls import SETTINGS, word
from faultserver import HTML, PATH, Answer, Exchange, faulty
from held import EXTENSION, LARGE, most_held
from serving import Crawl, crawl

from dictcrawler.settings import EXTENSIONS

# Of random bytes, which no coding makes any shorter: it is as large on the wire as it is in memory.
BROKEN = gzip.compress(random.Random(1).randbytes(LARGE), 1, mtime=0)[:-8]  # noqa: S311


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
            await exchange.send(exchange.page)

    # One at a time: the next try of each word waits until the others have had this one.
    patient = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_TIMEOUT": 20, "WORD_DEADLINE": 60}
    done = crawl_words(tmp_path, broken, 16, {**patient, "EXTENSIONS": json.dumps(EXTENSIONS | {EXTENSION: 900})})
    assert set(done.statuses.values()) == {"found"}, done.log
    assert {lookup.attempts for lookup in done.lookups} == {times + 1}
    # The one under way, and one or two on their way to the word that it failed.
    assert 0 < most_held(done.log) <= 4
