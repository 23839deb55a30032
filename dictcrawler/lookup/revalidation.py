"""Asks a live site whether the pages of a word have changed, before they are parsed again.

A site with validators (RFC 9110, section 13) answers 304 for an unchanged page: one small
request, no body, nothing to parse. Other sites send the page again; then its digest shows whether it has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from msgspec.structs import replace

from dictcrawler.model import Lookup, PageState, instant
from dictcrawler.net.fetched import Fetched


class CountingFetch(Protocol):
    """A fetch that counts its attempts. With a ``known`` state the request is conditional.

    ``last`` is its last answer.
    """

    attempts: int
    last: Fetched | None

    async def __call__(self, url: str, known: PageState | None = None) -> Fetched:
        """Fetch one URL; failures raise `FetchError`."""

    def renew(self) -> None:
        """Use a new connection for the next request."""


def conditions(known: PageState | None) -> Mapping[str, str]:
    """The request headers that make a request conditional."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value is not None}


class Recorder:
    """A fetch that records its answers as page states, for a later `still_valid`.

    Pages that `still_valid` had to fetch in full are returned from memory instead of being fetched twice.
    """

    def __init__(self, fetch: CountingFetch, parser: str) -> None:
        self._fetch = fetch
        self._parser = parser
        self._at_hand: dict[str, Fetched] = {}
        self.states: list[PageState] = []

    async def __call__(self, url: str) -> Fetched:
        """Fetch one URL; failures raise `FetchError`."""
        fetched = self._at_hand.pop(url, None) or await self._fetch(url)
        self.states.append(_state(url, fetched, self._parser))
        return fetched

    async def still_valid(self, known: Lookup) -> Lookup | None:
        """The known answer, with today as its check, if all its pages are unchanged; else ``None``."""
        if not known.pages or any(page.parser != self._parser for page in known.pages):
            return None
        for page in known.pages:
            fetched = await self._fetch(page.url, page)
            if not _is_unchanged(fetched, page):
                self._at_hand[page.url] = fetched
                return None
            if fetched.status != HTTPStatus.NOT_MODIFIED:
                self._at_hand[page.url] = fetched
        return replace(known, checked_at=instant())


def _is_unchanged(fetched: Fetched, known: PageState) -> bool:
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        return True
    if fetched.status != known.status:
        return False
    return fetched.location == known.location if known.location else fetched.digest == known.digest


def _state(url: str, fetched: Fetched, parser: str) -> PageState:
    return PageState(
        url=url,
        status=fetched.status,
        digest=fetched.digest,
        parser=parser,
        etag=fetched.headers.get("etag") or None,
        last_modified=fetched.headers.get("last-modified") or None,
        location=fetched.location,
    )
