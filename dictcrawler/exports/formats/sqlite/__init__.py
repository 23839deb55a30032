"""A SQLite database: tables, views, indexes and a full-text index, and a metadata file for Datasette."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format
from dictcrawler.exports.formats.sqlite.metadata import metadata
from dictcrawler.exports.formats.sqlite.rows import Rows, add_entry, add_lookup, add_run
from dictcrawler.version import __version__

SCHEMA_VERSION: Final = 1
"""``PRAGMA user_version``: raised whenever a table or a column changes."""

# The file is written under another name and is useless until it is complete: no journal, one sync at the end.
_UNJOURNALED = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;"
_MOST_WAITING = 10_000


def write(export: Export, path: Path) -> None:
    """Write the database, and beside it the metadata for Datasette."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(_UNJOURNALED + _script("schema.sql"))
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        database.execute("BEGIN")
        _insert(export, database)
        database.execute("COMMIT")
        database.executescript(_script("indexes.sql"))
    encoded = msgspec.json.encode(metadata(export, path.stem))
    path.with_name(f"{path.name}.metadata.json").write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")


def _insert(export: Export, database: sqlite3.Connection) -> None:
    rows = Rows(database)
    for feed in export.feeds:
        run_id = add_run(rows, feed)
        for entry in export.entries(feed):
            add_entry(rows, run_id, entry)
            rows.flush(most=_MOST_WAITING)
        for lookup in feed.lookups():
            add_lookup(rows, run_id, lookup)
            rows.flush(most=_MOST_WAITING)
    about = {"title": export.title, "rights": export.notice, "made_by": f"dictcrawler {__version__}"}
    for name, value in about.items():
        rows.add("about", name=name, value=value)
    rows.flush()


def _script(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


FORMAT = Format(
    summary="SQLite database with full-text search, and metadata for Datasette",
    write=write,
    suffix=".sqlite",
    takes_several=True,
)
