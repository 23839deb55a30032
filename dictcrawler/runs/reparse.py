"""Runs a crawl again on the pages that were kept then, with today's parser.

Each word is looked up by the same `Asker` and the same source as in the crawl; only the
fetch differs: it returns the page that was kept for the word. So a reparse with the parser
of the crawl yields the crawl's entries, byte for byte. A word with missing pages
keeps its outcome. Nothing here makes a request.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from multiprocessing.util import Finalize
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import uvloop

from dictcrawler import dictionaries, feeds
from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.feeds.checking import CheckedLookup, checked
from dictcrawler.feeds.soundness import Limits
from dictcrawler.lookup.archive import ArchiveSource
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.bot_walls import Wall, refuse_challenge
from dictcrawler.lookup.boundary import Boundary, spoilt
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.source import PageSource
from dictcrawler.lookup.warc import WarcSource
from dictcrawler.model import Lookup, PageState, Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.forms import address_key
from dictcrawler.net.memento import replay_of
from dictcrawler.plan import arguments
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import Keyword, KeywordLine
from dictcrawler.reading import ahead
from dictcrawler.reading.normalize import normalized
from dictcrawler.reading.process import ReadingProcess
from dictcrawler.runs.opening import Costs, DataPlace, sharing, writing
from dictcrawler.runs.run import Published, Run
from dictcrawler.storage.captures import Listed
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import NotKept, PageReader, folder_of
from dictcrawler.storage.page_index import KeptPage, PageIndex
from dictcrawler.storage.refusals import Refusals, admitted
from dictcrawler.storage.slices import Slice, Slices
from dictcrawler.storage.store_url import StoreURL, url_of
from dictcrawler.storage.warc_files import machine_of
from dictcrawler.storage.warc_index import WarcIndex

logger = logging.getLogger(__name__)

FEED_NAMES = ("edition", "feed", arguments.LANGUAGE)
CHUNK = 50
"""Words that one process reads at a time, and that are stored in one transaction."""
LAST_CHUNK = 5
"""The same for the last words that several processes read: one of them must not wait long for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The task of a reparse: a run with the arguments ``given``, and the pages and store of a data folder."""

    dictionary: str
    run: str
    given: Mapping[str, str]
    data: Path
    store_url: StoreURL
    costs: Costs

    @property
    def place(self) -> DataPlace:
        """The data folder and store, for reading and writing."""
        return DataPlace(data=self.data, store_url=self.store_url)

    @property
    def arguments(self) -> CrawlArguments:
        """The arguments of the crawl, with the id of the original run and today's parser."""
        dictionary = dictionaries.load(self.dictionary)
        known = arguments.names(dictionary)
        given = {name: value for name, value in self.given.items() if name in known}
        parsed = arguments.read(dictionary, {**given, "refresh": "all"})
        return replace(parsed, reparse=f"{self.run} {parsed.dictionary.parser}")


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word and its outcome so far."""

    word: KeywordLine
    known: Lookup


@dataclass(slots=True)
class ReparseProgress:
    """Finished words of all in this run; ``not_kept`` of them keep their outcome for lack of a page."""

    total: int
    done: int
    not_kept: int = 0


@dataclass(frozen=True, slots=True)
class SliceRead:
    """A slice after a reparse on one machine: how many words lacked a page, and the machines that have written the
    files which are missing here."""

    not_kept: int
    machines: set[str]


class _KeptFetch:
    """Fetches from the pages that were kept for one word, else the newest page of the same URL."""

    def __init__(self, pages: Mapping[str, KeptPage], index: PageIndex, reader: PageReader) -> None:
        self._pages = pages
        self._index = index
        self._reader = reader
        self.attempts = 0
        self.last: Fetched | None = None

    async def __call__(self, url: str, known: PageState | None = None) -> Fetched:  # noqa: ARG002
        """The page of a URL, as it was fetched."""
        page = self._pages.get(url) or self._index.newest(url)
        if page is None:
            raise NotKept(url)
        self.last = fetched = self._reader.read(page)
        refuse_challenge(fetched, url)
        return fetched

    def renew(self) -> None:
        """Does nothing: no connection can mix up answers here."""


class _KeptCaptures:
    """The captures that a crawl tried for a word, in place of an archive's index."""

    is_complete = True

    def __init__(self, pages: Iterable[str], given: CrawlArguments) -> None:
        self._of_page: defaultdict[str, list[Listed]] = defaultdict(list)
        for replay in filter(None, (replay_of(url, given.archive) for url in pages)):
            self._of_page[address_key(replay.address)].append(Listed(replay.timestamp, replay.address))

    def listed(self, address: str) -> tuple[Listed, ...]:
        """All captures of one page, newest first."""
        found = self._of_page.get(address_key(address), [])
        return tuple(sorted(found, key=lambda each: each.timestamp, reverse=True))

    async def ask(self, address: str) -> tuple[Listed, ...]:  # noqa: ARG002
        """No further captures."""
        return ()

    async def read_on(self) -> None:
        """Does nothing."""


class Rereader:
    """Reads words again, one after another. One object a process.

    As in a crawl, a further process parses the pages, so that a page that exceeds the limits costs only its word.
    ``missing`` are the files that pages were looked for in and that are not in this data folder.
    """

    def __init__(self, plan: Plan, run: str) -> None:
        self._run = run
        self._given = plan.arguments
        self._database = Database(plan.store_url)
        self._index = PageIndex(self._database)
        self._reader = PageReader(self._index, folder_of(plan.data, plan.dictionary))
        self._refused = Refusals(self._database).read()
        self.missing: set[str] = set()
        self._boundary = Boundary()
        # One loop for all calls: the process that parses the pages belongs to it.
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._bodies = ReadingProcess(plan.dictionary, plan.costs.memory, plan.costs.seconds, self._given.view)
        self._captured = None if self._given.warc is None else WarcIndex(self._database, self._given.warc)

    def close(self) -> None:
        """Close the connections to the store and end the parsing process."""
        self._runner.run(self._bodies.close())
        self._runner.close()
        self._database.close()

    def read(self, tasks: Iterable[KnownWord]) -> list[CheckedLookup | None]:
        """Each word's outcome from its pages today; ``None`` where some of them were not kept."""
        return self._runner.run(self._read(tasks))

    async def _read(self, tasks: Iterable[KnownWord]) -> list[CheckedLookup | None]:
        listed = list(tasks)
        pages = self._index.of_words(self._given.scope, [task.word.slug or "" for task in listed])
        return [await self._outcome(task, pages[task.word.slug or ""]) for task in listed]

    async def _outcome(self, task: KnownWord, pages: Mapping[str, KeptPage]) -> CheckedLookup | None:
        if self._captured is None and not _is_told_by(pages, task.known):
            return None
        asker = Asker(self._given, self._source(pages), self._run, Wall(stops=False), self._boundary)
        try:
            lookup = await asker.ask(task.word, _KeptFetch(pages, self._index, self._reader))
        except NotKept as error:
            logger.debug("%s is not read again: %s", task.word.normalized, error)
            self.missing |= {error.file} if error.file else set()
            return None
        # An outcome without a dated page keeps the date of its lookup; it is not of today.
        asked_at = min(filter(None, (lookup.fetched_at, task.known.fetched_at)), default=None)
        lookup = msgspec.structs.replace(
            lookup, attempts=task.known.attempts, fetched_at=asked_at, checked_at=task.known.checked_at
        )
        outcome = CheckedLookup(lookup)
        with self._boundary.around(lookup.normalized) as caught:
            lookup = admitted(lookup, self._refused.refused_in(lookup, self._given.dictionary.slug))
            outcome = checked(normalized(lookup))
        if caught.defect is not None:
            outcome = CheckedLookup(spoilt(lookup, caught.defect))
        self._boundary.finished(outcome.lookup)
        return outcome

    def _source(self, pages: Mapping[str, KeptPage]) -> PageSource:
        given = self._given
        if given.source == "archive":
            return ArchiveSource(given, _KeptCaptures(pages, given), self._bodies)
        if self._captured is not None:
            return WarcSource(given, self._captured, self._bodies)
        if given.source == "sample":
            return LiveSource(given.dictionary, _sample_template(given, pages), self._bodies)
        return LiveSource(given.dictionary, given.base_url, self._bodies)


def _is_told_by(pages: Mapping[str, KeptPage], known: Lookup) -> bool:
    """Whether the kept pages explain this outcome. If the failed request left no page, keep the failure: an older page
    must not be mistaken for its answer."""
    if known.status.is_answer:
        return True
    newest = max((page.fetched_at for page in pages.values()), default=None)
    is_of_today = newest is not None and known.fetched_at is not None and newest >= known.fetched_at
    return is_of_today and known.status in _OF_A_PAGE


_OF_A_PAGE = frozenset({Status.BLOCKED, Status.HTTP_ERROR, Status.NOT_ARCHIVED, Status.PARSE_ERROR, Status.TOO_LARGE})


def plan(dictionary: str, given: Mapping[str, str], data: Path, store_url: str, costs: Costs | None = None) -> Plan:
    """The reparse of the latest complete run; ``given`` may have ``edition``, ``feed`` and ``language``.

    :raises ArgumentError: when there is no such dictionary, edition or language.
    :raises FeedError: when there is no such run.
    """
    for name in given:
        if name not in FEED_NAMES:
            raise ArgumentError(name, "a reparse takes it from the run that it reads again", ", ".join(FEED_NAMES))
    parsed = arguments.read(dictionaries.load(dictionary), given)
    manifest = feeds.read_run(data / "feeds" / parsed.feed)
    url = url_of(store_url, data, dictionary)
    run, described = manifest.run, manifest.arguments
    return Plan(dictionary=dictionary, run=run, given=described, data=data, store_url=url, costs=costs or Costs())


def reparse(planned: Plan, limits: Limits, *, processes: int, report: Callable[[ReparseProgress], None]) -> Published:
    """Read all words of a run again and publish the result; continues where an earlier call was interrupted.

    :raises DictcrawlerError: when that fails.
    """
    with _readers(planned, processes) as readers, writing(planned.place, planned.arguments) as database:
        run = _begin(planned, database, limits)
        progress = ReparseProgress(run.unique, run.unique - run.pending_at_start)
        report(progress)
        for tasks, outcomes in _read_all(planned, run, readers, processes):
            _save(run, tasks, outcomes)
            progress.done += len(tasks)
            progress.not_kept += outcomes.count(None)
            report(progress)
        try:
            return run.publish()
        except OSError as error:
            raise StoreError(f"the feed cannot be written: {error}") from error


def share(planned: Plan, limits: Limits, words: int) -> str:
    """Begin a reparse and leave it to several machines, in slices of ``words`` words; returns the id of its run.

    :raises DictcrawlerError: when that fails.
    """
    with writing(planned.place, planned.arguments) as database:
        run = _begin(planned, database, limits)
        run.share(words, 1)
        return run.id


def read_slice(planned: Plan, mine: Slice, silence: timedelta) -> SliceRead:
    """Read the words of one slice again, from the pages in this data folder.

    :raises SliceLost: when another machine has the slice now.
    :raises StoreError: when the store cannot be read or written.
    """
    not_kept = 0
    with sharing(planned.place, planned.arguments) as database:
        run = Run.attach(database, mine.run, planned.arguments, planned.place.feeds, Limits())
        run.restrict(mine)
        with closing(Rereader(planned, run.id)) as rereader:
            for tasks in _chunks(run):
                outcomes = rereader.read(tasks)
                Slices(database).time_left(mine, silence)
                _save(run, tasks, outcomes)
                not_kept += outcomes.count(None)
    return SliceRead(not_kept, {name for file in rereader.missing if (name := machine_of(file))})


def _save(run: Run, tasks: list[KnownWord], outcomes: list[CheckedLookup | None]) -> None:
    read = zip(tasks, outcomes, strict=True)
    run.save(found for task, found in read if found is not None and not _is_same_failure(task, found.lookup))


def _is_same_failure(task: KnownWord, lookup: Lookup) -> bool:
    """Whether a word fails as it did before: storing that again would count one failure too many."""
    return not lookup.status.is_answer and (lookup.status, lookup.error) == (task.known.status, task.known.error)


def _begin(planned: Plan, database: Database, limits: Limits) -> Run:
    given = planned.arguments
    feeds_folder = planned.data / "feeds"
    if given.warc is not None:
        WarcIndex(database, given.warc).refresh()
    latest = feeds_folder / given.feed / planned.run
    return Run.begin(database, given, feeds_folder, _keywords(latest), limits)


def _keywords(run: Path) -> Iterator[Keyword]:
    """The word list of a published run, as it was read then."""
    for lookup in feeds.read_lookups(run):
        problem = None if lookup.normalized else lookup.error
        yield Keyword(lookup.line, lookup.keyword, lookup.normalized or None, problem)


def _chunks(run: Run, processes: int = 1) -> Iterator[list[KnownWord]]:
    pending, left = run.pending(), run.pending_at_start
    while words := list(islice(pending, _size(left, processes))):
        left -= len(words)
        known = run.outcomes(words)
        missing = [word.normalized for word in words if word.slug not in known]
        if missing:
            raise StoreError(f"the store has no outcome for {missing[0]!r}: it is not the one that the run was made in")
        yield [KnownWord(word, known[word.slug or ""]) for word in words]


def _size(left: int, processes: int) -> int:
    """The number of words in the next chunk, when so many are left."""
    return CHUNK if processes == 1 else min(CHUNK, max(LAST_CHUNK, left // (2 * processes)))


@contextmanager
def _readers(planned: Plan, processes: int) -> Iterator[ProcessPoolExecutor | None]:
    """The processes that read, started; ``None`` for a single one, which is this process.

    Forked processes have nothing to import, which would take each of them as long as to read a hundred pages. They must
    not share a connection to the store, nor a lock that a thread holds: so call this before the store is opened.
    """
    if processes == 1:
        yield None
        return
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if can_fork else "spawn")
    pool = ProcessPoolExecutor(processes, context, _begin_process, (planned,))
    try:
        for _ in range(processes):
            # A process is started when there is work for it.
            pool.submit(_do_nothing)
        yield pool
    except BrokenProcessPool as error:
        raise StoreError(f"a reading process has ended: {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _read_all(
    planned: Plan, run: Run, readers: ProcessPoolExecutor | None, processes: int
) -> Iterator[tuple[list[KnownWord], list[CheckedLookup | None]]]:
    chunks = _chunks(run, processes)
    if readers is not None:
        yield from _in_order(readers, run.id, chunks, 2 * processes)
        return
    with closing(Rereader(planned, run.id)) as rereader:
        yield from ((tasks, rereader.read(tasks)) for tasks in chunks)


def _in_order(
    pool: ProcessPoolExecutor, run: str, chunks: Iterable[list[KnownWord]], ahead: int
) -> Iterator[tuple[list[KnownWord], list[CheckedLookup | None]]]:
    """The chunks and their outcomes, in order; only a limited number is in progress at a time."""
    waiting: deque[tuple[list[KnownWord], Future[bytes]]] = deque()
    for tasks in chunks:
        waiting.append((tasks, pool.submit(_read_in_process, run, tasks)))
        if len(waiting) > ahead:
            first, future = waiting.popleft()
            yield first, _DECODE(future.result())
    for first, future in waiting:
        yield first, _DECODE(future.result())


_DECODE = msgspec.msgpack.Decoder(list[CheckedLookup | None]).decode


_planned: Plan
_rereader: Rereader | None = None


def _begin_process(planned: Plan) -> None:
    global _planned  # noqa: PLW0603 - what a process of the pool begins with has no other place
    # Move everything loaded so far out of the garbage collector's reach; it lives until exit anyway.
    gc.freeze()
    # Only the parent handles Ctrl-C; it ends its pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ahead.fork(planned.dictionary)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _planned = planned


def _do_nothing() -> None:
    """Work that only starts its process."""


def _end_with_parent() -> None:
    """Without this a pool's process would outlive a killed parent and wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_in_process(run: str, tasks: list[KnownWord]) -> bytes:
    """The outcomes of the words, packed: pickling each record of an entry costs more than parsing it from a page."""
    global _rereader  # noqa: PLW0603
    if _rereader is None:
        # Not earlier: the parent opens the store first, and may have to migrate it.
        _rereader = Rereader(_planned, run)
        # The processes of a pool run no functions of `atexit` unless they are spawned.
        Finalize(None, _rereader.close, exitpriority=0)
    return msgspec.msgpack.encode([found and _without_entries(found) for found in _rereader.read(tasks)])


def _without_entries(found: CheckedLookup) -> CheckedLookup:
    """The lookup in the form that the store needs: its entries are separate lines."""
    return msgspec.structs.replace(found, lookup=msgspec.structs.replace(found.lookup, entries=()))


def _sample_template(given: CrawlArguments, pages: Mapping[str, KeptPage]) -> str | None:
    """The URL template of the sample site at that time: it has a new port each time."""
    path = given.dictionary.editions[given.edition].addresses[0].split("/", 3)[3]
    if not pages:
        return None
    newest = urlsplit(list(pages)[-1])
    return f"{newest.scheme}://{newest.netloc}/{path}"
