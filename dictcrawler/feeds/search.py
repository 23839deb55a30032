"""Searches one word in a published run or a feed: by the index of the run, else by a scan that decodes few lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

import msgspec

from dictcrawler.errors import FeedError
from dictcrawler.feeds import history
from dictcrawler.feeds.reader import lines_at, matching, read_heads, read_run, resolve
from dictcrawler.feeds.word_index import TextKind, folded, places
from dictcrawler.model import Entry, Lookup, Record

MOST_RUNS = 20
"""Most runs of a feed other than ``latest`` that are searched, the newest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """The lookups and entries of a word in a run; ``by_form``: the word is an inflected form in these entries."""

    lookups: tuple[Lookup, ...]
    entries: tuple[Entry, ...]
    by_form: bool = False


class _Headword(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    headword: str


def find_in_feed(feed: Path, word: str) -> Found:
    """Search the latest run of a feed, then the newest run beside it or withheld that has the word.

    A crawl of a few words is published beside ``latest``: its words are found too.

    :raises FeedError: when a manifest or a line that seems to match is bad.
    """
    found = Found((), ())
    for run in _runs(feed):
        found = find(run, word)
        if found.lookups or found.entries:
            break
    return found


def similar(feeds: Iterable[Path], word: str, most: int = 5) -> list[str]:
    """The stored headwords with a similar spelling, the most similar first.

    :raises FeedError: when a line of entries is bad.
    """
    spellings: dict[str, str] = {}
    for run in (run for feed in feeds for run in _runs(feed)):
        for head in read_heads(run, _Headword):
            spellings.setdefault(folded(head.headword), head.headword)
    return [spellings[near] for near in get_close_matches(folded(word), spellings, most)]


def _runs(feed: Path) -> Iterator[Path]:
    """The latest run, then the newest ones that never were latest. Runs that were have the same words or fewer."""
    runs = history.runs(feed)
    yield from (run.folder for run in runs if run.is_latest)
    beside = [run.folder for run in reversed(runs) if run.kind in ("beside", "withheld")]
    yield from beside[:MOST_RUNS]


def find(path: str | os.PathLike[str], word: str) -> Found:
    """The lookups of the word and the entries they led to or with that headword, else those with it as a form.

    Ignores case, and whether apostrophes are straight or typographic.

    :raises FeedError: when ``path`` is not a feed or a line that seems to match is bad.
    """
    run = resolve(path)
    wanted = folded(word)
    found = _indexed(run, wanted)
    # A word that the index does not have is looked for all the same: it is no part of the verified run.
    return found if found is not None and (found.lookups or found.entries) else _scanned(run, wanted)


def _indexed(run: Path, wanted: str) -> Found | None:
    """The lines that the index leads to; ``None`` when the run has no usable index."""
    try:
        manifest = read_run(run)
        known = places(run, manifest, wanted)
        if known is None:
            return None
        lookups = tuple(each for each in lines_at(run, Lookup, known[TextKind.LOOKUP]) if _is_of(each, wanted))
        ids = {entry_id for lookup in lookups for entry_id in lookup.entry_ids}
        of_ids = [places(run, manifest, entry_id) or {} for entry_id in ids]
        offsets = {*known[TextKind.HEADWORD], *(at for each in of_ids for at in each.get(TextKind.ENTRY_ID, ()))}
        entries = tuple(
            each for each in lines_at(run, Entry, sorted(offsets)) if each.id in ids or folded(each.headword) == wanted
        )
        if ids - {entry.id for entry in entries}:
            return None
        of_form = () if entries else tuple(lines_at(run, Entry, known[TextKind.FORM]))
    except FeedError:
        # The scan names what is damaged, if it is not the index.
        return None
    of_form = tuple(each for each in of_form if _has_form(each, wanted))
    return Found(lookups, entries or of_form, by_form=bool(of_form))


def _scanned(run: Path, wanted: str) -> Found:
    spelt = _spelt(wanted)
    lookups = tuple(
        lookup
        for lookup in matching(run, Lookup, b'"(?:keyword|normalized)":"' + spelt + b'"')
        if _is_of(lookup, wanted)
    )
    ids = {entry_id for lookup in lookups for entry_id in lookup.entry_ids}
    alternatives = [b'headword":"' + spelt, *(b'id":' + _escaped(entry_id)[:-1] for entry_id in sorted(ids))]
    entries = tuple(
        entry
        for entry in matching(run, Entry, b'"(?:' + b"|".join(alternatives) + b')"')
        if entry.id in ids or folded(entry.headword) == wanted
    )
    if entries:
        return Found(lookups, entries)
    of_form = tuple(entry for entry in matching(run, Entry, b'"text":"' + spelt + b'"') if _has_form(entry, wanted))
    return Found(lookups, of_form, by_form=bool(of_form))


def _is_of(lookup: Lookup, wanted: str) -> bool:
    return wanted in (folded(lookup.keyword), folded(lookup.normalized))


def _has_form(entry: Entry, wanted: str) -> bool:
    return any(folded(form.text) == wanted for form in entry.inflected_forms)


def _spelt(word: str) -> bytes:
    """A pattern for the bytes of a word in a feed: ASCII without case, any bytes for other characters."""
    parts = (
        re.escape(msgspec.json.encode("".join(run))[1:-1]) if ascii_only else rb"[\x80-\xff]+"
        for ascii_only, run in groupby(word, str.isascii)
    )
    return b"(?i:" + b"".join(parts).replace(b"'", b"(?:'|\xe2\x80\x99)") + b")"


def _escaped(text: str) -> bytes:
    return re.escape(msgspec.json.encode(text))
