"""Mutated fixture pages through every parser (ten minutes of it: ``tests/programs/fuzz_parsers.py``)."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dictcrawler import dictionaries
from tests.programs.fuzz_parsers import Sample, end_of, fixtures, mutated

ENDS = {"EntryPage", "MissPage", "UnknownPage", "MarkupError", "WallPage"}


@pytest.mark.parametrize("dictionary", dictionaries.names())
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=True))
def test_a_mutated_page_ends_as_entries_a_miss_or_a_page_error(dictionary: str, chance: random.Random) -> None:
    pages = fixtures(dictionary)
    sample = chance.choice(pages)
    assert end_of(sample, mutated(chance, sample, pages)) in ENDS


def changed(name: str, case: str, old: str, new: str) -> tuple[Sample, str]:
    sample = next(each for each in fixtures(name) if each.name == case)
    assert old in sample.html
    return sample, sample.html.replace(old, new)


@pytest.mark.parametrize(
    ("name", "case", "old", "new"),
    [
        (
            "wiktionary",
            "several_etymologies_legacy",
            '<div class="mw-parser-output">',
            '<div class="mw-parser-output"><h1 id="stray">Stray</h1>',
        ),
        ("wiktionary", "several_etymologies_legacy", "/ˈwɛn.dəl/", "&#x200b;"),
        ("wiktionary", "several_etymologies_legacy", "[ˈwɛn.dɫ̩]", "[]"),
        ("wiktionary", "parsoid_read_view", ">Ice brooks</a>", "></a>"),
        ("wiktionary", "parsoid_rest", "/plɪm/", "//"),
    ],
)
def test_pages_that_fuzzing_found_are_still_entry_pages(name: str, case: str, old: str, new: str) -> None:
    sample = next(each for each in fixtures(name) if each.name == case)
    assert old in sample.html
    assert end_of(sample, sample.html.replace(old, new)) == "EntryPage"
