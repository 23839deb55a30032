"""The database of the store: its address, its connections and its transactions.

SQLite in WAL mode unless ``STORE_URL`` names a server. Every transaction is short, and written in
SQLAlchemy Core, so that both speak the same statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.model import instant
from dictcrawler.storage import server, versions
from dictcrawler.storage.hanging import HangGuard
from dictcrawler.storage.identity import Identity
from dictcrawler.storage.tables import METADATA

CHUNK = 1_000
"""Rows that are read or written at a time."""


class Database:
    """The open store, of the current version. One object a process; its tables are in `dictcrawler.storage.tables`.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, url: str | sa.URL) -> None:
        """Open the store; a new one gets its tables, an older one is migrated.

        :raises NewerStoreError: when a newer dictcrawler has made it.
        :raises ArgumentError: when the URL is wrong, or its driver is not installed.
        """
        self.url = _read(url)
        try:
            if (file := file_of(self.url)) is not None:
                if file.is_dir():
                    raise ArgumentError("STORE_URL", f"{file} is a folder", f"sqlite:///{file / 'store.sqlite'}")
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = sa.create_engine(server.with_defaults(self.url))
        except (ImportError, sa.exc.NoSuchModuleError) as error:
            raise server.driver_missing(self.url, error) from error
        except (OSError, sa.exc.ArgumentError) as error:
            raise StoreError(f"{self.url}: cannot be opened: {error}") from error
        self.is_server = server.is_server(self.url)
        if self.is_server:
            server.resolve(self.url)
        self._guard = HangGuard(self._answers)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        with self._errors():
            versions.bring_up_to_date(self._engine, server.schema_of(self.url))
        self._file = Identity.of(file) if file is not None else None

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end of the block, rolled back by an exception.

        None is begun once the store's file is no longer at its path.
        """
        self._refuse_replaced()
        with self._errors(), self._engine.connect() as connection, self._watched(connection), connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A transaction in which all queries see the store as it is at one moment, even if others write to it
        meanwhile."""
        with self.begin() as connection:
            one_moment = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ" if self.is_server else "BEGIN"
            connection.exec_driver_sql(one_moment)
            yield connection

    @contextmanager
    def stream(self, query: sa.Select[tuple[object, ...]]) -> Iterator[Iterator[sa.Row[tuple[object, ...]]]]:
        """The rows of a query, `CHUNK` in memory at a time."""
        with self.begin() as connection:
            yield iter(connection.execution_options(yield_per=CHUNK).execute(query))

    def erase_free_space(self) -> None:
        """Rewrite the store, so that its files have nothing of deleted rows any more.

        :raises StoreError: when that fails, for want of space for instance; the store is as it was.
        """
        self._refuse_replaced()
        vacuum = "VACUUM FULL" if self.is_server else "VACUUM"
        with self._errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in METADATA.sorted_tables if self.is_server else [""]:
                connection.exec_driver_sql(f"{vacuum} {table}".strip())
            if not self.is_server:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections; SQLite then folds its write-ahead log into the database."""
        self._guard.close()
        self._engine.dispose()

    def now(self) -> datetime:
        """The moment, in whole seconds, by the server's clock, which all machines that share this store use."""
        if not self.is_server:
            return instant()
        with self.begin() as connection:
            now: datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
        return now.astimezone(UTC).replace(microsecond=0)

    @contextmanager
    def _watched(self, connection: sa.Connection) -> Iterator[None]:
        descriptor = getattr(connection.connection.driver_connection, "fileno", None)
        with self._guard.watching(descriptor()) if descriptor is not None else nullcontext():
            yield

    def _answers(self) -> bool:
        dialect = self._engine.dialect
        arguments, keywords = dialect.create_connect_args(self._engine.url)
        try:
            # Nothing more: only connecting has a time limit.
            dialect.connect(*arguments, **keywords).close()
        except dialect.loaded_dbapi.Error as error:
            # A refusal for any other reason is an answer too, for example too many connections.
            return "timeout" not in str(error)
        return True

    def _refuse_replaced(self) -> None:
        if self._file is None:
            return
        try:
            self._file.refuse_another()
        except OSError as error:
            raise StoreError(f"the store {error}; the same command continues with the store that is there") from error

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise server.wrong_url(self.url, error) or StoreError(f"{self.url}: {cause_of(error)}") from error


def url_of(template: str, data: Path, dictionary: str) -> sa.URL:
    """The URL of a dictionary's store: the ``STORE_URL`` with ``{data}`` and ``{dictionary}`` filled in.

    :raises ArgumentError: when there is anything else in braces, or the result is not a database URL.
    """
    # The folder is filled in after the URL is read: a "?" in its name would begin the URL's query.
    marker = "\ue000"
    try:
        url = _read(template.format(data=marker, dictionary=dictionary))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        allowed = "{data} and {dictionary}; a brace itself is written twice"
        raise ArgumentError("STORE_URL", f"{template!r} has something else in braces", allowed) from error
    return url.set(database=url.database and url.database.replace(marker, str(data)))


def file_of(url: str | sa.URL) -> Path | None:
    """The file of an embedded store; ``None`` for a database server.

    :raises ArgumentError: when this is not a database URL, or SQLite's with a host.
    """
    read = _read(url)
    if read.get_backend_name() != "sqlite" or not read.database:
        return None
    if read.host or read.username:
        raise ArgumentError("STORE_URL", f"{read!r} names a host, but SQLite has none", "such as sqlite:///file")
    return Path(read.database)


def insert_new(table: sa.Table, dialect: sa.Dialect) -> sa.Insert:
    """Insert the rows that are not there yet."""
    return _insert(table, dialect).on_conflict_do_nothing()


def upsert(table: sa.Table, dialect: sa.Dialect) -> sa.Insert:
    """Insert rows; a row with the same primary key is replaced."""
    insert = _insert(table, dialect)
    others = {column.name: insert.excluded[column.name] for column in table.c if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=others)


def _insert(table: sa.Table, dialect: sa.Dialect) -> sqlite.Insert:
    """The one statement that differs between databases."""
    # Imported here: loading an unused dialect takes a tenth of a crawl's start.
    name = dialect.name if dialect.name == "postgresql" else "sqlite"
    insert: Callable[[sa.Table], sqlite.Insert] = import_module(f"sqlalchemy.dialects.{name}").insert
    return insert(table)


def timestamp(moment: datetime) -> str:
    """A moment in the tables' format: UTC, whole seconds, sortable as text."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _read(url: str | sa.URL) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ArgumentError("STORE_URL", f"{url!r} is not a database URL", "such as sqlite:///file") from error


def _tune_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a committed word survives a power loss too, not only a crash of this process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def cause_of(error: sa.exc.SQLAlchemyError) -> str:
    """The database's message, in one line."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    text = f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else 'no message'}"
    is_damaged = any(mark in text for mark in ("not a database", "malformed"))
    return f"{text}; the file is damaged: restore it from a backup" if is_damaged else text
