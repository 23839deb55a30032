"""What stands below a definition: examples, quotations, and the words of a sense.

Editors write them with templates, whose classes name each part, or by hand: a line, and below it, indented,
what belongs to it. Both are read as one sequence of pieces (`pieces`), at whatever depth they stand.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

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
_WORD = re.compile(r"\w")
_DASHES = " ―—–="
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Below:
    """What is known of an item before it is read.

    ``has_glosses``: a line below another is its translation, as in all sections but the English one.
    ``citation``: the work that a list above has named.
    """

    sense_id: str
    has_glosses: bool
    citation: str | None = None


def read(block: Node, known: Below) -> Iterator[Example | Relation]:
    """What a block below a definition says: a `dl` of examples and nyms, a `ul` of quotations, or one of either."""
    is_list = block.tag in terms.LISTS and EXAMPLE_CLASSES.isdisjoint(markup.classes(block))
    for item in list(markup.elements(block)) if is_list else [block]:
        yield from _item(item, known)


def _item(item: Node, known: Below) -> Iterator[Example | Relation]:
    kind = _named_words(item)
    if kind is not None:
        yield from _words(item, kind, known.sense_id)
        return
    if _is_hollow(item):
        for block in markup.elements(item):
            yield from read(block, known)
        return
    found = list(pieces(item))
    may_be_source = item.tag == "li" or any(markup.first(item, f".{name}") is not None for name in _SOURCES)
    reader = _Reader(has_glosses=known.has_glosses, may_be_source=may_be_source)
    for place, piece in enumerate(found):
        if piece.kind == "nyms":
            yield from nyms(piece.node, known.sense_id)
        elif piece.kind != "list":
            reader.read(piece, found[place + 1 :])
    citation = reader.close()
    yield from (replace(example, citation=example.citation or known.citation) for example in reader.examples)
    for block in (piece.node for piece in found if piece.kind == "list"):
        yield from read(block, dataclasses.replace(known, citation=citation))


def _is_hollow(item: Node) -> bool:
    """Whether an item only indents the lists in it."""
    if not EXAMPLE_CLASSES.isdisjoint(markup.classes(item)):
        return False
    inner = list(markup.nodes(item))
    return any(node.tag in terms.LISTS for node in inner) and not _WORD.search(
        markup.text_of(node for node in inner if node.tag not in terms.LISTS)
    )


def captions(blocks: Iterable[Node]) -> str:
    """The words before the colons of lists of words that no class marks: "Synonyms"."""
    items = (item for block in blocks for item in block.css("dd, li") if item.is_element_node)
    found = (terms.CAPTION.match(markup.text(item)) for item in items if _named_words(item) is not None)
    return " ".join(caption[0] for caption in found if caption is not None)


def _named_words(item: Node) -> RelationType | None:
    """The kind of words that an item lists, by its class or by the word before its colon."""
    if markup.has_class(item, "nyms"):
        return _kind(item)
    if markup.first(item, ".nyms") is not None or markup.first(item, "a, [lang]") is None:
        return None
    caption = terms.CAPTION.match(markup.text(item))
    return NYMS.get(caption[1].casefold().replace(" ", "-")) if caption else None


def nyms(node: Node, sense_id: str) -> Iterator[Relation]:
    """The words that a sense names as its synonyms, antonyms …"""
    yield from _words(node, _kind(node), sense_id)


def _kind(node: Node) -> RelationType:
    kinds = (NYMS.get(name.removesuffix("s")) for name in markup.classes(node))
    return next(filter(None, kinds), "related")


def _words(node: Node, kind: RelationType, sense_id: str) -> Iterator[Relation]:
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
            case "remark":
                self._remark(piece)
            case _:
                self._loose(piece, following)

    def close(self) -> str | None:
        """What is open becomes examples; a source that no passage has followed is returned."""
        waiting = self._citation if not self._group else None
        self.examples += (draft.example(has_glosses=self.has_glosses) for draft in self._group)
        self._group, self._citation, self._labels, self._is_explained = [], None, (), False
        return waiting

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

    def _remark(self, piece: Piece) -> None:
        """What stands behind a dash: a translation, in English sections part of the example."""
        for draft in self._group:
            if self.has_glosses:
                draft.glosses.append(piece.text.lstrip(_DASHES))
            else:
                draft.text.append(piece.text)

    def _label(self, found: tuple[Label, ...]) -> None:
        if not self._group:
            self._labels += found
        for draft in self._group:
            draft.labels += found

    def _bracketed(self, found: tuple[Label, ...]) -> None:
        # Behind a passage it is about that passage, behind what explains the passages about all of them.
        for draft in self._group if self._is_explained else self._group[-1:]:
            draft.labels += found

    def _loose(self, piece: Piece, following: Sequence[Piece]) -> None:
        if self._group and _BRACKETED.fullmatch(piece.text):
            self._bracketed(tuple(labels.typed(text) for text in labels.printed(piece.text)))
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
        if not any(later.kind in {"passage", "list"} or later.depth > piece.depth for later in following):
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
            return
        for draft in self._group:
            draft.below.append(piece.text)


def _named(piece: Piece) -> str | None:
    return piece.text.removeprefix("From:").strip().rstrip(": ") or None


def _is_latin(text: str) -> bool:
    return len(_LATIN_LETTER.findall(text)) * 2 >= len(_LETTER.findall(text))
