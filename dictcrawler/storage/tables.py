"""The tables of the store.

* ``store_version``: one row, the version of everything below; see `dictcrawler.storage.versions`.
* ``runs``: one row a run.
* ``keywords``: the lines of an unfinished run's word list, in order; the crawl's queue.
* ``slices``: the parts of a run that several machines share, see `dictcrawler.storage.slices`.
* ``answers``: the last outcome for each word of each scope (`CrawlArguments.scope`), with the run that got it.
* ``entries``: the last good entries of each word; a failure does not touch them.
* ``captures``: the captures listed by the capture index of a web archive.
* ``capture_indexes``: which slices of it were read, when, and where to resume one that was not read to its end.
* ``pages``: one row a fetch, with the word that it was fetched for; never changed.
* ``payloads``: where each body was kept first. The same body again is a short ``revisit``.
* ``forgotten``: files of kept pages whose rows are gone; each is about to be removed from the disk.
* ``refused``: words and entries that were removed on request and must not come back, see
  `dictcrawler.storage.refusals`.
* ``warc_files``, ``warc_captures``: the content of the WARC files that crawls have used as their source.

Types that the two databases call differently are in braces; each driver has its own names of them. ``ailment`` is the
reason to withhold a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

TABLES: Mapping[str, str] = MappingProxyType({
    "store_version": "version INTEGER NOT NULL",
    "runs": """
        id VARCHAR(64) NOT NULL,
        identity VARCHAR(64) NOT NULL,
        state VARCHAR(16) NOT NULL,
        arguments JSON NOT NULL,
        words_sha256 VARCHAR(64) NOT NULL,
        started_at VARCHAR(32) NOT NULL,
        finished_at VARCHAR(32),
        feed TEXT,
        ailment TEXT,
        wall TEXT,
        PRIMARY KEY (id)
    """,
    "keywords": """
        run VARCHAR(64) NOT NULL,
        line INTEGER NOT NULL,
        text TEXT NOT NULL,
        normalized TEXT NOT NULL,
        slug TEXT,
        problem TEXT,
        duplicate_of INTEGER,
        PRIMARY KEY (run, line)
    """,
    "slices": """
        run VARCHAR(64) NOT NULL,
        low INTEGER NOT NULL,
        high INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        state VARCHAR(16) NOT NULL,
        machine TEXT,
        seen_at {moment},
        problem TEXT,
        PRIMARY KEY (run, low)
    """,
    "answers": """
        scope TEXT NOT NULL,
        slug TEXT NOT NULL,
        run VARCHAR(64) NOT NULL,
        status VARCHAR(32) NOT NULL,
        failures INTEGER NOT NULL,
        answered_at VARCHAR(32) NOT NULL,
        due_at VARCHAR(32) NOT NULL,
        lookup {bytes} NOT NULL,
        pages {bytes} NOT NULL,
        PRIMARY KEY (scope, slug)
    """,
    "entries": """
        scope TEXT NOT NULL,
        slug TEXT NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        content_hash VARCHAR(80) NOT NULL,
        run VARCHAR(64) NOT NULL,
        fetched_at VARCHAR(32) NOT NULL,
        line {bytes} NOT NULL,
        PRIMARY KEY (scope, slug, position)
    """,
    "captures": """
        index_url TEXT NOT NULL,
        address TEXT NOT NULL,
        timestamp VARCHAR(14) NOT NULL,
        original TEXT,
        PRIMARY KEY (index_url, address, timestamp)
    """,
    "capture_indexes": """
        index_url TEXT NOT NULL,
        read_at VARCHAR(32) NOT NULL,
        resume_key TEXT,
        PRIMARY KEY (index_url)
    """,
    "pages": """
        id {counted} NOT NULL,
        scope TEXT NOT NULL,
        slug TEXT NOT NULL,
        asked_url TEXT NOT NULL,
        fetched_at VARCHAR(32) NOT NULL,
        digest VARCHAR(80) NOT NULL,
        file TEXT NOT NULL,
        "offset" BIGINT NOT NULL,
        length BIGINT NOT NULL,
        PRIMARY KEY (id)
    """,
    "payloads": """
        digest VARCHAR(80) NOT NULL,
        url TEXT NOT NULL,
        fetched_at VARCHAR(32) NOT NULL,
        file TEXT NOT NULL,
        "offset" BIGINT NOT NULL,
        length BIGINT NOT NULL,
        PRIMARY KEY (digest)
    """,
    "forgotten": "file TEXT NOT NULL, PRIMARY KEY (file)",
    "refused": """
        kind VARCHAR(16) NOT NULL,
        value TEXT NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (kind, value, word)
    """,
    "warc_files": """
        id {counted} NOT NULL,
        path TEXT NOT NULL,
        size BIGINT NOT NULL,
        changed_ns BIGINT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (path)
    """,
    "warc_captures": """
        file INTEGER NOT NULL,
        "offset" BIGINT NOT NULL,
        address TEXT NOT NULL,
        url TEXT NOT NULL,
        captured_at VARCHAR(32) NOT NULL,
        digest TEXT NOT NULL,
        is_revisit BOOLEAN NOT NULL,
        PRIMARY KEY (file, "offset")
    """,
})  # fmt: skip
"""The columns of each table."""

INDEXES: Mapping[str, str] = MappingProxyType({
    "keywords_by_slug": "keywords (run, slug, line)",
    "entries_by_id": "entries (scope, id)",
    "pages_by_word": "pages (scope, slug)",
    "pages_by_url": "pages (asked_url)",
    "pages_by_file": "pages (file)",
    "warc_captures_by_address": "warc_captures (address, captured_at)",
    "warc_captures_by_digest": "warc_captures (digest)",
})  # fmt: skip
"""The table and columns of each index."""


def statements(types: Mapping[str, str]) -> Iterator[str]:
    """The statements that make what is missing, with a database's names of the types."""
    for name, columns in TABLES.items():
        yield f"CREATE TABLE IF NOT EXISTS {name} ({columns.format_map(types)})"
    for name, columns in INDEXES.items():
        yield f"CREATE INDEX IF NOT EXISTS {name} ON {columns}"
