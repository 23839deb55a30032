"""The differences between two versions of an entry: which texts changed, and where in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from dictcrawler.model import Box, Entry, Example, Label, Pronunciation, Sense

_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST_COMPARED = 4_000
"""In tokens of both texts together. Longer texts are shown whole, since the cost of comparing grows with the
product."""

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both versions, or only in the earlier or the later one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of an entry (``sense 2, definition``) whose text has changed."""

    place: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    place: str
    text: str


def between(earlier: Entry, later: Entry) -> tuple[Difference, ...]:
    """The differences between two versions of an entry, in the order in which a page prints it.

    Empty when the only differences are in fields without text of their own (an address, a sense's id).
    """
    before, after = list(_texts(earlier)), list(_texts(later))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Difference] = []
    for operation, start, end, new_start, new_end in matcher.get_opcodes():
        if operation != "equal":
            found += _paired(before[start:end], after[new_start:new_end])
    return tuple(found)


def compare(earlier: str, later: str) -> tuple[Piece, ...]:
    """Two texts, word by word."""
    before, after = _TOKENS.findall(earlier), _TOKENS.findall(later)
    if len(before) + len(after) > _LONGEST_COMPARED:
        return _whole(earlier, later)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        piece
        for operation, start, end, new_start, new_end in matcher.get_opcodes()
        for piece in _pieces(operation, "".join(before[start:end]), "".join(after[new_start:new_end]))
    )


def _pieces(operation: str, earlier: str, later: str) -> Iterator[Piece]:
    if operation == "equal":
        yield Piece("same", earlier)
        return
    yield from _whole(earlier, later)


def _whole(earlier: str, later: str) -> tuple[Piece, ...]:
    pieces = (Piece("removed", earlier), Piece("added", later))
    return tuple(piece for piece in pieces if piece.text)


def _paired(before: list[_Text], after: list[_Text]) -> Iterator[Difference]:
    """Compare texts at the same place. A text without a counterpart was removed or added as a whole."""
    waiting = list(after)
    for old in before:
        new = next((each for each in waiting if each.place == old.place), None)
        if new is None:
            yield Difference(old.place, (Piece("removed", old.text),))
            continue
        waiting.remove(new)
        yield Difference(old.place, compare(old.text, new.text))
    for new in waiting:
        yield Difference(new.place, (Piece("added", new.text),))


def _texts(entry: Entry) -> Iterator[_Text]:
    yield _Text("headword", entry.headword)
    yield from _optional("homograph number", entry.homograph_number)
    yield from _optional("hyphenation", entry.hyphenation)
    yield from _optional("part of speech", ", ".join(entry.parts_of_speech or entry.raw_parts_of_speech))
    yield from _labels("", entry.labels)
    for mark in entry.frequency:
        yield _Text("frequency", f"{mark.scheme} {mark.value}")
    for spoken in entry.pronunciations:
        yield from _pronunciation(spoken)
    for form in entry.inflected_forms:
        yield _Text(f"form, {form.tag}" if form.tag else "form", _with_latin(form.text, form.transliteration))
    for number, sense in enumerate(entry.senses, 1):
        yield from _sense(f"sense {sense.number or number}", sense)
    for relation in entry.relations:
        yield _Text(relation.type.replace("_", " "), _with_latin(relation.text, relation.transliteration))
    for box in entry.boxes:
        yield from _box(box)
    for origin in entry.etymologies:
        yield _Text("etymology", origin.description)


def _sense(place: str, sense: Sense) -> Iterator[_Text]:
    yield from _optional(f"{place}, indicator", sense.indicator)
    yield from _optional(f"{place}, phrase", sense.variant)
    yield from _labels(f"{place}, ", sense.labels)
    for definition in sense.definitions:
        yield _Text(f"{place}, definition", definition.text)
        yield from _optional(f"{place}, usage", definition.usage)
    yield from _examples(place, sense.examples)
    for each in sense.translations or ():
        yield _Text(f"{place}, {each.lang}", _with_latin(each.text, each.transliteration))


def _examples(place: str, examples: Iterable[Example]) -> Iterator[_Text]:
    for example in examples:
        yield from _optional(f"{place}, pattern", example.pattern)
        yield _Text(f"{place}, example", _with_latin(example.text, example.transliteration))
        yield from _optional(f"{place}, gloss", example.gloss)
        yield from _optional(f"{place}, citation", example.citation)


def _box(box: Box) -> Iterator[_Text]:
    place = f"box {box.kind}"
    yield from _optional(f"{place}, title", box.title)
    yield from _optional(place, box.text)
    yield from _examples(place, box.examples)


def _pronunciation(spoken: Pronunciation) -> Iterator[_Text]:
    for transcription in spoken.transcriptions:
        yield _Text("pronunciation", f"/{transcription.text}/ ({transcription.scheme})")
    yield from _optional("recording", spoken.sound_file)


def _with_latin(text: str, transliteration: str | None) -> str:
    return f"{text} ({transliteration})" if transliteration else text


def _labels(place: str, labels: Iterable[Label]) -> Iterator[_Text]:
    yield from _optional(f"{place}label", ", ".join(label.text for label in labels))


def _optional(place: str, text: str | None) -> Iterator[_Text]:
    if text:
        yield _Text(place, text)
