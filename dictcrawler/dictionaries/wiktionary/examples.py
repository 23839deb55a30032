"""What stands below a definition: examples, quotations, and the words of a sense.

Editors write them with templates, whose classes name each part, or by hand: a line, and below it, indented,
what belongs to it. Both are read as one sequence of pieces (`pieces`), at whatever depth they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.dictionaries.wiktionary.pieces import EXAMPLE_CLASSES, Piece, pieces
from dictcrawler.model import Example, Label, Relation, RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

NYMS: dict[str, RelationType] = {
    "synonym": "synonym",
    "near-synonym": "synonym",
    "antonym": "antonym",
    "near-antonym": "antonym",
    "hypernym": "hypernym",
    "hyponym": "hyponym",
    "meronym": "meronym",
    "holonym": "holonym",
    "troponym": "troponym",
    "coordinate-term": "coordinate_term",
    "comeronym": "coordinate_term",
}
_SOURCES = frozenset({"citation-whole", "wiktQuote"})
_DATE = re.compile(r"(?:[ac]a?\. )?[0-9]{3,4}\b|(?:[ac]a?\. )?[0-9]+ (?:BCE|CE|AD|BC)\b")
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b|\b(?:BCE|century)\b")
_LATIN_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


def read(block: Node, sense_id: str, *, has_glosses: bool) -> Iterator[Example | Relation]:
    """What a block below a definition says: a `dl` of examples and nyms, a `ul` of quotations, or one of either.

    ``has_glosses``: a line below another is its translation, as in all sections but the English one.
    """
    is_list = block.tag in terms.LISTS and EXAMPLE_CLASSES.isdisjoint(markup.classes(block))
    for item in list(markup.elements(block)) if is_list else [block]:
        yield from _item(item, sense_id, has_glosses=has_glosses)


def _item(item: Node, sense_id: str, *, has_glosses: bool) -> Iterator[Example | Relation]:
    if markup.has_class(item, "nyms"):
        yield from nyms(item, sense_id)
        return
    found = list(pieces(item))
    inner = [piece.node for piece in found if piece.kind == "list"]
    if all(piece.kind == "list" for piece in found) and EXAMPLE_CLASSES.isdisjoint(markup.classes(item)):
        inner = [child for child in markup.elements(item) if child.tag in terms.LISTS]
        found = []
    may_be_source = item.tag == "li" or any(markup.first(item, f".{name}") is not None for name in _SOURCES)
    reader = _Reader(has_glosses=has_glosses, may_be_source=may_be_source)
    for place, piece in enumerate(found):
        if piece.kind == "nyms":
            yield from nyms(piece.node, sense_id)
        elif piece.kind != "list":
            reader.read(piece, found[place + 1 :])
    reader.close()
    yield from reader.examples
    for block in inner:
        yield from read(block, sense_id, has_glosses=has_glosses)


def nyms(node: Node, sense_id: str) -> Iterator[Relation]:
    """The words that a sense names as its synonyms, antonyms …"""
    kinds = (NYMS.get(name.removesuffix("s")) for name in markup.classes(node))
    kind: RelationType = next(filter(None, kinds), "related")
    for term in terms.terms(markup.nodes(node)):
        yield terms.relation(kind, term, sense_id)


@dataclass(slots=True)
class _Draft:
    """An example while it is read; ``below`` are the lines without a class that follow it."""

    text: list[str]
    citation: str | None
    depth: int
    paragraph: int
    is_marked: bool
    labels: tuple[Label, ...]
    transliterations: list[str] = field(default_factory=list)
    glosses: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def example(self, *, has_glosses: bool) -> Example:
        text, glosses, transliterations = " ".join(self.text), self.glosses, self.transliterations
        if not has_glosses:
            text = " ".join((text, *self.below))
        elif len(self.below) > 1 and not transliterations and not _is_latin(text) and _is_latin(self.below[0]):
            # Of two lines below foreign letters the first says how these are read.
            transliterations, glosses = self.below[:1], [*glosses, *self.below[1:]]
        else:
            glosses = [*glosses, *self.below]
        return Example(
            text=text,
            transliteration=" ".join(transliterations) or None,
            gloss=" ".join(glosses) or None,
            citation=self.citation,
            labels=self.labels,
        )


@dataclass(slots=True)
class _Reader:
    """Reads the pieces of one item in the order they are printed."""

    has_glosses: bool
    may_be_source: bool
    examples: list[Example] = field(default_factory=list)
    # The same passage in two scripts is a group of two: they share what explains them.
    _group: list[_Draft] = field(default_factory=list)
    _citation: str | None = None
    _labels: tuple[Label, ...] = ()
    _is_explained: bool = False

    def read(self, piece: Piece, following: Sequence[Piece]) -> None:
        match piece.kind:
            case "passage":
                self._passage(piece)
            case "source":
                self.close()
                self._citation = _named(piece)
            case "footer":
                self._footer(piece)
            case "transliteration" | "translation":
                self._is_explained = True
                for draft in self._group:
                    (draft.glosses if piece.kind == "translation" else draft.transliterations).append(piece.text)
            case "label":
                self._label(labels.read(piece.node))
            case _:
                self._loose(piece, following)

    def close(self) -> None:
        """What is open becomes examples; a source whose passage nobody has filled in becomes none."""
        self.examples += (draft.example(has_glosses=self.has_glosses) for draft in self._group)
        self._group, self._citation, self._labels, self._is_explained = [], None, (), False

    def _open(self, piece: Piece) -> None:
        citation = self._group[-1].citation if self._group else self._citation
        is_marked = piece.kind == "passage"
        self._group.append(
            _Draft([piece.text], citation, piece.depth, piece.paragraph, is_marked=is_marked, labels=self._labels)
        )
        self._labels = ()

    def _passage(self, piece: Piece) -> None:
        if self._is_explained:
            citation = self._group[-1].citation if self._group else self._citation
            self.close()
            self._citation = citation
        self._open(piece)

    def _footer(self, piece: Piece) -> None:
        if not self._group:
            self._citation = _named(piece)
        for draft in self._group:
            draft.citation = draft.citation or _named(piece)

    def _label(self, found: tuple[Label, ...]) -> None:
        if not self._group:
            self._labels += found
        for draft in self._group:
            draft.labels += found

    def _loose(self, piece: Piece, following: Sequence[Piece]) -> None:
        if self._group and _BRACKETED.fullmatch(piece.text):
            self._label(tuple(labels.typed(text) for text in labels.printed(piece.text)))
        elif self._group and piece.text.startswith("From:"):
            self._footer(piece)
        elif self._group:
            self._another_line(piece)
        elif self._citation is None and self._is_source(piece, following):
            self._citation = _named(piece)
        else:
            self._open(piece)

    def _is_source(self, piece: Piece, following: Sequence[Piece]) -> bool:
        """Whether a first line names the work that the passage below it is from."""
        begins_with_date = piece.node.tag == "b" and _DATE.match(markup.text(piece.node)) is not None
        if not any(later.kind == "passage" or later.depth > piece.depth for later in following):
            # A source whose passage nobody has filled in.
            return self.may_be_source and begins_with_date
        ends_with_colon = piece.text.endswith(":")
        if not self.may_be_source:
            return begins_with_date or (ends_with_colon and _YEAR.search(piece.text) is not None)
        return begins_with_date or ends_with_colon or not (self.has_glosses and piece.is_sample)

    def _another_line(self, piece: Piece) -> None:
        latest = self._group[-1]
        is_same_line = piece.paragraph == latest.paragraph and piece.depth == latest.depth and not self._is_explained
        if is_same_line and not (latest.is_marked and self.has_glosses):
            latest.text.append(piece.text)
        else:
            latest.below.append(piece.text)


def _named(piece: Piece) -> str | None:
    return piece.text.removeprefix("From:").strip().rstrip(": ") or None


def _is_latin(text: str) -> bool:
    return len(_LATIN_LETTER.findall(text)) * 2 >= len(_LETTER.findall(text))
