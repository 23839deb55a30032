"""The dictionary's own site, or a mirror of it."""

from __future__ import annotations

import logging
from urllib.parse import urljoin, urlsplit

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import FetchError
from dictcrawler.lookup.source import MAX_REDIRECTS, BodyReader, Fetch, Retrieved, read_page
from dictcrawler.model import Status
from dictcrawler.text import printable

logger = logging.getLogger(__name__)


class LiveSource:
    """The dictionary's own site, or a mirror: ``template`` is a URL with ``{slug}`` in it."""

    def __init__(self, dictionary: Dictionary, template: str | None, reader: BodyReader) -> None:
        self._dictionary = dictionary
        self._template = template
        self._reader = reader
        self._has_warned = False

    def first_url(self, addresses: tuple[str, ...]) -> str:
        """The first address itself, or the mirror's URL for the same slug."""
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
        """Follow the site's redirects to their end and read the page there."""
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
        """The part of an address in place of the word; an extension may follow it (``….html``)."""
        for edition in self._dictionary.editions.values():
            for template in edition.addresses:
                prefix, suffix = template.split("{slug}")
                if address.startswith(prefix) and address.endswith(suffix):
                    return address.removeprefix(prefix).removesuffix(suffix)
        return address.rsplit("/", 1)[-1]

    def address_of(self, url: str, requested: str) -> str:
        """The dictionary's own address of a fetched URL. A mirror keeps the path of pages that are not entries."""
        if self._template is None:
            return url
        prefix, suffix = self._template.split("{slug}")
        if url.startswith(prefix) and url.endswith(suffix):
            return urljoin(requested, url.removeprefix(prefix).removesuffix(suffix))
        parts = urlsplit(url)
        return urljoin(requested, f"{parts.path}?{parts.query}" if parts.query else parts.path)

    def _left_the_site(self, target: str) -> FetchError:
        advice = f"{self._dictionary.closed}; use source=archive" if self._dictionary.closed else "not followed"
        problem = f"the site redirects to {printable(target)}: {advice}"
        if not self._has_warned:
            self._has_warned = True
            logger.warning("%s", problem)
        return FetchError(Status.HTTP_ERROR, problem)
