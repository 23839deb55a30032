"""The address of a page: the one that answered. The page itself may only make it more exact.

A page also declares its own address (``<link rel=canonical>``), which is text of a server like any other. If it were
trusted, the page of "bye" could take the id of "bye-bye", and any address could be cited as the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

LONGEST = 2_000
"""Most characters of an address that a page may declare for itself."""

_NUMBERED = re.compile(r"(.+)_(\d{1,3})")
_SLUG = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9%'_.,()+~!*-]{1,300}")


class Named(NamedTuple):
    """The parts of an address: edition, word, homograph number."""

    edition: str
    word: str
    number: str | None = None


def numbered(slug: str) -> tuple[str, str | None]:
    """``call_2`` → ``call``, ``2``; more than three digits are not a number of a homograph."""
    match = _NUMBERED.fullmatch(slug)
    return (match[1], match[2]) if match is not None else (slug, None)


def is_slug(text: str) -> bool:
    """Whether this can be the last part of an address of an entry, and of an id."""
    return _SLUG.fullmatch(text) is not None


def own_address(
    url: str, claims: Iterable[str | None], hosts: Iterable[str], named: Callable[[str], Named | None], headword: str
) -> str:
    """The address of the page that ``url`` answered with.

    ``claims`` are the addresses that the page gives for itself, the best first. One is accepted if it is on the
    dictionary's ``hosts`` and names the URL's word, perhaps with a homograph's number or in another edition; or if the
    URL names another word, or none, and the claim names the page's ``headword`` (as in an address). ``named`` reads the
    path of an address.
    """
    own = named(urlsplit(url).path)
    for claim in filter(None, claims):
        address = _on_hosts(url, claim, hosts)
        found = named(urlsplit(address).path) if address is not None else None
        if address is not None and found is not None and _agrees(found, own, headword):
            return address
    return url


def _on_hosts(url: str, claim: str, hosts: Iterable[str]) -> str | None:
    """The claim as an address of the dictionary's own; ``None`` if it belongs to another site or has unusual parts."""
    try:
        address = urljoin(url, claim.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    is_plain = not parts.query and not parts.fragment and len(address) <= LONGEST and address.isprintable()
    return address if is_plain and parts.scheme in ("http", "https") and parts.netloc in hosts else None


def _agrees(claim: Named, own: Named | None, headword: str) -> bool:
    if own is None:
        return claim.word == headword
    if claim.word == own.word:
        # A number is added, or it is the only homograph, found where the first of several would be.
        return claim.number == own.number or own.number is None or (claim.number, own.number) == (None, "1")
    return claim.word == headword != own.word
