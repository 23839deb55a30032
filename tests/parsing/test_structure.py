"""The parts of a page and the published parts are counted independently, and compared."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from dictcrawler import dictionaries
from dictcrawler.parsing import markup, structure
from dictcrawler.parsing.page import EntryPage

CASES = Path(__file__).parents[1] / "dictionaries"
ALL = {"senses", "examples", "terms"}
COUNTS = structure.Counts(selectors={"senses": ".sense, li.sense", "examples": ".example"})


def test_an_element_counts_once_and_a_blank_one_only_where_an_entry_has_something_for_it() -> None:
    page = markup.document('<li class="sense">a</li><p class="sense"> </p>')
    for senses, warnings in ((1, ()), (2, ()), (0, ("senses 0 of 1",)), (3, ("senses 3 of 2",))):
        assert COUNTS.on_page(page).against(Counter(senses=senses)).warnings == warnings


def test_missing_parts_and_surplus_parts_lower_the_ratio_alike() -> None:
    seven = Counter(senses=7, examples=3)
    assert structure.compared(seven, seven) == structure.Proof(1.0, ())
    assert structure.compared(seven, Counter(senses=5, examples=3)) == structure.Proof(0.8, ("senses 5 of 7",))
    assert structure.compared(Counter(terms=14), Counter(terms=28)) == structure.Proof(0.5, ("terms 28 of 14",))
    assert structure.compared(Counter(senses=0), Counter()) == structure.Proof(1.0, ())


def test_a_difference_is_logged_for_a_person_who_mends_a_parser(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "dictcrawler.parsing.structure"):
        structure.compared(Counter(senses=7), Counter(senses=5))
    assert caplog.messages == ["structure: senses 5 of 7"]


def differing(case: str) -> set[str]:
    """The kinds whose number on a fixture's page differs from that in its entries."""
    folder = CASES / case
    reported = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    dictionary = dictionaries.load(folder.parent.name)
    if "language" in reported:
        dictionary = dictionary.viewed(reported["language"])
    page = dictionary.parse((folder / "page.html").read_text(encoding="utf-8"), reported["url"])
    assert isinstance(page, EntryPage)
    warnings = {warning for entry in page.entries for warning in entry.warnings if " of " in warning}
    assert bool(warnings) == (min(entry.structure or 0 for entry in page.entries) < 1)
    return {warning.partition(" ")[0] for warning in warnings}


@pytest.mark.parametrize(
    ("case", "reader", "kinds"),
    [
        ("longman/glimble", "longman.entry.places", {"senses", "examples"}),
        ("longman/glimble", "longman.senses.examples", {"examples"}),
        ("longman/glimble", "longman.head._said", {"transcriptions", "recordings"}),
        ("longman/glimble", "longman.entry.relations", {"terms"}),
        ("macmillan/c-verb", "macmillan.body.read_sense", ALL),
        ("macmillan/c-verb", "macmillan.senses.examples", {"examples"}),
        ("macmillan/c-verb", "macmillan.head._said", {"transcriptions", "recordings"}),
        ("macmillan/c-verb", "macmillan.relations.thesaurus", {"terms"}),
        ("oxford/oald10-entry", "oxford.entry.read_sense", {"senses", "examples"}),
        ("oxford/oald10-entry", "oxford.senses.examples", {"examples"}),
        ("oxford/oald10-entry", "oxford.head._in_one_accent", {"transcriptions", "recordings"}),
        ("oxford/oald10-entry", "oxford.senses.relations", {"terms"}),
        ("wiktionary/several_etymologies_legacy", "wiktionary.senses._sense", {"senses"}),
        ("wiktionary/several_etymologies_legacy", "wiktionary.examples.read", {"examples"}),
        ("wiktionary/several_etymologies_legacy", "wiktionary.examples.nyms", {"terms"}),
        ("wiktionary/several_etymologies_legacy", "wiktionary.word_lists.in_blocks", {"terms"}),
        ("wiktionary/example_with_line_below", "wiktionary.examples.read", {"examples"}),
        ("wiktionary/sounds_inside_division", "wiktionary.sounds._items", {"transcriptions"}),
        ("wiktionary/qualifiers_among_sounds", "wiktionary.sounds.lines", {"transcriptions"}),
        ("wiktionary/qualifiers_among_sounds", "wiktionary.recordings._sources", {"recordings"}),
    ],
)
def test_a_parser_that_loses_parts_is_detected(
    monkeypatch: pytest.MonkeyPatch, case: str, reader: str, kinds: set[str]
) -> None:
    assert differing(case) == set()
    module, _, name = f"dictcrawler.dictionaries.{reader}".rpartition(".")
    whole = getattr(import_module(module), name)

    def without_the_first(*args: Any, **more: Any) -> Any:
        found = whole(*args, **more)
        return found[1:] if isinstance(found, tuple) else list(found)[1:]

    monkeypatch.setattr(import_module(module), name, (lambda *_: None) if kinds is ALL else without_the_first)
    assert differing(case) >= kinds


def test_a_transliteration_that_is_read_as_a_term_of_its_own_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = "wiktionary/terms_with_transliteration_and_dialect"
    assert differing(case) == set()
    monkeypatch.setattr("dictcrawler.dictionaries.wiktionary.terms.is_transliteration", lambda _: False)
    assert differing(case) == {"terms"}


def test_definitions_that_no_entry_has_are_seen_although_no_word_of_them_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = "wiktionary/definitions_under_etymology"
    assert differing(case) == set()
    monkeypatch.setattr("dictcrawler.dictionaries.wiktionary.placing._restore_definitions", lambda _: None)
    assert differing(case) == {"senses"}


@pytest.mark.parametrize(
    ("case", "reader", "broken", "kinds"),
    [
        ("numbered_pronunciations", "placing._is_numbered_pronunciation", lambda _: False, {"transcriptions"}),
        ("pronunciations_paired_by_number", "placing._paired_pronunciations", lambda *_: {}, {"transcriptions"}),
        ("numbered_pronunciations", "placing.shared.all_below", lambda *_: (), {"transcriptions"}),
        ("two_headword_lines", "groups._has_definitions", lambda _: False, {"entries"}),
        ("broken_list", "groups._goes_on", lambda _: False, {"examples"}),
    ],
)
def test_a_part_that_is_read_at_the_wrong_place_is_seen(
    monkeypatch: pytest.MonkeyPatch, case: str, reader: str, broken: Any, kinds: set[str]
) -> None:
    assert differing(f"wiktionary/{case}") == set()
    monkeypatch.setattr(f"dictcrawler.dictionaries.wiktionary.{reader}", broken)
    assert differing(f"wiktionary/{case}") == kinds


def test_terms_that_share_an_element_count_each_also_when_they_are_read_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    page = markup.document("<b>moonlet, crumb (old, rare); chip</b><b>, flake</b>")
    counts = structure.Counts(selectors={"terms": "b"}).on_page(page)
    for terms, warnings in ((4, ()), (2, ("terms 2 of 4",)), (5, ("terms 5 of 4",))):
        assert counts.against(Counter(terms=terms)).warnings == warnings
    assert differing("longman/forms-of-another-word") == set()
    monkeypatch.setattr("dictcrawler.dictionaries.longman.references._BETWEEN_WORDS", re.compile("never"))
    assert differing("longman/forms-of-another-word") == {"terms"}
