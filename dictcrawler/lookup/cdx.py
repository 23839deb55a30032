"""Parses answers of a capture index (CDX server protocol) row by row.

There are three formats: one JSON array of arrays with a header row, whose last row may be a resume key
(Wayback Machine), one JSON object a line (pywb), and an empty body when there is no capture.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from dictcrawler.errors import FetchError
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.fetched import REDIRECTS
from dictcrawler.net.forms import address_key
from dictcrawler.storage.captures import Listed

# pywb's names for the fields of the Wayback Machine's index.
_ALIASES = {"url": "original", "status": "statuscode", "mime": "mimetype"}
_REDIRECT_CODES = frozenset(str(code) for code in REDIRECTS)
_HTML = frozenset({"", "-", "text/html", "application/xhtml+xml", "warc/revisit"})


LONGEST_KEY = 4_000
"""Most characters of a resume key. It consists of an address and a timestamp, and goes into the next query."""


class IndexPage(msgspec.Struct, frozen=True):
    """One answer: its number of rows, the captures among them that may be pages, and the key of the next answer.

    Damaged rows, and captures of anything but pages, count as rows only.
    """

    rows: int
    captures: tuple[Listed, ...]
    resume_key: str | None = None


def read_page(answer: str) -> IndexPage:
    """Parse an answer.

    :raises FetchError: when it is not an index's: an error page, a truncated answer, garbage.
    """
    text = answer.strip()
    try:
        rows, resume_key = _of_array(text) if text.startswith("[") else (_of_lines(text), None)
    except (ValueError, TypeError, RecursionError) as error:
        # Quote only its beginning: some decoders' errors contain their whole input, here up to a whole page.
        problem = f"the capture index answers in an unknown format: {type(error).__name__}: {str(error)[:100]}"
        raise FetchError(Status.HTTP_ERROR, problem) from error
    return IndexPage(len(rows), tuple(_pages(rows)), resume_key)


def _of_array(text: str) -> tuple[Sequence[Mapping[str, object]], str | None]:
    rows = json.loads(text)
    if not all(isinstance(row, list) for row in rows):
        raise ValueError("the rows are not lists")
    if not rows:
        return (), None
    resume_key = None
    if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:  # noqa: PLR2004 - an empty row and the key
        resume_key = _resume_key(str(rows[-1][0]))
        rows = rows[:-2]
    header = [str(name) for name in rows[0]] if rows else []
    if rows and not {"timestamp", "original"} <= set(header):
        raise ValueError(f"the header does not name the fields of captures: {header}")
    return [dict(zip(header, row, strict=False)) for row in rows[1:] if row], resume_key


def _resume_key(text: str) -> str | None:
    if len(text) > LONGEST_KEY or not text.isprintable():
        raise ValueError(f"a resume key of {len(text):,} characters, or with unprintable ones")
    return text or None


def _of_lines(text: str) -> Sequence[Mapping[str, object]]:
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    if not all(isinstance(row, dict) and "timestamp" in row for row in rows):
        raise ValueError("the lines are not captures")
    return rows


def _pages(rows: Iterable[Mapping[str, object]]) -> Iterator[Listed]:
    for row in rows:
        named = {_ALIASES.get(name, name): str(value) for name, value in row.items() if value is not None}
        listed = Listed(named.get("timestamp", ""), named.get("original", ""))
        if _is_sound(listed) and _may_be_a_page(named.get("statuscode", ""), named.get("mimetype", "")):
            yield listed


def _is_sound(listed: Listed) -> bool:
    """Whether a row has a valid timestamp and address."""
    try:
        has_address = bool(address_key(listed.original))
    except ValueError:
        return False
    is_plain = listed.original.isprintable() and " " not in listed.original and "\ufffd" not in listed.original
    return has_address and is_plain and memento.moment_of(listed.timestamp) is not None


def _may_be_a_page(statuscode: str, mimetype: str) -> bool:
    """Whether the row is a page, or a redirect, which may lead to one (``-`` and blank mean unknown: try it)."""
    return statuscode in _REDIRECT_CODES or (mimetype in _HTML and statuscode in ("", "-", "200"))
