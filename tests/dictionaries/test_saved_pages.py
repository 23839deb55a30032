"""Real pages, read from outside the project: they are copyrighted and never part of it.

``<dictionary>/saved_pages.json`` holds the counts that a person checked by hand: ``{"file.html": {"entries": 1,
"senses": 3, "sub_senses": 1, "examples": 13, ...}}``; ``{"file.html": {"raises": "UnknownPage"}}`` for a file that
proves neither an entry nor a miss. The folder is ``$DICTCRAWLER_PAGES`` (default: ``../shared/pages`` beside the
checkout).
"""

from __future__ import annotations

import csv
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dictcrawler import dictionaries, errors
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage, MissPage, Page

HERE = Path(__file__).parent
PAGES = Path(os.environ.get("DICTCRAWLER_PAGES", HERE.parents[2] / "shared" / "pages"))

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="the real saved pages are not on this machine")


def saved_pages() -> Iterator[Any]:
    if not PAGES.is_dir():
        return
    with (PAGES / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            if row["file"].endswith(".html") and row["dictionary"] in dictionaries.names():
                yield pytest.param(row, id=row["file"])


def counts(page: Page) -> dict[str, int]:
    if isinstance(page, MissPage):
        return {"entries": 0, "suggestions": len(page.suggestions)}
    contents = [entry.content for entry in page.entries]
    senses = [sense for content in contents for sense in content.senses]
    return {
        "entries": len(contents),
        "senses": sum(sense.parent is None for sense in senses),
        "sub_senses": sum(sense.parent is not None for sense in senses),
        "definitions": sum(len(sense.definitions) for sense in senses),
        "examples": sum(len(sense.examples) for sense in senses),
        "patterns": sum(example.pattern is not None for sense in senses for example in sense.examples),
        "labels": sum(labels(content) for content in contents),
        "pronunciations": sum(len(content.pronunciations) for content in contents),
        "inflected_forms": sum(len(content.inflected_forms) for content in contents),
        "relations": sum(len(content.relations) for content in contents),
        "boxes": sum(len(content.boxes) for content in contents),
    }


def labels(content: LexicalEntry) -> int:
    in_senses = sum(
        len(sense.labels) + sum(len(example.labels) for example in sense.examples) for sense in content.senses
    )
    return len(content.labels) + in_senses


@pytest.mark.parametrize("row", list(saved_pages()))
def test_a_real_page_is_read_whole_and_its_counts_are_those_counted_by_hand(
    row: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    dictionary = dictionaries.load(row["dictionary"])
    html = (PAGES / row["file"]).read_text(encoding="utf-8")
    expected = json.loads((HERE / row["dictionary"] / "saved_pages.json").read_text(encoding="utf-8"))
    counted = expected[row["file"].removeprefix(f"{row['dictionary']}/")]
    if "raises" in counted:
        with pytest.raises(getattr(errors, counted["raises"])):
            dictionary.parse(html, row["url"])
        return
    with caplog.at_level(logging.DEBUG, "dictcrawler.parsing"):
        page = dictionary.parse(html, row["url"])
    found = counts(page)
    assert {name: found.get(name) for name in counted} == counted
    assert isinstance(page, EntryPage) == (counted["entries"] > 0)
    if isinstance(page, EntryPage):
        assert min(entry.text_coverage for entry in page.entries) >= expected["min_coverage"], caplog.text
        assert {entry.structure for entry in page.entries} == {1.0}, caplog.text
        unknown = [
            warning for entry in page.entries for warning in entry.warnings if warning.startswith("unknown-class")
        ]
        assert unknown == []
