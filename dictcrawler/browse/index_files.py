"""The index of a run in the user's cache: made when first needed, private, replaced by the index of a newer run.

It is the ``sqlite`` export with two additions: the spellings to which a misspelt word is compared, and the choices of
the filters. The folder of a feed need not be writable.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from dictcrawler import exports, feeds
from dictcrawler.errors import DictcrawlerError
from dictcrawler.exports.formats import sqlite
from dictcrawler.model import SCHEMA_VERSION

VERSION: Final = 2
"""Raised whenever the additions to the export change; older indexes are then made again."""

_FILE = "index.sqlite"
_ADDITIONS = """
CREATE TABLE spellings (rowid INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, word TEXT NOT NULL);
INSERT OR IGNORE INTO spellings (folded, word)
  SELECT headword_folded, headword FROM entries ORDER BY rowid;
CREATE VIRTUAL TABLE spellings_fts
  USING fts5 (folded, content = 'spellings', content_rowid = 'rowid', tokenize = 'trigram');
INSERT INTO spellings_fts (spellings_fts) VALUES ('rebuild');
CREATE TABLE slips (form TEXT NOT NULL, spelling INTEGER NOT NULL, PRIMARY KEY (form, spelling)) WITHOUT ROWID;
INSERT INTO slips
  WITH RECURSIVE place (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM place WHERE number < 16)
  SELECT DISTINCT substr(folded, 1, number - 1) || substr(folded, number + 1), rowid
  FROM spellings JOIN place ON number <= length(folded) WHERE length(folded) BETWEEN 2 AND 16 ORDER BY 1, 2;
CREATE TABLE choices (kind TEXT NOT NULL, value TEXT NOT NULL, entries INTEGER NOT NULL);
INSERT INTO choices
  SELECT 'pos', value, count(*) FROM entries, json_each(entries.parts_of_speech) GROUP BY value;
INSERT INTO choices
  SELECT 'level', scheme || ' ' || value, count(DISTINCT entry_id) FROM frequencies GROUP BY scheme, value;
INSERT INTO choices
  SELECT 'label', text, count(DISTINCT entry_id) FROM labels WHERE text <> '' GROUP BY text ORDER BY 3 DESC LIMIT 60;
CREATE INDEX frequencies_value ON frequencies (scheme, value);
CREATE INDEX entries_alphabet ON entries (headword_folded, headword);
"""


def default_cache() -> Path:
    """Where indexes are kept: ``DICTCRAWLER_CACHE``, else the user's cache folder (XDG Base Directory)."""
    own = os.environ.get("DICTCRAWLER_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "dictcrawler"


def ready(run: Path, cache: Path, progress: Callable[[int], None]) -> Path:
    """The index of a run, made if there is none yet; indexes of other runs of the same feed are removed.

    :raises FeedError: when the run is damaged or has no entries.
    :raises DictcrawlerError: when the index cannot be written.
    """
    folder = cache / "browse" / f"{run.parent.name}-{_digest(os.fsencode(run.parent))}"
    place = folder / _name(run)
    try:
        if not (place / _FILE).is_file():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(run, place, progress)
        _remove_others(folder, place)
    except (OSError, sqlite3.Error) as error:
        raise DictcrawlerError(
            f"{folder}: the index cannot be written: {error}; name another place with --cache"
        ) from error
    return place / _FILE


def _name(run: Path) -> str:
    """A name that changes with the run, the fields of an entry, the export or the additions to it."""
    manifest = (run / feeds.RUN).read_bytes()
    return f"{run.name}-{_digest(manifest)}-{SCHEMA_VERSION}-{sqlite.SCHEMA_VERSION}-{VERSION}"


def _make(run: Path, place: Path, progress: Callable[[int], None]) -> None:
    """Write the index into a folder beside its destination, then rename it; another process may do the same
    meanwhile."""
    hidden = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    try:
        exports.export("sqlite", [run], hidden / _FILE, exports.Request(progress=progress))
        with closing(sqlite3.connect(hidden / _FILE, isolation_level=None)) as database:
            database.executescript(f"PRAGMA journal_mode = OFF; BEGIN; {_ADDITIONS} COMMIT; ANALYZE;")
        _put(hidden, place)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _put(hidden: Path, place: Path) -> None:
    try:
        hidden.rename(place)
    except OSError:
        if not (place / _FILE).is_file():
            raise


def _remove_others(folder: Path, place: Path) -> None:
    """A process that still reads a removed index keeps it: an open file outlives its name."""
    for other in folder.iterdir():
        if other != place and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)


def _digest(stored: bytes) -> str:
    return hashlib.sha256(stored).hexdigest()[:12]
