"""Locks in the database that several machines share.

PostgreSQL's advisory locks belong to a session: they end with it, however it ends. The keepalives of
`dictcrawler.storage.server` end the session of a machine that has lost power.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import ExitStack, closing

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.postgresql import Postgres, PostgresSession
from dictcrawler.storage.server import resolve, unreached, wrong_url
from dictcrawler.storage.store_url import StoreURL

PATIENCE = 0.3
"""Seconds to wait for a holder that is just ending."""

PAUSE = 0.05

_HOLDER = """
    SELECT application_name, client_addr, backend_start
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = (hashtextextended(:name, 0) >> 32) & 4294967295
      AND objid::bigint = hashtextextended(:name, 0) & 4294967295
    ORDER BY backend_start LIMIT 1
"""


def hold(url: StoreURL, *, alone: Iterable[str] = (), shared: Iterable[str] = ()) -> ExitStack:
    """Lock these names, or none of them, for this process. Close the returned stack to release them.

    A name locked ``alone`` excludes everyone else; a ``shared`` one only those who lock it ``alone``.

    :raises LockedError: when one of them is locked; names the machine, the process and the time of locking.
    :raises ArgumentError: when the URL is wrong, or its driver is not installed.
    :raises ServerUnreachable: when no server answers.
    :raises StoreError: when the server cannot lock.
    """
    server = Postgres(url)
    resolve(url)
    with ExitStack() as held:
        session = held.enter_context(closing(_connected(server, url)))
        try:
            connection = Connection(session)
            for name in alone:
                _lock(connection, url, name, "pg_try_advisory_lock")
            for name in shared:
                _lock(connection, url, name, "pg_try_advisory_lock_shared")
        except server.errors as error:
            raise _failed(url, error) from error
        return held.pop_all()


def _connected(server: Postgres, url: StoreURL) -> PostgresSession:
    try:
        return server.connect(autocommit=True)
    except server.errors as error:
        raise wrong_url(url, error) or unreached(url, error) or _failed(url, error) from error


def _failed(url: StoreURL, error: Exception) -> StoreError:
    return StoreError(f"{url}: cannot be locked: {' '.join(str(error).split())}")


def _lock(connection: Connection, url: StoreURL, name: str, function: str) -> None:
    until = time.monotonic() + PATIENCE
    while not connection.value(f"SELECT {function}(hashtextextended(:name, 0))", name=name):
        if time.monotonic() > until:
            raise LockedError(f"{name} in {url}", _holder(connection, name))
        time.sleep(PAUSE)


def _holder(connection: Connection, name: str) -> str:
    row = connection.row(_HOLDER, name=name)
    if row is None:
        return "another crawl"
    application, address, begun = row
    machine = application.removeprefix("dictcrawler on ") or address or "a process"
    return f"{machine} since {begun:%Y-%m-%dT%H:%M:%S%z}"
