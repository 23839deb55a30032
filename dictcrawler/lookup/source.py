"""Where the pages of a word come from.

A source has no HTTP client: it receives a coroutine that fetches one URL, and decides which
pages it needs. So it works under Scrapy, in a test, anywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from dictcrawler.errors import FetchError, PageError, UnknownPage
from dictcrawler.model import Status
from dictcrawler.net import codings
from dictcrawler.net.fetched import Fetched
from dictcrawler.parsing.page import EntryPage, Page
from dictcrawler.reading.protocol import Reading

MAX_REDIRECTS = 5
MAX_BODY = 8 * 2**20
"""Most bytes of a decoded page, as in a crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A parsed page, and where it was found. ``address`` is the dictionary's own URL of it."""

    page: Page
    address: str
    fetched: Fetched
    archived_at: datetime | None = None
    warnings: tuple[str, ...] = ()


Fetch = Callable[[str], Awaitable[Fetched]]
"""Fetches one URL. Redirects are returned, not followed; failures raise `FetchError`."""


class BodyReader(Protocol):
    """Parses the bytes of pages (`dictcrawler.reading.process`)."""

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Parse a page; raises `PageError` when it is not the dictionary's, `FetchError` when it exceeds a limit."""


class PageSource(Protocol):
    """Where pages come from."""

    def first_url(self, addresses: tuple[str, ...]) -> str | None:
        """The URL that `retrieve` will fetch first; ``None`` when it needs no request at all."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to the source. No other URL is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:
        """Fetch and parse the page that has one of these addresses, the usual one first.

        :raises FetchError: when there is no such page; its status is the lookup's outcome.
        :raises PageError: when the page cannot be parsed.
        """


async def read_page(reader: BodyReader, fetched: Fetched, address: str) -> Reading:
    """Parse a fetched page with the dictionary's parser.

    A site may answer a miss with 404 (Oxford, Wiktionary) or with 200 (Macmillan), so
    the body of a 404 is parsed too; only the parser's positive evidence makes it a miss.

    :raises FetchError: for any other status than 200, and for a 404 that is not a page of the dictionary.
    :raises PageError: for a 200 that cannot be parsed.
    """
    content_type = fetched.headers.get("content-type")
    if fetched.status == HTTPStatus.OK:
        return await reader.read(_decoded(fetched), content_type, address)
    # Never bound to a name: an error that its own frame refers to is a cycle, and keeps the page until collected.
    if fetched.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise status_error(fetched)
    try:
        reading = await reader.read(_decoded(fetched), content_type, address)
    except PageError:
        raise status_error(fetched) from None
    if isinstance(reading.page, EntryPage):
        raise status_error(fetched)
    return reading


def _decoded(fetched: Fetched) -> bytes:
    """The body without its remaining codings: those it was kept with, and those that no header names.

    :raises FetchError: when the decoded body is too large.
    :raises UnknownPage: when it is damaged.
    """
    try:
        return codings.captured(fetched.body, fetched.headers.get("content-encoding", ""), MAX_BODY)
    except codings.BodyTooLarge as error:
        raise FetchError(Status.TOO_LARGE, str(error), http_status=fetched.status, url=fetched.url) from error
    except codings.BodyDamaged as error:
        raise UnknownPage(f"a body that cannot be decoded: {error}") from error


def status_error(fetched: Fetched) -> FetchError:
    """The outcome of an HTTP status other than 200 (RFC 9110, section 15)."""
    status = _STATUSES.get(fetched.status, Status.HTTP_ERROR)
    return FetchError(status, f"HTTP status {fetched.status}", http_status=fetched.status, url=fetched.url)


_STATUSES: dict[int, Status] = {
    HTTPStatus.UNAUTHORIZED: Status.BLOCKED,
    HTTPStatus.FORBIDDEN: Status.BLOCKED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Status.BLOCKED,
    HTTPStatus.TOO_MANY_REQUESTS: Status.RATE_LIMITED,
}
