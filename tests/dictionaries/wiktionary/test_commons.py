"""Licence and author from the page of a recording on Commons."""

from __future__ import annotations

import pytest

from dictcrawler.dictionaries.wiktionary import commons
from dictcrawler.feeds.sounds import Sound
from tests.support import records

PAGE = """<table><tr><td id="fileinfotpl_aut">Author</td><td><a href="/wiki/User:Z">Z. Speaker</a></td></tr></table>
<div class="licensetpl"><span class="licensetpl_short">{}</span><span class="licensetpl_link">{}</span></div>"""


@pytest.mark.parametrize(
    ("printed", "identifier", "is_open"),
    [
        ("CC BY-SA 3.0", "CC-BY-SA-3.0", True),
        ("CC BY 2.0 fr", "CC-BY-2.0", True),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0", True),
        ("CC0", "CC0-1.0", True),
        ("Public domain", "LicenseRef-public-domain", True),
        ("GFDL", "GFDL", False),
        ("CC BY-NC 2.0", "CC BY-NC 2.0", False),
    ],
)
def test_a_licence_has_its_identifier_and_is_open_or_not(printed: str, identifier: str, *, is_open: bool) -> None:
    terms = commons.terms(PAGE.format(printed, "https://example.org/licence"))
    assert (terms.license, terms.license_url, terms.author) == (identifier, "https://example.org/licence", "Z. Speaker")
    sound = Sound(
        url="https://a.example/a.ogg", status="fetched", fetched_at=records.NOON, license=identifier, rights="©"
    )
    assert sound.is_open == is_open


def test_a_page_without_marks_names_nothing() -> None:
    terms = commons.terms("<p>Some page.</p>")
    assert (terms.license, terms.license_url, terms.author) == (None, None, None)
    assert commons.terms(PAGE.format("CC0", "javascript:alert(1)")).license_url is None
