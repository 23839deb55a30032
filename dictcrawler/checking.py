"""Nothing reaches the store that a reader of the feed would refuse."""

from __future__ import annotations

from datetime import datetime

import msgspec

from dictcrawler.feeds import encode_line
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.normalize import normalize

_read_back = msgspec.json.Decoder(Entry).decode


class Terms(msgspec.Struct, frozen=True):
    """On which terms an entry may be used, as its line of the feed says it under ``source``."""

    rights: str
    license: str | None = None
    attribution: str | None = None


class CheckedEntry(msgspec.Struct, frozen=True):
    """An entry that may be published: its line of the feed, and what of it the store looks at without reading that."""

    id: str
    content_hash: str
    fetched_at: datetime
    terms: Terms
    line: bytes


class CheckedLookup(msgspec.Struct, frozen=True):
    """A lookup that may be stored, and its entries as they are published."""

    lookup: Lookup
    entries: tuple[CheckedEntry, ...] = ()


def normalized(lookup: Lookup) -> Lookup:
    """The lookup with its entries in the feed's form: parts of speech by table, content hash."""
    if not lookup.entries:
        return lookup
    return msgspec.structs.replace(lookup, entries=tuple(normalize(entry) for entry in lookup.entries))


def checked(lookup: Lookup) -> CheckedLookup:
    """The lookup, if its entries can be published.

    An entry is encoded as it will be published and read back through the schema. What fails
    costs the word its entries and ends as ``parse_error``: counted, never dropped.
    """
    try:
        _check(lookup)
        return CheckedLookup(lookup, tuple(map(_checked, lookup.entries)))
    except (msgspec.ValidationError, ValueError) as error:
        return CheckedLookup(
            msgspec.structs.replace(
                lookup, status=Status.PARSE_ERROR, error=f"check: {error}", entries=(), entry_ids=()
            )
        )


def _check(lookup: Lookup) -> None:
    """What the schema of an entry cannot say.

    :raises ValueError: for ids that are not unique, or an entry that says nothing.
    """
    for entry in lookup.entries:
        sense_ids = [sense.id for sense in entry.senses]
        if len(set(sense_ids)) != len(sense_ids):
            raise ValueError(f"{entry.id}: two senses with one id")
        if not (entry.senses or entry.relations or entry.boxes):
            raise ValueError(f"{entry.id}: no sense, no relation, no box")
    if len(set(lookup.entry_ids)) != len(lookup.entry_ids):
        raise ValueError("two entries with one id")
    if lookup.status.has_entries != bool(lookup.entries):
        raise ValueError(f"status {lookup.status.value} with {len(lookup.entries)} entries")


def _checked(entry: Entry) -> CheckedEntry:
    line = encode_line(entry)
    _read_back(line)
    source = entry.source
    terms = Terms(source.rights, source.license, source.attribution)
    return CheckedEntry(entry.id, entry.content_hash, source.fetched_at, terms, line)
