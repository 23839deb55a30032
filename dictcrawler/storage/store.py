"""What is known of every word: the ledger of runs and the last answer for each word.

The truth while a crawl runs. Written in short transactions through SQLAlchemy Core, so that
``STORE_URL`` may name a server database; the embedded default is SQLite in WAL mode.

* ``runs``: one row a run.
* ``keywords``: the lines of an unfinished run's word list, in order; the crawl's queue.
* ``answers``: the last outcome for each word of each scope (`CrawlArguments.scope`), with the run that got it.
* ``entries``: the last good entries of each word; a failure does not touch them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.feeds import encode_line
from dictcrawler.feeds.checking import CheckedLookup, Terms
from dictcrawler.feeds.reader import Cited
from dictcrawler.model import Entry, Lookup, PageState, Status
from dictcrawler.plan.freshness import Refresh

CHUNK = 1_000
IMPORTED_AT_ONCE = 10_000
"""Lines of a word list in one transaction: each costs a wait for the disk."""

_metadata = sa.MetaData()

_runs = sa.Table(
    "runs",
    _metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("identity", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("words_sha256", sa.String(64), nullable=False),
    sa.Column("started_at", sa.String(32), nullable=False),
    sa.Column("finished_at", sa.String(32)),
)
_keywords = sa.Table(
    "keywords",
    _metadata,
    sa.Column("run", sa.String(64), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("normalized", sa.Text, nullable=False),
    sa.Column("slug", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("duplicate_of", sa.Integer),
    sa.Index("keywords_by_slug", "run", "slug", "line"),
)
_answers = sa.Table(
    "answers",
    _metadata,
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
_entries = sa.Table(
    "entries",
    _metadata,
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
_captures = sa.Table(
    "captures",
    _metadata,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("timestamp", sa.String(14), primary_key=True),
)
_capture_indexes = sa.Table(
    "capture_indexes",
    _metadata,
    sa.Column("index_url", sa.Text, primary_key=True),
    sa.Column("read_at", sa.String(32), nullable=False),
)


class _Stated(msgspec.Struct):
    source: Terms


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """One line of the word list in the ledger; ``slug`` is ``None`` exactly when ``problem`` says why."""

    line: int
    text: str
    normalized: str
    slug: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One row of ``runs``. States: ``importing``, ``running``, then how it ended."""

    id: str
    identity: str
    state: str
    arguments: dict[str, str]
    words_sha256: str
    started_at: datetime


class Store:
    """The tables above, as questions and statements. One object a process.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, url: str) -> None:
        self._url = _read(url)
        try:
            if (file := file_of(url)) is not None:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = sa.create_engine(self._url)
        except (OSError, ImportError, sa.exc.ArgumentError) as error:
            raise StoreError(f"{self._url}: cannot be opened: {error}") from error
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _tune_sqlite)
        with self._begin() as connection:
            _metadata.create_all(connection)

    @property
    def engine(self) -> sa.Engine:
        """The database, for tables that other modules keep beside these."""
        return self._engine

    def close(self) -> None:
        """Give the connections back; the write-ahead log is folded into the database."""
        self._engine.dispose()

    # Runs and their word lists

    def begin_import(self, run: RunRecord) -> None:
        """Open a run whose word list is about to be read; an import that was cut off is forgotten."""
        with self._begin() as connection:
            cut_off = sa.select(_runs.c.id).where(_runs.c.state == "importing")
            connection.execute(_keywords.delete().where(_keywords.c.run.in_(cut_off)))
            connection.execute(_runs.delete().where(_runs.c.state == "importing"))
            connection.execute(
                _runs.insert().values(
                    id=run.id,
                    identity=run.identity,
                    state="importing",
                    arguments=run.arguments,
                    words_sha256=run.words_sha256,
                    started_at=_timestamp(run.started_at),
                )
            )

    def add_keywords(self, run: str, keywords: Iterable[KeywordLine]) -> None:
        """Append lines to the word list of a run, in chunks: memory stays flat."""
        stream = iter(keywords)
        while chunk := list(islice(stream, IMPORTED_AT_ONCE)):
            rows = [
                {
                    "run": run,
                    "line": keyword.line,
                    "text": keyword.text,
                    "normalized": keyword.normalized,
                    "slug": keyword.slug,
                    "problem": keyword.problem,
                }
                for keyword in chunk
            ]
            with self._begin() as connection:
                connection.execute(_keywords.insert(), rows)

    def end_import(self, run: str, identity: str, words_sha256: str, *, resume: bool) -> str:
        """Close the import and return the id of the run to go on with.

        That is an earlier, unfinished run of the same ``identity`` if there is one and it may
        be resumed (the word list just read is then dropped again), else ``run`` itself.
        """
        with self._begin() as connection:
            unfinished = connection.scalar(
                sa.select(_runs.c.id).where(_runs.c.identity == identity, _runs.c.state == "running")
            )
            if unfinished is not None and not resume:
                connection.execute(_keywords.delete().where(_keywords.c.run == unfinished))
                connection.execute(_runs.update().where(_runs.c.id == unfinished).values(state="abandoned"))
            elif unfinished is not None:
                connection.execute(_keywords.delete().where(_keywords.c.run == run))
                connection.execute(_runs.delete().where(_runs.c.id == run))
                return str(unfinished)
            connection.execute(_mark_duplicates(run))
            connection.execute(
                _runs.update()
                .where(_runs.c.id == run)
                .values(identity=identity, words_sha256=words_sha256, state="running")
            )
            return run

    def run(self, run: str) -> RunRecord:
        """The record of one run."""
        with self._begin() as connection:
            row = connection.execute(sa.select(_runs).where(_runs.c.id == run)).one_or_none()
        if row is None:
            raise StoreError(f"{self._url}: no run {run!r}")
        return RunRecord(
            row.id, row.identity, row.state, row.arguments, row.words_sha256, datetime.fromisoformat(row.started_at)
        )

    def has_run(self, run: str) -> bool:
        """Whether the id of a run is taken."""
        with self._begin() as connection:
            return connection.scalar(sa.select(_runs.c.id).where(_runs.c.id == run)) is not None

    def finish(self, run: str, state: str, at: datetime) -> None:
        """Record how a run ended. Its word list goes: the published feed holds it."""
        with self._begin() as connection:
            connection.execute(_runs.update().where(_runs.c.id == run).values(state=state, finished_at=_timestamp(at)))
            connection.execute(_keywords.delete().where(_keywords.c.run == run))

    def count_keywords(self, run: str) -> tuple[int, int]:
        """Lines of the word list of a run, and how many of them ask for a word of their own."""
        unique = sa.func.count().filter(_keywords.c.duplicate_of.is_(None))
        with self._begin() as connection:
            row = connection.execute(sa.select(sa.func.count(), unique).where(_keywords.c.run == run)).one()
        return int(row[0]), int(row[1])

    def pending(self, run: str, scope: str, refresh: Refresh) -> Iterator[KeywordLine]:
        """The words of the list that this run has to ask, in order, as a stream.

        Duplicates and invalid keywords are not among them: they need no request.
        """
        query = sa.select(_keywords).where(*self._asked(run, scope, refresh)).order_by(_keywords.c.line).limit(CHUNK)
        line = -1
        while True:
            with self._begin() as connection:
                rows = connection.execute(query.where(_keywords.c.line > line)).all()
            if not rows:
                return
            for row in rows:
                yield KeywordLine(row.line, row.text, row.normalized, row.slug, None)
            line = rows[-1].line

    def count_pending(self, run: str, scope: str, refresh: Refresh) -> int:
        """How many words of the list this run still has to ask."""
        query = sa.select(sa.func.count()).select_from(_keywords).where(*self._asked(run, scope, refresh))
        with self._begin() as connection:
            return int(connection.scalar(query) or 0)

    def count_unanswered(self, run: str, scope: str) -> int:
        """How many words of the list have no outcome at all."""
        return self.count_pending(run, scope, Refresh("none"))

    def _asked(self, run: str, scope: str, refresh: Refresh) -> tuple[sa.ColumnElement[bool], ...]:
        """The conditions under which a keyword is asked: no answer of this run and none fresh enough.

        Ages count from the start of the run: what it has to ask does not change while it runs.
        """
        here = (_answers.c.scope == scope, _answers.c.slug == _keywords.c.slug)
        fresh = _accepted(refresh, self.run(run).started_at)
        answered = sa.exists().where(*here, sa.or_(_answers.c.run == run, fresh))
        return (
            _keywords.c.run == run,
            _keywords.c.slug.is_not(None),
            _keywords.c.duplicate_of.is_(None),
            ~answered,
        )

    def invalid(self, run: str) -> Iterator[Lookup]:
        """The lookups of the lines that are no keyword, in order, as a stream."""
        record = self.run(run)
        query = sa.select(_keywords).where(_keywords.c.run == run, _keywords.c.problem.is_not(None))
        with self._stream(query.order_by(_keywords.c.line)) as rows:
            for row in rows:
                yield _lookup_of(row, record)

    # Answers

    def save(
        self, scope: str, answers: Iterable[tuple[str, CheckedLookup]], due: Callable[[Lookup, int], datetime]
    ) -> None:
        """Store outcomes, ``(slug, checked lookup)``, in one transaction: all or none.

        Of several for one slug the last one counts. ``due`` tells of a lookup, and of how many
        failures in a row it is the last, when it is due again.
        """
        latest = dict(answers)
        with self._begin() as connection:
            before = _before(connection, scope, latest)
            rows = [_answer_row(scope, slug, each.lookup, before[slug], due) for slug, each in latest.items()]
            _replace(connection, _answers, scope, latest, rows)
            answered = {slug: each for slug, each in latest.items() if each.lookup.status.is_answer}
            rows = [row for slug in answered for row in _entry_rows(scope, slug, answered[slug], before[slug])]
            _replace(connection, _entries, scope, answered, rows)

    def known(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored answers for words, by their slugs, with entries and pages: of those that have entries."""
        found = [status.value for status in Status if status.has_entries]
        query = sa.select(_answers).where(
            _answers.c.scope == scope, _answers.c.slug.in_(list(slugs)), _answers.c.status.in_(found)
        )
        with self._begin() as connection:
            answers = connection.execute(query).all()
            entries = _entries_of(connection, scope, [row.slug for row in answers])
        return {
            row.slug: msgspec.structs.replace(
                msgspec.json.decode(row.lookup, type=Lookup),
                entries=tuple(msgspec.json.decode(entry.line, type=Entry) for entry in entries[row.slug]),
                pages=msgspec.json.decode(row.pages, type=tuple[PageState, ...]),
            )
            for row in answers
        }

    def outcomes(self, scope: str, slugs: Iterable[str]) -> dict[str, Lookup]:
        """The stored outcomes of these words by their slugs, without entries."""
        query = sa.select(_answers.c.slug, _answers.c.lookup)
        query = query.where(_answers.c.scope == scope, _answers.c.slug.in_(list(slugs)))
        with self._begin() as connection:
            return {row.slug: msgspec.json.decode(row.lookup, type=Lookup) for row in connection.execute(query)}

    def has_entry(self, scope: str, entry_id: str) -> bool:
        """Whether any word of the scope still has this entry."""
        query = sa.select(_entries.c.id).where(_entries.c.scope == scope, _entries.c.id == entry_id).limit(1)
        with self._begin() as connection:
            return connection.scalar(query) is not None

    def lookups(self, run: str, scope: str) -> Iterator[Lookup]:
        """One lookup for each line of the word list, in order, as a stream, without entries.

        Lines whose word has no outcome yet are left out: compare with `count_keywords`.
        """
        record = self.run(run)
        with self._stream(_lookups_query(run, scope)) as rows:
            for row in rows:
                yield _lookup_of(row, record)

    def entry_lines(self, run: str, scope: str) -> Iterator[bytes]:
        """The encoded entries of all words of the list, each entry once, in the list's order."""
        with self._stream(_entries_query(run, scope)) as rows:
            for row in rows:
                yield row.line

    def cited_digests(self) -> Iterator[str]:
        """The digests of the pages that all entries were read from, as a stream."""
        with self._stream(sa.select(_entries.c.line)) as rows:
            for row in rows:
                yield msgspec.json.decode(row.line, type=Cited).source.payload_digest

    # The capture index of a web archive

    def captures_read_at(self, index_url: str) -> datetime | None:
        """When the index behind this URL was last read to its end."""
        query = sa.select(_capture_indexes.c.read_at).where(_capture_indexes.c.index_url == index_url)
        with self._begin() as connection:
            found = connection.scalar(query)
        return datetime.fromisoformat(found) if found else None

    def replace_captures(self, index_url: str, captures: Iterable[tuple[str, str]], at: datetime) -> None:
        """Keep what a capture index says: ``(address key, timestamp)``, all in one transaction."""
        stream = iter(captures)
        with self._begin() as connection:
            connection.execute(_captures.delete().where(_captures.c.index_url == index_url))
            connection.execute(_capture_indexes.delete().where(_capture_indexes.c.index_url == index_url))
            while chunk := set(islice(stream, CHUNK)):
                rows = [{"index_url": index_url, "address": a, "timestamp": t} for a, t in sorted(chunk)]
                connection.execute(_insert_new(_captures, connection.dialect), rows)
            connection.execute(_capture_indexes.insert().values(index_url=index_url, read_at=_timestamp(at)))

    def captures(self, index_url: str, address: str) -> tuple[str, ...]:
        """The timestamps of the captures of one address, newest first."""
        query = (
            sa.select(_captures.c.timestamp)
            .where(_captures.c.index_url == index_url, _captures.c.address == address)
            .order_by(_captures.c.timestamp.desc())
        )
        with self._begin() as connection:
            return tuple(connection.scalars(query))

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"{self._url}: {_short(error)}") from error

    @contextmanager
    def _stream(self, query: sa.Select[tuple[object, ...]]) -> Iterator[Iterator[sa.Row[tuple[object, ...]]]]:
        with self._begin() as connection:
            yield iter(connection.execution_options(yield_per=CHUNK).execute(query))


def url_of(template: str, data: Path, dictionary: str) -> str:
    """The URL of a dictionary's store: the ``STORE_URL`` with ``{data}`` and ``{dictionary}`` filled in.

    :raises ArgumentError: when there is anything else in braces.
    """
    try:
        return template.format(data=data, dictionary=dictionary)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        allowed = "{data} and {dictionary}; a brace itself is written twice"
        raise ArgumentError("STORE_URL", f"{template!r} has something else in braces", allowed) from error


def file_of(url: str) -> Path | None:
    """The file of an embedded store; ``None`` for a database server.

    :raises ArgumentError: when this is no database URL, or one of an embedded store on another host.
    """
    read = _read(url)
    if read.get_backend_name() != "sqlite" or not read.database:
        return None
    if read.host or read.username:
        raise ArgumentError("STORE_URL", f"{read!r} names a host, but SQLite has none", "such as sqlite:///file")
    return Path(read.database)


def _read(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ArgumentError("STORE_URL", f"{url!r} is no database URL", "such as sqlite:///file") from error


def _tune_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a committed word survives a power loss too, not only a crash of this process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


def _insert_new(table: sa.Table, dialect: sa.Dialect) -> sa.Insert:
    """Insert the rows that are not there yet: the one statement that is not the same SQL everywhere."""
    # Not at the top: loading the dialect that is not used takes a tenth of a crawl's start.
    name = dialect.name if dialect.name == "postgresql" else "sqlite"
    insert: Callable[[sa.Table], sqlite.Insert] = import_module(f"sqlalchemy.dialects.{name}").insert
    return insert(table).on_conflict_do_nothing()


def _accepted(refresh: Refresh, now: datetime) -> sa.ColumnElement[bool]:
    """Which answers of earlier runs are taken over."""
    answered = _answers.c.status.in_([status.value for status in Status if status.is_answer])
    if refresh.kind == "due":
        return _answers.c.due_at > _timestamp(now)
    if refresh.kind == "age":
        return sa.and_(answered, _answers.c.answered_at > _timestamp(now - refresh.age))
    if refresh.kind == "failed":
        return answered
    return sa.literal(refresh.kind == "none")


_EntryRows = Mapping[str, Sequence[sa.Row[tuple[object, ...]]]]


@dataclass(frozen=True, slots=True)
class _Before:
    """What was known of a word: how often it has failed since its last answer, and its rows in ``entries``."""

    failures: int
    entries: Sequence[sa.Row[tuple[object, ...]]]


def _before(connection: sa.Connection, scope: str, slugs: Iterable[str]) -> dict[str, _Before]:
    asked = list(slugs)
    query = sa.select(_answers.c.slug, _answers.c.failures)
    query = query.where(_answers.c.scope == scope, _answers.c.slug.in_(asked))
    failures: dict[str, int] = {row.slug: row.failures for row in connection.execute(query)}
    entries = _entries_of(connection, scope, asked)
    return {slug: _Before(failures.get(slug, 0), entries[slug]) for slug in asked}


def _entries_of(connection: sa.Connection, scope: str, slugs: Iterable[str]) -> _EntryRows:
    """The rows of ``entries`` by slug, in the order of their positions; none for a slug that has none."""
    asked = list(slugs)
    query = sa.select(_entries).where(_entries.c.scope == scope, _entries.c.slug.in_(asked))
    found: dict[str, list[sa.Row[tuple[object, ...]]]] = {slug: [] for slug in asked}
    for row in connection.execute(query.order_by(_entries.c.position)):
        found[row.slug].append(row)
    return found


def _replace(
    connection: sa.Connection, table: sa.Table, scope: str, slugs: Iterable[str], rows: Sequence[dict[str, object]]
) -> None:
    """Put rows in the place of all that the table has for the slugs."""
    connection.execute(table.delete().where(table.c.scope == scope, table.c.slug.in_(list(slugs))))
    if rows:
        connection.execute(table.insert(), rows)


def _answer_row(
    scope: str, slug: str, lookup: Lookup, before: _Before, due: Callable[[Lookup, int], datetime]
) -> dict[str, object]:
    failures = 0
    if not lookup.status.is_answer:
        failures = 1 + before.failures
        lookup = _with_stale_entries(lookup, before)
    return {
        "scope": scope,
        "slug": slug,
        "run": lookup.run,
        "status": lookup.status.value,
        "failures": failures,
        "answered_at": _timestamp(lookup.checked_at or lookup.fetched_at or datetime.now(UTC)),
        "due_at": _timestamp(due(lookup, failures)),
        "lookup": encode_line(lookup),
        "pages": msgspec.json.encode(lookup.pages),
    }


def _entry_rows(scope: str, slug: str, answer: CheckedLookup, before: _Before) -> Iterator[dict[str, object]]:
    """The rows of a word's entries. One whose content and terms have not changed keeps its line, citation and all."""
    kept = {row.id: row for row in before.entries}
    for position, entry in enumerate(answer.entries):
        row = {"scope": scope, "slug": slug, "position": position, "id": entry.id, "run": answer.lookup.run}
        old = kept.get(entry.id)
        if old is not None and old.content_hash == entry.content_hash and _has_terms(old.line, entry.terms):
            yield row | {"content_hash": old.content_hash, "fetched_at": old.fetched_at, "line": old.line}
        else:
            fetched_at = _timestamp(entry.fetched_at)
            yield row | {"content_hash": entry.content_hash, "fetched_at": fetched_at, "line": entry.line}


def _has_terms(line: bytes, today: Terms) -> bool:
    """Whether the stored line states the rights and the licence that the dictionary states today, and names authors
    exactly when today's would: who they are may have changed with the page."""
    stated = msgspec.json.decode(line, type=_Stated).source
    is_attributed = (stated.attribution is None) == (today.attribution is None)
    return is_attributed and (stated.rights, stated.license) == (today.rights, today.license)


def _with_stale_entries(lookup: Lookup, before: _Before) -> Lookup:
    """A word that failed today keeps the entries of an earlier day, and says since when they stand."""
    if not before.entries:
        return lookup
    since = min(datetime.fromisoformat(row.fetched_at) for row in before.entries)
    return msgspec.structs.replace(lookup, entry_ids=tuple(row.id for row in before.entries), stale_since=since)


def _mark_duplicates(run: str) -> sa.Update:
    earlier = _keywords.alias("earlier")
    first = (
        sa.select(sa.func.min(earlier.c.line))
        .where(earlier.c.run == run, earlier.c.slug == _keywords.c.slug)
        .scalar_subquery()
    )
    return (
        _keywords.update()
        .where(_keywords.c.run == run, _keywords.c.slug.is_not(None), first < _keywords.c.line)
        .values(duplicate_of=first)
    )


def _lookups_query(run: str, scope: str) -> sa.Select[tuple[object, ...]]:
    answer = sa.and_(_answers.c.scope == scope, _answers.c.slug == _keywords.c.slug)
    return (
        sa.select(_keywords, _answers.c.lookup)
        .select_from(_keywords.outerjoin(_answers, answer))
        .where(_keywords.c.run == run, sa.or_(_keywords.c.problem.is_not(None), _answers.c.slug.is_not(None)))
        .order_by(_keywords.c.line)
    )


def _entries_query(run: str, scope: str) -> sa.Select[tuple[object, ...]]:
    # Two words may lead to one entry (love, loves). This run's reading of it goes first, then
    # the earlier line: the choice depends on the data alone, never on which page came first.
    rank = sa.func.row_number().over(
        partition_by=_entries.c.id,
        order_by=(sa.case((_entries.c.run == run, 0), else_=1), _keywords.c.line, _entries.c.position),
    )
    ranked = (
        sa.select(_entries.c.line, _entries.c.position, _keywords.c.line.label("keyword_line"), rank.label("rank"))
        .join(_keywords, _keywords.c.slug == _entries.c.slug)
        .where(_keywords.c.run == run, _keywords.c.duplicate_of.is_(None), _entries.c.scope == scope)
        .subquery()
    )
    return sa.select(ranked.c.line).where(ranked.c.rank == 1).order_by(ranked.c.keyword_line, ranked.c.position)


def _lookup_of(row: sa.Row[tuple[object, ...]], run: RunRecord) -> Lookup:
    if row.problem is not None:
        return Lookup(
            keyword=row.text,
            line=row.line,
            normalized=row.normalized,
            dictionary=run.arguments["dictionary"],
            edition=run.arguments["edition"],
            status=Status.INVALID_KEYWORD,
            entry_ids=(),
            suggestions=(),
            attempts=0,
            error=row.problem,
            run=run.id,
        )
    lookup = msgspec.json.decode(row.lookup, type=Lookup)
    return msgspec.structs.replace(
        lookup, keyword=row.text, line=row.line, normalized=row.normalized, duplicate_of=row.duplicate_of
    )


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _short(error: sa.exc.SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else 'no message'}"
