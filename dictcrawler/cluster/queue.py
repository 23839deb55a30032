"""The queue: procrastinate's tables in a separate schema, the list of workers, and the version of all of them.

A job only names the slice that is due; the slice's state is in the store. So a job that is lost, doubled or ended by a
machine that returned too late costs time and nothing else: see `dictcrawler.cluster.upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version as installed

import procrastinate
from procrastinate.schema import SchemaManager

from dictcrawler.cluster import turns
from dictcrawler.cluster.jobs import OwnJobs
from dictcrawler.cluster.place import QUEUE_SCHEMA, Cluster
from dictcrawler.errors import StoreError
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.postgresql import keywords_of
from dictcrawler.storage.server import with_defaults
from dictcrawler.storage.transactions import SqlDatabase
from dictcrawler.storage.versions import create_schema
from dictcrawler.version import __version__

CRAWL, REPARSE, PUBLISH = "crawl", "reparse", "publish"
"""The tasks, and the queues that contain them."""

_LONGEST_NAME = 40
"""Bytes of a queue's name: procrastinate notifies workers by a channel with a prefix, and PostgreSQL takes 63 bytes."""

_VERSIONS = """
    CREATE TABLE IF NOT EXISTS dictcrawler_versions (
        dictcrawler TEXT NOT NULL,
        procrastinate TEXT NOT NULL
    )
"""
_MEMBERS = """
    CREATE TABLE IF NOT EXISTS dictcrawler_members (
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        queues TEXT NOT NULL,
        concurrency INTEGER NOT NULL,
        stall FLOAT NOT NULL,
        seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
        PRIMARY KEY (name)
    )
"""
_TABLES = {
    "dictcrawler_versions": _VERSIONS,
    "dictcrawler_members": _MEMBERS,
    "dictcrawler_queue.dictcrawler_turns": turns.TABLE,
}

_SEE = """
    INSERT INTO dictcrawler_members (name, version, queues, concurrency, stall, seen_at)
    VALUES (:name, :version, :queues, :concurrency, :stall, now())
    ON CONFLICT (name) DO UPDATE
    SET version = excluded.version, queues = excluded.queues, concurrency = excluded.concurrency,
        stall = excluded.stall, seen_at = excluded.seen_at
"""
_ALL_MEMBERS = """
    SELECT name, version, queues, concurrency, stall, now() - seen_at
    FROM dictcrawler_members ORDER BY name
"""
_JOBS = """
    SELECT args->>'run', (args->>'low')::int, queue_name, status::text
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
"""


def reparses_on(machine: str) -> str:
    """The queue of the slices whose pages a machine has kept."""
    prefix = f"{REPARSE}@"
    return prefix + machine[-(_LONGEST_NAME - len(prefix)) :]


class ClusterError(StoreError):
    """The cluster is not in the state that this command needs; the message names the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A worker: after ``stall`` seconds of silence its work goes to others."""

    name: str
    version: str
    queues: tuple[str, ...]
    concurrency: int
    stall: float
    silence: timedelta = timedelta(0)

    @property
    def is_alive(self) -> bool:
        """Whether it was seen within ``stall`` seconds."""
        return self.silence.total_seconds() < self.stall


def initialise(cluster: Cluster) -> None:
    """Create everything that is missing: the queue's schema and tables, the stores. Safe to repeat, also concurrently.

    :raises ClusterError: while workers of another version are alive, or when the queue's tables are of another
        version of procrastinate.
    :raises StoreError: when the database cannot be changed.
    """
    with cluster.queue() as database, database.begin() as connection:
        connection.value("SELECT pg_advisory_xact_lock(hashtext(:name))", name=QUEUE_SCHEMA)
        _create_missing(connection)
        found = connection.value("SELECT procrastinate FROM dictcrawler_versions")
        if found is None:
            connection.script(SchemaManager.get_schema())
        elif found != installed("procrastinate"):
            raise ClusterError(
                f"the queue's tables are those of procrastinate {found}, here is "
                f"{installed('procrastinate')}: apply its migrations from {SchemaManager.get_migrations_path()}, then "
                f"update {QUEUE_SCHEMA}.dictcrawler_versions"
            )
        strangers = [each for each in _members(connection) if each.is_alive and each.version != __version__]
        if strangers:
            raise _other_version(f"the worker {strangers[0].name} runs", strangers[0].version)
        connection.change("DELETE FROM dictcrawler_versions")
        connection.change(
            "INSERT INTO dictcrawler_versions (dictcrawler, procrastinate) VALUES (:dictcrawler, :procrastinate)",
            dictcrawler=__version__,
            procrastinate=installed("procrastinate"),
        )
    with cluster.stores():
        pass


def _create_missing(connection: Connection) -> None:
    create_schema(connection, QUEUE_SCHEMA)
    for name, table in _TABLES.items():
        # IF NOT EXISTS wants the right to create, even of who finds everything there.
        if not connection.columns(name):
            connection.change(table)


def refuse_unprepared(database: SqlDatabase) -> None:
    """Refuse to work with a cluster of another version.

    :raises ClusterError: then, or when there is no cluster yet.
    """
    with database.begin() as connection:
        exists = connection.columns("dictcrawler_versions")
        version = connection.value("SELECT dictcrawler FROM dictcrawler_versions") if exists else None
    if version is None:
        raise ClusterError("this database has no cluster yet: run `dictcrawler cluster init` once")
    if version != __version__:
        raise _other_version("the cluster is of", version)


def _other_version(who: str, version: str) -> ClusterError:
    return ClusterError(
        f"{who} dictcrawler {version}, this machine has {__version__}: stop all workers, install one version on all "
        "machines, then run `dictcrawler cluster init`"
    )


def see(database: SqlDatabase, member: Member) -> None:
    """Record that a worker is alive."""
    with database.begin() as connection:
        connection.change(
            _SEE,
            name=member.name,
            version=member.version,
            queues=",".join(member.queues),
            concurrency=member.concurrency,
            stall=member.stall,
        )


def leave(database: SqlDatabase, name: str) -> None:
    """Remove a worker from the list."""
    with database.begin() as connection:
        connection.change("DELETE FROM dictcrawler_members WHERE name = :name", name=name)


def forget_silent(database: SqlDatabase, days: int) -> None:
    """Take workers off the list that were killed days ago."""
    silent = "DELETE FROM dictcrawler_members WHERE seen_at < now() - CAST(:silence AS interval)"
    with database.begin() as connection:
        connection.change(silent, silence=timedelta(days=days))


def members(database: SqlDatabase) -> list[Member]:
    """All workers, including dead ones."""
    with database.begin() as connection:
        return _members(connection)


def _members(connection: Connection) -> list[Member]:
    return [
        Member(
            name=name,
            version=version,
            queues=tuple(queues.split(",")),
            concurrency=concurrency,
            stall=stall,
            silence=silence,
        )
        for name, version, queues, concurrency, stall, silence in connection.rows(_ALL_MEMBERS)
    ]


@contextmanager
def alone(database: SqlDatabase) -> Iterator[bool]:
    """Whether no other process is in such a block; if true, none can enter until the block ends."""
    locked = "SELECT pg_try_advisory_xact_lock(hashtext(:name))"
    with database.begin() as connection:
        yield bool(connection.value(locked, name=f"{QUEUE_SCHEMA} upkeep"))


@dataclass(frozen=True, slots=True)
class Job:
    """A job in a queue that is due, running or failed. ``low`` is ``None`` for publishing."""

    run: str
    low: int | None
    queue: str
    state: str

    @property
    def has_failed(self) -> bool:
        """Whether no worker will try it again."""
        return self.state == "failed"


def jobs(database: SqlDatabase) -> list[Job]:
    """All jobs except finished ones."""
    with database.begin() as connection:
        return [Job(run, low, queue, state) for run, low, queue, state in connection.rows(_JOBS)]


def application(cluster: Cluster, connections: int = 4) -> procrastinate.App:
    """Procrastinate on the queue's database, without tasks."""
    keywords = keywords_of(with_defaults(cluster.store_url(QUEUE_SCHEMA)))
    connector = procrastinate.PsycopgConnector(kwargs=keywords, min_size=1, max_size=connections)
    app = procrastinate.App(connector=connector)
    app.job_manager = OwnJobs(connector)
    return app
