"""The capture index of a web archive, as it was last read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from dictcrawler.storage.database import CHUNK, Database, insert_new, timestamp
from dictcrawler.storage.tables import CAPTURE_INDEXES, CAPTURES


class Captures:
    """Timestamps of captures by the key of their address.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read_at(self, index_url: str) -> datetime | None:
        """When the index behind this URL was last read to its end."""
        query = sa.select(CAPTURE_INDEXES.c.read_at).where(CAPTURE_INDEXES.c.index_url == index_url)
        with self._database.begin() as connection:
            found = connection.scalar(query)
        return datetime.fromisoformat(found) if found else None

    def replace(self, index_url: str, captures: Iterable[tuple[str, str]], at: datetime) -> None:
        """Keep what a capture index says: ``(address key, timestamp)``, all in one transaction."""
        stream = iter(captures)
        with self._database.begin() as connection:
            connection.execute(CAPTURES.delete().where(CAPTURES.c.index_url == index_url))
            connection.execute(CAPTURE_INDEXES.delete().where(CAPTURE_INDEXES.c.index_url == index_url))
            while chunk := set(islice(stream, CHUNK)):
                rows = [{"index_url": index_url, "address": a, "timestamp": t} for a, t in sorted(chunk)]
                connection.execute(insert_new(CAPTURES, connection.dialect), rows)
            connection.execute(CAPTURE_INDEXES.insert().values(index_url=index_url, read_at=timestamp(at)))

    def of_address(self, index_url: str, address: str) -> tuple[str, ...]:
        """The timestamps of the captures of one address, newest first."""
        query = (
            sa.select(CAPTURES.c.timestamp)
            .where(CAPTURES.c.index_url == index_url, CAPTURES.c.address == address)
            .order_by(CAPTURES.c.timestamp.desc())
        )
        with self._database.begin() as connection:
            return tuple(connection.scalars(query))
