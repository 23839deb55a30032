"""The rows of the three tables: entries unchanged, and flat rows of their senses and examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from dictcrawler.exports.formats.parquet.schema import arrow_fields
from dictcrawler.exports.rights import Rights
from dictcrawler.model import Entry, Example, Label

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


def schemas() -> dict[str, pa.Schema]:
    """The schema of each table."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    def columns(**types: pa.DataType) -> list[pa.Field]:
        return [pa.field(name, kind) for name, kind in types.items()]

    text, texts = pa.string(), pa.list_(pa.string())
    place = columns(
        entry_id=text, dictionary=text, edition=text, lang=text, headword=text, homograph_number=text,
        parts_of_speech=texts, sense_id=text,
    )  # fmt: skip
    terms = columns(url=text, license=text, rights=text)
    senses = columns(
        sense_key=text, position=pa.int64(), number=text, parent_id=text, indicator=text, variant=text,
        contributor=text, labels=texts, definition=text, definitions=texts, usage=text, examples=pa.int64(),
    )  # fmt: skip
    examples = columns(
        box=text, text=text, transliteration=text, pattern=text, gloss=text, citation=text, labels=texts,
        definition=text,
    )  # fmt: skip
    return {
        "entries": pa.schema(arrow_fields(Entry)),
        "senses": pa.schema([*place, *senses, *terms]),
        "examples": pa.schema([*place, *examples, *terms]),
    }


def entry_row(entry: Entry) -> Row:
    """The entry, unchanged."""
    row: Row = msgspec.to_builtins(entry, builtin_types=(datetime,))
    return row


def sense_rows(entry: Entry) -> Iterator[Row]:
    """A row for each sense."""
    for position, sense in enumerate(entry.senses, 1):
        definitions = [definition.text for definition in sense.definitions]
        yield _place(entry, sense.id) | {
            "sense_key": sense.sense_key,
            "position": position,
            "number": sense.number,
            "parent_id": sense.parent,
            "indicator": sense.indicator,
            "variant": sense.variant,
            "contributor": sense.contributor,
            "labels": _texts(sense.labels),
            "definition": "; ".join(definitions) or None,
            "definitions": definitions,
            "usage": "; ".join(each.usage for each in sense.definitions if each.usage) or None,
            "examples": len(sense.examples),
        }


def example_rows(entry: Entry) -> Iterator[Row]:
    """A row for each example of a sense or of a box."""
    for sense in entry.senses:
        definition = "; ".join(definition.text for definition in sense.definitions) or None
        for example in sense.examples:
            yield _place(entry, sense.id) | _example(example) | {"definition": definition}
    for box in entry.boxes:
        for example in box.examples:
            yield _place(entry, None) | _example(example) | {"box": box.kind}


def _place(entry: Entry, sense_id: str | None) -> Row:
    return {
        "entry_id": entry.id,
        "dictionary": entry.dictionary,
        "edition": entry.edition,
        "lang": entry.lang,
        "headword": entry.headword,
        "homograph_number": entry.homograph_number,
        "parts_of_speech": list(entry.parts_of_speech),
        "sense_id": sense_id,
        "url": entry.source.url,
        "license": entry.source.license,
        "rights": Rights.of(entry.source).notice,
    }


def _example(example: Example) -> Row:
    return {
        "text": example.text,
        "transliteration": example.transliteration,
        "pattern": example.pattern,
        "gloss": example.gloss,
        "citation": example.citation,
        "labels": _texts(example.labels),
    }


def _texts(labels: Iterable[Label]) -> list[str]:
    return [label.text for label in labels]
