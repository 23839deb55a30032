"""Slugs, ids, and the dictionary's declaration."""

from __future__ import annotations

import pytest

from dictcrawler import dictionaries
from dictcrawler.dictionaries.macmillan import DICTIONARY
from dictcrawler.errors import InvalidKeyword, UnknownPage
from tests.support.macmillan_pages import SENSE, SITE, canonical, entry, generation_c, read, relations, sense, senses


@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        ("love", "love"),
        ("Take Off", "take-off"),
        ("I'd love to", "i-d-love-to"),
        ("I’d love to", "i-d-love-to"),
        ("there is no love lost between someone and someone", "there-is-no-love-lost-between-someone-and-someone"),
        ("you're/he's etc", "you-re-he-s-etc"),
        ("café", "cafe"),
        ("cafe\u0301", "cafe"),
        ("Straße", "strasse"),
        ("smørbrød", "smorbrod"),
        ("  3D – printing! ", "3d-printing"),
        ("a" * 100, "a" * 100),
    ],
)
def test_a_slug_is_lower_case_ascii_with_a_dash_for_all_else(keyword: str, slug: str) -> None:
    assert DICTIONARY.slug(keyword) == slug


@pytest.mark.parametrize("keyword", ["", " ", "!?", "…", "\u0301", "日本", "слово", "a" * 101, "x " * 60])
def test_a_keyword_that_cannot_be_an_address_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidKeyword):
        DICTIONARY.slug(keyword)


def test_the_dictionary_declares_its_editions_addresses_and_end() -> None:
    declared = dictionaries.load("macmillan")
    assert declared.default_edition == "american"
    assert {name: edition.lang for name, edition in declared.editions.items()} == {
        "american": "en-US",
        "british": "en-GB",
    }
    assert declared.editions["american"].addresses == (
        f"{SITE}/us/dictionary/american/{{slug}}",
        f"{SITE}/dictionary/american/{{slug}}",
        f"{SITE}/us/dictionary/american/{{slug}}_1",
        f"{SITE}/dictionary/american/{{slug}}_1",
    )
    assert declared.editions["british"].addresses[0] == f"{SITE}/dictionary/british/{{slug}}"
    assert declared.closed
    assert "30 June 2023" in declared.closed
    assert (declared.parser, declared.canary, declared.license) == ("macmillan/2", "love", None)
    assert "Macmillan Publishers Limited" in declared.rights


def test_the_canonical_address_names_the_entry_whatever_was_requested() -> None:
    html = generation_c(link=canonical("/dictionary/british/brindle_2"), body=senses(sense(SENSE, "brindle_2__1")))
    page = read(html, f"{SITE}/us/dictionary/american/anything")
    found = page.entries[0].content
    assert (found.id, found.homograph_number, found.lang) == ("macmillan:british:brindle_2", "2", "en-GB")
    assert page.canonical_url == f"{SITE}/dictionary/british/brindle_2"


def test_the_open_graph_address_replaces_a_missing_canonical_one() -> None:
    link = f'<link rel="canonical" href="/"><meta property="og:url" content="{SITE}/dictionary/american/brindle_3">'
    page = read(generation_c(link=link, body=senses(sense(SENSE, "brindle_3__1"))))
    assert page.entries[0].content.id == "macmillan:american:brindle_3"
    assert page.canonical_url == f"{SITE}/dictionary/american/brindle_3"


@pytest.mark.parametrize("link", [canonical("/us/dictionary/american/brindle"), ""])
def test_the_sense_ids_number_the_homograph_when_the_address_does_not(link: str) -> None:
    found = entry(generation_c(link=link, body=senses(sense(SENSE, "brindle_2__1"))))
    assert (found.id, found.homograph_number) == ("macmillan:american:brindle_2", "2")


def test_sense_ids_of_another_entry_do_not_rename_this_one() -> None:
    assert entry(generation_c(senses(sense(SENSE, "other_5__1")))).id == "macmillan:american:brindle_1"


def test_an_entry_without_any_id_is_named_by_the_slug_of_its_headword_and_a_warning() -> None:
    body = senses('<li><div class="SENSE-BODY"><span class="DEFINITION">striped</span></div></li>')
    parsed = read(generation_c(body, link=""), f"{SITE}/us/dictionary/american/asked-for").entries[0]
    assert parsed.content.id == "macmillan:american:brindle"
    assert parsed.content.homograph_number is None
    assert [found.id for found in parsed.content.senses] == ["macmillan:american:brindle#sense-1"]
    assert parsed.warnings == ("missing-id:entry", "missing-id:sense")


def test_an_entry_without_id_whose_headword_has_no_slug_gets_an_id_that_shows_it() -> None:
    body = senses('<li><div class="SENSE-BODY"><span class="DEFINITION">a letter</span></div></li>')
    html = generation_c(body, link="", headword='<span class="BASE">ж</span>')
    assert entry(html).id == "macmillan:american:unnamed"


def test_a_page_that_names_no_edition_anywhere_is_refused() -> None:
    with pytest.raises(UnknownPage):
        read(generation_c(link=""), "https://archive.example/page")


def test_links_lead_to_the_id_of_a_sense_of_an_entry_or_nowhere() -> None:
    hrefs = {
        " /us/dictionary/british/like_2#like_2__1": "macmillan:british:like_2#like_2__1",
        "/dictionary/american/fall-in-love#fall-in-love": "macmillan:american:fall-in-love",
        "sibling": "macmillan:american:sibling",
        "https://www.macmillanthesaurus.com/us/like": None,
        "/thesaurus-category/british/like": None,
    }
    items = "".join(f'<li class="PHR-XREF"><a href="{href}">{n}</a></li>' for n, href in enumerate(hrefs))
    found = relations(entry(generation_c(items)), "phrase")
    assert [relation.to for relation in found] == list(hrefs.values())
    assert all(relation.url and relation.url.startswith("https://") for relation in found)
