"""Sessions with a store on a PostgreSQL server, by psycopg 3 (the extra ``postgres``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any, cast

from dictcrawler.errors import ExtraMissing
from dictcrawler.storage.connection import Cursor
from dictcrawler.storage.server import with_defaults
from dictcrawler.storage.store_url import StoreURL

ROWS_AT_ONCE = 1_000
"""Rows of a streamed query that are fetched at a time."""


class PostgresSession:
    """One connection. Its first statement begins a transaction, except with ``autocommit``."""

    mark = "%s"

    def __init__(self, raw: Any) -> None:  # noqa: ANN401 - psycopg is an extra
        self._raw = raw
        self._streams = 0

    def cursor(self) -> Cursor:
        """A cursor that has all its rows in memory."""
        return cast(Cursor, self._raw.cursor())

    def streaming(self) -> Cursor:
        """A cursor on the server."""
        self._streams += 1
        cursor = self._raw.cursor(name=f"stream_{self._streams}")
        cursor.itersize = ROWS_AT_ONCE
        return cast(Cursor, cursor)

    def columns(self, table: str) -> set[str]:
        """The names of a table's columns; none when there is no such table."""
        query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
        return {name for (name,) in self._raw.execute(query, (table,))}

    def commit(self) -> None:
        """Commit the transaction."""
        self._raw.commit()

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    @property
    def descriptor(self) -> int | None:
        """The file descriptor of the socket."""
        return int(self._raw.fileno())


class Postgres:
    """Opens sessions with one database.

    :raises ExtraMissing: when psycopg is not installed.
    """

    types: Mapping[str, str] = MappingProxyType(
        {"bytes": "BYTEA", "moment": "TIMESTAMP WITH TIME ZONE", "counted": "SERIAL"}
    )
    alone = "SELECT pg_advisory_xact_lock(hashtext('dictcrawler store'))"
    one_moment = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

    def __init__(self, url: StoreURL) -> None:
        try:
            import psycopg  # noqa: PLC0415 - an extra, which takes a tenth of a crawl's start
        except ImportError as error:
            raise ExtraMissing(f"STORE_URL={url.driver}://…", "psycopg", "postgres") from error
        self.errors: type[Exception] = psycopg.Error
        self._connect = psycopg.connect
        self._keywords = keywords_of(with_defaults(url))

    def connect(self, *, autocommit: bool = False) -> PostgresSession:
        """A new session; with ``autocommit`` each statement is a transaction."""
        return PostgresSession(self._connect(autocommit=autocommit, **self._keywords))

    def erase_free_space(self, tables: Iterable[str]) -> None:
        """Rewrite the tables."""
        with closing(self.connect(autocommit=True)) as session:
            for table in tables:
                session.cursor().execute(f"VACUUM FULL {table}")


def keywords_of(url: StoreURL) -> dict[str, Any]:
    """The keywords of libpq in a URL."""
    parts = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    return {name: value for name, value in (parts | dict(url.query)).items() if value is not None}
