"""The ledger of runs: their word lists, the words still to look up, and the data to publish."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec

from dictcrawler.errors import SharedRun, StoreError
from dictcrawler.model import Lookup, Status
from dictcrawler.plan.freshness import Refresh
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.storage.connection import Connection, Row
from dictcrawler.storage.database import CHUNK, Database, timestamp
from dictcrawler.storage.rows import decoded, moment

IMPORTED_AT_ONCE = 10_000
"""Lines of a word list in one transaction: each transaction waits for the disk."""

ENTRIES_AT_ONCE = 200
"""Encoded entries that are in memory at once while a run is written."""

SHARED = ("shared", "publishing")
"""The states of a run that several machines are working on."""

Lines = tuple[int, int]
"""The first and the last line of a part of a word list."""

_ANSWERED = [status.value for status in Status if status.is_answer]

_ACCEPTED = {
    "due": "answers.due_at > :now",
    "age": "answers.status IN (:answered) AND answers.answered_at > :since",
    "failed": "answers.status IN (:answered)",
    "none": "TRUE",
    "all": "FALSE",
}
"""The condition for reusing an answer of an earlier run, for each kind of `Refresh`."""

_DUE = """
    keywords.run = :run AND keywords.slug IS NOT NULL AND keywords.problem IS NULL AND keywords.duplicate_of IS NULL
    AND NOT EXISTS (
        SELECT * FROM answers
        WHERE answers.scope = :scope AND answers.slug = keywords.slug AND (answers.run = :run OR {accepted})
    )"""
"""The condition for looking up a keyword: it has no answer of this run and none that is fresh enough."""

_DELETE_KEYWORDS = "DELETE FROM keywords WHERE run = :run"
_DELETE_RUN = "DELETE FROM runs WHERE id = :run"

_ADD_RUN = """
    INSERT INTO runs (id, identity, state, arguments, words_sha256, started_at, feed)
    VALUES (:id, :identity, 'importing', :arguments, :digest, :started_at, :feed)
    ON CONFLICT DO NOTHING"""

_ADD_KEYWORD = """
    INSERT INTO keywords (run, line, text, normalized, slug, problem)
    VALUES (:run, :line, :text, :normalized, :slug, :problem)"""

_RUN = """
    SELECT id, identity, state, CAST(arguments AS TEXT), words_sha256, started_at, feed, ailment, wall
    FROM runs WHERE id = :run"""

_AT_WORK = """
    SELECT id, identity FROM runs
    WHERE feed = (SELECT feed FROM runs WHERE id = :run) AND state IN (:shared)"""

_FIRST = "(SELECT min(earlier.line) FROM keywords AS earlier WHERE earlier.run = :run AND earlier.slug = keywords.slug)"
_MARK_DUPLICATES = f"""
    UPDATE keywords SET duplicate_of = {_FIRST}
    WHERE run = :run AND slug IS NOT NULL AND {_FIRST} < line"""  # noqa: S608 - of constants alone

_PENDING = "SELECT line, text, normalized, slug FROM keywords"
_COUNT_PENDING = "SELECT count(*) FROM keywords"

# Under an alias: `_DUE` has its own query of answers.
_PENDING_BY_STATUS = """
    SELECT last.status, count(*)
    FROM keywords LEFT JOIN answers AS last ON last.scope = :scope AND last.slug = keywords.slug"""

_INVALID = """
    SELECT line, text, normalized, slug, problem, duplicate_of
    FROM keywords WHERE run = :run AND problem IS NOT NULL
    ORDER BY line"""

_LOOKUPS = """
    SELECT keywords.line, keywords.text, keywords.normalized, keywords.slug, keywords.problem, keywords.duplicate_of,
        answers.lookup
    FROM keywords LEFT JOIN answers ON answers.scope = :scope AND answers.slug = keywords.slug
    WHERE keywords.run = :run AND (keywords.problem IS NOT NULL OR answers.slug IS NOT NULL)
    ORDER BY keywords.line"""

# Two words may lead to one entry (love, loves). This run's reading of it goes first, then
# the earlier line: the choice depends on the data alone, never on which page came first.
# Without the entries' lines: a sorted gigabyte would go through temporary files.
_PLACES = """
    SELECT slug, position
    FROM (
        SELECT entries.slug AS slug, entries.position AS position, keywords.line AS keyword_line,
            row_number() OVER (
                PARTITION BY entries.id
                ORDER BY CASE WHEN entries.run = :run THEN 0 ELSE 1 END, keywords.line, entries.position
            ) AS rank
        FROM entries JOIN keywords ON keywords.slug = entries.slug
        WHERE keywords.run = :run AND keywords.duplicate_of IS NULL AND entries.scope = :scope
    ) AS ranked
    WHERE rank = 1
    ORDER BY keyword_line, position"""
"""The slug and the position of each entry of the list once, in the list's order."""

_ENTRY_LINES = "SELECT slug, position, line FROM entries WHERE scope = :scope AND slug IN (:slugs)"

_CONFLICTING_IDS = """
    SELECT entries.id
    FROM entries JOIN keywords ON keywords.slug = entries.slug
    WHERE keywords.run = :run AND keywords.duplicate_of IS NULL AND entries.scope = :scope AND entries.run = :run
    GROUP BY entries.id
    HAVING count(DISTINCT entries.content_hash) > 1
    ORDER BY entries.id"""


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
            dead = "SELECT id FROM runs WHERE state = 'importing' AND (feed = :feed OR feed IS NULL)"
            for interrupted in connection.column(dead, feed=run.feed):
                connection.change(_DELETE_KEYWORDS, run=interrupted)
                connection.change(_DELETE_RUN, run=interrupted)
            added = connection.change(
                _ADD_RUN,
                id=run.id,
                identity=run.identity,
                arguments=json.dumps(run.arguments),
                digest=run.words_sha256,
                started_at=timestamp(run.started_at),
                feed=run.feed,
            )
            return added == 1

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
                connection.change_many(_ADD_KEYWORD, rows)

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
            running = "SELECT id FROM runs WHERE identity = :identity AND state = 'running'"
            unfinished = connection.value(running, identity=identity) if at_work is None else at_work[0]
            if unfinished is not None and not resume:
                connection.change(_DELETE_KEYWORDS, run=unfinished)
                connection.change("UPDATE runs SET state = 'abandoned' WHERE id = :run", run=unfinished)
            elif unfinished is not None:
                connection.change(_DELETE_KEYWORDS, run=run)
                connection.change(_DELETE_RUN, run=run)
                return str(unfinished)
            connection.change(_MARK_DUPLICATES, run=run)
            begun = "UPDATE runs SET identity = :identity, words_sha256 = :digest, state = 'running' WHERE id = :run"
            connection.change(begun, identity=identity, digest=words_sha256, run=run)
            return run

    def run(self, run: str) -> RunRecord:
        """The record of one run."""
        with self._database.begin() as connection:
            row = connection.row(_RUN, run=run)
        if row is None:
            raise StoreError(f"{self._database.url}: no run {run!r}")
        name, identity, state, arguments, words_sha256, started_at, feed, reason_to_withhold, wall = row
        return RunRecord(
            id=name,
            identity=identity,
            state=state,
            arguments=decoded(arguments, dict[str, str], "runs", name),
            words_sha256=words_sha256,
            started_at=moment(started_at, "runs", name),
            feed=feed,
            reason_to_withhold=reason_to_withhold,
            wall=wall,
        )

    def finish(self, run: str, state: str, at: datetime) -> None:
        """Record how a run ended. Its word list is deleted: the published feed contains it."""
        with self._database.begin() as connection:
            ended = "UPDATE runs SET state = :state, finished_at = :at WHERE id = :run"
            connection.change(ended, state=state, at=timestamp(at), run=run)
            delete_list(connection, run)

    def forget(self, run: str) -> None:
        """Remove a run without any answers, and its word list."""
        with self._database.begin() as connection:
            connection.change(_DELETE_KEYWORDS, run=run)
            connection.change(_DELETE_RUN, run=run)

    def count_keywords(self, run: str) -> tuple[int, int]:
        """The number of lines in the word list of a run, and how many of them are distinct words."""
        counts = "SELECT count(*), count(*) FILTER (WHERE duplicate_of IS NULL) FROM keywords WHERE run = :run"
        with self._database.begin() as connection:
            [(lines, unique)] = connection.rows(counts, run=run)
        return int(lines), int(unique)

    def pending(self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None) -> Iterator[KeywordLine]:
        """The words of the list, or of some of its lines, that this run must look up, in order, as a stream.

        Without duplicates and invalid keywords, which need no request.
        """
        due, values = self._due(run, scope, refresh, lines)
        query = f"{_PENDING} WHERE {due} AND keywords.line > :after ORDER BY keywords.line LIMIT :chunk"
        last = -1
        while True:
            with self._database.begin() as connection:
                rows = connection.rows(query, **values, after=last, chunk=CHUNK)
            if not rows:
                return
            for line, text, normalized, slug in rows:
                yield KeywordLine(line, text, normalized, slug, None)
            last = rows[-1][0]

    def count_pending(self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None) -> int:
        """The number of words of the list, or of some of its lines, that this run must still look up."""
        due, values = self._due(run, scope, refresh, lines)
        with self._database.begin() as connection:
            return int(connection.value(f"{_COUNT_PENDING} WHERE {due}", **values))

    def due_by_status(self, run: str, scope: str, refresh: Refresh) -> dict[Status | None, int]:
        """The number of words that this run must still look up, by last outcome; ``None`` for words without one."""
        due, values = self._due(run, scope, refresh)
        with self._database.begin() as connection:
            rows = connection.rows(f"{_PENDING_BY_STATUS} WHERE {due} GROUP BY last.status", **values)
        return {None if status is None else Status(status): int(count) for status, count in rows}

    def count_unanswered(self, run: str, scope: str) -> int:
        """The number of words of the list without any outcome."""
        return self.count_pending(run, scope, Refresh("none"))

    def _due(self, run: str, scope: str, refresh: Refresh, lines: Lines | None = None) -> tuple[str, dict[str, object]]:
        """`_DUE` for this run and these lines, and its values.

        Ages count from the start of the run, so the words to look up do not change while it runs.
        """
        started_at = self.run(run).started_at
        values: dict[str, object] = {
            "run": run,
            "scope": scope,
            "answered": _ANSWERED,
            "now": timestamp(started_at),
            "since": timestamp(started_at - refresh.age),
        }
        due = _DUE.format(accepted=_ACCEPTED[refresh.kind])
        if lines is None:
            return due, values
        low, high = lines
        return f"{due} AND keywords.line BETWEEN :low AND :high", values | {"low": low, "high": high}

    def invalid(self, run: str) -> Iterator[Lookup]:
        """The lookups of the lines that are not looked up, in order, as a stream: they are no keywords, or removed."""
        record = self.run(run)
        with self._database.stream(_INVALID, run=run) as rows:
            for row in rows:
                yield _invalid(row, record)

    def lookups(self, run: str, scope: str) -> Iterator[Lookup]:
        """One lookup for each line of the word list, in order, as a stream, without entries.

        Lines whose word has no outcome yet are left out: compare with `count_keywords`.
        """
        record = self.run(run)
        with self._database.stream(_LOOKUPS, run=run, scope=scope) as rows:
            for row in rows:
                yield _lookup_of(row, record)

    def entry_lines(self, run: str, scope: str) -> Iterator[bytes]:
        """The encoded entries of all words of the list, each entry once, in the list's order."""
        with (
            self._database.snapshot() as connection,
            closing(connection.stream(_PLACES, run=run, scope=scope)) as places,
        ):
            while wanted := list(islice(places, ENTRIES_AT_ONCE)):
                slugs = list({slug for slug, _ in wanted})
                found = connection.rows(_ENTRY_LINES, scope=scope, slugs=slugs)
                lines = {(slug, position): line for slug, position, line in found}
                yield from map(lines.__getitem__, wanted)

    def conflicting_ids(self, run: str, scope: str) -> list[str]:
        """The ids that two words of the list have with different contents, both parsed in this run."""
        with self._database.begin() as connection:
            return connection.column(_CONFLICTING_IDS, run=run, scope=scope)


def delete_list(connection: Connection, run: str) -> None:
    """Delete the word list of a run that has ended, and its slices."""
    connection.change(_DELETE_KEYWORDS, run=run)
    connection.change("DELETE FROM slices WHERE run = :run", run=run)


def _at_work(connection: Connection, run: str) -> tuple[str, str] | None:
    """The run of the same feed that several machines are working on, and its identity."""
    row = connection.row(_AT_WORK, run=run, shared=SHARED)
    return None if row is None else (row[0], row[1])


def _lookup_of(row: Row, run: RunRecord) -> Lookup:
    line, text, normalized, _, problem, duplicate_of, lookup = row
    if problem is not None:
        return _invalid(row[:-1], run)
    known = decoded(lookup, Lookup, "answers", normalized)
    return msgspec.structs.replace(known, keyword=text, line=line, normalized=normalized, duplicate_of=duplicate_of)


def _invalid(row: Row, run: RunRecord) -> Lookup:
    line, text, normalized, slug, problem, duplicate_of = row
    return Lookup(
        keyword=text,
        line=line,
        normalized=normalized,
        dictionary=run.arguments["dictionary"],
        edition=run.arguments["edition"],
        # A line that can be no address has no slug.
        status=Status.INVALID_KEYWORD if slug is None else Status.REMOVED,
        entry_ids=(),
        suggestions=(),
        attempts=0,
        error=problem,
        duplicate_of=duplicate_of,
        run=run.id,
    )
