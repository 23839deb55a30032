"""Keeps every page of a dictionary as it was fetched, in WARC files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from warcio.exceptions import ArchiveLoadFailed

from dictcrawler.errors import StoreError
from dictcrawler.model import digest_of
from dictcrawler.net.fetched import Fetched
from dictcrawler.storage import warc_files, warc_records
from dictcrawler.storage.page_index import KeptPage, KeptPayload, PageIndex
from dictcrawler.storage.warc_files import PageWriter, RecordPlace
from dictcrawler.storage.warc_records import Exchange, Payload

MOST_BYTES = 32 * 2**20
"""Most bytes of pages that wait in memory; beyond that they are written at once."""


class Pages(Protocol):
    """The pages that a crawl has fetched, kept or not."""

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Queue a page that was fetched for a word; it need not be on disk yet.

        :raises StoreError: when it is written now and that fails.
        """

    def discard(self, digests: Collection[str]) -> None:
        """Take back queued pages with these bodies: they have entries that were removed on request."""

    def commit(self) -> None:
        """Return when all queued pages are on disk and in the index.

        :raises StoreError: when that fails.
        """

    def close(self) -> None:
        """Commit, and close the file.

        :raises StoreError: when that fails.
        """


class NoPages:
    """Keeps nothing."""

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Does nothing."""

    def discard(self, digests: Collection[str]) -> None:
        """Does nothing."""

    def commit(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A queued page."""

    slug: str
    asked_url: str
    exchange: Exchange


class KeptPages:
    """Keeps every page in WARC files, and identical bodies once."""

    def __init__(self, index: PageIndex, writer: PageWriter, scope: str) -> None:
        self._index = index
        self._writer = writer
        self._scope = scope
        self._taken: list[_Taken] = []
        self._bytes = 0
        self._has_failed = False

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Queue a page for writing. 304 answers are skipped: the page they confirm is already kept."""
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return
        self._taken.append(_Taken(slug, asked_url, exchange))
        self._bytes += len(exchange.body)
        if self._bytes > MOST_BYTES:
            self.commit()

    def discard(self, digests: Collection[str]) -> None:
        """Take back queued pages with these bodies."""
        self._taken = [each for each in self._taken if each.exchange.digest not in digests]

    def commit(self) -> None:
        """Write the queued pages, sync the file, then add them to the index."""
        if not self._taken:
            # Earlier content must still be there.
            with self._writing() as writer:
                writer.sync()
            return
        taken, self._taken, self._bytes = self._taken, [], 0
        known = self._index.payloads({each.exchange.digest for each in taken})
        # A reference to a file of another machine could not be followed here.
        originals = {digest: kept.payload for digest, kept in known.items() if self._writer.is_beside(kept.place.file)}
        with self._writing() as writer:
            pages = [self._append(writer, each, originals) for each in taken]
            writer.sync()
        first = {page.digest: page for page in reversed(pages) if page.digest not in known}
        fresh = [KeptPayload(originals[digest], first[digest].place) for digest in originals if digest in first]
        self._index.add(pages, fresh)

    def close(self) -> None:
        """Write the remaining pages and give the file its final name."""
        if self._has_failed:
            return
        self.commit()
        with self._writing() as writer:
            writer.close()

    @contextmanager
    def _writing(self) -> Iterator[PageWriter]:
        try:
            yield self._writer
        except OSError as error:
            self._has_failed = True
            self._writer.abandon()
            raise StoreError(f"the pages cannot be written: {error}") from error

    def _append(self, writer: PageWriter, taken: _Taken, originals: dict[str, Payload]) -> KeptPage:
        """Write one page; if it is the first with its body, it is added to ``originals``."""
        exchange = taken.exchange
        place = writer.append(exchange, originals.get(exchange.digest))
        # An empty body, as redirects often have, is not worth a reference to another record.
        if exchange.body and exchange.digest not in originals:
            payload = Payload(digest=exchange.digest, url=exchange.url, fetched_at=exchange.fetched_at)
            originals[exchange.digest] = payload
        return KeptPage(
            scope=self._scope,
            slug=taken.slug,
            asked_url=taken.asked_url,
            fetched_at=exchange.fetched_at,
            digest=exchange.digest,
            place=place,
        )


def folder_of(data: Path, dictionary: str) -> Path:
    """The folder of a dictionary's pages."""
    return data / "pages" / dictionary


def keeping(index: PageIndex, folder: Path, *, scope: str, max_bytes: int, about: Mapping[str, str]) -> KeptPages:
    """Keep the pages of a crawl. First repair the files of an earlier crawl that was killed.

    :raises StoreError: when the folder or the index cannot be written.
    """
    try:
        warc_files.mend(folder, index.sound_end)
    except OSError as error:
        raise StoreError(f"{folder}: the kept pages cannot be repaired: {error}") from error
    return KeptPages(index, PageWriter(folder, max_bytes=max_bytes, about=about), scope)


class NotKept(Exception):
    """The page was not kept, or its record is gone or damaged; ``file`` is the file that is missing, if one is."""

    def __init__(self, message: str, file: str | None = None) -> None:
        super().__init__(message)
        self.file = file


class PageReader:
    """Reads kept pages as they were fetched."""

    def __init__(self, index: PageIndex, folder: Path) -> None:
        self._index = index
        self._folder = folder

    def read(self, page: KeptPage) -> Fetched:
        """The page as the crawl saw it.

        :raises NotKept: when its file is gone or damaged.
        """
        try:
            message = warc_records.read(self._record(page.place))
            body = message.body or self._original(page)
        except (OSError, ValueError, ArchiveLoadFailed) as error:
            raise NotKept(f"{page.place.file}: the page at byte {page.place.offset}: {error}") from error
        if digest_of(body) != page.digest:
            raise NotKept(f"{page.place.file}: the page at byte {page.place.offset} is damaged")
        return Fetched(
            url=message.url,
            status=message.status,
            headers=message.headers,
            body=body,
            digest=page.digest,
            fetched_at=page.fetched_at,
        )

    def _original(self, page: KeptPage) -> bytes:
        kept = self._index.payloads([page.digest]).get(page.digest)
        if kept is None or kept.place == page.place:
            return b""
        return warc_records.read(self._record(kept.place)).body

    def _record(self, place: RecordPlace) -> bytes:
        try:
            return warc_files.read(self._folder, place)
        except FileNotFoundError as error:
            raise NotKept(str(error), place.file) from error
