"""Pronunciation sections: transcriptions, recordings, rhymes, homophones, hyphenation.

A line of the list is one way to say the word: accents first, then its transcriptions. A line
below another belongs to it. "(noun)" restricts a line, and those below it, to that part of speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.dictionaries.wiktionary.sections import PARTS_OF_SPEECH
from dictcrawler.model import InflectedForm, Label, Pronunciation, Relation, Transcription
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_PARTS_OF_SPEECH = frozenset(heading.casefold() for heading in PARTS_OF_SPEECH)
_PHONETIC = re.compile(r"^\[(.+)\]$")
# Words that say what follows in a line, and are no content themselves.
CAPTIONS = frozenset("audio enpr homophone homophones hyphenation rhyme rhymes syllabification".split())
_EN_PR = frozenset({"enPR", "AHD"})
# ``…/commons/0/0a/NAME`` is a recording as it was uploaded, ``…/transcoded/0/0a/NAME/NAME.mp3`` made of it.
_ON_COMMONS = re.compile(r"https://upload\.wikimedia\.org/wikipedia/commons/(?:transcoded/)?\w/\w\w/([^/]+)")
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)")


@dataclass(slots=True)
class Line:
    """One line; ``only`` names the parts of speech it is about, all of them when empty."""

    own: list[Node]
    only: frozenset[str]
    pronunciations: list[Pronunciation] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)


@dataclass(slots=True)
class _Way:
    """One way to say the word, while its line is read."""

    labels: tuple[Label, ...]
    transcriptions: list[Transcription] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)

    def pronunciation(self) -> Pronunciation:
        sound_file = next((url for url in self.sounds if url.endswith(".mp3")), next(iter(self.sounds), None))
        return Pronunciation(
            transcriptions=tuple(self.transcriptions),
            sound_file=sound_file,
            alternate_sound_files=tuple(url for url in self.sounds if url != sound_file),
            sound_page=next(filter(None, map(_file_page, self.sounds)), None),
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

    def read(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node.is_element_node and node.tag not in terms.LISTS and not labels.is_separator(node):
                self._element(node, markup.text(node))

    def _element(self, node: Node, text: str) -> None:
        classes = markup.classes(node)
        if labels.is_label(node):
            self._label(labels.read(node, "region"))
        elif "audiotable" in classes or node.tag in {"audio", "video"}:
            self._audio(node)
        elif not text:
            return
        elif "IPA" in classes:
            self._way().transcriptions.append(_ipa(text, self.lang))
        elif not _EN_PR.isdisjoint(classes):
            self._way().transcriptions.append(Transcription(text=text, scheme=f"{self.lang}-x-enpr"))
        elif "homophones" in classes:
            self._homophones(node)
        elif "Rhymes:" in (node.attributes.get("href") or ""):
            self.relations.append(Relation(type="rhyme", text=text, url=terms.address(node)))
        elif node.tag == "span" and node.attributes.get("lang"):
            self.forms.append(InflectedForm(text=text, tag="hyphenation", labels=()))
        else:
            self.read(markup.nodes(node))

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
        self._label(_audio_labels(node))
        way = self._way()
        if way.sounds:
            way = _Way(way.labels)
            self.ways.append(way)
        way.sounds.extend(sorted(_sources(node), key=lambda url: not url.endswith(".mp3")))

    def _homophones(self, node: Node) -> None:
        self.relations.extend(terms.relation("homophone", term) for term in terms.terms(markup.nodes(node)))

    def finish(self) -> None:
        """Labels at the end of a line belong to what stands before them."""
        if self.ways and self.waiting:
            self.ways[-1].labels += self.waiting


def lines(blocks: Iterable[Node], lang: str) -> Iterator[Line]:
    """The lines of a pronunciation section, those below others after them."""
    loose: list[Node] = []
    for block in blocks:
        if block.tag in terms.LISTS:
            yield from _items(block, lang, (), frozenset())
        else:
            loose.append(block)
    # Editors now and then write without a list; a template's box then breaks the paragraph in two.
    if loose:
        yield _line(loose, lang, (), frozenset())[0]


def _items(node: Node, lang: str, above: tuple[Label, ...], only: frozenset[str]) -> Iterator[Line]:
    for item in markup.elements(node):
        line, below = _line(list(terms.without_lists([item])), lang, above, only)
        yield line
        for inner in markup.elements(item):
            if inner.tag in terms.LISTS:
                yield from _items(inner, lang, below, line.only)


def _line(own: list[Node], lang: str, above: tuple[Label, ...], only: frozenset[str]) -> tuple[Line, tuple[Label, ...]]:
    """The line, and the labels that it hands to the lines below."""
    reader = _Reader(lang, above)
    reader.read(own)
    reader.finish()
    named = frozenset(label.text.casefold() for label in reader.seen) & _PARTS_OF_SPEECH
    line = Line(own, named or only, [way.pronunciation() for way in reader.ways], reader.relations, reader.forms)
    # Accents of a line with a transcription are about that transcription only.
    return line, above if reader.ways else above + reader.seen


def _ipa(text: str, lang: str) -> Transcription:
    phonetic = _PHONETIC.match(text)
    if phonetic:
        return Transcription(text=phonetic[1], scheme=f"{lang}-fonipa-x-phonetic")
    return Transcription(text=text.strip("/") or text, scheme=f"{lang}-fonipa")


def _audio_labels(table: Node) -> tuple[Label, ...]:
    """The accents printed in an audio player's own table: "Audio (UK)"."""
    cell = markup.first(table, "td")
    groups = _IN_PARENTHESES.findall(markup.text(cell)) if cell is not None else []
    return tuple(labels.typed(text, "region") for group in groups for text in labels.printed(group))


def _sources(node: Node) -> Iterator[str]:
    for source in node.css("source[src]"):
        url = urlsplit(urljoin(terms.BASE, markup.attribute(source, "src") or ""))
        yield url._replace(query="", fragment="").geturl()


def _file_page(url: str) -> str | None:
    """The page of Wikimedia Commons about a recording, if it is there; it names the author and the licence."""
    name = _ON_COMMONS.match(url)
    return f"https://commons.wikimedia.org/wiki/File:{quote(unquote(name[1]), safe=':@$!*(),;~')}" if name else None
