"""Keywords as the publishers' sites write them in addresses: the links on saved pages show the rule."""

from __future__ import annotations

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import InvalidKeyword

PUBLISHERS = ("longman", "macmillan", "oxford")


@pytest.mark.parametrize("name", PUBLISHERS)
@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        # Longman and Macmillan print such links on their pages; Oxford has o'clock at /definition/english/o-clock.
        ("don’t go there", "don-t-go-there"),
        ("o'clock", "o-clock"),
        ("we're", "we-re"),
        ("how are things going?/how’s it going?", "how-are-things-going-how-s-it-going"),
        ("going, going, gone!", "going-going-gone"),
        ("be a love and .../... there’s a love", "be-a-love-and-there-s-a-love"),
        ("send/give your love (to somebody), ", "send-give-your-love-to-somebody"),
        ("Æsop", "aesop"),
        ("l'œuf", "l-oeuf"),
        ("hors d’œuvre", "hors-d-oeuvre"),
        ("Łódź", "lodz"),
        ("smørbrød", "smorbrod"),
        ("Đà Nẵng", "da-nang"),
        ("Þingvellir", "thingvellir"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Diyarbakır", "diyarbakir"),
        ("naïveté", "naivete"),
        ("24/7", "24-7"),
        ("and/or", "and-or"),
        ("50 / 50", "50-50"),
        ("AT&T", "at-t"),
        ("Q & A", "q-a"),
        ("Mr.", "mr"),
        ("a.m.", "a-m"),
        ("-ish", "ish"),
        ("'tis", "tis"),
        ("...and", "and"),
        ("sh*t", "sh-t"),
        ("Kleenex™", "kleenex"),
        ("½", "1-2"),
        ("Hawaiʻi", "hawai-i"),
        ("donʼt", "don-t"),
        ("co\u200d\u200eop\u2060", "coop"),
        ("CO₂", "co2"),
    ],
)
def test_a_keyword_is_at_the_address_that_the_site_would_link_to(name: str, keyword: str, slug: str) -> None:
    assert dictionaries.load(name).slug(keyword) == slug


@pytest.mark.parametrize("name", PUBLISHERS)
@pytest.mark.parametrize(
    "keyword",
    [
        "10⁹", "3½", "a%20b", "x" * 201,
        "C++", "C#", "A+", "100%", "100 %", "f***", "#hashtag", "@", "@home", "&", "& sons", "R&", ".NET", "w/", "5″",
        "1°", "x ≈", "☺", "love ❤", "любовь", "love любовь", "愛", "d'accord ʃ", "٣", "", "  ", "?!", "—",
    ],
)  # fmt: skip
def test_a_keyword_that_would_ask_for_another_word_is_refused(name: str, keyword: str) -> None:
    with pytest.raises(InvalidKeyword):
        dictionaries.load(name).slug(keyword)


def test_longman_spells_the_pound_sign_out_and_never_asks_for_a_word_without_it() -> None:
    slug = dictionaries.load("longman").slug
    assert slug("£3/$50 etc a go") == "ps3-50-etc-a-go"
    for keyword in ("£", "$50", "a £"):
        with pytest.raises(InvalidKeyword):
            slug(keyword)


@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        ("C++", "C%2B%2B"),
        ("100%", "100%25"),
        ("Æsop", "%C3%86sop"),
        ("l'œuf", "l%27%C5%93uf"),
        ("Łódź", "%C5%81%C3%B3d%C5%BA"),
    ],
)
def test_wiktionary_s_titles_keep_every_letter_and_sign(keyword: str, slug: str) -> None:
    assert dictionaries.load("wiktionary").slug(keyword) == slug
