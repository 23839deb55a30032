"""``await dictcrawler.crawl(...)`` in a loop that is already running."""

from __future__ import annotations

import asyncio
import inspect
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from aiohttp import web
from msgspec.structs import replace

import dictcrawler
from dictcrawler import feeds
from dictcrawler.errors import ArgumentError, DictcrawlerError, KeywordListError
from dictcrawler.plan import arguments
from tests.support.holding import Held
from tests.support.server import ROOT, Handler, Serve

CELL = """
import dictcrawler
lookups = await dictcrawler.crawl(["hi", "apple", "bananna"], source="sample")
print([(lookup.keyword, lookup.status.value, len(lookup.entries)) for lookup in lookups])
"""


def test_in_a_real_kernel_the_same_cell_runs_twice_in_one_loop() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL), nbformat.v4.new_code_cell(CELL)])
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    printed = [
        "".join(output.text for output in cell.outputs if output.get("name") == "stdout") for cell in notebook.cells
    ]
    assert printed[0] == printed[1]
    assert "('hi', 'found', 2), ('apple', 'found', 1), ('bananna', 'not_in_dictionary', 0)" in printed[0]


async def test_a_wrong_argument_is_raised_before_anything_runs() -> None:
    with pytest.raises(ArgumentError, match="edition"):
        await dictcrawler.crawl(["hi"], source="sample", edition="scottish")


async def test_words_come_back_in_their_order_whatever_characters_they_have() -> None:
    words = ["love", "#hash", "a,b", "love", "line\nend", "bye", "\x00"]
    lookups = await dictcrawler.crawl(iter(words), source="sample")
    assert [(lookup.line, lookup.keyword, lookup.status.value) for lookup in lookups] == [
        (1, "love", "found"),
        (2, "#hash", "invalid_keyword"),
        (3, "a,b", "not_in_dictionary"),
        (4, "love", "found"),
        (5, "line\nend", "not_in_dictionary"),
        (6, "bye", "found"),
        (7, r"\x00", "invalid_keyword"),
    ]
    assert lookups[0].entries == lookups[3].entries != ()
    assert lookups[3].duplicate_of == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("hi", "'hi' is not a list of words"),
        ("", "'' is not a list of words"),
        (None, "None is not a list of words"),
        ([], "there is no word in the list"),
        (["hi", None], "word 2 of the list is None"),
        (["hi", "", "apple"], r"word 2 of the list is blank \(''\)"),
        (["\N{ZERO WIDTH SPACE}\N{NO-BREAK SPACE}"], "word 1 of the list is blank"),
        ([b"hi"], "word 1 of the list is b'hi', a bytes and not a text"),
    ],
)
async def test_an_invalid_list_of_words_is_an_error_that_names_the_place(words: Any, message: str) -> None:
    with pytest.raises(KeywordListError, match=message):
        await dictcrawler.crawl(words, source="sample")


async def test_an_error_of_a_generator_of_words_is_its_own() -> None:
    def words() -> Iterator[str]:
        yield "hi"
        raise LookupError("no more words")

    with pytest.raises(LookupError, match="no more words"):
        await dictcrawler.crawl(words(), source="sample")


async def test_the_manifest_names_no_temporary_file(tmp_path: Path) -> None:
    await dictcrawler.crawl(["hi"], source="sample", data=tmp_path)
    manifest = feeds.read_run(tmp_path / "feeds" / "macmillan")
    assert manifest.arguments["words"] == "passed by a program"
    assert "column" not in manifest.arguments


def test_every_argument_of_a_crawl_can_be_completed_and_is_explained() -> None:
    parameters = set(inspect.signature(dictcrawler.crawl).parameters)
    of_the_command_line = {"word", "text", "known", "column", "dry_run"}
    assert {*arguments.NAMES, arguments.LANGUAGE, arguments.TRANSLATIONS} - of_the_command_line <= parameters
    assert parameters == set(re.findall(r":param (\w+):", dictcrawler.crawl.__doc__ or ""))
    assert {"crawl", "stream", "__version__"} <= set(dir(dictcrawler))
    assert list(inspect.signature(dictcrawler.stream).parameters.values()) == list(
        inspect.signature(dictcrawler.crawl).parameters.values()
    )


async def test_a_crawl_that_cannot_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    before = Held.now()
    for _ in range(3):
        with pytest.raises(DictcrawlerError, match="no file has the name"):
            await dictcrawler.crawl(["hi"], source="warc", warc=str(tmp_path / "none.warc"))
    assert Held.now() == before


async def test_a_stream_yields_each_lookup_as_soon_as_it_is_there(serve: Serve, dictionary_pages: Handler) -> None:
    is_open = threading.Event()

    async def apple_later(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/apple"):
            await asyncio.to_thread(is_open.wait, 20)
        return await dictionary_pages(request)

    address = f"{serve(apple_later).url}/dictionary/american/{{keyword}}"
    overrides = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4}
    words = ["apple", "hi", "hi", "\x00"]
    lookups = []
    async for lookup in dictcrawler.stream(words, source="live", base_url=address, overrides=overrides):
        lookups.append(lookup)
        if lookup.keyword == "hi":
            # Until now the page of "apple" was delayed.
            is_open.set()
    assert [(lookup.line, len(lookup.entries)) for lookup in lookups] == [(4, 0), (2, 2), (1, 1), (3, 2)]
    assert not any(lookup.pages for lookup in lookups)


async def test_a_stream_and_a_crawl_bring_the_same(tmp_path: Path) -> None:
    words = ["hi", "apple", "bananna", "hi", "love"]
    streamed = [lookup async for lookup in dictcrawler.stream(words, source="sample", data=tmp_path)]
    again = [lookup async for lookup in dictcrawler.stream(words, source="sample", data=tmp_path)]
    crawled = await dictcrawler.crawl(words, source="sample", data=tmp_path)
    assert sorted(streamed, key=lambda lookup: lookup.line) == [replace(each, run=streamed[0].run) for each in crawled]
    # Nothing was requested again, and yet nothing is missing.
    assert again == [replace(each, run=again[0].run) for each in crawled]


async def test_leaving_a_stream_ends_its_crawl(tmp_path: Path) -> None:
    before = Held.now()
    async with aclosing(dictcrawler.stream(["hi", "apple", "love"], source="sample", data=tmp_path)) as lookups:
        async for _ in lookups:
            break
    assert Held.now() == before
    async for _ in dictcrawler.stream(["hi", "apple", "love"], source="sample", data=tmp_path):
        break
    async with asyncio.timeout(10):
        while Held.now() != before:  # noqa: ASYNC110 - that Python ends a generator which nobody has is no event
            await asyncio.sleep(0.01)


async def test_the_error_of_a_stream_comes_when_it_begins(tmp_path: Path) -> None:
    with pytest.raises(KeywordListError, match="'hi' is not a list of words"):
        await anext(dictcrawler.stream("hi", source="sample"))
    with pytest.raises(DictcrawlerError, match="no file has the name"):
        await anext(dictcrawler.stream(["hi"], source="warc", warc=str(tmp_path / "none.warc")))


async def test_two_crawls_in_one_loop_do_not_disturb_each_other() -> None:
    one, two = await asyncio.gather(
        dictcrawler.crawl(["hi", "apple"], source="sample"),
        dictcrawler.crawl(["love"], source="sample", dictionary="oxford"),
    )
    assert [lookup.status.value for lookup in one + two] == ["found"] * 3


REACTOR = """
import asyncio, dictcrawler
from twisted.internet import reactor
asyncio.run(dictcrawler.crawl(["hi"], source="sample"))
"""


def test_a_reactor_installed_by_other_code_is_reported_with_the_remedy() -> None:
    done = subprocess.run([sys.executable, "-c", REACTOR], cwd=ROOT, capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("dictcrawler.errors.ReactorInstalled: something in this process has installed Twisted's")
    assert "restart the kernel or the program" in last
    assert "!dictcrawler crawl macmillan" in last


PROGRESS = """
import dictcrawler
lookups = await dictcrawler.crawl(["hi", "apple", "bananna"], source="sample", progress=True)
lookups
"""


def test_a_notebook_shows_the_progress_below_the_cell_and_lays_the_result_out() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PROGRESS)])
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    bar, result = (output.data for output in notebook.cells[0].outputs if "data" in output)
    assert bar["text/plain"] == "3 of 3 words 2 found, 1 not in dictionary"
    assert bar["text/html"].startswith('<progress value="3" max="3"></progress> 3 of 3 words')
    assert result["text/plain"] == "<3 lookups: 2 found, 1 not_in_dictionary>"
    assert "a hard round fruit" in result["text/html"]
