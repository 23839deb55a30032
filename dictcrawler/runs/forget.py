"""Removes entries on request, everywhere: store, published runs, kept pages, recordings.

First everything to be removed is entered in the registry (`dictcrawler.storage.refusals`), in one transaction; then the
whole registry is enforced, step by step. Every step finds the remaining work by itself, so after an interruption the
same command finishes, and ``forget`` without words enforces the registry again: after a backup was restored, or on
another machine that shares the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree

from warcio.recordloader import ArcWarcRecord

from dictcrawler.durable import sync_folder
from dictcrawler.errors import FeedError, StoreError
from dictcrawler.feeds import history, read_run, taking_out, writer
from dictcrawler.feeds.sounds import SOUNDS
from dictcrawler.feeds.sounds import folder_of as sounds_of
from dictcrawler.model import Lookup
from dictcrawler.runs.closure import Closure, Stock, close_over
from dictcrawler.runs.run import opened
from dictcrawler.storage import locks, refusals, removal, warc_blanking, warc_files
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import folder_of
from dictcrawler.storage.ledger import Ledger, RunRecord
from dictcrawler.storage.page_index import PageIndex
from dictcrawler.storage.refusals import Refusals, Refused
from dictcrawler.storage.sounds import SoundStore
from dictcrawler.storage.store_url import file_of, url_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """The task: remove these words, which are slugs of the dictionary, from a data folder and its store."""

    dictionary: str
    slug: Callable[[str], str]
    words: tuple[str, ...]
    data: Path
    store_url: str


def planned(asked: Forget) -> Closure:
    """What `forget` would remove; nothing is changed.

    :raises ArgumentError: when the store's URL is wrong.
    :raises FeedError: when a run cannot be read.
    :raises StoreError: when the store cannot be read.
    """
    url = url_of(asked.store_url, asked.data, asked.dictionary)
    file = file_of(url)
    with ExitStack() as held:
        is_there = file is None or file.exists()
        database = held.enter_context(closing(Database(url))) if is_there else None
        known = Refusals(database).read() if database is not None else Refused()
        return close_over(_stock(asked, database), asked.words, known)


def forget(asked: Forget) -> Iterator[Closure | str]:
    """Remove the words; yields the items to be removed once they are in the registry, and then each change.

    :raises ArgumentError: when the store's URL is wrong; nothing is changed then.
    :raises LockedError: while a crawl or a reparse of this dictionary is running.
    :raises FeedError: when a run cannot be read.
    :raises StoreError: when something cannot be read or changed; the same command finishes.
    """
    url = url_of(asked.store_url, asked.data, asked.dictionary)
    feeds = _feeds(asked)
    with (
        locks.hold_prune(url, asked.data, asked.dictionary, *(feed.name for feed in feeds)),
        closing(Database(url)) as database,
    ):
        registry = Refusals(database)
        closure = close_over(_stock(asked, database), asked.words, registry.read())
        registry.add(closure.rows())
        yield closure
        yield from _enforced(asked, database, registry.read(), feeds)


def undo(asked: Forget) -> list[str]:
    """Allow these words to be looked up again; returns those that had not been removed.

    :raises LockedError: as `forget`.
    :raises StoreError: when the store cannot be changed.
    """
    url = url_of(asked.store_url, asked.data, asked.dictionary)
    names = (feed.name for feed in _feeds(asked))
    with locks.hold_prune(url, asked.data, asked.dictionary, *names), closing(Database(url)) as database:
        registry = Refusals(database)
        return [word for word in asked.words if not registry.undo(word)]


def _feeds(asked: Forget) -> list[Path]:
    """The feeds of the dictionary; one that cannot be read is left out, see `refuse_unreadable`."""
    return history.by_dictionary(history.feed_folders(asked.data), []).get(asked.dictionary, [])


def refuse_unreadable(asked: Forget) -> None:
    """Refuse to call it done while there is a feed of which nobody knows whether it has the entries.

    :raises FeedError: that of the first such feed.
    """
    unreadable: list[FeedError] = []
    history.by_dictionary(history.feed_folders(asked.data), unreadable)
    if unreadable:
        raise unreadable[0]


def _stock(asked: Forget, database: Database | None) -> Stock:
    runs = tuple(run.folder for feed in _feeds(asked) for run in history.runs(feed))
    return Stock(runs, database, asked.slug)


def _enforced(asked: Forget, database: Database, refused: Refused, feeds: list[Path]) -> Iterator[str]:
    if removal.remove(database, refused):
        yield f"the store {database.url}"
    failed: list[str] = []
    for feed in feeds:
        with _changing(feed, failed):
            yield from _in_feed(feed, database, refused)
    pages = folder_of(asked.data, asked.dictionary)
    with _changing(pages, failed):
        yield from _in_pages(pages, database, refused)
    for folder in (sounds_of(asked.data, asked.dictionary, source) for source in ("live", "sample")):
        with _changing(folder, failed):
            yield from _in_sounds(folder, refused)
    # The last step: it erases only free space of the store, on which nothing depends.
    database.erase_free_space()
    if failed:
        raise StoreError(f"{'; '.join(failed)}; the same command finishes")
    refuse_unreadable(asked)


@contextmanager
def _changing(path: Path, failed: list[str]) -> Iterator[None]:
    """Note that something cannot be changed, and continue: the entries are removed from everything else."""
    try:
        yield
    except OSError as error:
        failed.append(f"{path}: cannot be changed: {error}")
    except FeedError as error:
        failed.append(str(error))


def _in_feed(feed: Path, database: Database, refused: Refused) -> Iterator[str]:
    for left_over in (*feed.glob(".*.partial"), *feed.glob(".*.removed")):
        rmtree(left_over)
    ids = refused.entries.keys()
    without = partial(refusals.without, refused=ids)
    if (made := _successor(feed, database, ids, without)) is not None:
        yield f"{made}: published without them, as latest"
    earlier: Path | None = None
    for run in history.runs(feed):
        lost = taking_out.take_out(run.folder, ids, without, earlier)
        earlier = run.folder
        if lost is not None:
            yield f"{run.folder}: {lost} entries"


def _successor(feed: Path, database: Database, ids: Iterable[str], without: Callable[[Lookup], Lookup]) -> Path | None:
    """Publish the latest run again without the entries, and make it ``latest``; ``None`` when it has none of them."""
    gone = set(ids)
    latest = next((run for run in history.runs(feed) if run.is_latest), None)
    if latest is None or not taking_out.has(latest.folder, gone):
        return None
    waiting = _waiting(feed, latest.manifest.run)
    if waiting is None:
        waiting = _published(feed, latest.folder, database, gone, without)
    taking_out.copy_modes(latest.folder, waiting)
    Ledger(database).finish(waiting.name, "complete", latest.manifest.finished_at)
    writer.make_latest(waiting)
    # It may be one that an interrupted call for fewer words has published.
    return _successor(feed, database, gone, without) or waiting


def _waiting(feed: Path, latest: str) -> Path | None:
    """A successor of the latest run that an interrupted call has published, but not made ``latest``."""
    return next(
        (
            run.folder
            for run in history.runs(feed)
            if run.manifest.previous_run == latest and taking_out.REQUEST in run.manifest.changes
        ),
        None,
    )


def _published(
    feed: Path, latest: Path, database: Database, ids: set[str], without: Callable[[Lookup], Lookup]
) -> Path:
    manifest = read_run(latest)
    record = RunRecord("", "", "importing", manifest.arguments, manifest.words_sha256, database.now(), feed.name)
    run = opened(Ledger(database), record, feed.parent).id
    return taking_out.publish_without(latest, run, ids, without)


def _in_pages(folder: Path, database: Database, refused: Refused) -> Iterator[str]:
    if not folder.is_dir():
        return
    warc_files.mend(folder, PageIndex(database).sound_end)
    for left_over in folder.glob(".*.partial"):
        left_over.unlink()
    for path in sorted(folder.glob("*.warc.gz")):
        doomed = warc_blanking.spans(path, partial(_is_refused, refused))
        if doomed:
            warc_blanking.blank(path, doomed)
            yield f"{path}: {len(doomed)} records"
    sync_folder(folder)


def _is_refused(refused: Refused, record: ArcWarcRecord) -> bool:
    fields = record.rec_headers
    url, digest = fields.get_header("WARC-Target-URI"), fields.get_header("WARC-Payload-Digest")
    return url in refused.addresses or digest in refused.digests


def _in_sounds(folder: Path, refused: Refused) -> Iterator[str]:
    if not folder.is_dir() or not refused.sounds:
        return
    mode = folder.stat().st_mode & 0o666
    with SoundStore(folder) as store:
        gone = store.drop(refused.sounds)
    (folder / SOUNDS).chmod(mode)
    if gone:
        yield f"{folder}: {gone} recordings"
