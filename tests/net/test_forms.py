"""Which addresses are forms of the same page's address."""

from __future__ import annotations

import pytest

from dictcrawler.net.forms import address_key, is_same_page, own_form

PAGE = "https://www.site.example/dictionary/caf%C3%A9_1"
HOSTS = ("www.site.example",)


@pytest.mark.parametrize(
    "form",
    [
        "http://www.site.example/dictionary/caf%C3%A9_1",
        "http://www.site.example:80/dictionary/caf%c3%a9_1",
        "https://site.example:443/dictionary/caf%C3%A9_1",
        "https://WWW.Site.Example./Dictionary/CAF%C3%A9_1",
        "https://www.site.example/dictionary/café_1/",
        "https://www.site.example/dictionary/caf%C3%A9_1?utm_source=x&UTM_Medium=y&fbclid=z",
        "https://www.site.example/dictionary/caf%C3%A9_1?gclid=1#top",
        "https://user:secret@www.site.example/dictionary/caf%C3%A9_1?",
    ],
)
def test_these_are_forms_of_one_page(form: str) -> None:
    assert address_key(form) == address_key(PAGE)
    assert is_same_page(form, PAGE)
    own = own_form(form, HOSTS)
    assert own is not None
    assert own.startswith("https://www.site.example/")
    assert "utm" not in own.lower()
    assert "secret" not in own


@pytest.mark.parametrize(
    "other",
    [
        "https://www.site.example/dictionary/caf%C3%A9",
        "https://www.site.example/dictionary/caf%C3%A9_1?q=x",
        "https://other.site.example/dictionary/caf%C3%A9_1",
        "https://www.site.example.evil/dictionary/caf%C3%A9_1",
        "http://[",
        "",
    ],
)
def test_these_are_other_pages(other: str) -> None:
    assert not is_same_page(other, PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/dictionary/hi",
        "https://www.site.example:8443/dictionary/hi",
        "https://www.site.example:99999/dictionary/hi",
        "ftp://www.site.example/dictionary/hi",
        "https://www.site.example@evil.example/dictionary/hi",
        "//www.site.example/dictionary/hi",
        "http://[",
    ],
)
def test_an_address_elsewhere_has_no_form_on_the_site(address: str) -> None:
    assert own_form(address, HOSTS) is None


def test_a_query_that_is_no_tracking_stays() -> None:
    given = "http://site.example/search/?q=hi&utm_campaign=a&start=2"
    assert own_form(given, HOSTS) == "https://www.site.example/search?q=hi&start=2"
