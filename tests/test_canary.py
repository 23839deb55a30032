"""The word that is asked before a long list, so that a wall or a broken parser shows itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from serving import crawl

import dictcrawler
from dictcrawler import feeds
from dictcrawler.lookup import Asker
from dictcrawler.model import Lookup
from dictcrawler.revalidation import CountingFetch
from dictcrawler.store import KeywordLine

ALWAYS = {"CANARY_MIN_WORDS": 1}


def test_the_canary_is_no_word_of_the_list(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,apple", settings=ALWAYS)
    assert done.status == 0, done.log
    assert [lookup.keyword for lookup in done.lookups] == ["hi", "apple"]
    with closing(sqlite3.connect(tmp_path / "store" / "macmillan.sqlite")) as store:
        assert store.execute("SELECT slug FROM answers ORDER BY slug").fetchall() == [("apple",), ("hi",)]


async def test_a_run_whose_canary_nobody_judged_is_withheld(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Asker.ask

    async def defective(self: Asker, word: KeywordLine, fetch: CountingFetch, known: Lookup | None = None) -> Lookup:
        if word.line == 0:
            raise RuntimeError("of the canary alone")
        return await ask(self, word, fetch, known)

    monkeypatch.setattr(Asker, "ask", defective)
    await dictcrawler.crawl(["hi", "apple"], data=tmp_path, source="sample", overrides=ALWAYS)
    (run,) = (tmp_path / "feeds" / "macmillan").iterdir()
    assert feeds.read_run(run).reason == "the canary 'love' was not answered"
