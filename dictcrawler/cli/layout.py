"""Lays out an entry for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TextIO

from dictcrawler.model import Box, Entry, Example, Frequency, Label, Pronunciation, Sense, Translation
from dictcrawler.text import printable

_STEP = 2
# "collocations" and "Collocates", "usage" and "Usage" count as the same word.
_SAME_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the layout; ``style`` is a style of rich, for a terminal."""

    indent: int
    text: str
    style: str = ""


def layout(entries: Iterable[Entry], titles: Mapping[str, str], notes: Iterable[str] = ()) -> Iterator[Line]:
    """Indented lines: the notes, then for each dictionary its title, its entries and its rights.

    An entry consists of its headword, senses, examples, relations, citation, and a blank line. Lines that all entries
    of a dictionary share are printed once.
    """
    notes = list(notes)
    yield from (Line(0, note) for note in notes)
    if notes:
        yield Line(0, "")
    for (dictionary, edition), group in groupby(sorted(entries, key=_edition), _edition):
        rights: dict[str, None] = {}
        yield Line(0, f"{titles[dictionary]} ({edition})", "bold underline")
        yield Line(0, "")
        for entry in group:
            yield from _entry(entry)
            yield Line(0, "")
            rights[" · ".join(filter(None, (entry.source.rights, entry.source.license)))] = None
        yield from (Line(0, text, "dim") for text in rights)
        yield Line(0, "")


def write(lines: Iterable[Line], out: TextIO) -> None:
    """Write the lines, wrapped and styled on a terminal, plain and one a line elsewhere."""
    if out.isatty():
        _write_in_style(lines, out)
        return
    out.writelines(f"{' ' * _STEP * line.indent}{printable(line.text)}\n" for line in lines)


def _write_in_style(lines: Iterable[Line], out: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to load, and only a terminal needs it
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out, highlight=False)
    for line in lines:
        text = Text(printable(line.text), style=line.style)
        console.print(Padding(text, (0, 0, 0, _STEP * line.indent), expand=False))


def _edition(entry: Entry) -> tuple[str, str]:
    return entry.dictionary, entry.edition


def _entry(entry: Entry) -> Iterator[Line]:
    yield Line(0, _head(entry), "bold")
    yield from _details(entry)
    yield from _senses(entry.senses)
    for relation_type, relations in groupby(sorted(entry.relations, key=lambda it: it.type), lambda it: it.type):
        texts = dict.fromkeys(relation.text for relation in relations if relation.text != entry.headword)
        if not texts:
            # A link to another homograph or edition: its text is the headword once more.
            continue
        yield Line(1, f"{relation_type.replace('_', ' ')}: {', '.join(texts)}")
    for box in entry.boxes:
        yield from _box(box)
    yield Line(1, _citation(entry), "dim")


def _joined(*parts: str | None) -> str:
    return "  ".join(part for part in parts if part)


def _labels(labels: Iterable[Label]) -> str | None:
    texts = ", ".join(label.text for label in labels)
    return f"[{texts}]" if texts else None


def _head(entry: Entry) -> str:
    number = f" ({entry.homograph_number})" if entry.homograph_number else ""
    parts = ", ".join(entry.parts_of_speech or entry.raw_parts_of_speech)
    return _joined(
        entry.headword + number,
        " ".join(map(_pronunciation, entry.pronunciations)),
        parts,
        _labels(entry.labels),
        ", ".join(map(_frequency, entry.frequency)),
    )


def _pronunciation(pronunciation: Pronunciation) -> str:
    spoken = " ".join(f"/{transcription.text}/" for transcription in pronunciation.transcriptions)
    return " ".join(filter(None, (_labels(pronunciation.labels), spoken))) if spoken else ""


def _frequency(frequency: Frequency) -> str:
    limit = f"/{frequency.max}" if frequency.max is not None else ""
    return f"{frequency.scheme.replace('_', ' ')} {frequency.value}{limit}"


def _details(entry: Entry) -> Iterator[Line]:
    forms = "; ".join(" ".join(filter(None, (form.tag, form.text))) for form in entry.inflected_forms)
    if forms:
        yield Line(1, f"forms: {forms}")
    for etymology in entry.etymologies:
        yield Line(1, f"origin: {etymology.description}")


def _senses(senses: Iterable[Sense]) -> Iterator[Line]:
    indents: dict[str | None, int] = {None: 0}
    for sense in senses:
        indents[sense.id] = indents.get(sense.parent, 0) + 1
        yield from _sense(sense, indents[sense.id])


def _sense(sense: Sense, indent: int) -> Iterator[Line]:
    meaning = "; ".join(
        f"{definition.text} — {definition.usage}" if definition.usage else definition.text
        for definition in sense.definitions
    )
    credit = f"(from {sense.contributor})" if sense.contributor else None
    indicator = sense.indicator and sense.indicator.upper()
    yield Line(indent, _joined(sense.number, indicator, sense.variant, _labels(sense.labels), meaning, credit))
    for example in sense.examples:
        yield Line(indent + 1, f"• {_example(example)}", "italic")
    if sense.translations:
        yield Line(indent + 1, f"translations: {'; '.join(map(_translation, sense.translations))}")


def _translation(translation: Translation) -> str:
    latin = f"({translation.transliteration})" if translation.transliteration else None
    return " ".join(filter(None, (f"{translation.lang}:", translation.text, latin, _labels(translation.labels))))


def _example(example: Example) -> str:
    pattern = f"{example.pattern}:" if example.pattern else None
    gloss = f"(= {example.gloss})" if example.gloss else None
    source = f"— {example.citation}" if example.citation else None
    return " ".join(
        filter(None, (pattern, _labels(example.labels), example.text, example.transliteration, gloss, source))
    )


def _box(box: Box) -> Iterator[Line]:
    yield Line(1, ": ".join(filter(None, (_box_kind(box), box.title, box.text))))
    for example in box.examples:
        yield Line(2, f"• {_example(example)}", "italic")


def _box_kind(box: Box) -> str | None:
    """The kind of a box, unless its title begins with that word ("Metaphor: love", "Collocates: love")."""
    title = (box.title or "").casefold()
    return None if title[:_SAME_LETTERS] == box.kind[:_SAME_LETTERS].casefold() else box.kind


def _citation(entry: Entry) -> str:
    source = entry.source
    through = f", from {source.retrieved_from}" if source.retrieved_from != source.url else ""
    read = f"{source.url} (read {source.fetched_at:%Y-%m-%d}{through})"
    return " · ".join(filter(None, (entry.id, read, source.attribution)))
