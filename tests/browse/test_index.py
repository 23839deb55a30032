"""The index: what it finds, in which order, and the excerpts it shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dictcrawler.browse import index_files
from dictcrawler.browse.excerpts import MARK_BEGIN, MARK_END, excerpt
from dictcrawler.browse.index import BEGINNING, FORM, HEADWORD, TEXT, Index, Query
from dictcrawler.feeds import resolve
from dictcrawler.model import Definition, Entry, Example, Frequency, InflectedForm, Label, PartOfSpeech, Sense
from tests.support import records


def entry(
    word: str, definition: str, part: PartOfSpeech = "noun", forms: tuple[str, ...] = (), example: str = "x"
) -> Entry:
    key = f"invented:main:{word}"
    sense = Sense(
        id=f"{key}#1", labels=(), definitions=(Definition(text=definition, definition_type="full"),),
        examples=(Example(text=example, labels=()),),
    )  # fmt: skip
    return records.entry(
        id=key, headword=word, parts_of_speech=(part,), senses=(sense,), relations=(), boxes=(),
        inflected_forms=tuple(InflectedForm(text=form, labels=()) for form in forms),
        labels=(Label(text="formal" if part == "verb" else "old", type="register"),),
        frequency=(Frequency(scheme="cefr", value="B1"),) if part == "verb" else (),
    )  # fmt: skip


ENTRIES = (
    entry("café", "a place where coffee is drunk", example="We met in the café."),
    entry("coffee", "a hot drink", example="a cup of coffee"),
    entry("Coffee-house", "a café of old days"),
    entry("drink", "to take water or wine into your mouth", "verb", ("drinks", "drank", "drunk")),
    entry("drunk", "having had too much wine", "adjective"),
    entry("wine", "a drink made of grapes", example="a glass of feelings"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    feed = records.feed(folder / "feeds" / "invented", "run-1", ENTRIES, ())
    opened = Index(index_files.ready(resolve(feed), folder / "cache", lambda _: None))
    yield opened
    opened.close()


def found(index: Index, query: Query, most: int = 10) -> list[tuple[int, str]]:
    return [(hit.reason, hit.headword) for hit in index.search(query, most)]


def test_the_word_itself_comes_first_then_forms_then_beginnings_then_texts(index: Index) -> None:
    assert found(index, Query("drunk")) == [(HEADWORD, "drunk"), (FORM, "drink"), (TEXT, "café")]
    assert found(index, Query("coffee")) == [(HEADWORD, "coffee"), (BEGINNING, "Coffee-house"), (TEXT, "café")]


@pytest.mark.parametrize("text", ["café", "cafe", "CAFÉ", "cafe\u0301"])
def test_case_and_accents_make_no_difference(index: Index, text: str) -> None:
    assert found(index, Query(text))[0] == (HEADWORD, "café")


def test_texts_have_all_words_and_the_last_may_be_half_typed(index: Index) -> None:
    assert found(index, Query("glass fee")) == [(TEXT, "wine")]
    assert found(index, Query("hot grapes")) == []


def test_words_of_a_text_are_found_by_their_stem(index: Index) -> None:
    (hit,) = index.search(Query("feel"), 10)
    assert hit.snippet == f"a glass of {MARK_BEGIN}feelings{MARK_END}"


def test_filters_narrow_and_need_no_text(index: Index) -> None:
    assert found(index, Query("drunk", part_of_speech="verb")) == [(FORM, "drink")]
    assert found(index, Query(level="cefr B1")) == [(BEGINNING, "drink")]
    assert found(index, Query("wine", label="formal")) == [(TEXT, "drink")]
    assert found(index, Query("wine", part_of_speech="adverb")) == []


def test_a_search_returns_at_most_the_requested_number_without_duplicates(index: Index) -> None:
    assert len(found(index, Query("drunk"), 2)) == 2
    assert [choice.entries for choice in index.choices("pos")] == [4, 1, 1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cofee", "coffee"),
        ("dirnk", "drink"),
        ("coffeehouse", "Coffee-house"),
        ("wne", "wine"),
        ("winne", "wine"),
        ("wime", "wine"),
        ("caffé", "café"),
        ("drinck", "drink"),
        ("cofeehuose", "Coffee-house"),
    ],
)
def test_a_misspelt_word_has_its_neighbours(index: Index, typed: str, meant: str) -> None:
    assert meant in [word for _, word in index.similar(typed, 3)]


def test_the_neighbours_come_before_and_after_in_the_alphabet(index: Index) -> None:
    assert index.neighbours("coffee", 2) == (["café"], ["Coffee-house", "drink"])
    assert index.neighbours("zzz", 1) == (["wine"], [])


def test_a_long_text_is_shortened_around_the_match() -> None:
    text = "before " * 30 + "the needle " + "after " * 60
    shown = excerpt(["a haystack", text], ["needle"])
    assert shown.startswith("…before ")
    assert f"the {MARK_BEGIN}needle{MARK_END} after" in shown
    assert shown.endswith(" after…")
    assert len(shown) < 240


def test_the_text_with_the_most_of_the_words_is_shown() -> None:
    assert excerpt(["hot", "hot and cold", "cold"], ["cold", "hot"]).count(MARK_BEGIN) == 2
    assert excerpt([], ["cold"]) == ""
    assert excerpt(["x" * 500], ["cold"]) == "x" * 160 + "…"
