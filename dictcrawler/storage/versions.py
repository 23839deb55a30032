"""The version of the store, and the steps that bring an older one up to date.

To change the tables: add one to `VERSION`, write a function that changes a store of the version before, and enter it in
`STEPS`. It gets a connection inside the transaction that also records the new version: a step that fails or is killed
leaves the store as it was. Tables that are new need no step.

* 0: the store of dictcrawler 0.1.0, which had no version.
* 1: the same tables, and ``store_version``.
* 2: ``runs.feed``.
* 3: the capture index of an archive is read in slices, and keeps the form of each address that was captured; addresses
  have other keys, so WARC files are read again.
* 4: ``slices``, ``runs.ailment`` (the reason to withhold a run), ``runs.wall``.
* 5: entries in format 1.1 of the feed.
* 6: ``refused``. An older dictcrawler would look up removed words again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import msgspec
import sqlalchemy as sa

from dictcrawler.errors import NewerStoreError
from dictcrawler.feeds.lifting import is_old, lifted
from dictcrawler.storage.tables import (
    CAPTURE_INDEXES,
    CAPTURES,
    ENTRIES,
    KEYWORDS,
    METADATA,
    RUNS,
    STORE_VERSION,
    WARC_CAPTURES,
    WARC_FILES,
)

logger = logging.getLogger(__name__)

VERSION = 6

CHUNK = 1_000


class _Hashed(msgspec.Struct):
    content_hash: str


Step = Callable[[sa.Connection], None]


def _name_feeds(connection: sa.Connection) -> None:
    """Add the feed's name to runs, and remove the word lists of runs that are gone.

    Two machines that shared a store before that was supported have left such lists.
    """
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN feed TEXT")
    connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run.not_in(sa.select(RUNS.c.id))))


def _slice_indexes(connection: sa.Connection) -> None:
    """Add the captured form of the address to captures, and the resume key to slices of an index."""
    for column in (CAPTURES.c.original, CAPTURE_INDEXES.c.resume_key):
        _add(connection, column)
    for table in (WARC_CAPTURES, WARC_FILES):
        connection.execute(table.delete())


def _add(connection: sa.Connection, column: sa.Column[str]) -> None:
    """Add a nullable column to a table, unless `create_all` has just created the table with it."""
    table = column.table.name
    if column.name not in {each["name"] for each in sa.inspect(connection).get_columns(table)}:
        kind = column.type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column.name} {kind}")


def _share_runs(connection: sa.Connection) -> None:
    """Add the columns with which a run passes its reason to be withheld, and its wall, to several machines."""
    for column in (RUNS.c.reason_to_withhold, RUNS.c.wall):
        _add(connection, column)


def _lift_entries(connection: sa.Connection) -> None:
    """Convert the stored lines to format 1.1; a reparse adds the fields that need the page."""
    columns = (ENTRIES.c.scope, ENTRIES.c.slug, ENTRIES.c.position, ENTRIES.c.line)
    last = ("", "", -1)
    while rows := connection.execute(
        sa.select(*columns).where(sa.tuple_(*columns[:3]) > last).order_by(*columns[:3]).limit(CHUNK)
    ).all():
        for row in filter(lambda row: is_old(row.line), rows):
            line = lifted(row.line)
            content_hash = msgspec.json.decode(line, type=_Hashed).content_hash
            is_this = [column == value for column, value in zip(columns[:3], row[:3], strict=True)]
            connection.execute(ENTRIES.update().where(*is_this).values(line=line, content_hash=content_hash))
        last = tuple(rows[-1][:3])


STEPS: Mapping[int, Step] = MappingProxyType({2: _name_feeds, 3: _slice_indexes, 4: _share_runs, 5: _lift_entries})
"""The step that makes a store of each version out of the version before; version 1 needs only the new table."""


def bring_up_to_date(engine: sa.Engine, schema: str | None = None) -> None:
    """Create the tables of an empty store, or migrate an older one, all or nothing; ``schema`` is created if missing.

    :raises NewerStoreError: for the store of a newer dictcrawler, which is left unchanged.
    """
    with engine.begin() as connection:
        found = _version(connection)
    if found is None or found < VERSION:
        with _alone(engine) as connection:
            if schema is not None and not sa.inspect(connection).has_schema(schema):
                connection.execute(sa.schema.CreateSchema(schema))
            # Another process may have migrated it between the two transactions.
            _migrate(connection, found=_version(connection))
    elif found > VERSION:
        raise NewerStoreError(str(engine.url), found, VERSION)


def _version(connection: sa.Connection) -> int | None:
    """The version of the store; ``None`` for an empty database."""
    inspector = sa.inspect(connection)
    if inspector.has_table(STORE_VERSION.name):
        return connection.scalar(sa.select(STORE_VERSION.c.version)) or 0
    return 0 if inspector.has_table(RUNS.name) else None


def _migrate(connection: sa.Connection, found: int | None) -> None:
    METADATA.create_all(connection)
    if found is not None:
        for version in range(found + 1, VERSION + 1):
            logger.info("migrating the store %s to version %d", connection.engine.url, version)
            if version in STEPS:
                STEPS[version](connection)
    connection.execute(STORE_VERSION.delete())
    connection.execute(STORE_VERSION.insert().values(version=VERSION))


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that waits until no other process is in one like it."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's sqlite3 begins a transaction only at the first insert
            # (https://docs.python.org/3.11/library/sqlite3.html#transaction-control); it must include the new tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("dictcrawler store"))))
        yield connection
