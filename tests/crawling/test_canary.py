"""The word that is requested before a long list, so that a wall or a broken parser is noticed early."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

import dictcrawler
from dictcrawler import feeds
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.revalidation import CountingFetch
from dictcrawler.model import Lookup
from dictcrawler.plan.word_list import KeywordLine
from tests.support.server import Handler, Serve, crawl

ALWAYS = {"CANARY_MIN_WORDS": 1}


def test_the_canary_is_no_word_of_the_list(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi,apple", settings=ALWAYS)
    assert done.status == 0, done.log
    assert [lookup.keyword for lookup in done.lookups] == ["hi", "apple"]
    with closing(sqlite3.connect(tmp_path / "store" / "macmillan.sqlite")) as store:
        assert store.execute("SELECT slug FROM answers ORDER BY slug").fetchall() == [("apple",), ("hi",)]


def test_no_other_word_is_requested_before_the_canary_is_answered(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    meanwhile: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/love"):
            # Long enough for all other words to be requested.
            await asyncio.sleep(0.2)
            meanwhile.extend(path for path in server.paths() if path != "/robots.txt")
        return await dictionary_pages(request)

    server = serve(answer)
    given = ("source=live", f"base_url={server.url}/us/dictionary/american/{{keyword}}", "word=hi,apple,bye")
    fast = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    done = crawl(tmp_path, *given, settings={**ALWAYS, **fast})
    assert done.status == 0, done.log
    assert meanwhile == ["/us/dictionary/american/love"]


async def test_a_run_whose_canary_was_never_checked_is_withheld(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Asker.ask

    async def defective(self: Asker, word: KeywordLine, fetch: CountingFetch, known: Lookup | None = None) -> Lookup:
        if word.line == 0:
            raise RuntimeError("of the canary alone")
        return await ask(self, word, fetch, known)

    monkeypatch.setattr(Asker, "ask", defective)
    await dictcrawler.crawl(["hi", "apple"], data=tmp_path, source="sample", overrides=ALWAYS)
    (run,) = (tmp_path / "feeds" / "macmillan").iterdir()
    assert feeds.read_run(run).reason == "the canary 'love' was not answered"
