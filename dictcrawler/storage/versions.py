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

from dictcrawler.errors import NewerStoreError
from dictcrawler.feeds.lifting import is_old, lifted
from dictcrawler.storage import tables
from dictcrawler.storage.connection import Connection, Driver
from dictcrawler.storage.transactions import SqlDatabase

logger = logging.getLogger(__name__)

VERSION = 6

CHUNK = 1_000


class _Hashed(msgspec.Struct):
    content_hash: str


Step = Callable[[Connection], None]


def _name_feeds(connection: Connection) -> None:
    """Add the feed's name to runs, and remove the word lists of runs that are gone.

    Two machines that shared a store before that was supported have left such lists.
    """
    connection.change("ALTER TABLE runs ADD COLUMN feed TEXT")
    connection.change("DELETE FROM keywords WHERE run NOT IN (SELECT id FROM runs)")


def _slice_indexes(connection: Connection) -> None:
    """Add the captured form of the address to captures, and the resume key to slices of an index."""
    _add(connection, "captures", "original")
    _add(connection, "capture_indexes", "resume_key")
    connection.change("DELETE FROM warc_captures")
    connection.change("DELETE FROM warc_files")


def _add(connection: Connection, table: str, column: str) -> None:
    """Add a column of texts to a table, unless the table has just been created with it."""
    if column not in connection.columns(table):
        connection.change(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")


def _share_runs(connection: Connection) -> None:
    """Add the columns with which a run passes its reason to be withheld, and its wall, to several machines."""
    _add(connection, "runs", "ailment")
    _add(connection, "runs", "wall")


def _lift_entries(connection: Connection) -> None:
    """Convert the stored lines to format 1.1; a reparse adds the fields that need the page."""
    following = """
        SELECT scope, slug, position, line FROM entries
        WHERE (scope, slug, position) > (:scope, :slug, :position)
        ORDER BY scope, slug, position LIMIT :most
    """
    lifting = """
        UPDATE entries SET line = :line, content_hash = :content_hash
        WHERE scope = :scope AND slug = :slug AND position = :position
    """
    last = {"scope": "", "slug": "", "position": -1}
    while rows := connection.rows(following, most=CHUNK, **last):
        for scope, slug, position, line in rows:
            last = {"scope": scope, "slug": slug, "position": position}
            if is_old(line):
                new = lifted(line)
                content_hash = msgspec.json.decode(new, type=_Hashed).content_hash
                connection.change(lifting, line=new, content_hash=content_hash, **last)


STEPS: Mapping[int, Step] = MappingProxyType({2: _name_feeds, 3: _slice_indexes, 4: _share_runs, 5: _lift_entries})
"""The step that makes a store of each version out of the version before; version 1 needs only the new table."""


def bring_up_to_date(database: SqlDatabase, driver: Driver, schema: str | None = None) -> None:
    """Create the tables of an empty store, or migrate an older one, all or nothing; ``schema`` is created if missing.

    :raises NewerStoreError: for the store of a newer dictcrawler, which is left unchanged.
    """
    with database.begin() as connection:
        found = _version(connection)
    if found is not None and found > VERSION:
        raise NewerStoreError(str(database.url), found, VERSION)
    if found is None or found < VERSION:
        with _locked(database, driver) as connection:
            if schema is not None:
                create_schema(connection, schema)
            # Another process may have migrated it between the two transactions.
            _migrate(connection, str(database.url), driver, found=_version(connection))


def create_schema(connection: Connection, schema: str) -> None:
    """Create a PostgreSQL schema if it is missing; only then is the right to do so needed."""
    if connection.value("SELECT nspname FROM pg_namespace WHERE nspname = :schema", schema=schema) is None:
        connection.change(f'CREATE SCHEMA "{schema}"')


def _version(connection: Connection) -> int | None:
    """The version of the store; ``None`` for an empty database."""
    if connection.columns("store_version"):
        return connection.value("SELECT version FROM store_version") or 0
    return 0 if connection.columns("runs") else None


def _migrate(connection: Connection, url: str, driver: Driver, found: int | None) -> None:
    for statement in tables.statements(driver.types):
        connection.change(statement)
    if found is not None:
        for version in range(found + 1, VERSION + 1):
            logger.info("migrating the store %s to version %d", url, version)
            if version in STEPS:
                STEPS[version](connection)
    connection.change("DELETE FROM store_version")
    connection.change("INSERT INTO store_version (version) VALUES (:version)", version=VERSION)


@contextmanager
def _locked(database: SqlDatabase, driver: Driver) -> Iterator[Connection]:
    """A transaction that waits until no other process is in one like it."""
    with database.begin() as connection:
        connection.change(driver.alone)
        yield connection
