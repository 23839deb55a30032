"""Removes old runs, and the files of kept pages that nothing refers to.

A file of kept pages stays as long as

* a page in it is the newest of its URL that was fetched for a word: a reparse reads it; or
* a body in it is cited by an entry of the store or of a published run; or
* a body in it is that of a ``revisit`` in another file that stays; or
* the file was the source of a crawl (``warc=``).

Only whole files are removed. First their rows are deleted, in one transaction that records the files' names,
then the files. After a crash at any point nothing refers to a missing body, and the next prune
removes the remaining files.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.errors import StoreError
from dictcrawler.feeds import history
from dictcrawler.feeds.history import PublishedRun
from dictcrawler.storage import locks, warc_files, warc_index
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import folder_of
from dictcrawler.storage.page_index import PageIndex
from dictcrawler.storage.store_url import StoreURL, file_of, url_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removed:
    """A run, or (not ``is_run``) a file of kept pages, that was removed or would be; ``size`` is in bytes."""

    path: Path
    size: int
    is_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """The task: prune the runs of these feeds of a dictionary beyond the ``keep`` newest, and its kept pages.

    With ``is_dry`` nothing is removed.
    """

    dictionary: str
    feeds: tuple[Path, ...]
    data: Path
    store_url: str
    keep: int
    is_dry: bool = False


def prune(task: Prune) -> Iterator[Removed]:
    """Remove old runs and then the pages that only they referred to; yields each removal.

    :raises ArgumentError: when the store's URL is wrong; nothing is removed then.
    :raises LockedError: while a crawl or a reparse of this dictionary is running.
    :raises FeedError: when a remaining run cannot be read; no page is removed then.
    :raises StoreError: when the store or the files cannot be read or changed; nothing is removed if the store
        cannot be opened.
    """
    url = url_of(task.store_url, task.data, task.dictionary)
    names = (feed.name for feed in task.feeds)
    with ExitStack() as held:
        if not task.is_dry:
            held.enter_context(locks.hold_prune(url, task.data, task.dictionary, *names))
        database = held.enter_context(closing(Database(url))) if _has_pages(task, url) else None
        if not task.is_dry:
            _finish_removals(task.feeds)
        doomed = [run for feed in task.feeds for run in history.removable(feed, task.keep)]
        links: Counter[tuple[int, int]] = Counter()
        for run in doomed:
            yield _without_run(run, links, is_dry=task.is_dry)
        if database is not None:
            yield from _without_pages(task, database, {run.folder for run in doomed})


def _has_pages(task: Prune, url: StoreURL) -> bool:
    """Whether there are kept pages, and a store that lists which of them are needed."""
    if not folder_of(task.data, task.dictionary).is_dir():
        return False
    if (file := file_of(url)) is not None and not file.exists():
        logger.warning("the kept pages of %s are left as they are: there is no store %s", task.dictionary, file)
        return False
    return True


def _finish_removals(feeds_of: Iterable[Path]) -> None:
    for feed in feeds_of:
        with _changing(feed):
            history.remove_left_over(feed)


def _without_run(run: PublishedRun, links: Counter[tuple[int, int]], *, is_dry: bool) -> Removed:
    """``links`` counts the removed names of each file: one that another run has too frees nothing yet."""
    with _changing(run.folder):
        size = 0
        for state in (path.stat() for path in run.folder.iterdir()):
            before = links[state.st_dev, state.st_ino] if is_dry else 0
            size += state.st_size if state.st_nlink == before + 1 else 0
            links[state.st_dev, state.st_ino] += 1
        if not is_dry:
            history.remove(run)
    return Removed(run.folder, size, is_run=True)


def _without_pages(task: Prune, database: Database, removed_runs: set[Path]) -> Iterator[Removed]:
    folder, index = folder_of(task.data, task.dictionary), PageIndex(database)
    of_dictionary = history.by_dictionary(history.feed_folders(task.data)).get(task.dictionary, [])
    staying = [run.folder for feed in of_dictionary for run in history.runs(feed) if run.folder not in removed_runs]
    indexed = index.files()
    doomed = indexed - _wanted(index, _cited(Answers(database), staying), _given(database, folder))
    left_over = index.forgotten() - indexed
    if not task.is_dry:
        index.forget(doomed)
    for file in sorted(doomed | left_over):
        with _changing(folder / file):
            size = warc_files.size(folder, file)
            if not task.is_dry:
                warc_files.remove(folder, file)
                index.is_removed(file)
        yield Removed(folder / file, size, is_run=False)


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: cannot be removed: {error}") from error


def _wanted(index: PageIndex, cited: set[str], given: set[str]) -> set[str]:
    """The files that stay: those that are needed, and those with bodies that files that stay refer to."""
    bodies: dict[str, list[str]] = {}
    for file, body in index.references():
        bodies.setdefault(file, []).append(body)
    wanted: set[str] = set()
    found = list(index.newest_files() | index.files_of(cited) | given)
    while found:
        file = found.pop()
        if file not in wanted:
            wanted.add(file)
            found += bodies.get(file, [])
    return wanted


def _cited(answers: Answers, runs: Iterable[Path]) -> set[str]:
    cited = set(answers.cited_digests())
    for run in runs:
        cited.update(feeds.cited_digests(run))
    return cited


def _given(database: Database, folder: Path) -> set[str]:
    """The files of a folder of kept pages that were the source of a crawl."""
    place = folder.resolve()
    return {path.name for path in warc_index.read_files(database) if path.parent == place}
