"""The slugs of keywords, compared with the addresses in the site's own links."""

from __future__ import annotations

import pytest

from dictcrawler.dictionaries import longman
from dictcrawler.errors import InvalidKeyword


@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        ("love", "love"),
        ("Hello!", "hello"),
        ("go about", "go-about"),
        ("don’t go there", "don-t-go-there"),
        ("make love (to/with somebody)", "make-love-to-with-somebody"),
        ("be a love and .../... there’s a love", "be-a-love-and-there-s-a-love"),
        ("£3/$50 etc a go", "ps3-50-etc-a-go"),
        ("naïveté", "naivete"),
    ],
)
def test_a_slug_is_lower_case_unaccented_and_hyphenated(keyword: str, slug: str) -> None:
    assert longman.slug(keyword) == slug


@pytest.mark.parametrize("keyword", ["", "?!", "любовь"])
def test_a_keyword_without_a_letter_or_digit_of_an_address_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidKeyword):
        longman.slug(keyword)
