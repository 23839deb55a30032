"""The notes of an entry: one for the entry, one for each sense, or one for each sense with the word in its examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from dictcrawler.exports.article import Element, article, head, label_line, senses, source
from dictcrawler.exports.formats.anki.note_types import CLOZE, ENTRY, SENSE, NoteType
from dictcrawler.exports.html_text import html_text
from dictcrawler.exports.recordings import Recording
from dictcrawler.model import Entry, Label, LabelType, Sense

# Anki's own markup: [sound:…], [latex] and {{…}}.
_SPECIAL = str.maketrans({"[": "&#91;", "{": "&#123;"})
# Types of labels with few different texts, useful for selecting cards; other labels are prose.
_TAGGED: frozenset[LabelType] = frozenset({"domain", "grammar", "region", "register"})
_NO_TAG = re.compile(r"[\s:\"*_]+")


@dataclass(frozen=True, slots=True)
class Content:
    """A note: the key that identifies it in the next run, its fields, and its tags."""

    kind: NoteType
    key: str
    fields: Mapping[str, str]
    tags: tuple[str, ...]


def entry_note(entry: Entry, recording: str, *, one_way: bool) -> Content:
    """The note of an entry."""
    clue = "" if one_way else _clue(entry, entry.senses)
    labels = (*entry.labels, *(label for sense in entry.senses for label in sense.labels))
    return Content(ENTRY, entry.id, _fields(entry, entry.id, clue, recording), _tags(entry, labels))


def sense_notes(entry: Entry, recording: str, *, one_way: bool) -> Iterator[Content]:
    """A note for each sense that has a definition."""
    for sense in entry.senses:
        if sense.definitions:
            relations = tuple(relation for relation in entry.relations if relation.from_ == sense.id)
            alone = replace(entry, senses=(sense,), boxes=(), relations=relations)
            clue = "" if one_way else _clue(entry, (sense,))
            fields = _fields(alone, _key(entry, sense), clue, recording)
            yield Content(SENSE, _key(entry, sense), fields, _tags(entry, (*entry.labels, *sense.labels)))


def cloze_notes(entry: Entry, recording: str) -> Iterator[Content]:
    """A note for each sense with the word, or a form of it, in its examples: the learner fills in the word."""
    words = sorted({entry.headword, *(form.text for form in entry.inflected_forms)}, key=len, reverse=True)
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    for sense in entry.senses:
        gaps = [_gaps(example.text, word) for example in sense.examples if word.search(example.text)]
        if gaps:
            items = "".join(f'<li class="example">{gap}</li>' for gap in gaps)
            fields = _fields(entry, _key(entry, sense), _clue(entry, (sense,)), recording)
            fields["Text"] = f'<ul class="examples">{items}</ul>'
            yield Content(CLOZE, _key(entry, sense), fields, _tags(entry, (*entry.labels, *sense.labels)))


def spoken(recordings: Iterable[Recording]) -> str:
    """The field that plays the recordings, each with its accent and its author."""
    return "".join(map(_spoken, recordings))


def _spoken(recording: Recording) -> str:
    labels = "".join(map(_html, label_line(recording.said.labels)))
    credit = f'<div class="source">{_html(recording.credit)}</div>'
    return f'<div class="recording">{labels} [sound:{recording.name}]{credit}</div>'


def _key(entry: Entry, sense: Sense) -> str:
    """For the note of a sense: content inserted above the sense."""
    return f"{entry.id}#{sense.sense_key or sense.id}"


def _fields(entry: Entry, key: str, clue: str, recording: str) -> dict[str, str]:
    # Head and source have fields of their own.
    parts = [part for part in article(entry).children if not _is(part, "head", "source")]
    return {
        "Id": _html(key),
        "Word": _html(entry.headword),
        "Homograph": _html(entry.homograph_number or ""),
        "Head": _html(head(entry)),
        "Clue": clue,
        "Article": "".join(map(_html, parts)),
        "Recording": recording,
        "Dictionary": _html(f"{entry.dictionary} ({entry.edition})"),
        "Source": _html(source(entry)),
    }


def _is(part: Element | str, *kinds: str) -> bool:
    return isinstance(part, Element) and part.kind in kinds


def _clue(entry: Entry, wanted: tuple[Sense, ...]) -> str:
    """The definitions of the senses, without examples and phrases, which contain the word."""
    bare = tuple(replace(sense, examples=(), variant=None) for sense in wanted if sense.definitions)
    return "".join(map(_html, senses(replace(entry, senses=bare, relations=()))))


def _gaps(text: str, word: re.Pattern[str]) -> str:
    """The text with a gap for each occurrence of the word."""
    parts: list[str] = []
    end = 0
    for found in word.finditer(text):
        parts += [_html(text[end : found.start()]), "{{c1::", _html(found[0]), "}}"]
        end = found.end()
    return "".join((*parts, _html(text[end:])))


def _html(node: Element | str) -> str:
    return html_text(node).translate(_SPECIAL)


def _tags(entry: Entry, labels: Iterable[Label]) -> tuple[str, ...]:
    parts = (f"pos::{_tag(part)}" for part in entry.parts_of_speech)
    marks = (f"{_tag(mark.scheme)}::{_tag(mark.value)}" for mark in entry.frequency)
    kinds = (f"{label.type}::{_tag(label.text)}" for label in labels if label.type in _TAGGED)
    return tuple(dict.fromkeys((f"dictionary::{_tag(entry.dictionary)}", *parts, *marks, *kinds)))


def _tag(text: str) -> str:
    """A text as a part of a tag: spaces separate tags, and colons separate their parts."""
    return _NO_TAG.sub("_", text).strip("_") or "_"
