"""The captures that the index of a web archive lists, as far as it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dictcrawler.net.forms import address_key
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database, timestamp

_CAPTURE = """
INSERT INTO captures (index_url, address, timestamp, original) VALUES (:index_url, :address, :timestamp, :original)
ON CONFLICT DO NOTHING
"""
_STATE = """
INSERT INTO capture_indexes (index_url, read_at, resume_key) VALUES (:index_url, :read_at, :resume_key)
ON CONFLICT (index_url) DO UPDATE SET read_at = excluded.read_at, resume_key = excluded.resume_key
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A capture in an index: its timestamp of 14 digits, and the captured form of the address."""

    timestamp: str
    original: str


@dataclass(frozen=True, slots=True)
class IndexSliceState:
    """How far one slice of an index was read: to its end at ``read_at``, else up to ``resume_key``."""

    read_at: datetime | None
    resume_key: str | None


class Captures:
    """The captures that one index lists, by the key of their address (`dictcrawler.net.forms`).

    A slice of the index is its part with one prefix of addresses; the slice ``""`` is the whole index.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database, index_url: str) -> None:
        self._database = database
        self._index_url = index_url

    def slices(self) -> Mapping[str, IndexSliceState]:
        """How far the index was read, by the prefixes of its slices."""
        query = """
            SELECT index_url, read_at, resume_key FROM capture_indexes
            WHERE index_url = :index_url OR substr(index_url, 1, length(:prefix)) = :prefix
        """
        prefix = f"{self._index_url} "
        with self._database.begin() as connection:
            rows = connection.rows(query, index_url=self._index_url, prefix=prefix)
        return {
            url[len(prefix) :]: IndexSliceState(datetime.fromisoformat(read_at) if read_at else None, resume_key)
            for url, read_at, resume_key in rows
        }

    def add(self, beginning: str, captures: Iterable[Listed], resume_key: str | None) -> None:
        """Store one answer for a slice and the key of the next one (``None`` at the end), in one transaction."""
        rows = [
            {
                "index_url": self._index_url,
                "address": address_key(each.original),
                "timestamp": each.timestamp,
                "original": each.original,
            }
            for each in captures
        ]
        with self._database.begin() as connection:
            if rows:
                connection.change_many(_CAPTURE, rows)
            read_at = timestamp(datetime.now(UTC)) if resume_key is None else ""
            self._set_state(connection, beginning, resume_key=resume_key, read_at=read_at)

    def forget(self, beginning: str) -> None:
        """Remove a slice's captures, before it is read again."""
        statement = """
            DELETE FROM captures
            WHERE index_url = :index_url AND substr(address, 1, length(:prefix)) = :prefix
        """
        with self._database.begin() as connection:
            connection.change(statement, index_url=self._index_url, prefix=address_key(beginning))
            self._set_state(connection, beginning, resume_key=None, read_at="")

    def of_address(self, address: str, most: int) -> tuple[Listed, ...]:
        """The newest ``most`` listed captures of a page, newest first."""
        query = """
            SELECT timestamp, original FROM captures WHERE index_url = :index_url AND address = :address
            ORDER BY timestamp DESC LIMIT :most
        """
        values = {"index_url": self._index_url, "address": address_key(address), "most": most}
        with self._database.begin() as connection:
            rows = connection.rows(query, **values)
        # A store of version 0.1.0 did not record which form of the address was captured.
        return tuple(Listed(timestamp, original or address) for timestamp, original in rows)

    def _set_state(self, connection: Connection, beginning: str, *, resume_key: str | None, read_at: str) -> None:
        url = f"{self._index_url} {beginning}"
        connection.change(_STATE, index_url=url, read_at=read_at, resume_key=resume_key)
