"""The pages of a dictionary, every one as it was fetched, and an index of them in the store.

* ``pages``: one row a fetch, with the word that it was fetched for; never changed.
* ``payloads``: where each body was kept first. The same body again is a short ``revisit``.
* ``forgotten``: files whose rows are gone; each is about to be removed from the disk.

A page is on the disk before the index tells of it, and in the index before the outcome of its
word is stored: whatever happens, what the store says can be read again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from warcio.exceptions import ArchiveLoadFailed

from dictcrawler.errors import StoreError
from dictcrawler.lookup.source import Fetched
from dictcrawler.reading.citation import payload_digest
from dictcrawler.storage import warc_files, warc_records
from dictcrawler.storage.warc_files import PageWriter, Place
from dictcrawler.storage.warc_records import Exchange, Payload

CHUNK = 1_000

_metadata = sa.MetaData()

_pages = sa.Table(
    "pages",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("asked_url", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Index("pages_by_word", "scope", "slug"),
    sa.Index("pages_by_url", "asked_url"),
    sa.Index("pages_by_file", "file"),
)
_payloads = sa.Table(
    "payloads",
    _metadata,
    sa.Column("digest", sa.String(80), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.String(32), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
)
_forgotten = sa.Table("forgotten", _metadata, sa.Column("file", sa.Text, primary_key=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """One row of ``pages``. ``asked_url`` is the address as it was asked for, ``place`` the record's."""

    scope: str
    slug: str
    asked_url: str
    fetched_at: datetime
    digest: str
    place: Place


@dataclass(frozen=True, slots=True)
class KeptPayload:
    """One row of ``payloads``."""

    payload: Payload
    place: Place


class PageIndex:
    """The tables, as questions and statements.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with self._begin() as connection:
            _metadata.create_all(connection)

    def add(self, pages: Iterable[KeptPage], payloads: Iterable[KeptPayload]) -> None:
        """Add rows, all or none."""
        page_rows = [
            {
                "scope": page.scope,
                "slug": page.slug,
                "asked_url": page.asked_url,
                "fetched_at": page.fetched_at.isoformat(),
                "digest": page.digest,
                **_columns(page.place),
            }
            for page in pages
        ]
        payload_rows = [
            {
                "digest": kept.payload.digest,
                "url": kept.payload.url,
                "fetched_at": kept.payload.fetched_at.isoformat(),
                **_columns(kept.place),
            }
            for kept in payloads
        ]
        with self._begin() as connection:
            if payload_rows:
                connection.execute(_payloads.insert(), payload_rows)
            if page_rows:
                connection.execute(_pages.insert(), page_rows)

    def of_words(self, scope: str, slugs: Iterable[str]) -> dict[str, dict[str, KeptPage]]:
        """What was fetched for words, by their slugs: the newest page of each URL that was asked."""
        found: dict[str, dict[str, KeptPage]] = {slug: {} for slug in slugs}
        query = sa.select(_pages).where(_pages.c.scope == scope, _pages.c.slug.in_(list(found))).order_by(_pages.c.id)
        with self._begin() as connection:
            for row in connection.execute(query):
                found[row.slug][row.asked_url] = _page(row)
        return found

    def newest(self, asked_url: str) -> KeptPage | None:
        """The newest page of a URL, whichever word it was fetched for."""
        query = sa.select(_pages).where(_pages.c.asked_url == asked_url).order_by(_pages.c.id.desc()).limit(1)
        with self._begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _page(row)

    def payloads(self, digests: Iterable[str]) -> dict[str, KeptPayload]:
        """Those of the bodies that are kept already, by their digest."""
        query = sa.select(_payloads).where(_payloads.c.digest.in_(list(digests)))
        with self._begin() as connection:
            return {row.digest: _payload(row) for row in connection.execute(query)}

    def sound_end(self, file: str) -> int:
        """The end of the last record of a file that the index tells of; 0 when it tells of none."""
        query = sa.select(sa.func.max(_pages.c.offset + _pages.c.length)).where(_pages.c.file == file)
        with self._begin() as connection:
            return int(connection.scalar(query) or 0)

    # Whole files, and what in them is still wanted

    def files(self) -> set[str]:
        """All files that a row names."""
        return self._names(sa.union(sa.select(_pages.c.file), sa.select(_payloads.c.file)))

    def newest_files(self) -> set[str]:
        """Where the newest page is of each URL that was asked for each word: all that `of_words` and `newest` give."""
        newest = sa.select(sa.func.max(_pages.c.id)).group_by(_pages.c.scope, _pages.c.slug, _pages.c.asked_url)
        return self._names(sa.select(_pages.c.file).where(_pages.c.id.in_(newest)).distinct())

    def files_of(self, digests: Container[str]) -> set[str]:
        """Where these bodies are."""
        query = sa.select(_payloads.c.digest, _payloads.c.file).execution_options(yield_per=CHUNK)
        with self._begin() as connection:
            return {row.file for row in connection.execute(query) if row.digest in digests}

    def references(self) -> Iterable[tuple[str, str]]:
        """Pairs of files: a page in the first has its body in the second."""
        query = sa.select(_pages.c.file, _payloads.c.file.label("body")).distinct()
        query = query.where(_pages.c.digest == _payloads.c.digest, _pages.c.file != _payloads.c.file)
        with self._begin() as connection:
            return [(row.file, row.body) for row in connection.execute(query)]

    def forget(self, files: Iterable[str]) -> None:
        """Remove all rows that name these files, and remember that they are forgotten, in one transaction."""
        with self._begin() as connection:
            for file in files:
                connection.execute(_pages.delete().where(_pages.c.file == file))
                connection.execute(_payloads.delete().where(_payloads.c.file == file))
                connection.execute(_forgotten.delete().where(_forgotten.c.file == file))
                connection.execute(_forgotten.insert().values(file=file))

    def forgotten(self) -> set[str]:
        """The files that were forgotten and may be on the disk still."""
        return self._names(sa.select(_forgotten.c.file))

    def is_removed(self, file: str) -> None:
        """A forgotten file is no longer on the disk."""
        with self._begin() as connection:
            connection.execute(_forgotten.delete().where(_forgotten.c.file == file))

    def _names(self, query: sa.Select[tuple[str]] | sa.CompoundSelect[tuple[str]]) -> set[str]:
        with self._begin() as connection:
            return set(connection.scalars(query))

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"{self._engine.url}: the index of the pages: {error}") from error


class Pages(Protocol):
    """What a crawl does with the pages it has fetched."""

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Take a page that was fetched for a word; it is not on the disk yet."""

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
        self._has_failed = False

    def keep(self, slug: str, asked_url: str, exchange: Exchange) -> None:
        """Take a page. What is not modified is no page: the one it stands for is kept already."""
        if exchange.status != HTTPStatus.NOT_MODIFIED:
            self._taken.append(_Taken(slug, asked_url, exchange))

    def commit(self) -> None:
        """Write what was taken, sync it, then tell the index."""
        if not self._taken:
            return
        taken, self._taken = self._taken, []
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


def keeping(engine: sa.Engine, folder: Path, *, scope: str, max_bytes: int, about: Mapping[str, str]) -> KeptPages:
    """Keep the pages of a crawl, once the files of an earlier one that was killed are mended.

    :raises StoreError: when the folder or the index cannot be written.
    """
    index = PageIndex(engine)
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


def _columns(place: Place) -> dict[str, str | int]:
    return {"file": place.file, "offset": place.offset, "length": place.length}


def _page(row: sa.Row[tuple[object, ...]]) -> KeptPage:
    return KeptPage(
        scope=row.scope,
        slug=row.slug,
        asked_url=row.asked_url,
        fetched_at=_moment(row.fetched_at),
        digest=row.digest,
        place=Place(row.file, row.offset, row.length),
    )


def _payload(row: sa.Row[tuple[object, ...]]) -> KeptPayload:
    payload = Payload(digest=row.digest, url=row.url, fetched_at=_moment(row.fetched_at))
    return KeptPayload(payload, Place(row.file, row.offset, row.length))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
