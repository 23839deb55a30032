"""Answers of a capture index (CDX server protocol), read row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from dictcrawler.errors import FetchError
from dictcrawler.model import Status
from dictcrawler.net.fetched import REDIRECTS

_FIELDS = ("timestamp", "original", "statuscode", "mimetype")
# The names that pywb gives to the fields of the Wayback Machine's index.
_ALIASES = {"url": "original", "status": "statuscode", "mime": "mimetype"}
_REDIRECT_CODES = frozenset(str(code) for code in REDIRECTS)


def read_cdx(answer: str) -> Iterator[dict[str, str]]:
    """The captures of an index answer, as ``timestamp, original, statuscode, mimetype``.

    Three shapes are in use: one JSON array of arrays with a header row (Wayback Machine), one
    JSON object a line (pywb), and nothing at all when there is no capture.

    :raises FetchError: when the answer is none of them.
    """
    try:
        if answer.lstrip().startswith("["):
            rows = json.loads(answer)
            header = rows[0] if rows else []
            found: Iterable[dict[str, str]] = (dict(zip(header, row, strict=False)) for row in rows[1:] if row)
        else:
            found = (json.loads(line) for line in answer.splitlines() if line.strip())
        for capture in found:
            named = {_ALIASES.get(name, name): str(value) for name, value in capture.items()}
            yield {name: named.get(name, "") for name in _FIELDS}
    except (ValueError, AttributeError, TypeError) as error:
        raise FetchError(Status.HTTP_ERROR, f"the capture index answers in an unknown shape: {error}") from error


def is_good(capture: dict[str, str]) -> bool:
    """Whether the index promises a page or a redirect, which may lead to one (``-`` and blank: unknown, look)."""
    if capture["statuscode"] in _REDIRECT_CODES:
        return True
    html = capture["mimetype"] in ("", "-", "text/html", "application/xhtml+xml", "warc/revisit")
    return html and capture["statuscode"] in ("", "-", "200")
