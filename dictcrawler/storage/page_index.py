"""The location of each kept page: the word it was fetched for, its file and its place in the file.

A page is on disk before it is in the index, and in the index before the outcome of its
word is stored: after a crash at any point, every stored outcome can be parsed again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from dictcrawler.storage.database import CHUNK, Database, insert_new
from dictcrawler.storage.rows import moment
from dictcrawler.storage.tables import FORGOTTEN, PAGES, PAYLOADS
from dictcrawler.storage.warc_files import RecordPlace
from dictcrawler.storage.warc_records import Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """One row of ``pages``. ``asked_url`` is the requested URL, ``place`` the record's place in its file."""

    scope: str
    slug: str
    asked_url: str
    fetched_at: datetime
    digest: str
    place: RecordPlace


@dataclass(frozen=True, slots=True)
class KeptPayload:
    """One row of ``payloads``."""

    payload: Payload
    place: RecordPlace


class PageIndex:
    """Queries and statements on the tables ``pages``, ``payloads`` and ``forgotten``.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
        with self._database.begin() as connection:
            if payload_rows:
                # Another machine may have kept the same body meanwhile; either place is right.
                connection.execute(insert_new(PAYLOADS, connection.dialect), payload_rows)
            if page_rows:
                connection.execute(PAGES.insert(), page_rows)

    def of_words(self, scope: str, slugs: Iterable[str]) -> dict[str, dict[str, KeptPage]]:
        """The pages that were fetched for words, by slug: the newest page of each requested URL."""
        found: dict[str, dict[str, KeptPage]] = {slug: {} for slug in slugs}
        query = sa.select(PAGES).where(PAGES.c.scope == scope, PAGES.c.slug.in_(list(found))).order_by(PAGES.c.id)
        with self._database.begin() as connection:
            for row in connection.execute(query):
                found[row.slug][row.asked_url] = _page(row)
        return found

    def newest(self, asked_url: str) -> KeptPage | None:
        """The newest page of a URL, whichever word it was fetched for."""
        query = sa.select(PAGES).where(PAGES.c.asked_url == asked_url).order_by(PAGES.c.id.desc()).limit(1)
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _page(row)

    def payloads(self, digests: Iterable[str]) -> dict[str, KeptPayload]:
        """The kept bodies among these digests, by digest."""
        query = sa.select(PAYLOADS).where(PAYLOADS.c.digest.in_(list(digests)))
        with self._database.begin() as connection:
            return {row.digest: _payload(row) for row in connection.execute(query)}

    def sound_end(self, file: str) -> int:
        """The end of the last record of a file in the index; 0 when the index has none."""
        query = sa.select(sa.func.max(PAGES.c.offset + PAGES.c.length)).where(PAGES.c.file == file)
        with self._database.begin() as connection:
            return int(connection.scalar(query) or 0)

    # Whole files, and which of their contents are still needed

    def files(self) -> set[str]:
        """All files that a row names."""
        return self._names(sa.union(sa.select(PAGES.c.file), sa.select(PAYLOADS.c.file)))

    def newest_files(self) -> set[str]:
        """The files with the newest page of each URL and word: all that `of_words` and `newest` return."""
        newest = sa.select(sa.func.max(PAGES.c.id)).group_by(PAGES.c.scope, PAGES.c.slug, PAGES.c.asked_url)
        return self._names(sa.select(PAGES.c.file).where(PAGES.c.id.in_(newest)).distinct())

    def files_of(self, digests: Container[str]) -> set[str]:
        """The files that contain these bodies."""
        query = sa.select(PAYLOADS.c.digest, PAYLOADS.c.file).execution_options(yield_per=CHUNK)
        with self._database.begin() as connection:
            return {row.file for row in connection.execute(query) if row.digest in digests}

    def references(self) -> Iterable[tuple[str, str]]:
        """Pairs of files: a page in the first has its body in the second."""
        query = sa.select(PAGES.c.file, PAYLOADS.c.file.label("body")).distinct()
        query = query.where(PAGES.c.digest == PAYLOADS.c.digest, PAGES.c.file != PAYLOADS.c.file)
        with self._database.begin() as connection:
            return [(row.file, row.body) for row in connection.execute(query)]

    def forget(self, files: Iterable[str]) -> None:
        """Remove all rows that name these files, and record the files as forgotten, in one transaction."""
        with self._database.begin() as connection:
            for file in files:
                connection.execute(PAGES.delete().where(PAGES.c.file == file))
                connection.execute(PAYLOADS.delete().where(PAYLOADS.c.file == file))
                connection.execute(FORGOTTEN.delete().where(FORGOTTEN.c.file == file))
                connection.execute(FORGOTTEN.insert().values(file=file))

    def forgotten(self) -> set[str]:
        """The files that were forgotten and may still be on disk."""
        return self._names(sa.select(FORGOTTEN.c.file))

    def is_removed(self, file: str) -> None:
        """Record that a forgotten file is no longer on disk."""
        with self._database.begin() as connection:
            connection.execute(FORGOTTEN.delete().where(FORGOTTEN.c.file == file))

    def _names(self, query: sa.Select[tuple[str]] | sa.CompoundSelect[tuple[str]]) -> set[str]:
        with self._database.begin() as connection:
            return set(connection.scalars(query))


def _columns(place: RecordPlace) -> dict[str, str | int]:
    return {"file": place.file, "offset": place.offset, "length": place.length}


def _page(row: sa.Row[tuple[object, ...]]) -> KeptPage:
    return KeptPage(
        scope=row.scope,
        slug=row.slug,
        asked_url=row.asked_url,
        fetched_at=moment(row.fetched_at, "pages", row.slug).astimezone(UTC),
        digest=row.digest,
        place=RecordPlace(row.file, row.offset, row.length),
    )


def _payload(row: sa.Row[tuple[object, ...]]) -> KeptPayload:
    payload = Payload(
        digest=row.digest, url=row.url, fetched_at=moment(row.fetched_at, "payloads", row.digest).astimezone(UTC)
    )
    return KeptPayload(payload, RecordPlace(row.file, row.offset, row.length))
