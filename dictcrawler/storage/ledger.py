"""The ledger of runs: their word lists, the words still to look up, and the data to publish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec
import sqlalchemy as sa

from dictcrawler.errors import SharedRun, StoreError
from dictcrawler.model import Lookup, Status
from dictcrawler.plan.freshness import Refresh
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.storage.database import CHUNK, Database, insert_new, timestamp
from dictcrawler.storage.rows import decoded, moment
from dictcrawler.storage.tables import ANSWERS, ENTRIES, KEYWORDS, RUNS, SLICES

IMPORTED_AT_ONCE = 10_000
"""Lines of a word list in one transaction: each transaction waits for the disk."""

ENTRIES_AT_ONCE = 200
"""Encoded entries that are in memory at once while a run is written."""

SHARED = ("shared", "publishing")
"""The states of a run that several machines are working on."""

Lines = tuple[int, int]
"""The first and the last line of a part of a word list."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One row of ``runs``. States: ``importing``, ``running``, for several machines then ``shared`` and ``publishing``,
    then how it ended. ``reason_to_withhold``: why a shared run may not be ``latest``. ``wall``: what stopped it."""

    id: str
    identity: str
    state: str
    arguments: dict[str, str]
    words_sha256: str
    started_at: datetime
    feed: str | None
    """``None`` for a run of dictcrawler 0.1.0."""
    reason_to_withhold: str | None = None
    wall: str | None = None


class Ledger:
    """Runs and their word lists.

    :raises StoreError: from every method, when the database cannot be read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_import(self, run: RunRecord) -> bool:
        """Open a run whose word list is about to be read; ``False`` when its id is taken.

        The feed is locked, so any other import into it was interrupted and is removed. Imports into other feeds may be
        in progress.
        """
        with self._database.begin() as connection:
            of_feed = sa.or_(RUNS.c.feed == run.feed, RUNS.c.feed.is_(None))
            dead = list(connection.scalars(sa.select(RUNS.c.id).where(RUNS.c.state == "importing", of_feed)))
            connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run.in_(dead)))
            connection.execute(RUNS.delete().where(RUNS.c.id.in_(dead)))
            statement = insert_new(RUNS, connection.dialect).values(
                id=run.id,
                identity=run.identity,
                state="importing",
                arguments=run.arguments,
                words_sha256=run.words_sha256,
                started_at=timestamp(run.started_at),
                feed=run.feed,
            )
            return connection.execute(statement.returning(RUNS.c.id)).first() is not None

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
            with self._database.begin() as connection:
                connection.execute(KEYWORDS.insert(), rows)

    def end_import(self, run: str, identity: str, words_sha256: str, *, resume: bool) -> str:
        """Close the import and return the id of the run to continue with.

        That is an earlier, unfinished run of the same ``identity`` if there is one and ``resume`` is true
        (the word list just read is then removed again), else ``run`` itself.

        :raises SharedRun: when several machines are working on another run of the feed.
        """
        with self._database.begin() as connection:
            at_work = _at_work(connection, run)
            if at_work is not None and not (resume and at_work[1] == identity):
                raise SharedRun(at_work[0])
            running = sa.select(RUNS.c.id).where(RUNS.c.identity == identity, RUNS.c.state == "running")
            unfinished = connection.scalar(running) if at_work is None else at_work[0]
            if unfinished is not None and not resume:
                connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run == unfinished))
                connection.execute(RUNS.update().where(RUNS.c.id == unfinished).values(state="abandoned"))
            elif unfinished is not None:
                connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run == run))
                connection.execute(RUNS.delete().where(RUNS.c.id == run))
                return str(unfinished)
            connection.execute(_mark_duplicates(run))
            connection.execute(
                RUNS.update()
                .where(RUNS.c.id == run)
                .values(identity=identity, words_sha256=words_sha256, state="running")
            )
            return run

    def run(self, run: str) -> RunRecord:
        """The record of one run."""
        with self._database.begin() as connection:
            row = connection.execute(sa.select(RUNS).where(RUNS.c.id == run)).one_or_none()
        if row is None:
            raise StoreError(f"{self._database.url}: no run {run!r}")
        started_at = moment(row.started_at, "runs", row.id)
        return RunRecord(
            id=row.id,
            identity=row.identity,
            state=row.state,
            arguments=row.arguments,
            words_sha256=row.words_sha256,
            started_at=started_at,
            feed=row.feed,
            reason_to_withhold=row.reason_to_withhold,
            wall=row.wall,
        )

    def finish(self, run: str, state: str, at: datetime) -> None:
        """Record how a run ended. Its word list is deleted: the published feed contains it."""
        with self._database.begin() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == run).values(state=state, finished_at=timestamp(at)))
            connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run == run))
            connection.execute(SLICES.delete().where(SLICES.c.run == run))

    def forget(self, run: str) -> None:
        """Remove a run without any answers, and its word list."""
        with self._database.begin() as connection:
            connection.execute(KEYWORDS.delete().where(KEYWORDS.c.run == run))
            connection.execute(RUNS.delete().where(RUNS.c.id == run))

    def count_keywords(self, run: str) -> tuple[int, int]:
        """The number of lines in the word list of a run, and how many of them are distinct words."""
        unique = sa.func.count().filter(KEYWORDS.c.duplicate_of.is_(None))
        with self._database.begin() as connection:
            row = connection.execute(sa.select(sa.func.count(), unique).where(KEYWORDS.c.run == run)).one()
        return int(row[0]), int(row[1])

    def pending(self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None) -> Iterator[KeywordLine]:
        """The words of the list, or of some of its lines, that this run must look up, in order, as a stream.

        Without duplicates and invalid keywords, which need no request.
        """
        query = (
            sa.select(KEYWORDS).where(*self._is_due(run, scope, refresh, lines)).order_by(KEYWORDS.c.line).limit(CHUNK)
        )
        line = -1
        while True:
            with self._database.begin() as connection:
                rows = connection.execute(query.where(KEYWORDS.c.line > line)).all()
            if not rows:
                return
            for row in rows:
                yield KeywordLine(row.line, row.text, row.normalized, row.slug, None)
            line = rows[-1].line

    def count_pending(self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None) -> int:
        """The number of words of the list, or of some of its lines, that this run must still look up."""
        query = sa.select(sa.func.count()).select_from(KEYWORDS).where(*self._is_due(run, scope, refresh, lines))
        with self._database.begin() as connection:
            return int(connection.scalar(query) or 0)

    def due_by_status(self, run: str, scope: str, refresh: Refresh) -> dict[Status | None, int]:
        """The number of words that this run must still look up, by last outcome; ``None`` for words without one."""
        # Under an alias: `_is_due` has its own query on ANSWERS.
        last = ANSWERS.alias("last")
        answer = sa.and_(last.c.scope == scope, last.c.slug == KEYWORDS.c.slug)
        query = (
            sa.select(last.c.status, sa.func.count())
            .select_from(KEYWORDS.outerjoin(last, answer))
            .where(*self._is_due(run, scope, refresh))
            .group_by(last.c.status)
        )
        with self._database.begin() as connection:
            rows = connection.execute(query).all()
        return {None if status is None else Status(status): int(count) for status, count in rows}

    def count_unanswered(self, run: str, scope: str) -> int:
        """The number of words of the list without any outcome."""
        return self.count_pending(run, scope, Refresh("none"))

    def _is_due(
        self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None
    ) -> tuple[sa.ColumnElement[bool], ...]:
        """The conditions for looking up a keyword: it has no answer of this run and none that is fresh enough.

        Ages count from the start of the run, so the words to look up do not change while it runs.
        """
        here = (ANSWERS.c.scope == scope, ANSWERS.c.slug == KEYWORDS.c.slug)
        fresh = _accepted(refresh, self.run(run).started_at)
        answered = sa.exists().where(*here, sa.or_(ANSWERS.c.run == run, fresh))
        return (
            KEYWORDS.c.run == run,
            KEYWORDS.c.slug.is_not(None),
            KEYWORDS.c.problem.is_(None),
            KEYWORDS.c.duplicate_of.is_(None),
            ~answered,
            sa.true() if lines is None else KEYWORDS.c.line.between(*lines),
        )

    def invalid(self, run: str) -> Iterator[Lookup]:
        """The lookups of the lines that are not looked up, in order, as a stream: they are no keywords, or removed."""
        record = self.run(run)
        query = sa.select(KEYWORDS).where(KEYWORDS.c.run == run, KEYWORDS.c.problem.is_not(None))
        with self._database.stream(query.order_by(KEYWORDS.c.line)) as rows:
            for row in rows:
                yield _lookup_of(row, record)

    def lookups(self, run: str, scope: str) -> Iterator[Lookup]:
        """One lookup for each line of the word list, in order, as a stream, without entries.

        Lines whose word has no outcome yet are left out: compare with `count_keywords`.
        """
        record = self.run(run)
        with self._database.stream(_lookups_query(run, scope)) as rows:
            for row in rows:
                yield _lookup_of(row, record)

    def entry_lines(self, run: str, scope: str) -> Iterator[bytes]:
        """The encoded entries of all words of the list, each entry once, in the list's order."""
        stored = sa.select(ENTRIES.c.slug, ENTRIES.c.position, ENTRIES.c.line).where(ENTRIES.c.scope == scope)
        with self._database.snapshot() as connection:
            places = iter(connection.execute(_places_query(run, scope), execution_options={"yield_per": CHUNK}))
            while wanted := [(place.slug, place.position) for place in islice(places, ENTRIES_AT_ONCE)]:
                found = connection.execute(stored.where(ENTRIES.c.slug.in_({slug for slug, _ in wanted})))
                lines = {(slug, position): line for slug, position, line in found}
                yield from map(lines.__getitem__, wanted)

    def conflicting_ids(self, run: str, scope: str) -> list[str]:
        """The ids that two words of the list have with different contents, both parsed in this run."""
        query = (
            sa.select(ENTRIES.c.id)
            .join(KEYWORDS, KEYWORDS.c.slug == ENTRIES.c.slug)
            .where(KEYWORDS.c.run == run, KEYWORDS.c.duplicate_of.is_(None))
            .where(ENTRIES.c.scope == scope, ENTRIES.c.run == run)
            .group_by(ENTRIES.c.id)
            .having(sa.func.count(sa.distinct(ENTRIES.c.content_hash)) > 1)
            .order_by(ENTRIES.c.id)
        )
        with self._database.begin() as connection:
            return list(connection.scalars(query))


def _at_work(connection: sa.Connection, run: str) -> tuple[str, str] | None:
    """The run of the same feed that several machines are working on, and its state."""
    feed = sa.select(RUNS.c.feed).where(RUNS.c.id == run).scalar_subquery()
    query = sa.select(RUNS.c.id, RUNS.c.identity).where(RUNS.c.feed == feed, RUNS.c.state.in_(SHARED))
    row = connection.execute(query).first()
    return None if row is None else (row.id, row.identity)


def _accepted(refresh: Refresh, now: datetime) -> sa.ColumnElement[bool]:
    """The condition for reusing an answer of an earlier run."""
    answered = ANSWERS.c.status.in_([status.value for status in Status if status.is_answer])
    if refresh.kind == "due":
        return ANSWERS.c.due_at > timestamp(now)
    if refresh.kind == "age":
        return sa.and_(answered, ANSWERS.c.answered_at > timestamp(now - refresh.age))
    if refresh.kind == "failed":
        return answered
    return sa.literal(refresh.kind == "none")


def _mark_duplicates(run: str) -> sa.Update:
    earlier = KEYWORDS.alias("earlier")
    first = (
        sa.select(sa.func.min(earlier.c.line))
        .where(earlier.c.run == run, earlier.c.slug == KEYWORDS.c.slug)
        .scalar_subquery()
    )
    return (
        KEYWORDS.update()
        .where(KEYWORDS.c.run == run, KEYWORDS.c.slug.is_not(None), first < KEYWORDS.c.line)
        .values(duplicate_of=first)
    )


def _lookups_query(run: str, scope: str) -> sa.Select[tuple[object, ...]]:
    answer = sa.and_(ANSWERS.c.scope == scope, ANSWERS.c.slug == KEYWORDS.c.slug)
    return (
        sa.select(KEYWORDS, ANSWERS.c.lookup)
        .select_from(KEYWORDS.outerjoin(ANSWERS, answer))
        .where(KEYWORDS.c.run == run, sa.or_(KEYWORDS.c.problem.is_not(None), ANSWERS.c.slug.is_not(None)))
        .order_by(KEYWORDS.c.line)
    )


def _places_query(run: str, scope: str) -> sa.Select[tuple[object, ...]]:
    """The slug and the position of each entry of the list once, in the list's order."""
    # Two words may lead to one entry (love, loves). This run's reading of it goes first, then
    # the earlier line: the choice depends on the data alone, never on which page came first.
    rank = sa.func.row_number().over(
        partition_by=ENTRIES.c.id,
        order_by=(sa.case((ENTRIES.c.run == run, 0), else_=1), KEYWORDS.c.line, ENTRIES.c.position),
    )
    # Without their lines: a sorted gigabyte would go through temporary files.
    ranked = (
        sa.select(ENTRIES.c.slug, ENTRIES.c.position, KEYWORDS.c.line.label("keyword_line"), rank.label("rank"))
        .join(KEYWORDS, KEYWORDS.c.slug == ENTRIES.c.slug)
        .where(KEYWORDS.c.run == run, KEYWORDS.c.duplicate_of.is_(None), ENTRIES.c.scope == scope)
        .subquery()
    )
    places = sa.select(ranked.c.slug, ranked.c.position).where(ranked.c.rank == 1)
    return places.order_by(ranked.c.keyword_line, ranked.c.position)


def _lookup_of(row: sa.Row[tuple[object, ...]], run: RunRecord) -> Lookup:
    if row.problem is not None:
        return Lookup(
            keyword=row.text,
            line=row.line,
            normalized=row.normalized,
            dictionary=run.arguments["dictionary"],
            edition=run.arguments["edition"],
            # A line that can be no address has no slug.
            status=Status.INVALID_KEYWORD if row.slug is None else Status.REMOVED,
            entry_ids=(),
            suggestions=(),
            attempts=0,
            error=row.problem,
            duplicate_of=row.duplicate_of,
            run=run.id,
        )
    lookup = decoded(row.lookup, Lookup, "answers", row.normalized)
    return msgspec.structs.replace(
        lookup, keyword=row.text, line=row.line, normalized=row.normalized, duplicate_of=row.duplicate_of
    )
