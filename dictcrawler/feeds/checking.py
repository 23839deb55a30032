"""Checks entries before they are stored: the store has none that a reader of the feed would refuse."""

from __future__ import annotations

from datetime import datetime

import msgspec

from dictcrawler.feeds.format import encode_line
from dictcrawler.model import Entry, Lookup, Status

_read_back = msgspec.json.Decoder(Entry).decode


class Terms(msgspec.Struct, frozen=True):
    """The terms of use of an entry, from ``source`` of its line."""

    rights: str
    license: str | None = None
    attribution: str | None = None


class CheckedEntry(msgspec.Struct, frozen=True):
    """An entry that may be published: its line of the feed, and the values that the store needs from that line."""

    id: str
    content_hash: str
    fetched_at: datetime
    terms: Terms
    line: bytes
    text_coverage: float | None = None
    structure: float | None = None


class CheckedLookup(msgspec.Struct, frozen=True):
    """A lookup that may be stored, and its entries as they are published."""

    lookup: Lookup
    entries: tuple[CheckedEntry, ...] = ()


def checked(lookup: Lookup) -> CheckedLookup:
    """The lookup with those of its entries that can be published.

    An entry is encoded as for publication and read back through the schema. If that fails it is
    left out, and ``error`` has the reason; a lookup that would lose all of its entries ends as ``parse_error``.
    """
    try:
        _check(lookup)
    except ValueError as error:
        return _refused(lookup, f"check: {error}")
    kept: list[CheckedEntry] = []
    problems: list[str] = []
    for entry in lookup.entries:
        try:
            kept.append(checked_entry(entry))
        except ValueError as error:
            problems.append(f"{entry.id}: {error}")
    if not problems:
        return CheckedLookup(lookup, tuple(kept))
    if not kept:
        return _refused(lookup, f"check: {'; '.join(problems)}")
    ids = tuple(entry.id for entry in kept)
    return CheckedLookup(
        msgspec.structs.replace(
            lookup,
            entries=tuple(entry for entry in lookup.entries if entry.id in ids),
            entry_ids=ids,
            error="; ".join(filter(None, (lookup.error, *(f"left out: {problem}" for problem in problems)))),
        ),
        tuple(kept),
    )


def checked_entry(entry: Entry) -> CheckedEntry:
    """The entry as its line of the feed.

    :raises ValueError: when a reader of the feed would refuse it, or it has no content.
    """
    sense_ids = [sense.id for sense in entry.senses]
    if len(set(sense_ids)) != len(sense_ids):
        raise ValueError("two senses with one id")
    if not entry.says_something:
        raise ValueError("no sense, no relation, no box")
    line = encode_line(entry)
    # `msgspec.ValidationError` is a `ValueError`.
    _read_back(line)
    source = entry.source
    terms = Terms(source.rights, source.license, source.attribution)
    return CheckedEntry(
        entry.id, entry.content_hash, source.fetched_at, terms, line, source.text_coverage, source.structure
    )


def _check(lookup: Lookup) -> None:
    """Check the lookup as a whole.

    :raises ValueError: for entry ids that are not unique, or a status that contradicts the entries.
    """
    if len(set(lookup.entry_ids)) != len(lookup.entry_ids):
        raise ValueError("two entries with one id")
    if lookup.status.has_entries != bool(lookup.entries):
        raise ValueError(f"status {lookup.status.value} with {len(lookup.entries)} entries")


def _refused(lookup: Lookup, problem: str) -> CheckedLookup:
    return CheckedLookup(
        msgspec.structs.replace(lookup, status=Status.PARSE_ERROR, error=problem, entries=(), entry_ids=())
    )
