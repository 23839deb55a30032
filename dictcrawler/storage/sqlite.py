"""Sessions with an embedded store: SQLite in WAL mode."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

from dictcrawler.storage.connection import Cursor

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""


class SqliteSession:
    """One connection to the file. The first change begins a transaction (sqlite3's "legacy transaction control")."""

    mark = "?"
    descriptor: int | None = None

    def __init__(self, file: Path) -> None:
        # A session goes from thread to thread, but is in one of them at a time.
        self._raw = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
        try:
            self._raw.execute("PRAGMA journal_mode=WAL")
            # FULL: a committed word survives a power loss too, not only a crash of this process.
            self._raw.execute("PRAGMA synchronous=FULL")
        except BaseException:
            self._raw.close()
            raise

    def cursor(self) -> Cursor:
        """A cursor; SQLite computes each row when it is read."""
        return self._raw.cursor()

    streaming = cursor

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns; none when there is no such table."""
        return {name for (name,) in self._raw.execute("SELECT name FROM pragma_table_info(?)", (table,))}

    def commit(self) -> None:
        """Commit the transaction."""
        self._raw.commit()

    def close(self) -> None:
        """Close the connection; the last one folds the write-ahead log into the file."""
        self._raw.close()


class Sqlite:
    """Opens sessions with one file."""

    errors: type[Exception] = sqlite3.Error
    types: Mapping[str, str] = MappingProxyType({"bytes": "BLOB", "moment": "DATETIME", "counted": "INTEGER"})
    # Python's sqlite3 begins a transaction only at the first change
    # (https://docs.python.org/3.11/library/sqlite3.html#transaction-control); these must include more.
    alone = "BEGIN IMMEDIATE"
    one_moment = "BEGIN"

    def __init__(self, file: Path) -> None:
        self._file = file

    def connect(self) -> SqliteSession:
        """A new session."""
        return SqliteSession(self._file)

    def erase_free_space(self, tables: Iterable[str]) -> None:  # noqa: ARG002 - it rewrites the whole file
        """Rewrite the file."""
        with closing(sqlite3.connect(self._file, timeout=PATIENCE)) as raw:
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
