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
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

STORE_VERSION = sa.Table("store_version", METADATA, sa.Column("version", sa.Integer, nullable=False))
RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("identity", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("words_sha256", sa.String(64), nullable=False),
    sa.Column("started_at", sa.String(32), nullable=False),
    sa.Column("finished_at", sa.String(32)),
    sa.Column("feed", sa.Text),
    sa.Column("ailment", sa.Text, key="reason_to_withhold"),
    sa.Column("wall", sa.Text),
)
KEYWORDS = sa.Table(
    "keywords",
    METADATA,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("normalized", sa.Text, nullable=False),
    sa.Column("slug", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("duplicate_of", sa.Integer),
    sa.Index("keywords_by_slug", "run", "slug", "line"),
)
SLICES = sa.Table(
    "slices",
    METADATA,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("low", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("high", sa.Integer, nullable=False),
    sa.Column("lane", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("machine", sa.Text),
    sa.Column("seen_at", sa.DateTime(timezone=True)),
    sa.Column("problem", sa.Text),
)
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("answered_at", sa.String(32), nullable=False),
    sa.Column("due_at", sa.String(32), nullable=False),
    sa.Column("lookup", sa.LargeBinary, nullable=False),
    sa.Column("pages", sa.LargeBinary, nullable=False),
)
ENTRIES = sa.Table(
    "entries",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(80), nullable=False),
    sa.Column("run", sa.String(64), nullable=False),
    sa.Column("fetched_at", sa.String(32), nullable=False),
    sa.Column("line", sa.LargeBinary, nullable=False),
    sa.Index("entries_by_id", "scope", "id"),
)
CAPTURES = sa.Table(
    "captures",
    METADATA,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("timestamp", sa.String(14), primary_key=True),
    sa.Column("original", sa.Text),
)
CAPTURE_INDEXES = sa.Table(
    "capture_indexes",
    METADATA,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("read_at", sa.String(32), nullable=False),
    sa.Column("resume_key", sa.Text),
)
PAGES = sa.Table(
    "pages",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("asked_url", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Index("pages_by_word", "scope", "slug"),
    sa.Index("pages_by_url", "asked_url"),
    sa.Index("pages_by_file", "file"),
)
PAYLOADS = sa.Table(
    "payloads",
    METADATA,
    sa.Column("digest", sa.String(80), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("fetched_at", sa.String(32), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
)
FORGOTTEN = sa.Table("forgotten", METADATA, sa.Column("file", sa.Text, primary_key=True))
REFUSED = sa.Table(
    "refused",
    METADATA,
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("word", sa.Text, primary_key=True),
)
WARC_FILES = sa.Table(
    "warc_files",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("changed_ns", sa.BigInteger, nullable=False),
)
WARC_CAPTURES = sa.Table(
    "warc_captures",
    METADATA,
    sa.Column("file", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("captured_at", sa.String(32), nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("is_revisit", sa.Boolean, nullable=False),
    sa.Index("warc_captures_by_address", "address", "captured_at"),
    sa.Index("warc_captures_by_digest", "digest"),
)
