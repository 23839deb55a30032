"""One run: from the word list to the published feed.

Synchronous code around the store; the spider and the pipelines hold a `Run`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

import msgspec

from dictcrawler.errors import ArgumentError, InvalidKeyword, SharedRun, StoreError
from dictcrawler.feeds import CHANGES, ENTRIES, LATEST, LOOKUPS, changes, read_run, withholding, writer
from dictcrawler.feeds.checking import CheckedLookup
from dictcrawler.feeds.comparison import Comparison, compare
from dictcrawler.feeds.soundness import Census, Limits
from dictcrawler.feeds.taking_out import CONFLICT
from dictcrawler.feeds.unchanged import is_same_file
from dictcrawler.feeds.word_index import IndexWriter
from dictcrawler.lookup.bot_walls import Wall
from dictcrawler.model import SCHEMA_VERSION, Change, Lookup, RunManifest, Status
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.freshness import due_at, read_refresh
from dictcrawler.plan.word_list import Digest, Keyword, KeywordLine
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database
from dictcrawler.storage.identity import Identity
from dictcrawler.storage.ledger import Ledger, Lines, RunRecord
from dictcrawler.storage.refusals import Refusals, Refused, admitted
from dictcrawler.storage.shared_runs import SharedRuns
from dictcrawler.storage.slices import Slice, fence
from dictcrawler.text import printable
from dictcrawler.version import __version__

logger = logging.getLogger(__name__)

MOST_NAMED = 10
"""Most ids that the log names."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published run: its folder and its manifest, whose ``reason`` says why it is not ``latest``."""

    folder: Path
    manifest: RunManifest


class Run:
    """A run in the store. Created by `begin`, which resumes an unfinished run of the same words and arguments."""

    def __init__(
        self, database: Database, record: RunRecord, arguments: CrawlArguments, feeds: Path, limits: Limits
    ) -> None:
        self._database = database
        self._ledger = Ledger(database)
        self._answers = Answers(database)
        self._shared = SharedRuns(database)
        self._refusals = Refusals(database)
        self.refused = self._refusals.read()
        self._requested: dict[str, set[str]] = {}
        self.id = record.id
        self.part: Slice | None = None
        self._record = record
        self._arguments = arguments
        self._refresh = read_refresh(arguments.refresh)
        self._folder = feeds / arguments.feed
        self._feed = Identity.of(self._folder) if self._folder.is_dir() else None
        self._limits = limits
        self._wall = record.wall
        self._range: Lines | None = None
        self._clock_error = timedelta(0)
        self.reason_to_withhold: str | None = record.reason_to_withhold
        self.is_resumed = False
        self.lines, self.unique = self._ledger.count_keywords(record.id)
        self.pending_at_start = self.count_pending()

    @classmethod
    def begin(
        cls,
        database: Database,
        arguments: CrawlArguments,
        feeds: Path,
        keywords: Iterable[Keyword],
        limits: Limits,
    ) -> Run:
        """Read the word list into the ledger.

        :raises KeywordListError: when the list cannot be read.
        :raises ArgumentError: when the feed is that of another dictionary or edition.
        """
        _refuse_feed_of_another(feeds / arguments.feed, arguments)
        ledger, described = Ledger(database), arguments.as_text()
        record = opened(ledger, RunRecord("", "", "importing", described, "", database.now(), arguments.feed), feeds)
        digest = Digest(keywords)
        refused = Refusals(database).read()
        ledger.add_keywords(record.id, _ledger_lines(digest, arguments.dictionary.slug, refused))
        words_sha256 = digest.hexdigest()
        identity = hashlib.sha256(json.dumps([described, words_sha256], sort_keys=True).encode()).hexdigest()
        run = ledger.end_import(record.id, identity, words_sha256, resume=arguments.resume)
        begun = cls(database, ledger.run(run), arguments, feeds, limits)
        begun.is_resumed = run != record.id
        return begun

    @property
    def started_at(self) -> datetime:
        """The time of its beginning, however often it was resumed."""
        return self._record.started_at

    @classmethod
    def attach(cls, database: Database, run: str, arguments: CrawlArguments, feeds: Path, limits: Limits) -> Run:
        """A run that was begun already, in order to publish it or to look up some of its words."""
        return cls(database, Ledger(database).run(run), arguments, feeds, limits)

    def restrict(self, part: Slice) -> None:
        """Look up the words of this part only; store nothing after another machine has taken it over."""
        self.part = part
        self._range = (part.low, part.high)
        self.pending_at_start = self.count_pending()

    def share(self, words: int, lanes: int) -> None:
        """Share the run among all machines, in slices of ``words`` due words, ``lanes`` of them at once."""
        self._shared.share(self.id, _cut((word.line for word in self.pending()), words), lanes, self.reason_to_withhold)

    def agree_on(self, wall: Wall) -> None:
        """Exchange walls with the other machines: a wall that one of them meets stops all."""
        if self.part is None:
            return
        if wall.met is None:
            wall.met = self._wall
        elif self._wall is None:
            self._wall = wall.met
            self._shared.meet_wall(self.id, wall.met)

    def withhold(self, reason: str) -> None:
        """Keep this run from becoming ``latest``, whoever publishes it."""
        self.reason_to_withhold = self.reason_to_withhold or reason
        if self.part is not None:
            self._shared.withhold(self.id, reason)

    def _fence(self, connection: Connection) -> None:
        if self.part is not None:
            wall, now = fence(connection, self.part)
            self._wall = wall or self._wall
            self._clock_error = datetime.now(UTC) - now

    def pending(self) -> Iterator[KeywordLine]:
        """The words still to be looked up, in the list's order, as a stream."""
        return self._ledger.pending(self.id, self._arguments.scope, self._refresh, self._range)

    def count_pending(self) -> int:
        """The number of words still to be looked up."""
        return self._ledger.count_pending(self.id, self._arguments.scope, self._refresh, self._range)

    def due_by_status(self) -> dict[Status | None, int]:
        """The number of words still to be looked up, by last outcome; ``None`` for words without one."""
        return self._ledger.due_by_status(self.id, self._arguments.scope, self._refresh)

    def forget(self) -> None:
        """Remove this run from the store; it must not have looked up anything."""
        self._ledger.forget(self.id)

    @property
    def is_complete(self) -> bool:
        """Whether every word has its outcome and none is left to look up."""
        return not self.count_pending() and not self._ledger.count_unanswered(self.id, self._arguments.scope)

    def known(self, words: Iterable[KeywordLine]) -> dict[str, Lookup]:
        """The good answers of an earlier run for words, by their slugs, with entries and pages."""
        return self._answers.known(self._arguments.scope, [word.slug for word in words if word.slug is not None])

    def outcomes(self, words: Iterable[KeywordLine]) -> dict[str, Lookup]:
        """The stored outcomes of words, by their slugs, without entries."""
        return self._answers.outcomes(self._arguments.scope, [word.slug for word in words if word.slug is not None])

    def invalid(self) -> Iterator[Lookup]:
        """The outcomes of lines that are not looked up; they need no request."""
        return self._ledger.invalid(self.id)

    def save(self, outcomes: Iterable[CheckedLookup]) -> None:
        """Store the outcomes of words, all or none. Lines that are not looked up are in the ledger already.

        A word that has turned out to lead to removed entries only is not looked up again.
        """
        slug = self._arguments.dictionary.slug
        valid = (each for each in outcomes if each.lookup.status is not Status.INVALID_KEYWORD)
        answers = [(slug(each.lookup.normalized), each) for each in valid]
        answers = [(word, each) for word, each in answers if word not in self.refused.words]
        self._answers.save(self._arguments.scope, answers, self._due, self._fence)
        removed = [word for word, each in answers if each.lookup.status is Status.REMOVED]
        if removed:
            # With the words that were requested, so that to undo one of them allows these again.
            self._refusals.add(("word", word, each) for word in removed for each in self._requested.get(word, {word}))
            self.refused = self._refusals.read()

    def admitted(self, lookup: Lookup) -> tuple[Lookup, set[str]]:
        """The lookup without entries that were removed on request, and the digests of the pages that have them."""
        slug = self._arguments.dictionary.slug
        refused = self.refused.refused_in(lookup, slug)
        if refused:
            self._requested[slug(lookup.normalized)] = self.refused.requested_for(lookup, refused, slug)
        digests = {entry.source.payload_digest for entry in lookup.entries if entry.id in refused}
        return admitted(lookup, refused), digests

    def _due(self, lookup: Lookup, failures: int) -> datetime:
        # Reparsed pages were fetched on another day, perhaps on another machine.
        error = self._clock_error if self._arguments.reparse is None else timedelta(0)
        return due_at(
            lookup, self._arguments.dictionary, failures, archived=self._arguments.archived, clock_error=error
        )

    def lookups(self) -> Iterator[Lookup]:
        """One lookup a line of the list, without entries."""
        return self._ledger.lookups(self.id, self._arguments.scope)

    def publish(self, publisher: str = "") -> Published:
        """Publish a run in which every word has its outcome, and make it ``latest`` if it is sound.

        May be called again after a crash at any point inside it. Several machines may call it at the same time with
        different ``publisher`` names: one of them publishes and the others fail.

        :raises StoreError: when the outcomes do not match the lines of the list, or the folder of the feed was removed
            or replaced since the run was opened: a new one would lack the earlier runs.
        """
        self._refuse_another_feed()
        folder = self._folder / self.id
        manifest = read_run(folder) if folder.is_dir() else self._write(publisher)
        if manifest.reason is None and manifest.published is None and not self._is_superseded(manifest):
            writer.make_latest(folder)
        self._ledger.finish(self.id, "withheld" if manifest.reason else "complete", manifest.finished_at)
        return Published(folder, manifest)

    def _refuse_another_feed(self) -> None:
        if self._feed is None:
            return
        try:
            self._feed.refuse_another()
        except OSError as error:
            raise StoreError(f"the feed {error}; the same command continues with what is there") from error

    def _write(self, publisher: str) -> RunManifest:
        before = self._latest()
        partial = writer.begin(self._folder, self.id, publisher)
        census, tally = Census(), writer.Tally()
        entry_lines = self._ledger.entry_lines(self.id, self._arguments.scope)
        earlier = None if before is None else self._folder / before.run
        with IndexWriter(partial) as index:
            entries = writer.write_entries(partial, census.count(entry_lines, index.entry), earlier)
            lookups = writer.write_lookups(partial, index.lookup_lines(tally.count(self.lookups())), earlier)
            self._check_counts(tally)
            index.write(partial, entries, lookups, earlier)
        self._log_conflicts(census.warnings)
        causes: Counter[str] = Counter()
        migration = changes.Migration()
        changed = writer.write_changes(partial, _counted(self._changes(partial, before, migration), causes))
        manifest = RunManifest(
            schema_version=SCHEMA_VERSION,
            run=self.id,
            dictionary=self._arguments.dictionary.name,
            edition=self._arguments.edition,
            arguments=self._record.arguments,
            started_at=self._record.started_at,
            finished_at=self._database.now(),
            complete=True,
            keywords=tally.lines,
            unique_keywords=tally.unique,
            words_sha256=self._record.words_sha256,
            statuses=dict(sorted(tally.statuses.items())),
            warnings=dict(sorted(census.warnings.items())),
            entries=entries.lines,
            mean_text_coverage=census.mean_coverage(),
            mean_structure=census.mean_structure(),
            mean_parts=census.mean_parts(),
            fill_rates=census.fill_rates(),
            changes=dict(sorted(causes.items())),
            migrated=migration.entries or None,
            files={ENTRIES: entries, LOOKUPS: lookups, CHANGES: changed},
            defects=tally.defects or None,
            code_version=__version__,
            previous_run=None if before is None else before.run,
        )
        manifest = self._judged(manifest, before, partial, tally.usual_error)
        writer.commit(partial, manifest)
        return manifest

    def _log_conflicts(self, warnings: Counter[str]) -> None:
        """Warn about ids that two pages claim: the first word's entry is published."""
        ids = self._ledger.conflicting_ids(self.id, self._arguments.scope)
        if ids:
            warnings[CONFLICT] = len(ids)
            named = ", ".join(map(printable, ids[:MOST_NAMED]))
            logger.warning("two pages with different contents for one id, %d times: %s", len(ids), named)

    def _check_counts(self, tally: writer.Tally) -> None:
        if (tally.lines, tally.unique) != (self.lines, self.unique):
            raise StoreError(
                f"run {self.id}: {self.lines} keywords ({self.unique} different) in the list, "
                f"but {tally.lines} ({tally.unique}) outcomes; nothing was published"
            )

    def _latest(self) -> RunManifest | None:
        latest = self._folder / LATEST
        return read_run(latest) if latest.exists() else None

    def _is_superseded(self, manifest: RunManifest) -> bool:
        """Whether another run became ``latest`` since a crash of this one. ``latest`` never goes back."""
        latest = self._latest()
        return latest is not None and latest.run not in (self.id, manifest.previous_run)

    def _changes(self, partial: Path, before: RunManifest | None, migration: changes.Migration) -> Iterator[Change]:
        if before is None:
            return
        earlier, entries = self._folder / before.run / ENTRIES, partial / ENTRIES
        if is_same_file(earlier, entries):
            return
        with entries.open("rb") as now:
            found = changes.between(
                earlier,
                now,
                lambda entry_id: self._answers.has_entry(self._arguments.scope, entry_id),
                migration,
            )
            yield from map(self._caused, found)

    def _caused(self, change: Change) -> Change:
        # An unchanged entry keeps its citation: a page fetched since may differ and yield the same entry.
        if self._arguments.reparse is None or change.cause != "content":
            return change
        return msgspec.structs.replace(change, cause="parser")

    def _judged(
        self, manifest: RunManifest, before: RunManifest | None, partial: Path, usual_error: str | None
    ) -> RunManifest:
        """The manifest, with the reason if the run may not become ``latest``."""
        reason = self.reason_to_withhold or withholding.no_answer(manifest, usual_error)
        reason = reason or withholding.too_many_defects(manifest) or self._is_invented(before)
        if reason is not None or before is None:
            return msgspec.structs.replace(manifest, reason=reason)
        found = self._compared(manifest, before, partial)
        lacking = withholding.lacks_words(found, self._limits)
        if lacking is not None and self._arguments.word is not None:
            # A few words typed by hand are no new word list.
            return msgspec.structs.replace(manifest, published="beside")
        return msgspec.structs.replace(manifest, reason=lacking or withholding.worse(found, self._limits))

    def _is_invented(self, before: RunManifest | None) -> str | None:
        is_real = before is not None and before.arguments.get("source") != "sample"
        if self._arguments.source == "sample" and is_real:
            return "invented sample entries do not replace a real feed"
        return None

    def _compared(self, manifest: RunManifest, before: RunManifest, partial: Path) -> Comparison:
        return compare((self._folder / before.run, before), (partial, manifest), self._arguments.dictionary.slug)


def refuse_shared(database: Database, feed: str) -> None:
    """Refuse a crawl while several machines work on another run of the feed.

    :raises SharedRun: when they do.
    """
    if database.is_server and (at_work := SharedRuns(database).at_work(feed)):
        raise SharedRun(at_work[0])


def _cut(lines: Iterable[int], words: int) -> Iterator[Lines]:
    """Ranges of lines that contain ``words`` of the given lines each; none for no lines."""
    rest = iter(lines)
    while first := list(islice(rest, words)):
        yield first[0], first[-1]


def _refuse_feed_of_another(folder: Path, arguments: CrawlArguments) -> None:
    if not (folder / LATEST).exists():
        return
    latest = read_run(folder / LATEST)
    ours = (arguments.dictionary.name, arguments.edition)
    if (latest.dictionary, latest.edition) != ours:
        problem = f"{folder} is the feed of {latest.dictionary} ({latest.edition}), not of {' '.join(ours)}"
        raise ArgumentError("feed", problem, "feed=NAME with another name")


def _ledger_lines(keywords: Iterable[Keyword], slug: Callable[[str], str], refused: Refused) -> Iterator[KeywordLine]:
    for keyword in keywords:
        normalized, problem = keyword.normalized, keyword.problem
        address = None
        if normalized is not None:
            try:
                address = slug(normalized)
            except InvalidKeyword as error:
                problem = str(error)
        problem = problem or refused.problem(address)
        yield KeywordLine(keyword.line, keyword.text, normalized or "", address, problem)


def _counted(changes: Iterable[Change], causes: Counter[str]) -> Iterator[Change]:
    for change in changes:
        causes[f"{change.type}/{change.cause}"] += 1
        yield change


def opened(ledger: Ledger, record: RunRecord, feeds: Path) -> RunRecord:
    """Enter the run in the ledger, under the moment of its start, such as ``20261123T021529Z``. A number is appended
    when that id is taken, perhaps by another machine at the same moment."""
    base = record.started_at.strftime("%Y%m%dT%H%M%SZ")
    for number in count(1):
        named = replace(record, id=base if number == 1 else f"{base}-{number}")
        # A folder without a row: the feed belongs to another store, or the store was deleted.
        if not (feeds / (record.feed or "") / named.id).exists() and ledger.begin_import(named):
            return named
    raise AssertionError
