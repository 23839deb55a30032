"""One row a sense, for tables in spreadsheets; an entry without senses has one row too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Option
from dictcrawler.exports.rights import Rights
from dictcrawler.model import Entry, Frequency, Label, RelationType, Sense

Cell = tuple[str, ...]
"""The values of one cell, none or several."""

Column = Callable[[Entry, Sense | None], Iterable[str | None]]


def _of_entry(read: Callable[[Entry], Iterable[str | None]]) -> Column:
    return lambda entry, _: read(entry)


def _of_sense(read: Callable[[Sense], Iterable[str | None]]) -> Column:
    return lambda _, sense: () if sense is None else read(sense)


def _labels(labels: Iterable[Label]) -> Iterator[str]:
    return (label.text for label in labels)


def _frequency(frequency: Frequency) -> str:
    return f"{frequency.scheme} {frequency.value}" + (f"/{frequency.max}" if frequency.max is not None else "")


def _related(kind: RelationType) -> Column:
    """The words with that relation to the sense, and to the whole entry."""

    def texts(entry: Entry, sense: Sense | None) -> Iterator[str]:
        places = (None, sense and sense.id)
        return (each.text for each in entry.relations if each.type == kind and each.from_ in places)

    return texts


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "headword": _of_entry(lambda entry: (entry.headword,)),
        "homograph_number": _of_entry(lambda entry: (entry.homograph_number,)),
        "parts_of_speech": _of_entry(lambda entry: entry.parts_of_speech or entry.raw_parts_of_speech),
        "entry_labels": _of_entry(lambda entry: _labels(entry.labels)),
        "frequency": _of_entry(lambda entry: map(_frequency, entry.frequency)),
        "pronunciations": _of_entry(
            lambda entry: dict.fromkeys(each.text for said in entry.pronunciations for each in said.transcriptions)
        ),
        "sound_files": _of_entry(lambda entry: (each.sound_file for each in entry.pronunciations)),
        "forms": _of_entry(lambda entry: dict.fromkeys(form.text for form in entry.inflected_forms)),
        "number": _of_sense(lambda sense: (sense.number,)),
        "indicator": _of_sense(lambda sense: (sense.indicator,)),
        "variant": _of_sense(lambda sense: (sense.variant,)),
        "labels": _of_sense(lambda sense: _labels(sense.labels)),
        "definitions": _of_sense(lambda sense: (each.text for each in sense.definitions)),
        "examples": _of_sense(lambda sense: (each.text for each in sense.examples)),
        "synonyms": _related("synonym"),
        "antonyms": _related("antonym"),
        "etymologies": _of_entry(lambda entry: (each.description for each in entry.etymologies)),
        "lang": _of_entry(lambda entry: (entry.lang,)),
        "dictionary": _of_entry(lambda entry: (entry.dictionary,)),
        "edition": _of_entry(lambda entry: (entry.edition,)),
        "entry_id": _of_entry(lambda entry: (entry.id,)),
        "sense_id": _of_sense(lambda sense: (sense.id,)),
        "sense_key": _of_sense(lambda sense: (sense.sense_key,)),
        "parent_id": _of_sense(lambda sense: (sense.parent,)),
        "url": _of_entry(lambda entry: (entry.source.url,)),
        "revision": _of_entry(lambda entry: (entry.source.revision,)),
        "attribution": _of_entry(lambda entry: (entry.source.attribution,)),
        "license": _of_entry(lambda entry: (entry.source.license,)),
        "rights": _of_entry(lambda entry: (Rights.of(entry.source).notice,)),
    }
)


def chosen(text: str) -> tuple[str, ...]:
    """The columns in a list with commas.

    :raises ValueError: when there is no such column.
    """
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in COLUMNS:
            raise ValueError(f"no column {name!r}; there are: {', '.join(COLUMNS)}")
    return names


OPTION = Option(
    name="columns",
    metavar="NAME,…",
    read=chosen,
    default=tuple(COLUMNS),
    help=f"the columns, in this order (default: all): {', '.join(COLUMNS)}",
)


def rows(export: Export, columns: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each sense."""
    readers = [COLUMNS[name] for name in columns]
    for entry in export.entries():
        for sense in entry.senses or (None,):
            yield tuple(tuple(filter(None, read(entry, sense))) for read in readers)
