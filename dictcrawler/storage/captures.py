"""The captures that the index of a web archive lists, as far as it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from dictcrawler.net.forms import address_key
from dictcrawler.storage.database import CHUNK, Database, insert_new, timestamp
from dictcrawler.storage.tables import CAPTURE_INDEXES, CAPTURES


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
        url = CAPTURE_INDEXES.c.index_url
        query = sa.select(CAPTURE_INDEXES).where(
            sa.or_(url == self._index_url, url.startswith(f"{self._index_url} ", autoescape=True))
        )
        with self._database.begin() as connection:
            return {
                row.index_url[len(self._index_url) + 1 :]: IndexSliceState(
                    datetime.fromisoformat(row.read_at) if row.read_at else None, row.resume_key
                )
                for row in connection.execute(query)
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
            for first in range(0, len(rows), CHUNK):
                connection.execute(insert_new(CAPTURES, connection.dialect), rows[first : first + CHUNK])
            read_at = timestamp(datetime.now(UTC)) if resume_key is None else ""
            self._set_state(connection, beginning, resume_key=resume_key, read_at=read_at)

    def forget(self, beginning: str) -> None:
        """Remove a slice's captures, before it is read again."""
        key = address_key(beginning)
        of_slice = CAPTURES.c.address.startswith(key, autoescape=True)
        with self._database.begin() as connection:
            connection.execute(CAPTURES.delete().where(CAPTURES.c.index_url == self._index_url, of_slice))
            self._set_state(connection, beginning, resume_key=None, read_at="")

    def of_address(self, address: str, most: int) -> tuple[Listed, ...]:
        """The newest ``most`` listed captures of a page, newest first."""
        query = (
            sa.select(CAPTURES.c.timestamp, CAPTURES.c.original)
            .where(CAPTURES.c.index_url == self._index_url, CAPTURES.c.address == address_key(address))
            .order_by(CAPTURES.c.timestamp.desc())
            .limit(most)
        )
        with self._database.begin() as connection:
            # A store of version 0.1.0 did not record which form of the address was captured.
            return tuple(Listed(row.timestamp, row.original or address) for row in connection.execute(query))

    def _set_state(self, connection: sa.Connection, beginning: str, *, resume_key: str | None, read_at: str) -> None:
        here = CAPTURE_INDEXES.c.index_url == f"{self._index_url} {beginning}"
        values = {"resume_key": resume_key, "read_at": read_at}
        if connection.execute(CAPTURE_INDEXES.update().where(here).values(values)).rowcount == 0:
            new = {"index_url": f"{self._index_url} {beginning}", **values}
            connection.execute(insert_new(CAPTURE_INDEXES, connection.dialect), [new])
