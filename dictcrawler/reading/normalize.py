"""Normalizes an entry: controlled parts of speech, no duplicates, and the hash of its content.

Pure functions on tables; nothing is guessed. A part of speech that is in no table stays as
printed and is counted as a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_not
from types import MappingProxyType
from typing import TypeVar, get_args

import msgspec

from dictcrawler.feeds.hashing import content_hash, with_sense_keys
from dictcrawler.model import (
    Box,
    Entry,
    Example,
    InflectedForm,
    Lookup,
    PartOfSpeech,
    Pronunciation,
    Record,
    Relation,
    Sense,
)

UNKNOWN_PART_OF_SPEECH = "unknown-part-of-speech"
NOT_HASHED = ""
"""The content hash of an entry that is not normalized yet; no entry of a feed may have it."""

# The ways in which dictionaries print a part of speech, case folded and without full stops.
_PRINTED: dict[PartOfSpeech, str] = {
    "abbreviation": "abbr; abbrev; acronym; initialism; written abbreviation",
    "adjective": "adj; adjectival",
    "adverb": "adv",
    "article": "art; definite article; indefinite article",
    "auxiliary verb": "auxiliary; aux; aux v; auxiliary v",
    "combining form": "comb form",
    "conjunction": "conj",
    "contraction": "contr",
    "determiner": "det",
    "exclamation": "excl; exclam",
    "interjection": "interj",
    "linking verb": "linking v; copula",
    "modal verb": "modal; modal v; modal auxiliary; modal auxiliary verb",
    "noun": "n; plural noun; mass noun; count noun",
    "number": "num; numeral; cardinal number; cardinal numeral",
    "ordinal number": "ordinal; ordinal numeral",
    "phrasal verb": "phr v; phrv; phr vb; phrasal v; pv",
    "phrase": "phr; idiom; prepositional phrase; noun phrase; adverb phrase; adverbial phrase; verb phrase",
    "predeterminer": "predet",
    "prefix": "pref",
    "preposition": "prep",
    "pronoun": "pron",
    "proper noun": "proper name; prop n",
    "proverb": "prov",
    "punctuation mark": "punctuation",
    "quantifier": "quant",
    "suffix": "suff",
    "symbol": "symb; sym",
    "verb": "v; vb; transitive verb; intransitive verb",
}

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = MappingProxyType(
    {name: name for name in get_args(PartOfSpeech)}
    | {printed: name for name, spellings in _PRINTED.items() for printed in spellings.split("; ")}
)
"""Printed (case folded, without full stops) → controlled part of speech."""

# The lists that are sets: a duplicate adds no information …
_SETS: Mapping[type[Record], tuple[str, ...]] = {
    Entry: ("labels", "relations"),
    Pronunciation: ("labels",),
    InflectedForm: ("labels",),
    Sense: ("labels",),
    Example: ("labels",),
}
# … and the lists of records that hold such lists.
_INNER: Mapping[type[Record], tuple[str, ...]] = {
    Entry: ("pronunciations", "inflected_forms", "senses", "boxes"),
    InflectedForm: ("pronunciations",),
    Sense: ("examples",),
    Box: ("examples",),
}

_Record = TypeVar("_Record", bound=Record)
_Value = TypeVar("_Value")


def normalize(entry: Entry) -> Entry:
    """The entry with controlled parts of speech, without duplicates, and with the hash of its content.

    A part of speech that is not in `PARTS_OF_SPEECH` adds the warning
    ``unknown-part-of-speech:VALUE``, unless the parser set controlled ones itself, as it must
    for pages that print them in another language. Idempotent.
    """
    entry = with_sense_keys(_without_empty_relations(_without_duplicates(entry)))
    known, unknown = _sorted_out(entry.raw_parts_of_speech)
    if entry.parts_of_speech:
        unknown = []
    warnings = _unique((*entry.source.warnings, *(f"{UNKNOWN_PART_OF_SPEECH}:{printed}" for printed in unknown)))
    entry = msgspec.structs.replace(
        entry,
        parts_of_speech=_unique((*entry.parts_of_speech, *known)),
        source=msgspec.structs.replace(entry.source, warnings=warnings),
    )
    return msgspec.structs.replace(entry, content_hash=content_hash(entry))


def _sorted_out(printed: tuple[str, ...]) -> tuple[list[PartOfSpeech], list[str]]:
    """The parts of speech found in the table, mapped, and the others, as printed."""
    known: list[PartOfSpeech] = []
    unknown: list[str] = []
    for text in printed:
        name = PARTS_OF_SPEECH.get(text.casefold().replace(".", ""))
        if name is None:
            unknown.append(text)
        else:
            known.append(name)
    return known, unknown


def _without_duplicates(record: _Record) -> _Record:
    """The record without duplicates; the same object when it has none, as copying would cost time on every page."""
    changes: dict[str, tuple[object, ...]] = {}
    for name in _SETS.get(type(record), ()):
        values = getattr(record, name)
        if (unique := _unique(values)) is not values:
            changes[name] = unique
    for name in _INNER.get(type(record), ()):
        inner = getattr(record, name)
        cleared = tuple(map(_without_duplicates, inner))
        if any(map(is_not, cleared, inner)):
            changes[name] = cleared
    return msgspec.structs.replace(record, **changes) if changes else record


def _unique(values: tuple[_Value, ...]) -> tuple[_Value, ...]:
    """Each value once; the same tuple when it has no duplicates."""
    unique = tuple(dict.fromkeys(values)) if len(values) > 1 else values
    return unique if len(unique) < len(values) else values


def _without_empty_relations(entry: Entry) -> Entry:
    """The entry without relations of no content: a word as its own synonym, or a link to the entry itself."""
    kept = tuple(relation for relation in entry.relations if not _is_empty(relation, entry))
    return msgspec.structs.replace(entry, relations=kept) if len(kept) < len(entry.relations) else entry


def _is_empty(relation: Relation, entry: Entry) -> bool:
    if relation.text.casefold() != entry.headword.casefold():
        return False
    if relation.type == "synonym":
        return True
    leads_elsewhere = relation.url is not None or relation.to not in (None, entry.id)
    return relation.type in ("homograph", "counterpart") and not leads_elsewhere


def normalized(lookup: Lookup) -> Lookup:
    """The lookup with normalized entries: controlled parts of speech, content hash."""
    if not lookup.entries:
        return lookup
    return msgspec.structs.replace(lookup, entries=tuple(normalize(entry) for entry in lookup.entries))
