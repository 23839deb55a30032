"""The pieces of one line of a pronunciation section: labels, transcriptions, recordings, words, prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.dictionaries.wiktionary.recordings import Recording
from dictcrawler.model import InflectedForm, Label, LabelType, Pronunciation, Relation, Transcription
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_PHONETIC = re.compile(r"^\[(.+)\]$")
# Words that introduce the next part of a line and are not content themselves.
CAPTIONS = frozenset(
    "audio listen enpr ahd ipa key homophone homophones hyphenation rhyme rhymes syllabification sampa x-sampa".split()
)
CAPTION = re.compile(
    r"\b(?:X-SAMPA|SAMPA|IPA|enPR|AHD|Audio|Rhymes?|Homophones?|Hyphenation|Syllabification)\b(?:\s*\(key\))?\s*:?",
    re.IGNORECASE,
)
_DIVIDES = re.compile(r"\b(?:hyphenation|syllabification)\b", re.IGNORECASE)
# Transcriptions in letters of their own, by class.
_SCHEMES = {"enPR": "enpr", "AHD": "enpr", "SAMPA": "sampa"}
_ACCENT = "usage-label-accent"
PLAYERS = "audio, video, .audiolink a[href*='/commons/']"
_PARTS = re.compile(r",\s*|\s+or\s+")
_EDGES_OF_PARTS = " .;:()"
TRANSCRIBED = ".IPA, .enPR, .AHD, .SAMPA"
_READABLE = (
    f"{TRANSCRIBED}, .homophones, audio, video, .audiolink, .ib-content, .qualifier-content, a[href*='Rhymes:'], [lang]"
)
_EDGES = " .,;:()[]→~/–—-·•⁺"
_RHYME = re.compile(r"Rhymes:[^/]+/.")
_DIVIDING = frozenset(",;")
# An accent label that names a sound change is not a place.
_SOUND_CHANGE = re.compile(
    r"merge[rd]|\bsplit|distinction|\bshift|raising|fronting|backing|dropping|smoothing|flapping|tensing|laxing"
    r"|rhotic|stress|vowel|consonant|\bforms?\b|\bspeech\b"
)
_JOINS = frozenset({"", "or", "and", "also", "or, rarely"})
_WORD = re.compile(r"\w")
# Left over where "(key)" was.
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
# A qualifier is a few words in parentheses or before a colon; a longer text is a remark.
_LONGEST_QUALIFIER = 60


@dataclass(slots=True)
class _Way:
    """One pronunciation, while its line is read."""

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
class Reader:
    """Reads the pieces of one line in printed order; ``above`` are the labels of the lines above it."""

    lang: str
    above: tuple[Label, ...]
    ways: list[_Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)
    waiting: tuple[Label, ...] = ()
    seen: tuple[Label, ...] = ()
    prose: list[str] = field(default_factory=list)
    divides: bool = False
    _is_apart: bool = True
    _of_forms: tuple[Label, ...] = ()
    _loose: list[Node] = field(default_factory=list)

    def read(self, nodes: Iterable[Node]) -> None:
        """Read the next nodes of the line; lists in it are lines of their own."""
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
        """Read an element whose class gives its meaning; returns whether it has one."""
        classes = markup.classes(node)
        if labels.is_label(node):
            self._flush()
            self._label(_qualifiers(node))
        elif _is_player(node):
            self._flush()
            self._audio(node)
        elif not text and markup.first(node, PLAYERS) is None:
            # A line break separates the text before it from the text after it.
            self._loose += [node] if node.tag in markup.BLOCKS else []
        elif not text:
            return False
        elif "IPA" in classes and (node.tag != "td" or text[0] in "/["):
            self._flush()
            self._way().transcriptions.append(_ipa(text, self.lang))
        elif (scheme := next((_SCHEMES[name] for name in classes if name in _SCHEMES), None)) is not None:
            self._flush()
            self._way().transcriptions.append(Transcription(text=text, scheme=f"{self.lang}-x-{scheme}"))
        elif "homophones" in classes:
            self._flush()
            self._homophones(node)
        elif _RHYME.search(unquote(node.attributes.get("href") or "")):
            self._flush()
            self._rhyme(Relation(type="rhyme", text=text, url=terms.address(node)))
        elif self._divides_word(node):
            self._divided(text)
        else:
            return False
        return True

    def _divides_word(self, node: Node) -> bool:
        """Whether the element is the word whose hyphenation the line describes."""
        self.divides = self.divides or _DIVIDES.search(markup.text_of(self._loose)) is not None
        if not self.divides or not node.attributes.get("lang"):
            return False
        self._flush()
        return True

    def _flush(self, *, is_prose: bool = False) -> None:
        """Text between two elements, without a class: a qualifier, or prose."""
        loose, self._loose = self._loose, []
        printed = markup.text_of(loose)
        self._is_apart = not _DIVIDING.isdisjoint(printed)
        self.divides = self.divides or _DIVIDES.search(printed) is not None
        text = terms.bare(_EMPTY_BRACKETS.sub(" ", CAPTION.sub(" ", printed)), _EDGES)
        if text.casefold() in _JOINS or not _WORD.search(text):
            return
        if _DIVIDES.search(printed):
            for part in filter(None, (part.strip(_EDGES_OF_PARTS) for part in _PARTS.split(text))):
                self._divided(part)
            return
        if len(text) <= _LONGEST_QUALIFIER and not text.endswith(".") and not is_prose:
            self._label(tuple(labels.of_sound(label) for label in labels.printed(text)))
        else:
            self.prose.append(printed)

    def _divided(self, text: str) -> None:
        """The word with its dividing points; of several in a line, each has what is printed before it."""
        self._of_forms = self.waiting or (self.seen if self.ways else self._of_forms)
        self.forms.append(InflectedForm(text=text, tag="hyphenation", labels=self.above + self._of_forms))
        self.waiting = ()

    def _rhyme(self, relation: Relation) -> None:
        if self.relations and self.waiting:
            # Not the first one: text directly before it is about it alone.
            relation = replace(relation, group=_named(self.waiting))
            self.seen, self.waiting = self.seen[: -len(self.waiting)], ()
        self.relations.append(relation)

    def _label(self, found: tuple[Label, ...]) -> None:
        if found and self.relations and self.relations[-1].type == "rhyme" and not self._is_apart:
            latest = self.relations[-1]
            group = ", ".join(filter(None, (latest.group, _named(found))))
            self.relations[-1] = replace(latest, group=group)
            return
        if found and self.forms and not self.ways and not self._is_apart:
            self.forms[-1] = replace(self.forms[-1], labels=(*self.forms[-1].labels, *found))
            self.seen += found
            return
        self.waiting += found
        self.seen += found

    def _way(self) -> _Way:
        # Accents after a transcription begin another pronunciation.
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
        """Labels at the end of a line belong to the pronunciation before them; without any, the line is prose."""
        self._flush()
        if self.ways and self.waiting:
            self.ways[-1].labels += self.waiting


def _is_player(node: Node) -> bool:
    names = markup.classes(node)
    return (
        "audiotable" in names
        or node.tag in {"audio", "video"}
        or ("audiolink" in names and markup.first(node, "a[href*='/commons/']") is not None)
    )


def _qualifiers(node: Node) -> tuple[Label, ...]:
    is_accent = markup.first(node, f".{_ACCENT}") is not None
    return tuple(labels.of_sound(text, _default(text, is_accent=is_accent)) for text in _printed(node))


def _printed(node: Node) -> Iterator[str]:
    return labels.printed(markup.text(node))


def _default(text: str, *, is_accent: bool) -> LabelType:
    return "region" if is_accent and not _SOUND_CHANGE.search(text.casefold()) else "usage"


def _named(found: tuple[Label, ...]) -> str:
    return ", ".join(label.text for label in found)


def _ipa(text: str, lang: str) -> Transcription:
    phonetic = _PHONETIC.match(text)
    if phonetic:
        return Transcription(text=phonetic[1], scheme=f"{lang}-fonipa-x-phonetic")
    return Transcription(text=text.strip("/") or text, scheme=f"{lang}-fonipa")
