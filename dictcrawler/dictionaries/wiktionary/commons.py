"""Reads the page of a recording on Wikimedia Commons: its author and licence, from the page's machine-readable marks.

https://commons.wikimedia.org/wiki/Commons:Machine-readable_data. The API has the same data, but the robots.txt of
Commons forbids robots to use it.
"""

from __future__ import annotations

import re

from dictcrawler.dictionaries import SoundTerms
from dictcrawler.parsing import markup

PUBLIC_DOMAIN = "LicenseRef-public-domain"
_CREATIVE_COMMONS = re.compile(r"CC[ -](BY(?:-SA)?)[ -]([1-4]\.\d)(?:[ -][a-z]{2,3})?", re.IGNORECASE)
_ZERO = re.compile(r"CC[ -]?(?:0|Zero)\b.*", re.IGNORECASE)


def terms(html: str) -> SoundTerms:
    """Author and licence of the recording, as far as the page names them."""
    page = markup.document(html)
    named = markup.first(page, ".licensetpl_short")
    link = markup.first(page, ".licensetpl_link")
    row = markup.first(page, "#fileinfotpl_aut ~ td")
    author = markup.text(row) if row is not None else ""
    return SoundTerms(
        license=_identifier(markup.text(named)) if named is not None else None,
        license_url=_address(markup.text(link)) if link is not None else None,
        author=author or None,
    )


def _identifier(printed: str) -> str | None:
    """The SPDX identifier of a licence; the printed name if SPDX has none."""
    if _ZERO.fullmatch(printed):
        return "CC0-1.0"
    if printed.lower() == "public domain":
        return PUBLIC_DOMAIN
    found = _CREATIVE_COMMONS.fullmatch(printed)
    return f"CC-{found[1].upper()}-{found[2]}" if found else printed or None


def _address(printed: str) -> str | None:
    return printed if printed.startswith(("https://", "http://")) else None
