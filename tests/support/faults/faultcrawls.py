"""Crawls against the fault server: a list of rows in, the result of each out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dictcrawler import dictionaries, sample
from dictcrawler.feeds import read_entries, read_lookups, read_run
from dictcrawler.model import Entry, Lookup, RunManifest
from dictcrawler.parsing.page import MissPage
from dictcrawler.reading.citation import Provenance, read
from dictcrawler.sample.pages import Document
from tests.support.faults.faultrows import Row
from tests.support.faults.faultserver import PATH, FaultServer, Seen, faulty
from tests.support.records import NOON
from tests.support.server import Crawl, crawl

SETTINGS: Mapping[str, object] = {
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_TIMEOUT": 1.2,
    "WORD_DEADLINE": 2,
    "RETRY_TIMES": 2,
    "RETRY_BACKOFF": 0.01,
    "WALL_STOPS": False,
}
FIRST_GOOD = 200
"""The number from which on the words of the sample site are good."""


@dataclass(frozen=True)
class Outcome:
    """The result of a row."""

    row: Row
    lookup: Lookup
    entries: tuple[Entry, ...]
    seen: Seen


@dataclass(frozen=True)
class Faulted:
    """A finished crawl of rows with good words beside them."""

    crawl: Crawl
    manifest: RunManifest
    outcomes: tuple[Outcome, ...]
    good: tuple[Lookup, ...]
    lookups: tuple[Lookup, ...]
    entries: tuple[Entry, ...]


def word(number: int) -> str:
    return f"word{number:06}"


def crawl_rows(
    rows: Sequence[Row], data: Path, *given: str, settings: Mapping[str, object] | None = None, seed: int | None = None
) -> Faulted:
    """One crawl of all rows, each followed by a good word; shuffled with a seed."""
    with faulty({word(number): row.answer for number, row in enumerate(rows, start=1)}) as server:
        words = [name for number in range(1, len(rows) + 1) for name in (word(number), word(FIRST_GOOD + number % 150))]
        words = list(dict.fromkeys(words))
        if seed is not None:
            random.Random(seed).shuffle(words)  # noqa: S311
        mirror = f"base_url={server.url}{PATH}{{keyword}}"
        done = crawl(
            data,
            *("source=live", "homographs=first", mirror, f"word={','.join(words)}", *given),
            settings={**SETTINGS, **(settings or {})},
        )
        return _faulted(done, rows, server)


def _faulted(done: Crawl, rows: Sequence[Row], server: FaultServer) -> Faulted:
    # A withheld run is published too, but `latest` does not point at it.
    folder = next((path for path in done.feed.glob("2*") if path.is_dir()), None)
    if folder is None:
        raise AssertionError(f"nothing was published, exit status {done.status}:\n{done.log}\n{done.out}")
    lookups = {lookup.keyword: lookup for lookup in read_lookups(folder)}
    entries = {entry.id: entry for entry in read_entries(folder)}
    of_rows = {word(number): row for number, row in enumerate(rows, start=1)}
    outcomes = (
        Outcome(row, lookups[name], tuple(entries[id_] for id_ in lookups[name].entry_ids), server.seen[name])
        for name, row in of_rows.items()
    )
    good = (lookup for name, lookup in lookups.items() if name not in of_rows)
    manifest = read_run(folder)
    return Faulted(done, manifest, tuple(outcomes), tuple(good), tuple(lookups.values()), tuple(entries.values()))


def differences(outcome: Outcome) -> Iterator[str]:
    """How an outcome differs from the one that its row claims."""
    row, lookup = outcome.row, outcome.lookup
    if lookup.status.value != row.outcome:
        yield f"{lookup.status.value} ({lookup.error}), not {row.outcome}"
    if lookup.attempts != row.tries:
        yield f"{lookup.attempts} tries, not {row.tries}"
    requests = row.tries if row.requests is None else row.requests
    if outcome.seen.requests != requests:
        yield f"{outcome.seen.requests} requests at the server, not {requests}"
    if outcome.seen.seconds > row.seconds:
        yield f"{outcome.seen.seconds:.1f} s, more than {row.seconds:g}"
    warnings = tuple(dict.fromkeys(warning for entry in outcome.entries for warning in entry.source.warnings))
    if warnings != row.warnings:
        yield f"warnings {warnings}, not {row.warnings}"


def wrong(faulted: Faulted) -> list[str]:
    """The entries that differ from the page of their word without a warning."""
    expected = truth()
    return [
        entry.id
        for entry in faulted.entries
        if entry.content_hash != expected[entry.id] and "replacement-characters" not in entry.source.warnings
    ]


@cache
def truth() -> Mapping[str, str]:
    """The hash of the content of each entry on the pages of the sample site."""
    dictionary, pages = dictionaries.load("macmillan"), sample.load("macmillan", 400)
    fetch = Provenance(retrieved_from="https://x.example/", fetched_at=NOON, payload_digest=f"sha256:{'0' * 64}")
    entries: list[Entry] = []
    for number in range(1, 401):
        address = PATH + word(number)
        reply = pages.reply(address, {})
        if isinstance(reply, Document):
            read_page = read(dictionary, reply.text, f"https://www.macmillandictionary.com{address}", fetch)
            entries += () if isinstance(read_page, MissPage) else read_page
    return {entry.id: entry.content_hash for entry in entries}
