"""A temporary database, for data that an export has to sort or look up and should not keep in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager


@contextmanager
def scratch(schema: str) -> Iterator[sqlite3.Connection]:
    """A private database on disk, removed at the end (https://sqlite.org/inmemorydb.html, temporary databases)."""
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;")
        database.executescript(schema)
        database.execute("BEGIN")
        yield database
