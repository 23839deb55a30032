"""Every fixture folder ``<dictionary>/<case>/`` is one test: page.html, case.json → expected.json.

``case.json``: ``url`` (of the page), optional ``language`` (of the section to read), ``min_coverage`` (default 0.98),
``warnings`` (default none), ``raises`` (the name of the expected error). ``expected.json``: the parser's result for the
whole page, field by field.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from dictcrawler import dictionaries, errors
from dictcrawler.parsing.page import EntryPage
from tests.support.fixture_pages import as_json

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/case.json"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_the_page_is_read_field_by_field_as_expected(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    html = (folder / "page.html").read_text(encoding="utf-8")
    dictionary = dictionaries.load(folder.parent.name)
    if "language" in case and dictionary.in_language is not None:
        dictionary = dictionary.in_language(case["language"])
    if "raises" in case:
        with pytest.raises(getattr(errors, case["raises"])):
            dictionary.parse(html, case["url"])
        return
    with caplog.at_level(logging.DEBUG, "dictcrawler.parsing"):
        page = dictionary.parse(html, case["url"])
    assert as_json(page) == json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    if isinstance(page, EntryPage):
        assert min(entry.text_coverage for entry in page.entries) >= case.get("min_coverage", 0.98), caplog.text
        assert {entry.structure for entry in page.entries} == {1.0}, caplog.text
        assert sorted({warning for entry in page.entries for warning in entry.warnings}) == case.get("warnings", [])


def test_every_dictionary_has_fixture_pages_of_an_entry_and_of_a_miss() -> None:
    for name in dictionaries.names():
        expected = [json.loads(path.read_text(encoding="utf-8")) for path in HERE.glob(f"{name}/*/expected.json")]
        assert any("entries" in page for page in expected), f"{name}: no fixture of an entry page"
        assert any("not_in_dictionary" in page for page in expected), f"{name}: no fixture of a miss"


def test_every_dictionary_states_its_rights_and_a_word_that_it_certainly_has() -> None:
    for name in dictionaries.names():
        dictionary = dictionaries.load(name)
        for stated in (dictionary.rights, dictionary.canary):
            assert not stated.startswith("not stated yet"), f"{name}: {stated}"
