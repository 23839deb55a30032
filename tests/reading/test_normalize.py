"""Entry → Entry: controlled parts of speech, no duplicates, a hash of the content alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings

from dictcrawler import feeds
from dictcrawler.feeds.hashing import content_hash, with_sense_keys
from dictcrawler.model import (
    Box,
    Entry,
    Example,
    InflectedForm,
    Label,
    PartOfSpeech,
    Pronunciation,
    Record,
    Relation,
    Sense,
)
from dictcrawler.reading.normalize import _INNER, _SETS, PARTS_OF_SPEECH, normalize, normalized
from tests.support import records

ENTRIES = records.records(Entry)
LABEL = Label(text="informal", type="register")
OTHER = Label(text="British", type="region")
TWICE = (LABEL, OTHER, LABEL)


@pytest.mark.parametrize(
    ("printed", "controlled"),
    [
        ("noun", "noun"),
        ("Proper noun", "proper noun"),
        ("adj", "adjective"),
        ("adj.", "adjective"),
        ("n", "noun"),
        ("phr v", "phrasal verb"),
        ("phr. v.", "phrasal verb"),
        ("phrasal verb", "phrasal verb"),
        ("modal verb", "modal verb"),
        ("exclamation", "exclamation"),
        ("Idiom", "phrase"),
        ("Numeral", "number"),
    ],
)
def test_a_printed_part_of_speech_becomes_the_controlled_one(printed: str, controlled: str) -> None:
    found = normalize(records.entry(raw_parts_of_speech=(printed,)))
    assert found.parts_of_speech == (controlled,)
    assert found.raw_parts_of_speech == (printed,)
    assert found.source.warnings == ()


def test_every_controlled_part_of_speech_maps_to_itself() -> None:
    assert {name: PARTS_OF_SPEECH[name] for name in get_args(PartOfSpeech)} == {
        name: name for name in get_args(PartOfSpeech)
    }
    assert set(PARTS_OF_SPEECH.values()) <= set(get_args(PartOfSpeech))
    assert all(printed == printed.casefold().replace(".", "") for printed in PARTS_OF_SPEECH)


def test_an_unknown_part_of_speech_stays_raw_and_is_one_warning() -> None:
    raw = ("noun", "Zig", "noun, verb", "Zig", "n")
    found = normalize(records.entry(raw_parts_of_speech=raw, cited=records.source(warnings=("unknown-class:zig",))))
    assert found.raw_parts_of_speech == raw
    assert found.parts_of_speech == ("noun",)
    assert found.source.warnings == (
        "unknown-class:zig",
        "unknown-part-of-speech:Zig",
        "unknown-part-of-speech:noun, verb",
    )


def test_a_part_of_speech_in_another_language_is_no_warning_when_the_parser_knows_it() -> None:
    found = normalize(records.entry(raw_parts_of_speech=("Zeitwort",), parts_of_speech=("verb",)))
    assert found.parts_of_speech == ("verb",)
    assert found.source.warnings == ()


def test_a_part_of_speech_that_the_parser_is_sure_of_is_kept() -> None:
    found = normalize(records.entry(parts_of_speech=("phrasal verb",), raw_parts_of_speech=("verb", "phr v")))
    assert found.parts_of_speech == ("phrasal verb", "verb")


def test_exact_duplicates_of_labels_and_relations_go_and_the_order_stays() -> None:
    example = Example(text="x", labels=TWICE)
    spoken = Pronunciation(transcriptions=(), alternate_sound_files=(), labels=TWICE)
    synonym, antonym = Relation(type="synonym", text="ball"), Relation(type="antonym", text="ball")
    found = normalize(
        records.entry(
            labels=TWICE,
            relations=(synonym, antonym, synonym),
            pronunciations=(spoken,),
            inflected_forms=(InflectedForm(text="x", labels=TWICE, pronunciations=(spoken,)),),
            senses=(Sense(id="a#1", labels=TWICE, definitions=(), examples=(example, example)),),
            boxes=(Box(kind="usage", examples=(example,)),),
        )
    )
    once = (LABEL, OTHER)
    assert found.labels == once
    assert found.relations == (synonym, antonym)
    assert found.pronunciations[0].labels == once
    assert found.inflected_forms[0].labels == once
    assert found.inflected_forms[0].pronunciations[0].labels == once
    assert found.senses[0].labels == once
    assert [example.labels for example in found.senses[0].examples] == [once, once]
    assert found.boxes[0].examples[0].labels == once


def paths_to_sets(kind: type[Record]) -> Iterator[str]:
    for name, hint in get_type_hints(kind).items():
        if name in ("labels", "relations"):
            yield name
        elif get_origin(hint) is tuple and isinstance(inner := get_args(hint)[0], type) and issubclass(inner, Record):
            yield from (f"{name}.{path}" for path in paths_to_sets(inner))


def paths_in_tables(kind: type[Record]) -> Iterator[str]:
    yield from _SETS.get(kind, ())
    for name in _INNER.get(kind, ()):
        yield from (f"{name}.{path}" for path in paths_in_tables(get_args(get_type_hints(kind)[name])[0]))


def test_the_tables_reach_every_list_of_labels_and_relations_in_the_model() -> None:
    assert sorted(paths_in_tables(Entry)) == sorted(paths_to_sets(Entry))
    assert "senses.examples.labels" in paths_to_sets(Entry)


@given(ENTRIES)
@settings(max_examples=40, deadline=None)
def test_normalizing_twice_is_normalizing_once(entry: Entry) -> None:
    once = normalize(entry)
    assert normalize(once) == once


@given(ENTRIES)
@settings(max_examples=40, deadline=None)
def test_the_hash_is_that_of_the_canonical_json_of_the_line_without_citation(entry: Entry) -> None:
    line = json.loads(feeds.encode_line(entry))
    for name in ("schema_version", "content_hash", "source"):
        del line[name]
    canonical = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert content_hash(entry) == "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def test_the_hash_changes_with_the_content_and_only_with_it() -> None:
    first = normalize(records.entry())
    cited_otherwise = normalize(records.entry(cited=records.source(layout="other", text_coverage=0.5)))
    changed = normalize(records.entry(headword="zorbo"))
    assert (
        first.content_hash
        == cited_otherwise.content_hash
        == content_hash(with_sense_keys(records.content(parts_of_speech=("noun",))))
    )
    assert changed.content_hash != first.content_hash


def test_nothing_else_of_an_entry_changes() -> None:
    entry = records.entry(raw_parts_of_speech=("noun",), parts_of_speech=("noun",))
    found = normalize(entry)
    assert msgspec.structs.replace(found, content_hash=entry.content_hash) == with_sense_keys(entry)


def test_a_lookup_is_normalized_with_all_its_entries_and_one_without_entries_is_itself() -> None:
    entry = records.entry(id="hi_1")
    found = records.lookup(entries=(entry,), entry_ids=(entry.id,))
    assert normalized(found).entries == (normalize(entry),)
    missed = msgspec.structs.replace(found, entries=(), entry_ids=())
    assert normalized(missed) is missed


@pytest.mark.parametrize(
    ("kind", "text", "place", "is_kept"),
    [
        ("synonym", "HI", {}, False),
        ("synonym", "hello", {}, True),
        ("homograph", "hi", {}, False),
        ("homograph", "hi", {"url": "https://example.org/hi_2"}, True),
        ("homograph", "hi", {"to": "hi_2"}, True),
        ("antonym", "hi", {}, True),
    ],
)
def test_a_relation_of_an_entry_to_itself_is_dropped(
    kind: str, text: str, place: dict[str, str], *, is_kept: bool
) -> None:
    relation = Relation(type=kind, text=text, **place)  # type: ignore[arg-type]
    entry = msgspec.structs.replace(records.entry(id="hi_1"), headword="hi", relations=(relation,))
    assert normalize(entry).relations == ((relation,) if is_kept else ())
