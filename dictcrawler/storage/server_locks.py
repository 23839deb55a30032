"""Locks in the database that several machines share.

PostgreSQL's advisory locks belong to a session: they end with it, however it ends. The keepalives of
`dictcrawler.storage.server` end the session of a machine that has lost power.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.storage.server import driver_missing, resolve, unreached, with_defaults, wrong_url

PATIENCE = 0.3
"""Seconds to wait for a holder that is just ending."""

PAUSE = 0.05

_HOLDER = sa.text("""
    SELECT application_name, client_addr, backend_start
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = (hashtextextended(:name, 0) >> 32) & 4294967295
      AND objid::bigint = hashtextextended(:name, 0) & 4294967295
    ORDER BY backend_start LIMIT 1
""")


def hold(url: sa.URL, *, alone: Iterable[str] = (), shared: Iterable[str] = ()) -> ExitStack:
    """Lock these names, or none of them, for this process. Close the returned stack to release them.

    A name locked ``alone`` excludes everyone else; a ``shared`` one only those who lock it ``alone``.

    :raises LockedError: when one of them is locked; names the machine, the process and the time of locking.
    :raises ArgumentError: when the URL is wrong, or its driver is not installed.
    :raises ServerUnreachable: when no server answers.
    :raises StoreError: when the server cannot lock.
    """
    try:
        engine = sa.create_engine(with_defaults(url), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        raise driver_missing(url, error) from error
    resolve(url)
    with ExitStack() as held, _errors(url):
        session = held.enter_context(engine.connect())
        for name in alone:
            _lock(session, url, name, "pg_try_advisory_lock")
        for name in shared:
            _lock(session, url, name, "pg_try_advisory_lock_shared")
        return held.pop_all()


def _lock(session: sa.Connection, url: sa.URL, name: str, function: str) -> None:
    statement = sa.text(f"SELECT {function}(hashtextextended(:name, 0))")
    until = time.monotonic() + PATIENCE
    while not session.scalar(statement, {"name": name}):
        if time.monotonic() > until:
            raise LockedError(f"{name} in {url}", _holder(session, name))
        time.sleep(PAUSE)


def _holder(session: sa.Connection, name: str) -> str:
    row = session.execute(_HOLDER, {"name": name}).one_or_none()
    if row is None:
        return "another crawl"
    machine = row.application_name.removeprefix("dictcrawler on ") or row.client_addr or "a process"
    return f"{machine} since {row.backend_start:%Y-%m-%dT%H:%M:%S%z}"


@contextmanager
def _errors(url: sa.URL) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        problem = str(error.orig).strip() if isinstance(error, sa.exc.DBAPIError) else str(error)
        failed = StoreError(f"{url}: cannot be locked: {' '.join(problem.split())}")
        raise wrong_url(url, error) or unreached(url, error) or failed from error
