"""The verdict on a run: an exit status for schedulers, and a summary for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import islice

from dictcrawler import sample
from dictcrawler.errors import (
    ArgumentError,
    DictcrawlerError,
    FeedError,
    FetchError,
    KeywordListError,
    LockedError,
    NewerStoreError,
    ProxyUnauthorized,
    SliceLost,
    StoreError,
)
from dictcrawler.feeds import missing
from dictcrawler.model import RunManifest, Status
from dictcrawler.runs.run import Published
from dictcrawler.text import printable

FIRST_WORDS = 10
"""Words without an entry that the summary shows."""


class ExitStatus(IntEnum):
    """How ``dictcrawler crawl`` ends. 75 is ``EX_TEMPFAIL`` of BSD sysexits."""

    COMPLETE = 0
    UNEXPECTED = 1
    REFUSED = 2
    INCOMPLETE = 3
    WORDS_FAILED = 4
    NOTHING_FOUND = 5
    BLOCKED = 6
    STORE_FAILED = 7
    WITHHELD = 8
    LOCKED = 75


MEANINGS: Mapping[ExitStatus, str] = {
    ExitStatus.COMPLETE: "complete: every word was answered, the feed is published",
    ExitStatus.UNEXPECTED: "an unexpected error; the log has it",
    ExitStatus.REFUSED: "refused before any request: an argument, the word list or the store's version is wrong",
    ExitStatus.INCOMPLETE: "stopped before every word had an outcome; the same command continues",
    ExitStatus.WORDS_FAILED: "published, but some words failed (network, HTTP, parser); crawl again later",
    ExitStatus.NOTHING_FOUND: "published, but not one word was found",
    ExitStatus.BLOCKED: "published, but the site blocked some words",
    ExitStatus.STORE_FAILED: "the store or the disk failed; what was stored is intact, the same command continues",
    ExitStatus.WITHHELD: "published, but not made latest: run.json says why",
    ExitStatus.LOCKED: "refused: another crawl is writing this store or feed; try again later",
}


_FAILURES: tuple[tuple[tuple[type[DictcrawlerError], ...], ExitStatus], ...] = (
    ((SliceLost,), ExitStatus.LOCKED),
    ((ArgumentError, KeywordListError, NewerStoreError), ExitStatus.REFUSED),
    ((StoreError, FeedError), ExitStatus.STORE_FAILED),
    ((LockedError,), ExitStatus.LOCKED),
    ((FetchError, ProxyUnauthorized), ExitStatus.INCOMPLETE),
)


def exit_status(failure: DictcrawlerError | None, published: Published | None, reason: str | None) -> ExitStatus:
    """The exit status of a run that ended with this failure or this publication.

    ``reason`` is why the spider closed. If it ended by itself (``finished``,
    ``start_error``) without a failure or a publication, an unexpected error hit it.
    """
    if failure is not None:
        return next((status for kinds, status in _FAILURES if isinstance(failure, kinds)), ExitStatus.UNEXPECTED)
    if published is None:
        return ExitStatus.UNEXPECTED if reason in ("finished", "start_error") else ExitStatus.INCOMPLETE
    if published.manifest.reason:
        return ExitStatus.WITHHELD
    return _of_statuses({Status(name): count for name, count in published.manifest.statuses.items() if count})


def _of_statuses(statuses: Mapping[Status, int]) -> ExitStatus:
    if Status.BLOCKED in statuses:
        return ExitStatus.BLOCKED
    if not all(status.is_answer for status in statuses):
        return ExitStatus.WORDS_FAILED
    if not any(status.has_entries for status in statuses):
        return ExitStatus.NOTHING_FOUND
    return ExitStatus.COMPLETE


def summary(published: Published) -> str:
    """Where the feed is and how the words ended, as plain text."""
    manifest = published.manifest
    width = max(len(name) for name in (*manifest.statuses, "keywords"))
    rows = [f"  {name:<{width}}  {count:>9,}" for name, count in manifest.statuses.items()]
    seconds = (manifest.finished_at - manifest.started_at).total_seconds()
    lines = [
        f"{manifest.dictionary} ({manifest.edition}), run {manifest.run}, {seconds:,.0f} s",
        *rows,
        f"  {'keywords':<{width}}  {manifest.keywords:>9,}",
        f"  {'entries':<{width}}  {manifest.entries:>9,}",
        f"feed: {published.folder}",
    ]
    lines += _without_entry(published)
    if manifest.reason:
        lines.append(f"not made latest: {manifest.reason}")
    if manifest.published:
        lines.append(
            "published beside latest, which has other words; "
            "-s DROPPED_WORDS_LIMIT=1 makes it latest, -a feed=NAME gives it a feed of its own"
        )
    return "\n".join(map(printable, lines))


def _without_entry(published: Published) -> Iterator[str]:
    """The first words without an entry, how many lines repeat a word, how few words the sample has."""
    manifest = published.manifest
    repeated = manifest.keywords - manifest.unique_keywords
    if repeated:
        yield f"{_lines(repeated)} the word of an earlier line, which was looked up once"
    count = _count_without_entry(manifest)
    if not count:
        return
    try:
        first = list(islice(missing.of_run(published.folder), FIRST_WORDS))
    except FeedError as error:
        # The run is published whatever becomes of its summary.
        yield f"{count:,} without an entry; {error}"
        return
    yield f"without an entry, the first {len(first)}:" if len(first) == FIRST_WORDS else "without an entry:"
    yield from (f"  {word.lookup.keyword}: {word.remark}" for word in first)
    yield f"to list or correct them: dictcrawler missing {published.folder}"
    if manifest.arguments.get("source") == "sample" and manifest.dictionary in sample.names():
        known = sum(1 for _ in sample.load(manifest.dictionary).words())
        yield (
            f"the sample site has {known} invented words only; dictcrawler sample-site --dictionary "
            f"{manifest.dictionary} --list prints them"
        )


def _count_without_entry(manifest: RunManifest) -> int:
    return sum(count for name, count in manifest.statuses.items() if not Status(name).has_entries)


def _lines(count: int) -> str:
    return f"{count:,} line repeats" if count == 1 else f"{count:,} lines repeat"
