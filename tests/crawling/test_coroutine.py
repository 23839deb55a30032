"""``await dictcrawler.crawl(...)`` in a loop that is already running."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import dictcrawler
from dictcrawler import feeds
from dictcrawler.errors import ArgumentError, DictcrawlerError, KeywordListError
from dictcrawler.plan import arguments
from tests.support.holding import Held
from tests.support.server import ROOT

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


async def test_words_come_back_in_the_order_given_whatever_is_in_them() -> None:
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
async def test_what_is_no_list_of_words_is_an_error_that_names_the_place(words: Any, message: str) -> None:
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
    assert {*arguments.NAMES, arguments.LANGUAGE, arguments.TRANSLATIONS} - {"word", "column"} <= parameters
    assert parameters == set(re.findall(r":param (\w+):", dictcrawler.crawl.__doc__ or ""))
    assert {"crawl", "__version__"} <= set(dir(dictcrawler))


async def test_a_crawl_that_cannot_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    before = Held.now()
    for _ in range(3):
        with pytest.raises(DictcrawlerError, match="no file has the name"):
            await dictcrawler.crawl(["hi"], source="warc", warc=str(tmp_path / "none.warc"))
    assert Held.now() == before
