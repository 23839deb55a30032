"""An entry's id and source come from the address that answered; a page may only make it more exact."""

from __future__ import annotations

import pytest

from dictcrawler.dictionaries.longman import DICTIONARY as LONGMAN
from dictcrawler.dictionaries.macmillan import DICTIONARY as MACMILLAN
from dictcrawler.dictionaries.oxford import DICTIONARY as OXFORD
from dictcrawler.dictionaries.wiktionary import DICTIONARY as WIKTIONARY
from dictcrawler.parsing.own_address import Named, is_slug, numbered, own_address
from tests.support.macmillan_pages import SENSE, SITE, generation_c, sense, senses

HOSTS = ("www.example.org",)
PLACE = "https://www.example.org/us/"


def named(path: str) -> Named | None:
    edition, _, slug = path.strip("/").partition("/")
    return Named(edition, *numbered(slug)) if is_slug(slug) else None


@pytest.mark.parametrize(
    ("url", "claim", "taken"),
    [
        ("hi", "hi_1", True),
        ("hi", "hi_2", True),
        ("hi_1", "hi", True),
        ("hi_2", "hi", False),
        ("hi_2", "hi_1", False),
        ("his", "hi", True),
        ("his", "hi_1", True),
        ("hi", "hi-fi", False),
        ("hi", "his", False),
        ("his", "hers", False),
        ("hi", "..", False),
        ("hi", "hi_1?x=1", False),
        ("hi", "hi_1#x", False),
        ("hi", f"hi_{'9' * 5000}", False),
        ("hi", "https://u:p@www.example.org/us/hi_1", False),
        ("hi", "https://www.example.org:1/us/hi_1", False),
        ("hi", "https://evil.example/us/hi_1", False),
        ("hi", "//evil.example/us/hi_1", False),
        ("hi", "ftp://www.example.org/us/hi_1", False),
        ("hi", "http://[::1", False),
        ("hi", "javascript:alert(1)", False),
        ("hi", "hi_1\u202e", False),
        ("hi", "", False),
        ("hi", None, False),
        ("search/?q=hi", "/us/hi_1", True),
        ("search/?q=hi", "/us/her", False),
    ],
)
def test_a_claim_is_taken_only_where_it_is_the_word_of_the_url_or_of_the_headword(
    url: str,
    claim: str | None,
    taken: bool,  # noqa: FBT001
) -> None:
    found = own_address(PLACE + url, [claim], HOSTS, named, "hi")
    assert (found != PLACE + url) == taken


def test_the_first_claim_that_agrees_is_taken() -> None:
    claims = ["https://evil.example/us/hi_3", "her", "hi_2", "hi_1"]
    assert own_address(f"{PLACE}hi", claims, HOSTS, named, "hi") == f"{PLACE}hi_2"


CLAIMS = ("https://u:p@evil.example:1/{path}", "/{folder}..", "/{folder}bye-bye", "/{folder}hello_1", "{long}")


@pytest.mark.parametrize("claim", CLAIMS)
def test_no_claim_of_a_macmillan_page_changes_its_id_or_its_source(claim: str) -> None:
    folder = "us/dictionary/american/"
    href = claim.format(path=f"{folder}brindle_1", folder=folder, long=f"/{folder}brindle_{'9' * 5000}")
    html = generation_c(link=f'<link rel="canonical" href="{href}">', body=senses(sense(SENSE, "other_1__1")))
    url = f"{SITE}/{folder}brindle"
    page = MACMILLAN.parse(html, url)
    assert (page.canonical_url, page.entries[0].content.id) == (url, "macmillan:american:brindle")  # type: ignore[union-attr]


@pytest.mark.parametrize("dictionary", [LONGMAN, MACMILLAN, OXFORD, WIKTIONARY], ids=lambda each: each.name)
def test_the_hosts_of_a_dictionary_are_those_of_its_addresses(dictionary: object) -> None:
    addresses = [address for edition in dictionary.editions.values() for address in edition.addresses]  # type: ignore[attr-defined]
    assert all(address.split("/")[2] in dictionary.hosts for address in addresses)  # type: ignore[attr-defined]
