"""From a keyword to the title of a page."""

from __future__ import annotations

import pytest

from dictcrawler.dictionaries import wiktionary
from dictcrawler.errors import InvalidKeyword


@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        ("wendle", "wendle"),
        ("Wendle", "Wendle"),
        ("  ice   brook ", "ice_brook"),
        ("ice_brook", "ice_brook"),
        ("who's who?", "who%27s_who%3F"),
        ("and/or", "and%2For"),
        ("R&D", "R%26D"),
        ("100%", "100%25"),
        ("cafe\u0301", "caf%C3%A9"),
        ("naïve", "na%C3%AFve"),
        ("e.g.", "e.g."),
        ("re:", "re:"),
        ("ж", "%D0%B6"),
    ],
)
def test_a_title_keeps_its_case_and_is_encoded_as_an_address(keyword: str, slug: str) -> None:
    assert wiktionary.slug(keyword) == slug


@pytest.mark.parametrize(
    "keyword",
    [
        *("", "   ", "_", "a#b", "<b>", "a>b", "[a", "a]", "{a", "a}", "a|b", "a\nb", "a\x00b", "\ufffd", "a\x7f"),
        *(".", "..", "../a", "a/./b", ":a", "a%41", "&amp;", "a&#38;b", "a~~~b"),
        *("Special:Random", "talk:wendle", "User talk:wendle", "Rhymes:English/a", "T:a"),
        *("a" * 256, "é" * 128),
    ],
)
def test_a_keyword_that_no_page_of_the_dictionary_can_have_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidKeyword):
        wiktionary.slug(keyword)


def test_a_title_of_255_bytes_is_the_longest() -> None:
    assert wiktionary.slug("a" * 255) == "a" * 255


@pytest.mark.parametrize(("keyword", "slug"), [("Wendle", "wendle"), ("ICE Brook", "ice_brook"), ("wendle", None)])
def test_the_second_try_is_in_small_letters_and_only_when_it_differs(keyword: str, slug: str | None) -> None:
    assert wiktionary.retry_slug(keyword) == slug
