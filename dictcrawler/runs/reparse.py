"""Today's parser over yesterday's pages: a crawl run again on what it was answered then.

Each word is asked again by the same `Asker` and the same source as in the crawl; only the
fetch is another: it gives the page that was kept for the word. So a reparse with the parser
of the crawl ends in the crawl's entries, to the byte. A word whose pages were not all kept
keeps its outcome. Nothing here makes a request.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa
import uvloop

from dictcrawler import dictionaries, feeds
from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.feeds.checking import CheckedLookup, checked
from dictcrawler.feeds.soundness import Limits
from dictcrawler.lookup.archive import ArchiveSource
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.boundary import Boundary
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.source import Source
from dictcrawler.lookup.walls import Wall, refuse_challenge
from dictcrawler.lookup.warc import WarcSource
from dictcrawler.model import Lookup, PageState, Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.forms import address_key
from dictcrawler.net.memento import replay_of
from dictcrawler.plan import arguments
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import Keyword, KeywordLine
from dictcrawler.reading.normalize import normalized
from dictcrawler.reading.process import ReadingProcess
from dictcrawler.runs.opening import Costs, Place, sharing, writing
from dictcrawler.runs.run import Published, Run
from dictcrawler.storage.captures import Listed
from dictcrawler.storage.database import Database, url_of
from dictcrawler.storage.kept_pages import NotKept, PageReader, folder_of
from dictcrawler.storage.page_index import KeptPage, PageIndex
from dictcrawler.storage.slices import Slice, Slices
from dictcrawler.storage.warc_index import WarcIndex

logger = logging.getLogger(__name__)

FEED_NAMES = ("edition", "feed", arguments.LANGUAGE)
CHUNK = 50
"""Words that one process reads at a time, and that are stored in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is read again: a run that had the arguments ``given``, from the pages and the store of a data folder."""

    dictionary: str
    run: str
    given: Mapping[str, str]
    data: Path
    store_url: sa.URL
    costs: Costs

    @property
    def place(self) -> Place:
        """Where it is and is written."""
        return Place(data=self.data, store_url=self.store_url)

    @property
    def arguments(self) -> CrawlArguments:
        """The arguments of the crawl, and which run is read again by which parser."""
        dictionary = dictionaries.load(self.dictionary)
        known = arguments.names(dictionary)
        given = {name: value for name, value in self.given.items() if name in known}
        asked = arguments.read(dictionary, {**given, "refresh": "all"})
        return replace(asked, reparse=f"{self.run} {asked.dictionary.parser}")


@dataclass(frozen=True, slots=True)
class Task:
    """A word, and the outcome that it had."""

    word: KeywordLine
    known: Lookup


@dataclass(slots=True)
class Progress:
    """Words done of all in this run; ``not_kept`` are those whose outcome stands for want of a page."""

    total: int
    done: int
    not_kept: int = 0


class _KeptFetch:
    """Fetches from the pages that were kept for one word, else the newest of the same URL."""

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
        """Nothing was asked, so nothing can have answered something else."""


class _KeptCaptures:
    """The captures that a crawl looked at for a word, in place of an archive's index."""

    is_complete = True

    def __init__(self, pages: Iterable[str], given: CrawlArguments) -> None:
        self._of_page: defaultdict[str, list[Listed]] = defaultdict(list)
        for replay in filter(None, (replay_of(url, given.archive) for url in pages)):
            self._of_page[address_key(replay.address)].append(Listed(replay.timestamp, replay.address))

    def listed(self, address: str) -> tuple[Listed, ...]:
        """All of one page, newest first."""
        found = self._of_page.get(address_key(address), [])
        return tuple(sorted(found, key=lambda each: each.timestamp, reverse=True))

    async def ask(self, address: str) -> tuple[Listed, ...]:  # noqa: ARG002
        """There are no others."""
        return ()

    async def read_on(self) -> None:
        """There is nothing more to read."""


class Rereader:
    """Reads words again, one after another. One object a process.

    The pages are read in a further process, as in a crawl: one that costs too much costs its word.
    """

    def __init__(self, plan: Plan, run: str) -> None:
        self._run = run
        self._given = plan.arguments
        self._database = Database(plan.store_url)
        self._index = PageIndex(self._database)
        self._reader = PageReader(self._index, folder_of(plan.data, plan.dictionary))
        self._boundary = Boundary()
        # One loop for all calls: the process that reads the pages belongs to it.
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._bodies = ReadingProcess(plan.dictionary, plan.costs.memory, plan.costs.seconds, self._given.view)
        self._captured = None if self._given.warc is None else WarcIndex(self._database, self._given.warc)

    def close(self) -> None:
        """Give the connections to the store back and end the process that reads."""
        self._runner.run(self._bodies.close())
        self._runner.close()
        self._database.close()

    def read(self, tasks: Iterable[Task]) -> list[CheckedLookup | None]:
        """What each word's pages say today; ``None`` where not all of them were kept."""
        return self._runner.run(self._read(tasks))

    async def _read(self, tasks: Iterable[Task]) -> list[CheckedLookup | None]:
        asked = list(tasks)
        pages = self._index.of_words(self._given.scope, [task.word.slug or "" for task in asked])
        return [await self._outcome(task, pages[task.word.slug or ""]) for task in asked]

    async def _outcome(self, task: Task, pages: Mapping[str, KeptPage]) -> CheckedLookup | None:
        if self._captured is None and not _is_told_by(pages, task.known):
            return None
        asker = Asker(self._given, self._source(pages), self._run, Wall(stops=False), self._boundary)
        try:
            lookup = await asker.ask(task.word, _KeptFetch(pages, self._index, self._reader))
        except NotKept as error:
            logger.debug("%s is not read again: %s", task.word.normalized, error)
            return None
        # An outcome that no page dates was so when the word was asked, not today.
        asked_at = min(filter(None, (lookup.fetched_at, task.known.fetched_at)), default=None)
        lookup = msgspec.structs.replace(
            lookup, attempts=task.known.attempts, fetched_at=asked_at, checked_at=task.known.checked_at
        )
        with self._boundary.around(lookup) as caught:
            return checked(normalized(lookup))
        return CheckedLookup(caught.outcome or lookup)

    def _source(self, pages: Mapping[str, KeptPage]) -> Source:
        given = self._given
        if given.source == "archive":
            return ArchiveSource(given, _KeptCaptures(pages, given), self._bodies)
        if self._captured is not None:
            return WarcSource(given, self._captured, self._bodies)
        if given.source == "sample":
            return LiveSource(given.dictionary, _sample_template(given, pages), self._bodies)
        return LiveSource(given.dictionary, given.base_url, self._bodies)


def _is_told_by(pages: Mapping[str, KeptPage], known: Lookup) -> bool:
    """Whether an outcome came of the word's pages. A failure of which none of them tells stands: an older page would
    pass for an answer to the question that has none."""
    if known.status.is_answer:
        return True
    newest = max((page.fetched_at for page in pages.values()), default=None)
    is_of_today = newest is not None and known.fetched_at is not None and newest >= known.fetched_at
    return is_of_today and known.status in _OF_A_PAGE


_OF_A_PAGE = frozenset({Status.BLOCKED, Status.HTTP_ERROR, Status.NOT_ARCHIVED, Status.PARSE_ERROR, Status.TOO_LARGE})


def plan(dictionary: str, given: Mapping[str, str], data: Path, store_url: str, costs: Costs | None = None) -> Plan:
    """What a reparse of the latest complete run would read; ``given`` are ``edition``, ``feed`` and ``language``.

    :raises ArgumentError: when there is no such dictionary, edition or language.
    :raises FeedError: when there is no such run.
    """
    for name in given:
        if name not in FEED_NAMES:
            raise ArgumentError(name, "a reparse takes it from the run that it reads again", ", ".join(FEED_NAMES))
    asked = arguments.read(dictionaries.load(dictionary), given)
    manifest = feeds.read_run(data / "feeds" / asked.feed)
    url = url_of(store_url, data, dictionary)
    run, described = manifest.run, manifest.arguments
    return Plan(dictionary=dictionary, run=run, given=described, data=data, store_url=url, costs=costs or Costs())


def reparse(planned: Plan, limits: Limits, *, processes: int, report: Callable[[Progress], None]) -> Published:
    """Read all words of a run again and publish what came of it; goes on where an earlier call was cut off.

    :raises DictcrawlerError: when that is not possible.
    """
    with writing(planned.place, planned.arguments) as database:
        run = _begin(planned, database, limits)
        progress = Progress(run.unique, run.unique - run.pending_at_start)
        report(progress)
        for tasks, outcomes in _read_all(planned, run.id, _chunks(run), processes):
            _save(run, tasks, outcomes)
            progress.done += len(tasks)
            progress.not_kept += outcomes.count(None)
            report(progress)
        try:
            return run.publish()
        except OSError as error:
            raise StoreError(f"the feed cannot be written: {error}") from error


def share(planned: Plan, limits: Limits, words: int) -> str:
    """Begin to read all words of a run again and leave it to several machines, in slices of so many words; its run.

    :raises DictcrawlerError: when that is not possible.
    """
    with writing(planned.place, planned.arguments) as database:
        run = _begin(planned, database, limits)
        run.share(words, 1)
        return run.id


def read_slice(planned: Plan, mine: Slice, silence: timedelta) -> int:
    """Read the words of one slice again, from the pages in this data folder; how many had pages that are not there.

    :raises SliceLost: when another machine has the slice now.
    :raises StoreError: when the store cannot be read or written.
    """
    not_kept = 0
    with sharing(planned.place, planned.arguments) as database:
        run = Run.attach(database, mine.run, planned.arguments, planned.place.feeds, Limits())
        run.restrict(mine)
        for tasks, outcomes in _read_all(planned, run.id, _chunks(run), 1):
            Slices(database).time_left(mine, silence)
            _save(run, tasks, outcomes)
            not_kept += outcomes.count(None)
    return not_kept


def _save(run: Run, tasks: list[Task], outcomes: list[CheckedLookup | None]) -> None:
    read = zip(tasks, outcomes, strict=True)
    run.save(found for task, found in read if found is not None and not _is_same_failure(task, found.lookup))


def _is_same_failure(task: Task, lookup: Lookup) -> bool:
    """Whether a word fails as it did: to store that again would count as one failure more."""
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


def _chunks(run: Run) -> Iterator[list[Task]]:
    pending = run.pending()
    while words := list(islice(pending, CHUNK)):
        known = run.outcomes(words)
        missing = [word.normalized for word in words if word.slug not in known]
        if missing:
            raise StoreError(f"the store has no outcome for {missing[0]!r}: it is not the one that the run was made in")
        yield [Task(word, known[word.slug or ""]) for word in words]


def _read_all(
    planned: Plan, run: str, chunks: Iterable[list[Task]], processes: int
) -> Iterator[tuple[list[Task], list[CheckedLookup | None]]]:
    if processes == 1:
        with closing(Rereader(planned, run)) as rereader:
            yield from ((tasks, rereader.read(tasks)) for tasks in chunks)
        return
    # A forked process would share the parent's connection to the store: SQLite forbids that.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _begin_process, (planned, run))
    try:
        yield from _in_order(pool, chunks, 2 * processes)
    except BrokenProcessPool as error:
        raise StoreError(f"a reading process has ended: {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, chunks: Iterable[list[Task]], ahead: int
) -> Iterator[tuple[list[Task], list[CheckedLookup | None]]]:
    """The chunks and what became of them, in order; only so many are under way at a time."""
    waiting: deque[tuple[list[Task], Future[bytes]]] = deque()
    for tasks in chunks:
        waiting.append((tasks, pool.submit(_read_in_process, tasks)))
        if len(waiting) > ahead:
            first, future = waiting.popleft()
            yield first, _DECODE(future.result())
    for first, future in waiting:
        yield first, _DECODE(future.result())


_DECODE = msgspec.msgpack.Decoder(list[CheckedLookup | None]).decode


_rereader: Rereader


def _begin_process(planned: Plan, run: str) -> None:
    global _rereader  # noqa: PLW0603 - what a process of the pool begins with has no other place
    # What is loaded stays to the end: not to be looked through for garbage with each page.
    gc.freeze()
    # Ctrl-C is for the parent, which ends its pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _rereader = Rereader(planned, run)
    atexit.register(_rereader.close)


def _end_with_parent() -> None:
    """A pool's process would outlive a parent that was killed, waiting for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_in_process(tasks: list[Task]) -> bytes:
    """What became of the words, packed: to pickle each record of an entry costs more than to read it from a page."""
    return msgspec.msgpack.encode([found and _without_entries(found) for found in _rereader.read(tasks)])


def _without_entries(found: CheckedLookup) -> CheckedLookup:
    """The lookup as the store needs it: its entries are there as lines."""
    return msgspec.structs.replace(found, lookup=msgspec.structs.replace(found.lookup, entries=()))


def _sample_template(given: CrawlArguments, pages: Mapping[str, KeptPage]) -> str | None:
    """The sample site as it was then: it has another port each time."""
    path = given.dictionary.editions[given.edition].addresses[0].split("/", 3)[3]
    if not pages:
        return None
    newest = urlsplit(list(pages)[-1])
    return f"{newest.scheme}://{newest.netloc}/{path}"
