"""``await dictcrawler.crawl(...)`` in a loop that is already running."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

import dictcrawler
from dictcrawler.errors import ArgumentError, KeywordListError
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
    words = ["love", "#hash", "a,b", "", "love", "bye"]
    lookups = await dictcrawler.crawl(words, source="sample")
    assert [(lookup.keyword, lookup.status.value) for lookup in lookups] == [
        ("love", "found"),
        ("#hash", "invalid_keyword"),
        ("a,b", "not_in_dictionary"),
        ("love", "found"),
        ("bye", "found"),
    ]
    assert lookups[0].entries == lookups[3].entries != ()


def children() -> set[str]:
    """The processes that this one has started and that are still there."""
    return {child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()}


async def test_a_crawl_that_cannot_begin_leaves_no_process_behind() -> None:
    before = children()
    for _ in range(3):
        with pytest.raises(KeywordListError):
            await dictcrawler.crawl([], source="sample")
    assert children() == before
