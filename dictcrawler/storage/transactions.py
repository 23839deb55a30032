"""The sessions with a database, and its transactions.

SQLite in WAL mode unless the URL names a PostgreSQL server. Every transaction is short, and its statements have the
same text for both (`dictcrawler.storage.connection`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime

from dictcrawler.errors import StoreError
from dictcrawler.model import instant
from dictcrawler.storage import server, store_url
from dictcrawler.storage.connection import Connection, Driver, Row, Session
from dictcrawler.storage.hanging import HangGuard
from dictcrawler.storage.identity import Identity
from dictcrawler.storage.sqlite import Sqlite
from dictcrawler.storage.store_url import StoreURL


class SqlDatabase:
    """A database and its sessions, whatever its tables are.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, url: str | StoreURL) -> None:
        """Prepare to connect.

        :raises ArgumentError: when the URL is wrong, or its driver is not installed.
        """
        self.url = store_url.read(url)
        self.is_server = self.url.is_server
        self._file: Identity | None = None
        self._driver = _driver(self.url)
        if self.is_server:
            server.resolve(self.url)
        self._guard = HangGuard(self._answers)
        self._idle: list[Session] = []
        self._is_closed = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: committed at the end of the block, rolled back by an exception.

        None is begun once the store's file is no longer at its path.
        """
        self._refuse_replaced()
        session = self._taken()
        try:
            with self._errors(), self._watched(session):
                yield Connection(session)
                session.commit()
        except BaseException as error:
            # Closing rolls back, whatever state the session is in.
            session.close()
            if isinstance(error, StoreError):
                self._close_idle()
            raise
        self._idle.append(session)
        if self._is_closed:
            self._close_idle()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction in which all queries see the store as it is at one moment, even if others write to it
        meanwhile."""
        with self.begin() as connection:
            connection.change(self._driver.one_moment)
            yield connection

    @contextmanager
    def stream(self, query: str, **values: object) -> Iterator[Iterator[Row]]:
        """The rows of a query, a limited number of them in memory."""
        with self.begin() as connection, closing(connection.stream(query, **values)) as rows:
            yield rows

    def close(self) -> None:
        """Close all sessions; SQLite then folds its write-ahead log into the database."""
        self._is_closed = True
        self._guard.close()
        self._close_idle()

    def now(self) -> datetime:
        """The moment, in whole seconds, by the server's clock, which all machines that share this store use."""
        if not self.is_server:
            return instant()
        with self.begin() as connection:
            now: datetime = connection.value("SELECT now()")
        return now.astimezone(UTC).replace(microsecond=0)

    def _taken(self) -> Session:
        """A session that is idle, else a new one."""
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._driver.connect()
        except self._driver.errors as error:
            refused = server.wrong_url(self.url, error) if self.is_server else None
            raise refused or StoreError(f"{self.url}: {_cause(error)}") from error

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _watched(self, session: Session) -> Iterator[None]:
        descriptor = session.descriptor
        with self._guard.watching(descriptor) if descriptor is not None else nullcontext():
            yield

    def _answers(self) -> bool:
        try:
            # Nothing more: only connecting has a time limit.
            self._driver.connect().close()
        except self._driver.errors as error:
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
        except self._driver.errors as error:
            raise StoreError(f"{self.url}: {_cause(error)}") from error


def _driver(url: StoreURL) -> Driver:
    if (file := url.file) is not None:
        return Sqlite(file)
    # Imported here: no store in a file needs it.
    from dictcrawler.storage.postgresql import Postgres  # noqa: PLC0415

    return Postgres(url)


def _cause(error: Exception) -> str:
    """The database's message, in one line."""
    text = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
    is_damaged = any(mark in text for mark in ("not a database", "malformed"))
    return f"{text}; the file is damaged: restore it from a backup" if is_damaged else text
