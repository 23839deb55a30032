"""Pronunciation sections: transcriptions, recordings, rhymes, homophones, hyphenation, and remarks in prose.

A line of the list is one pronunciation: accents first, then its transcriptions. A line below another belongs to it.
"(noun)" restricts a line, and those below it, to that part of speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import terms
from dictcrawler.dictionaries.wiktionary.sections import PARTS_OF_SPEECH
from dictcrawler.dictionaries.wiktionary.sound_line import CAPTION, PLAYERS, TRANSCRIBED, Reader
from dictcrawler.model import InflectedForm, Label, Pronunciation, Relation
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_PARTS_OF_SPEECH = frozenset(heading.casefold() for heading in PARTS_OF_SPEECH)
_HOMOPHONES = re.compile(r"(?:\([^()]*\)\s*)?homophones?\s*:", re.IGNORECASE)
_PLAYER_TABLES = frozenset({"audiotable"})
_CAPTION_ALONE = re.compile(rf"^\W*(?:{CAPTION.pattern}\W*)*$", re.IGNORECASE)


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


def lines(blocks: Iterable[Node], lang: str) -> Iterator[Line]:
    """The lines of a pronunciation section, each followed by those below it, whatever the depth of the lists."""
    loose: list[Node] = []
    for block in blocks:
        if block.tag in terms.LISTS:
            yield from _items(block, lang, (), frozenset())
        elif block.is_element_node and markup.first(block, "ul, ol, dl") is not None:
            yield from lines(markup.nodes(block), lang)
        else:
            loose.append(block)
    # Editors sometimes write without a list; a template's box then breaks the paragraph in two.
    if markup.text_of(loose) or any(node.is_element_node and markup.first(node, PLAYERS) for node in loose):
        yield _line(loose, lang, (), frozenset())[0]


def _items(node: Node, lang: str, above: tuple[Label, ...], only: frozenset[str]) -> Iterator[Line]:
    for item in markup.elements(node):
        inner = [child for child in markup.elements(item) if child.tag in terms.LISTS]
        line, below = _line(list(terms.without_lists([item])), lang, above, only)
        if inner and line.note and not line.is_prose:
            # A few words above a list apply to the lines of the list.
            line.note = None
        yield line
        for node_below in inner:
            yield from _items(node_below, lang, below, line.only)


def _line(own: list[Node], lang: str, above: tuple[Label, ...], only: frozenset[str]) -> tuple[Line, tuple[Label, ...]]:
    """The line, and the labels that it passes to the lines below."""
    reader = Reader(lang, above)
    if _is_homophones(own):
        reader.relations += (terms.relation("homophone", term) for term in terms.terms(own))
    else:
        reader.read(own)
        reader.finish()
    named = frozenset(label.text.casefold() for label in reader.seen) & _PARTS_OF_SPEECH
    circumstances = above + reader.seen
    line = Line(
        own,
        named or only,
        [way.pronunciation() for way in reader.ways],
        [_under(relation, circumstances) for relation in reader.relations],
        reader.forms,
    )
    if reader.prose:
        line.note, line.is_prose = " ".join(reader.prose), True
    elif not (reader.ways or reader.relations or reader.forms):
        line.note = _CAPTION_ALONE.sub("", _printed(own)) or None
    if line.note and above:
        line.note = f"{', '.join(label.text for label in above)} {line.note}"
    # Accents of a line with a transcription are about that transcription only.
    return line, above if reader.ways else circumstances


def _printed(own: list[Node]) -> str:
    """The text of a line, without that of a player that names no recording."""
    return markup.text_of(own, drop=_PLAYER_TABLES)


def _is_homophones(own: list[Node]) -> bool:
    """Whether a line that nobody has marked lists homophones: "(accent) Homophones: a, b"."""
    if not _HOMOPHONES.match(markup.text_of(own)):
        return False
    return any(terms.is_term(node, is_marked=False) for node in own) and not any(
        node.is_element_node and markup.first(node, f".homophones, {TRANSCRIBED}") is not None for node in own
    )


def _under(relation: Relation, circumstances: tuple[Label, ...]) -> Relation:
    """The relation with the accents in which it holds, if the line names any."""
    named = ", ".join(label.text for label in circumstances if label.text.casefold() not in _PARTS_OF_SPEECH)
    return replace(relation, group="; ".join(filter(None, (named, relation.group))) or None)
