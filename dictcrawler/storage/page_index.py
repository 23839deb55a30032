"""The location of each kept page: the word it was fetched for, its file and its place in the file.

A page is on disk before it is in the index, and in the index before the outcome of its
word is stored: after a crash at any point, every stored outcome can be parsed again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dictcrawler.storage.connection import Row
from dictcrawler.storage.database import Database
from dictcrawler.storage.rows import moment
from dictcrawler.storage.warc_files import RecordPlace
from dictcrawler.storage.warc_records import Payload

_PAGE = """
INSERT INTO pages (scope, slug, asked_url, fetched_at, digest, file, "offset", length)
VALUES (:scope, :slug, :asked_url, :fetched_at, :digest, :file, :offset, :length)
"""
# Another machine may have kept the same body meanwhile; either place is right.
_PAYLOAD = """
INSERT INTO payloads (digest, url, fetched_at, file, "offset", length)
VALUES (:digest, :url, :fetched_at, :file, :offset, :length)
ON CONFLICT DO NOTHING
"""
_PAGES = 'SELECT scope, slug, asked_url, fetched_at, digest, file, "offset", length FROM pages'
_FORGET = (
    "DELETE FROM pages WHERE file = :file",
    "DELETE FROM payloads WHERE file = :file",
    "DELETE FROM forgotten WHERE file = :file",
    "INSERT INTO forgotten (file) VALUES (:file)",
)


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
                connection.change_many(_PAYLOAD, payload_rows)
            if page_rows:
                connection.change_many(_PAGE, page_rows)

    def of_words(self, scope: str, slugs: Iterable[str]) -> dict[str, dict[str, KeptPage]]:
        """The pages that were fetched for words, by slug: the newest page of each requested URL."""
        found: dict[str, dict[str, KeptPage]] = {slug: {} for slug in slugs}
        query = f"{_PAGES} WHERE scope = :scope AND slug IN (:slugs) ORDER BY id"
        with self._database.begin() as connection:
            rows = connection.rows(query, scope=scope, slugs=list(found))
        for page in map(_page, rows):
            found[page.slug][page.asked_url] = page
        return found

    def newest(self, asked_url: str) -> KeptPage | None:
        """The newest page of a URL, whichever word it was fetched for."""
        query = f"{_PAGES} WHERE asked_url = :asked_url ORDER BY id DESC LIMIT 1"
        with self._database.begin() as connection:
            row = connection.row(query, asked_url=asked_url)
        return None if row is None else _page(row)

    def payloads(self, digests: Iterable[str]) -> dict[str, KeptPayload]:
        """The kept bodies among these digests, by digest."""
        query = 'SELECT digest, url, fetched_at, file, "offset", length FROM payloads WHERE digest IN (:digests)'
        with self._database.begin() as connection:
            rows = connection.rows(query, digests=list(digests))
        return {kept.payload.digest: kept for kept in map(_payload, rows)}

    def sound_end(self, file: str) -> int:
        """The end of the last record of a file in the index; 0 when the index has none."""
        query = 'SELECT max("offset" + length) FROM pages WHERE file = :file'
        with self._database.begin() as connection:
            return int(connection.value(query, file=file) or 0)

    # Whole files, and which of their contents are still needed

    def files(self) -> set[str]:
        """All files that a row names."""
        return self._names("SELECT file FROM pages UNION SELECT file FROM payloads")

    def newest_files(self) -> set[str]:
        """The files with the newest page of each URL and word: all that `of_words` and `newest` return."""
        return self._names(
            """
            SELECT DISTINCT file FROM pages
            WHERE id IN (SELECT max(id) FROM pages GROUP BY scope, slug, asked_url)
            """
        )

    def files_of(self, digests: Container[str]) -> set[str]:
        """The files that contain these bodies."""
        with self._database.stream("SELECT digest, file FROM payloads") as rows:
            return {file for digest, file in rows if digest in digests}

    def references(self) -> Iterable[tuple[str, str]]:
        """Pairs of files: a page in the first has its body in the second."""
        query = """
            SELECT DISTINCT pages.file, payloads.file
            FROM pages JOIN payloads ON pages.digest = payloads.digest AND pages.file <> payloads.file
        """
        with self._database.begin() as connection:
            return [(file, body) for file, body in connection.rows(query)]

    def forget(self, files: Iterable[str]) -> None:
        """Remove all rows that name these files, and record the files as forgotten, in one transaction."""
        with self._database.begin() as connection:
            for file in files:
                for statement in _FORGET:
                    connection.change(statement, file=file)

    def forgotten(self) -> set[str]:
        """The files that were forgotten and may still be on disk."""
        return self._names("SELECT file FROM forgotten")

    def is_removed(self, file: str) -> None:
        """Record that a forgotten file is no longer on disk."""
        with self._database.begin() as connection:
            connection.change("DELETE FROM forgotten WHERE file = :file", file=file)

    def _names(self, query: str) -> set[str]:
        with self._database.begin() as connection:
            return set(connection.column(query))


def _columns(place: RecordPlace) -> dict[str, str | int]:
    return {"file": place.file, "offset": place.offset, "length": place.length}


def _page(row: Row) -> KeptPage:
    scope, slug, asked_url, fetched_at, digest, *place = row
    return KeptPage(
        scope=scope,
        slug=slug,
        asked_url=asked_url,
        fetched_at=moment(fetched_at, "pages", slug).astimezone(UTC),
        digest=digest,
        place=RecordPlace(*place),
    )


def _payload(row: Row) -> KeptPayload:
    digest, url, fetched_at, *place = row
    payload = Payload(digest=digest, url=url, fetched_at=moment(fetched_at, "payloads", digest).astimezone(UTC))
    return KeptPayload(payload, RecordPlace(*place))
