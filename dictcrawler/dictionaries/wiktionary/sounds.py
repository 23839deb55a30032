"""Pronunciation sections: transcriptions, recordings, rhymes, homophones, hyphenation, and what they say in prose.

A line of the list is one way to say the word: accents first, then its transcriptions. A line
below another belongs to it. "(noun)" restricts a line, and those below it, to that part of speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.dictionaries.wiktionary.recordings import Recording
from dictcrawler.dictionaries.wiktionary.sections import PARTS_OF_SPEECH
from dictcrawler.model import InflectedForm, Label, LabelType, Pronunciation, Relation, Transcription
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_PARTS_OF_SPEECH = frozenset(heading.casefold() for heading in PARTS_OF_SPEECH)
_PHONETIC = re.compile(r"^\[(.+)\]$")
# Words that say what follows in a line, and are no content themselves.
CAPTIONS = frozenset(
    "audio listen enpr ahd ipa key homophone homophones hyphenation rhyme rhymes syllabification sampa x-sampa".split()
)
_CAPTION = re.compile(
    r"\b(?:X-SAMPA|SAMPA|IPA|enPR|AHD|Audio|Rhymes?|Homophones?|Hyphenation|Syllabification)\b(?:\s*\(key\))?\s*:?",
    re.IGNORECASE,
)
_DIVIDES = re.compile(r"\b(?:hyphenation|syllabification)\b", re.IGNORECASE)
_EN_PR = frozenset({"enPR", "AHD"})
_ACCENT = "usage-label-accent"
_PLAYERS = "audio, video, .audiolink a[href*='/commons/']"
_PARTS = re.compile(r",\s*|\s+or\s+")
_EDGES_OF_PARTS = " .;:()"
_READABLE = (
    ".IPA, .enPR, .AHD, .homophones, audio, video, .audiolink, .ib-content, .qualifier-content, a[href*='Rhymes:']"
    ", [lang]"
)
_CAPTION_ALONE = re.compile(rf"^\W*(?:{_CAPTION.pattern}\W*)*$", re.IGNORECASE)
_EDGES = " .,;:()[]→~/–—-·•⁺"
_JOINS = frozenset({"", "or", "and", "also", "or, rarely"})
_WORD = re.compile(r"\w")
# A qualifier is a few words in parentheses or before a colon; what is longer is a remark.
_LONGEST_QUALIFIER = 60


@dataclass(slots=True)
class Line:
    """One line; ``only`` names the parts of speech it is about, all of them when empty; ``note`` is its prose."""

    own: list[Node]
    only: frozenset[str]
    pronunciations: list[Pronunciation] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)
    note: str | None = None
    is_prose: bool = False


@dataclass(slots=True)
class _Way:
    """One way to say the word, while its line is read."""

    labels: tuple[Label, ...]
    transcriptions: list[Transcription] = field(default_factory=list)
    recording: Recording | None = None

    def pronunciation(self) -> Pronunciation:
        recording = self.recording
        return Pronunciation(
            transcriptions=tuple(self.transcriptions),
            sound_file=recording.best if recording else None,
            alternate_sound_files=recording.others if recording else (),
            sound_page=recording.page if recording else None,
            labels=self.labels,
        )


@dataclass(slots=True)
class _Reader:
    """Reads the pieces of one line in the order they are printed."""

    lang: str
    above: tuple[Label, ...]
    ways: list[_Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)
    waiting: tuple[Label, ...] = ()
    seen: tuple[Label, ...] = ()
    prose: list[str] = field(default_factory=list)
    divides: bool = False
    _loose: list[Node] = field(default_factory=list)

    def read(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if not node.is_element_node:
                self._loose.append(node)
            elif node.tag not in terms.LISTS and not labels.is_separator(node):
                self._element(node, markup.text(node))

    def _element(self, node: Node, text: str) -> None:
        if not self._reads(node, text):
            if markup.first(node, _READABLE) is not None:
                self._inside(node)
            else:
                self._loose.append(node)

    def _inside(self, node: Node) -> None:
        # The cells of a table do not qualify each other.
        is_cell = node.tag in {"td", "th"}
        if is_cell:
            self._flush(is_prose=True)
        self.read(markup.nodes(node))
        if is_cell:
            self._flush(is_prose=True)

    def _reads(self, node: Node, text: str) -> bool:
        """Read an element that says what it is; whether it does."""
        classes = markup.classes(node)
        if labels.is_label(node):
            self._flush()
            self._label(_qualifiers(node))
        elif _is_player(node):
            self._flush()
            self._audio(node)
        elif not text:
            return markup.first(node, _PLAYERS) is None
        elif "IPA" in classes and (node.tag != "td" or text[0] in "/["):
            self._flush()
            self._way().transcriptions.append(_ipa(text, self.lang))
        elif not _EN_PR.isdisjoint(classes):
            self._flush()
            self._way().transcriptions.append(Transcription(text=text, scheme=f"{self.lang}-x-enpr"))
        elif "homophones" in classes:
            self._flush()
            self._homophones(node)
        elif "Rhymes:" in (node.attributes.get("href") or ""):
            self._flush()
            self.relations.append(Relation(type="rhyme", text=text, url=terms.address(node)))
        elif self._divides_word(node):
            self.forms.append(InflectedForm(text=text, tag="hyphenation", labels=()))
        else:
            return False
        return True

    def _divides_word(self, node: Node) -> bool:
        """Whether the element is the word at whose dividing points the line says that it looks."""
        self.divides = self.divides or _DIVIDES.search(markup.text_of(self._loose)) is not None
        if not self.divides or not node.attributes.get("lang"):
            return False
        self._flush()
        return True

    def _flush(self, *, is_prose: bool = False) -> None:
        """What stands between two elements without saying what it is: a qualifier, or prose."""
        loose, self._loose = self._loose, []
        printed = markup.text_of(loose)
        self.divides = self.divides or _DIVIDES.search(printed) is not None
        text = _CAPTION.sub(" ", printed).strip(_EDGES)
        if text.casefold() in _JOINS or not _WORD.search(text):
            return
        if _DIVIDES.search(printed):
            parts = filter(None, (part.strip(_EDGES_OF_PARTS) for part in _PARTS.split(text)))
            self.forms += (InflectedForm(text=part, tag="hyphenation", labels=()) for part in parts)
            return
        if len(text) <= _LONGEST_QUALIFIER and not text.endswith(".") and not is_prose:
            self._label(tuple(labels.of_sound(label) for label in labels.printed(text)))
        else:
            self.prose.append(printed)

    def _label(self, found: tuple[Label, ...]) -> None:
        self.waiting += found
        self.seen += found

    def _way(self) -> _Way:
        # Accents after a transcription begin another way to say the word.
        if not self.ways or self.waiting:
            self.ways.append(_Way(self.above + self.waiting))
            self.waiting = ()
        return self.ways[-1]

    def _audio(self, node: Node) -> None:
        recording = Recording.of(node)
        if recording is None:
            return
        self._label(recording.labels)
        way = self._way()
        if way.recording is not None:
            way = _Way(way.labels)
            self.ways.append(way)
        way.recording = recording

    def _homophones(self, node: Node) -> None:
        self.relations.extend(terms.relation("homophone", term) for term in terms.terms(markup.nodes(node)))

    def finish(self) -> None:
        """Labels at the end of a line belong to what stands before them; without any, the line is prose."""
        self._flush()
        if self.ways and self.waiting:
            self.ways[-1].labels += self.waiting


def lines(blocks: Iterable[Node], lang: str) -> Iterator[Line]:
    """The lines of a pronunciation section, those below others after them, at whatever depth the lists stand."""
    loose: list[Node] = []
    for block in blocks:
        if block.tag in terms.LISTS:
            yield from _items(block, lang, (), frozenset())
        elif block.is_element_node and markup.first(block, "ul, ol, dl") is not None:
            yield from lines(markup.nodes(block), lang)
        else:
            loose.append(block)
    # Editors now and then write without a list; a template's box then breaks the paragraph in two.
    if markup.text_of(loose) or any(node.is_element_node and markup.first(node, _PLAYERS) for node in loose):
        yield _line(loose, lang, (), frozenset())[0]


def _items(node: Node, lang: str, above: tuple[Label, ...], only: frozenset[str]) -> Iterator[Line]:
    for item in markup.elements(node):
        inner = [child for child in markup.elements(item) if child.tag in terms.LISTS]
        line, below = _line(list(terms.without_lists([item])), lang, above, only)
        if inner and line.note and not line.is_prose:
            # A few words over a list are about the lines of the list.
            line.note = None
        yield line
        for node_below in inner:
            yield from _items(node_below, lang, below, line.only)


def _line(own: list[Node], lang: str, above: tuple[Label, ...], only: frozenset[str]) -> tuple[Line, tuple[Label, ...]]:
    """The line, and the labels that it hands to the lines below."""
    reader = _Reader(lang, above)
    reader.read(own)
    reader.finish()
    named = frozenset(label.text.casefold() for label in reader.seen) & _PARTS_OF_SPEECH
    circumstances = above + reader.seen
    line = Line(
        own,
        named or only,
        [way.pronunciation() for way in reader.ways],
        [_under(relation, circumstances) for relation in reader.relations],
        [replace(form, labels=circumstances) for form in reader.forms],
    )
    if reader.prose:
        line.note, line.is_prose = " ".join(reader.prose), True
    elif not (reader.ways or reader.relations or reader.forms):
        line.note = _CAPTION_ALONE.sub("", markup.text_of(own)) or None
    if line.note and above:
        line.note = f"{', '.join(label.text for label in above)} {line.note}"
    # Accents of a line with a transcription are about that transcription only.
    return line, above if reader.ways else circumstances


def _under(relation: Relation, circumstances: tuple[Label, ...]) -> Relation:
    """The relation with the accents in which it holds, if the line names any."""
    named = ", ".join(label.text for label in circumstances if label.text.casefold() not in _PARTS_OF_SPEECH)
    return replace(relation, group="; ".join(filter(None, (named, relation.group))) or None)


def _is_player(node: Node) -> bool:
    names = markup.classes(node)
    return (
        "audiotable" in names
        or node.tag in {"audio", "video"}
        or ("audiolink" in names and markup.first(node, "a[href*='/commons/']") is not None)
    )


def _qualifiers(node: Node) -> tuple[Label, ...]:
    default: LabelType = "region" if markup.first(node, f".{_ACCENT}") is not None else "usage"
    return tuple(labels.of_sound(text, default) for text in labels.printed(markup.text(node)))


def _ipa(text: str, lang: str) -> Transcription:
    phonetic = _PHONETIC.match(text)
    if phonetic:
        return Transcription(text=phonetic[1], scheme=f"{lang}-fonipa-x-phonetic")
    return Transcription(text=text.strip("/") or text, scheme=f"{lang}-fonipa")
