"""The pages of a dictionary, every one as it was fetched, in WARC files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from warcio.exceptions import ArchiveLoadFailed

from dictcrawler.errors import StoreError
from dictcrawler.net.fetched import Fetched
from dictcrawler.reading.citation import payload_digest
from dictcrawler.storage import warc_files, warc_records
from dictcrawler.storage.page_index import KeptPage, KeptPayload, PageIndex
from dictcrawler.storage.warc_files import PageWriter
from dictcrawler.storage.warc_records import Exchange, Payload

MOST_BYTES = 32 * 2**20
"""Bytes of pages that wait in memory to be written; more are written at once."""


class Pages(Protocol):
    """What a crawl does with the pages it has fetched."""

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Take a page that was fetched for a word; it need not be on the disk yet.

        :raises StoreError: when it is written, and cannot be.
        """

    def commit(self) -> None:
        """Return when all pages that were taken are on the disk and in the index.

        :raises StoreError: when they cannot be.
        """

    def close(self) -> None:
        """Commit, and close the file.

        :raises StoreError: when that is not possible.
        """


class NoPages:
    """Keeps nothing."""

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Forget it."""

    def commit(self) -> None:
        """There is nothing to commit."""

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A page that is not on the disk yet."""

    slug: str
    asked_url: str
    exchange: Exchange


class KeptPages:
    """Keeps every page in WARC files, identical bodies once."""

    def __init__(self, index: PageIndex, writer: PageWriter, scope: str) -> None:
        self._index = index
        self._writer = writer
        self._scope = scope
        self._taken: list[_Taken] = []
        self._bytes = 0
        self._has_failed = False

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Take a page. What is not modified is no page: the one it stands for is kept already."""
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return
        self._taken.append(_Taken(slug, asked_url, exchange))
        self._bytes += len(exchange.body)
        if self._bytes > MOST_BYTES:
            self.commit()

    def commit(self) -> None:
        """Write what was taken, sync it, then tell the index."""
        if not self._taken:
            return
        taken, self._taken, self._bytes = self._taken, [], 0
        known = self._index.payloads({each.exchange.digest for each in taken})
        originals = {digest: kept.payload for digest, kept in known.items()}
        with self._writing() as writer:
            pages = [self._append(writer, each, originals) for each in taken]
            writer.sync()
        first = {page.digest: page for page in reversed(pages) if page.digest not in known}
        fresh = [KeptPayload(originals[digest], first[digest].place) for digest in originals if digest in first]
        self._index.add(pages, fresh)

    def close(self) -> None:
        """Write what is left and give the file its final name."""
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
        """Write one page; it joins the originals if it is the first with its body."""
        exchange = taken.exchange
        place = writer.append(exchange, originals.get(exchange.digest))
        # No body at all (that of a redirect, often) is not worth a record elsewhere.
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
    """Where the pages of a dictionary are."""
    return data / "pages" / dictionary


def keeping(index: PageIndex, folder: Path, *, scope: str, max_bytes: int, about: Mapping[str, str]) -> KeptPages:
    """Keep the pages of a crawl, once the files of an earlier one that was killed are mended.

    :raises StoreError: when the folder or the index cannot be written.
    """
    try:
        warc_files.mend(folder, index.sound_end)
    except OSError as error:
        raise StoreError(f"{folder}: the kept pages cannot be mended: {error}") from error
    return KeptPages(index, PageWriter(folder, max_bytes=max_bytes, about=about), scope)


class NotKept(Exception):
    """A page that was not kept, or is no longer as it was kept."""


class PageReader:
    """Gives kept pages back as they were fetched."""

    def __init__(self, index: PageIndex, folder: Path) -> None:
        self._index = index
        self._folder = folder

    def read(self, page: KeptPage) -> Fetched:
        """The page as the crawl saw it.

        :raises NotKept: when its file is gone or damaged.
        """
        try:
            message = warc_records.read(warc_files.read(self._folder, page.place))
            body = message.body or self._original(page)
        except (OSError, ValueError, ArchiveLoadFailed) as error:
            raise NotKept(f"{page.place.file}: the page at byte {page.place.offset}: {error}") from error
        if payload_digest(body) != page.digest:
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
        return warc_records.read(warc_files.read(self._folder, kept.place)).body
