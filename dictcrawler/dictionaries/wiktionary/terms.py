"""Lists of words: synonyms, derived terms, alternative forms … as the page prints them.

A line is ``(sense): term (qualifier), term, term/term``: commas and semicolons outside of
parentheses part the terms, a linked or language-marked element is a term, and what else
stands beside it says which sense or circumstances it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from dictcrawler.dictionaries.wiktionary import labels
from dictcrawler.model import Relation, RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

BASE = "https://en.wiktionary.org/wiki/"
LISTS = frozenset({"ul", "ol", "dl"})
_LINES = frozenset({"li", "dd", "p"})
_HOLDERS = markup.BLOCKS - _LINES
_LIST_HEADS = frozenset({"NavHead", "term-list-header"})
_EDGES = " .:;,/()[]–—-\u00a0"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a list; ``note`` is the sense or the qualifier printed with it."""

    text: str
    url: str | None
    note: str | None


@dataclass(slots=True)
class _Segment:
    """What stands between two commas."""

    links: list[tuple[str, str | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def terms(self, heading: str) -> Iterator[Term]:
        loose = markup.clean("".join(self.loose)).strip(_EDGES)
        if not self.links and not loose:
            return
        found = self.links or [(loose, None)]
        notes = [*self.notes, loose] if self.links else self.notes
        note = " ".join(filter(None, (heading, *notes))) or None
        for text, url in found:
            yield Term(text, url, note)


@dataclass(slots=True)
class _Line:
    """A line while it is read."""

    heading: str = ""
    depth: int = 0
    segments: list[_Segment] = field(default_factory=lambda: [_Segment()])

    def read(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            segment = self.segments[-1]
            if node.tag == "-text":
                self._text(node.text_content or "")
            elif labels.is_separator(node):
                self._colon(node)
            elif labels.is_label(node):
                segment.notes.append(markup.text(node))
            elif node.attributes.get("lang") or node.tag == "a":
                segment.links.append((markup.text(node), address(node)))
            else:
                self.read(markup.nodes(node))

    def _colon(self, node: Node) -> None:
        # "(sense):" at the start of a line speaks for all of it.
        first = self.segments[-1]
        if markup.text(node) == ":" and not first.links and first.notes:
            self.heading, first.notes = " ".join(first.notes), []

    def _text(self, text: str) -> None:
        for character in text:
            self.depth += (character == "(") - (character == ")")
            if character in ",;" and self.depth <= 0:
                self.segments.append(_Segment())
            else:
                self.segments[-1].loose.append(character)


def terms(nodes: Iterable[Node]) -> Iterator[Term]:
    """The terms of one printed line."""
    line = _Line()
    line.read(nodes)
    for segment in line.segments:
        for term in segment.terms(line.heading):
            if term.text:
                yield term


def relation(kind: RelationType, term: Term, from_: str | None = None) -> Relation:
    """The term as a relation; a page of the source's thesaurus is no word, but a place to look."""
    pointed = "see_also" if term.text.startswith("Thesaurus:") else kind
    return Relation(type=pointed, text=term.text, from_=from_, url=term.url, group=term.note)


def in_blocks(blocks: Iterable[Node], title: str) -> Iterator[Term]:
    """The terms of a section's blocks: every list item is a line, and so is a paragraph.

    The heading of a box around a list goes into the notes, unless it repeats the section's.
    """
    heading = ""
    for block in blocks:
        if not _LIST_HEADS.isdisjoint(markup.classes(block)) or block.tag == "dt":
            printed = markup.text(block)
            heading = "" if printed.casefold() == title.casefold() else printed
        elif block.tag in _HOLDERS:
            yield from _headed(in_blocks(markup.nodes(block), title), heading)
        else:
            yield from _headed(terms(without_lists([block])), heading)
            yield from _headed(in_blocks(_inner_lists(block), title), heading)


def without_lists(run: Iterable[Node]) -> Iterator[Node]:
    """What a list item prints itself, without the lists nested in it."""
    for node in run:
        if node.tag in _LINES:
            yield from (child for child in markup.nodes(node) if child.tag not in LISTS)
        else:
            yield node


def address(node: Node) -> str | None:
    """Where an element links to; ``None`` without a link or for a page that nobody has written."""
    link = node if node.tag == "a" else markup.first(node, "a[href]")
    if link is None or markup.has_class(link, "new"):
        return None
    href = markup.attribute(link, "href")
    return urljoin(BASE, href) if href else None


def _inner_lists(node: Node) -> Iterator[Node]:
    return (child for child in markup.elements(node) if child.tag in LISTS)


def _headed(found: Iterable[Term], heading: str) -> Iterator[Term]:
    for term in found:
        yield Term(term.text, term.url, " ".join(filter(None, (heading, term.note))) or None)
