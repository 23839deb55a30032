"""The Oxford sample as text: its required content, and its addresses."""

from __future__ import annotations

import pytest

from dictcrawler import sample
from dictcrawler.errors import ArgumentError
from dictcrawler.sample.oxford.entries import PAGES
from dictcrawler.sample.pages import Document, Redirect

ENTRIES = [entry for page in PAGES for entry in page]


def test_the_records_have_every_feature_that_the_parser_reads() -> None:
    senses = [sense for entry in ENTRIES for sense in entry.senses]
    examples = [example for sense in senses for example in sense.examples]
    assert {"idiom", "phrasal_verb", "main_entry", "synonym", "antonym", "see_also", "counterpart"} == {
        relation.type for entry in ENTRIES for relation in entry.relations
    }
    assert {"grammar", "register", "region", "domain", "usage", "restriction"} == {
        label.type for labels in [*(entry.labels for entry in ENTRIES), *(sense.labels for sense in senses)]
        for label in labels
    }  # fmt: skip
    assert {"cefr", "oxford_3000", "oxford_5000", "opal"} == {
        mark.scheme for entry in ENTRIES for mark in entry.frequency
    }
    assert {box.kind for entry in ENTRIES for box in entry.boxes} >= {"snippet", "synonyms", "grammar", "help"}
    assert {definition.definition_type for sense in senses for definition in sense.definitions} == {"full", "same_as"}
    assert any(definition.usage for sense in senses for definition in sense.definitions)
    assert {form.tag for entry in ENTRIES for form in entry.inflected_forms} >= {"variant", "plural", "past simple"}
    assert any(form.pronunciations for entry in ENTRIES for form in entry.inflected_forms)
    assert any(example.pattern for example in examples)
    assert any(example.gloss for example in examples)
    assert any(len(sense.examples) > 3 for sense in senses)
    assert any(sense.indicator for sense in senses)
    assert any(sense.variant for sense in senses)
    assert any(entry.etymologies for entry in ENTRIES)


def test_ids_are_unique() -> None:
    ids = [entry.id for entry in ENTRIES] + [sense.id for entry in ENTRIES for sense in entry.senses]
    assert len(set(ids)) == len(ids)


def test_a_bare_word_with_homographs_redirects_to_the_first_of_them() -> None:
    pages = sample.load("oxford", 20)
    for word in ("love", "word000010"):
        assert pages.reply(f"/definition/english/{word}", {}) == Redirect(f"/definition/english/{word}_1")
    assert [entry.homograph_number for entry in pages.truth("love_2")] == ["2"]
    assert pages.truth("loves") == pages.truth("love_2")


def test_a_miss_is_a_404_and_the_spelling_page_reports_it_with_200() -> None:
    pages = sample.load("oxford")
    at_its_address = pages.reply("/definition/english/bananna", {})
    spelling = pages.reply("/spellcheck/english/", {"q": "bananna"})
    assert isinstance(at_its_address, Document)
    assert isinstance(spelling, Document)
    assert (at_its_address.status, spelling.status) == (404, 200)
    assert at_its_address.text == spelling.text
    assert pages.reply("/search/english/", {"q": "love"}) is None


def test_the_requested_word_is_printed_as_text() -> None:
    reply = sample.load("oxford").reply("/spellcheck/english/", {"q": "<script>x</script>"})
    assert isinstance(reply, Document)
    assert "<script>x" not in reply.text


@pytest.mark.parametrize("words", [-1, 1_000_000])
def test_a_number_of_words_out_of_range_is_refused(words: int) -> None:
    with pytest.raises(ArgumentError, match="out of range"):
        sample.load("oxford", words)
