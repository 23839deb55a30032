"""Nothing reaches the store that a reader of the feed would refuse."""

from __future__ import annotations

import msgspec

from dictcrawler.feeds import encode_line
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.normalize import normalize


def normalized(lookup: Lookup) -> Lookup:
    """The lookup with its entries in the feed's form: parts of speech by table, content hash."""
    if not lookup.entries:
        return lookup
    return msgspec.structs.replace(lookup, entries=tuple(normalize(entry) for entry in lookup.entries))


def checked(lookup: Lookup) -> Lookup:
    """The lookup, if its entries can be published.

    An entry is encoded as it will be published and read back through the schema. What fails
    costs the word its entries and ends as ``parse_error``: counted, never dropped.
    """
    try:
        check(lookup)
    except (msgspec.ValidationError, ValueError) as error:
        return msgspec.structs.replace(
            lookup, status=Status.PARSE_ERROR, error=f"check: {error}", entries=(), entry_ids=()
        )
    return lookup


def check(lookup: Lookup) -> None:
    """The schema of each entry, and what a schema cannot say.

    :raises msgspec.ValidationError: for a violation of the schema.
    :raises ValueError: for ids that are not unique, or an entry that says nothing.
    """
    decode = msgspec.json.Decoder(Entry).decode
    for entry in lookup.entries:
        decode(encode_line(entry))
        sense_ids = [sense.id for sense in entry.senses]
        if len(set(sense_ids)) != len(sense_ids):
            raise ValueError(f"{entry.id}: two senses with one id")
        if not (entry.senses or entry.relations or entry.boxes):
            raise ValueError(f"{entry.id}: no sense, no relation, no box")
    if len(set(lookup.entry_ids)) != len(lookup.entry_ids):
        raise ValueError("two entries with one id")
    if lookup.status.has_entries != bool(lookup.entries):
        raise ValueError(f"status {lookup.status.value} with {len(lookup.entries)} entries")
