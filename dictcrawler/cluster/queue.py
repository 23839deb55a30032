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
import sqlalchemy as sa
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects.postgresql import insert

from dictcrawler.cluster import turns
from dictcrawler.cluster.jobs import OwnJobs
from dictcrawler.cluster.place import QUEUE_SCHEMA, Cluster
from dictcrawler.errors import StoreError
from dictcrawler.version import __version__

CRAWL, REPARSE, PUBLISH = "crawl", "reparse", "publish"
"""The tasks, and the queues that contain them."""

_LONGEST_NAME = 40
"""Bytes of a queue's name: procrastinate notifies workers by a channel with a prefix, and PostgreSQL takes 63 bytes."""

_METADATA = sa.MetaData()
_VERSIONS = sa.Table(
    "dictcrawler_versions",
    _METADATA,
    sa.Column("dictcrawler", sa.Text, nullable=False),
    sa.Column("procrastinate", sa.Text, nullable=False),
)
_MEMBERS = sa.Table(
    "dictcrawler_members",
    _METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("queues", sa.Text, nullable=False),
    sa.Column("concurrency", sa.Integer, nullable=False),
    sa.Column("stall", sa.Float, nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
)


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
    with cluster.queue() as engine, engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(QUEUE_SCHEMA))))
        if not sa.inspect(connection).has_schema(QUEUE_SCHEMA):
            connection.execute(sa.schema.CreateSchema(QUEUE_SCHEMA))
        _METADATA.create_all(connection)
        turns.METADATA.create_all(connection)
        found = connection.execute(sa.select(_VERSIONS)).one_or_none()
        if found is None:
            connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
        elif found.procrastinate != installed("procrastinate"):
            raise ClusterError(
                f"the queue's tables are those of procrastinate {found.procrastinate}, here is "
                f"{installed('procrastinate')}: apply its migrations from {SchemaManager.get_migrations_path()}, then "
                f"update {QUEUE_SCHEMA}.dictcrawler_versions"
            )
        strangers = [each for each in _members(connection) if each.is_alive and each.version != __version__]
        if strangers:
            raise _other_version(f"the worker {strangers[0].name} runs", strangers[0].version)
        connection.execute(_VERSIONS.delete())
        connection.execute(_VERSIONS.insert().values(dictcrawler=__version__, procrastinate=installed("procrastinate")))
    with cluster.stores():
        pass


def refuse_unprepared(engine: sa.Engine) -> None:
    """Refuse to work with a cluster of another version.

    :raises ClusterError: then, or when there is no cluster yet.
    """
    with engine.begin() as connection:
        exists = sa.inspect(connection).has_table(_VERSIONS.name)
        version = connection.scalar(sa.select(_VERSIONS.c.dictcrawler)) if exists else None
    if version is None:
        raise ClusterError("this database has no cluster yet: run `dictcrawler cluster init` once")
    if version != __version__:
        raise _other_version("the cluster is of", version)


def _other_version(who: str, version: str) -> ClusterError:
    return ClusterError(
        f"{who} dictcrawler {version}, this machine has {__version__}: stop all workers, install one version on all "
        "machines, then run `dictcrawler cluster init`"
    )


def see(engine: sa.Engine, member: Member) -> None:
    """Record that a worker is alive."""
    values = {
        "version": member.version,
        "queues": ",".join(member.queues),
        "concurrency": member.concurrency,
        "stall": member.stall,
        "seen_at": sa.func.now(),
    }
    entered = insert(_MEMBERS).values(name=member.name, **values)
    with engine.begin() as connection:
        connection.execute(entered.on_conflict_do_update(index_elements=[_MEMBERS.c.name], set_=values))


def leave(engine: sa.Engine, name: str) -> None:
    """Remove a worker from the list."""
    with engine.begin() as connection:
        connection.execute(_MEMBERS.delete().where(_MEMBERS.c.name == name))


def forget_silent(engine: sa.Engine, days: int) -> None:
    """Take workers off the list that were killed days ago."""
    with engine.begin() as connection:
        connection.execute(_MEMBERS.delete().where(_MEMBERS.c.seen_at < sa.func.now() - timedelta(days=days)))


def members(engine: sa.Engine) -> list[Member]:
    """All workers, including dead ones."""
    with engine.begin() as connection:
        return _members(connection)


def _members(connection: sa.Connection) -> list[Member]:
    query = sa.select(_MEMBERS, (sa.func.now() - _MEMBERS.c.seen_at).label("silence")).order_by(_MEMBERS.c.name)
    return [
        Member(
            name=row.name,
            version=row.version,
            queues=tuple(row.queues.split(",")),
            concurrency=row.concurrency,
            stall=row.stall,
            silence=row.silence,
        )
        for row in connection.execute(query)
    ]


@contextmanager
def alone(engine: sa.Engine) -> Iterator[bool]:
    """Whether no other process is in such a block; if true, none can enter until the block ends."""
    with engine.begin() as connection:
        statement = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext(f"{QUEUE_SCHEMA} upkeep")))
        yield bool(connection.scalar(statement))


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


def jobs(engine: sa.Engine) -> list[Job]:
    """All jobs except finished ones."""
    query = sa.text(
        "SELECT args->>'run' AS run, (args->>'low')::int AS low, queue_name, status::text"
        " FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')"
    )
    with engine.begin() as connection:
        return [Job(row.run, row.low, row.queue_name, row.status) for row in connection.execute(query)]


def application(cluster: Cluster, connections: int = 4) -> procrastinate.App:
    """Procrastinate on the queue's database, without tasks."""
    url = cluster.queue_url
    parts = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    keywords = {name: value for name, value in (parts | dict(url.query)).items() if value is not None}
    connector = procrastinate.PsycopgConnector(kwargs=keywords, min_size=1, max_size=connections)
    app = procrastinate.App(connector=connector)
    app.job_manager = OwnJobs(connector)
    return app
