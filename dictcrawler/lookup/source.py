"""Where a word's page is fetched from: the living site (or a mirror of it), or a web archive.

A source is a plan, not a client: it gets a coroutine that fetches one URL and says which
pages it wants, so it works under Scrapy, in a test, anywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import FetchError, PageError
from dictcrawler.model import PageState, Status
from dictcrawler.net import charsets
from dictcrawler.parsing.page import EntryPage, Page
from dictcrawler.reading.protocol import Reading
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One HTTP answer. ``headers`` has lower-case names; ``digest`` is the sha256 of ``body``.

    One that is not ``is_whole`` may be cut off: nothing says where its body should end.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    digest: str
    fetched_at: datetime
    is_whole: bool = True

    @property
    def text(self) -> str:
        """The body as text, decoded anew each time: only a page being read is twice in memory."""
        return charsets.decode(self.body, self.headers.get("content-type")).text

    @property
    def location(self) -> str | None:
        """The absolute target of a redirect, if this is one.

        :raises FetchError: when the target is no address.
        """
        target = self.headers.get("location") if self.status in REDIRECTS else None
        if not target:
            return None
        try:
            return urljoin(self.url, target)
        except ValueError as error:
            problem = f"redirects to {target!r}: {error}"
            raise FetchError(Status.HTTP_ERROR, problem, http_status=self.status, url=self.url) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A page that was read, and where it was found. ``address`` is the dictionary's own URL of it."""

    page: Page
    address: str
    fetched: Fetched
    archived_at: datetime | None = None
    warnings: tuple[str, ...] = ()


Fetch = Callable[[str], Awaitable[Fetched]]
"""Fetch one URL. Redirects come back as they are; failures raise `FetchError`."""

ConditionalFetch = Callable[[str, PageState], Awaitable[Fetched]]
"""Fetch one URL if it has changed since it was in that state: status 304 says that it has not."""


class BodyReader(Protocol):
    """What reads the bytes of pages (`dictcrawler.reading.process`)."""

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Read a page; `PageError` when it is none, `FetchError` when it costs too much."""


class Source(Protocol):
    """Where pages come from."""

    def first_url(self, addresses: tuple[str, ...]) -> str | None:
        """The URL that `retrieve` will fetch first; ``None`` when it will need no request at all."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to the source; nothing else is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:
        """Fetch and read the page that has one of these addresses, the usual one first.

        :raises FetchError: when there is no such page; its status is the lookup's outcome.
        :raises PageError: when the page cannot be read.
        """


class LiveSource:
    """The dictionary's own site, or a mirror: ``template`` is a URL with ``{slug}`` in it."""

    def __init__(self, dictionary: Dictionary, template: str | None, reader: BodyReader) -> None:
        self._dictionary = dictionary
        self._template = template
        self._reader = reader
        self._has_warned = False

    def first_url(self, addresses: tuple[str, ...]) -> str:
        """The usual address itself, or the mirror's URL for the same slug."""
        if self._template is None:
            return addresses[0]
        return self._template.format(slug=self._slug(addresses[0]))

    def allows(self, url: str) -> bool:
        """The site's hosts on the standard ports, or the mirror's host and port."""
        parts = urlsplit(url)
        if self._template is not None:
            mirror = urlsplit(self._template)
            return (parts.scheme, parts.netloc) == (mirror.scheme, mirror.netloc)
        return parts.scheme in ("http", "https") and parts.netloc in self._dictionary.hosts

    def trusts(self, host: str) -> bool:
        """The mirror's host, and no other."""
        return self._template is not None and host == urlsplit(self._template).hostname

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:
        """Follow the site's redirects to the end and read what is there."""
        fetched = await fetch(self.first_url(addresses))
        for _ in range(MAX_REDIRECTS):
            target = fetched.location
            if target is None:
                break
            if not self.allows(target):
                raise self._left_the_site(target)
            fetched = await fetch(target)
        if fetched.location is not None:
            raise FetchError(Status.HTTP_ERROR, "too many redirects", http_status=fetched.status, url=fetched.url)
        address = self.address_of(fetched.url, addresses[0])
        reading = await read_page(self._reader, fetched, address)
        return Retrieved(page=reading.page, address=address, fetched=fetched, warnings=reading.warnings)

    def _slug(self, address: str) -> str:
        """What stands for the word in an address: it may have an ending behind it (``….html``)."""
        for edition in self._dictionary.editions.values():
            for template in edition.addresses:
                prefix, suffix = template.split("{slug}")
                if address.startswith(prefix) and address.endswith(suffix):
                    return address.removeprefix(prefix).removesuffix(suffix)
        return address.rsplit("/", 1)[-1]

    def address_of(self, url: str, asked: str) -> str:
        """The dictionary's own address of a fetched URL: a mirror keeps the path of what is no entry."""
        if self._template is None:
            return url
        prefix, suffix = self._template.split("{slug}")
        if url.startswith(prefix) and url.endswith(suffix):
            return urljoin(asked, url.removeprefix(prefix).removesuffix(suffix))
        parts = urlsplit(url)
        return urljoin(asked, f"{parts.path}?{parts.query}" if parts.query else parts.path)

    def _left_the_site(self, target: str) -> FetchError:
        advice = f"{self._dictionary.closed}; use source=archive" if self._dictionary.closed else "not followed"
        problem = f"the site redirects to {printable(target)}: {advice}"
        if not self._has_warned:
            self._has_warned = True
            logger.warning("%s", problem)
        return FetchError(Status.HTTP_ERROR, problem)


async def read_page(reader: BodyReader, fetched: Fetched, address: str) -> Reading:
    """Read a fetched page with the dictionary's parser.

    A miss may be answered with 404 (Oxford, Wiktionary) as well as with 200 (Macmillan), so
    the body of a 404 is read too; only the parser's positive evidence makes it a miss.

    :raises FetchError: for any other status than 200, and for a 404 that is no page of the dictionary.
    :raises PageError: for a 200 that cannot be read.
    """
    content_type = fetched.headers.get("content-type")
    if fetched.status == HTTPStatus.OK:
        return await reader.read(fetched.body, content_type, address)
    # Never by a name: an error that its own frame knows is a cycle, and keeps the page until the collector comes by.
    if fetched.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise status_error(fetched)
    try:
        reading = await reader.read(fetched.body, content_type, address)
    except PageError:
        raise status_error(fetched) from None
    if isinstance(reading.page, EntryPage):
        raise status_error(fetched)
    return reading


def status_error(fetched: Fetched) -> FetchError:
    """The outcome that an HTTP status other than 200 stands for (RFC 9110, section 15)."""
    status = _STATUSES.get(fetched.status, Status.HTTP_ERROR)
    return FetchError(status, f"HTTP status {fetched.status}", http_status=fetched.status, url=fetched.url)


_STATUSES: dict[int, Status] = {
    HTTPStatus.UNAUTHORIZED: Status.BLOCKED,
    HTTPStatus.FORBIDDEN: Status.BLOCKED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: Status.BLOCKED,
    HTTPStatus.TOO_MANY_REQUESTS: Status.RATE_LIMITED,
}
