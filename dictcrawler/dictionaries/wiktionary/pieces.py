"""An item below a definition as a sequence of pieces, each with its kind, its text and its depth of indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Struct

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

EXAMPLE_CLASSES = frozenset({"h-usage-example", "citation-whole", "h-quotation", "wiktQuote", "zhusex"})
"""The templates' own elements: each is one example or quotation, whatever its tag."""

_KINDS = {
    "e-example": "passage",
    "e-quotation": "passage",
    "cited-passage": "passage",
    "e-transliteration": "transliteration",
    "e-normalization": "transliteration",
    "e-transcription": "transliteration",
    "e-translation": "translation",
    "e-literally": "translation",
    "cited-source": "source",
    "e-source": "footer",
    "e-footer": "footer",
    "nyms": "nyms",
}
_MARKED = ", ".join(f".{name}" for name in (*_KINDS, *EXAMPLE_CLASSES))
_PARAGRAPHS = frozenset({"li", "dd", "dt", "p"})
_SAMPLES = frozenset({"i", "em"})
_LITERAL = "e-literally"
_WORD = re.compile(r"\w")
_DASHES = " ―—–="
_DASH = re.compile(r"\s*[―—–=]\s+")


class Piece(Struct, frozen=True):
    """A part of an item.

    ``kind``: "passage", "transliteration", "translation", "source" (of what follows), "footer" (of what precedes),
    "label", "nyms", "list" (a list of further items), "loose" for text without a class, "remark" for such text after a
    dash. ``node`` is its element, for loose text the first one in it; ``is_sample``: loose text all in italics or
    marked as of a language.
    """

    kind: str
    text: str
    depth: int
    paragraph: int
    node: Node
    is_sample: bool = False


def pieces(item: Node) -> Iterator[Piece]:
    """The pieces of an item in printed order."""
    return _Splitter(markup.has_class(item, "zhusex")).split(item, 0)


@dataclass(slots=True)
class _Splitter:
    """``is_chinese``: inside the example template of Chinese, which marks its passages by their language only."""

    is_chinese: bool
    paragraph: int = 0
    _run: list[Node] = field(default_factory=list)

    def split(self, node: Node, depth: int) -> Iterator[Piece]:
        for child in markup.nodes(node):
            kind = self._kind(child)
            if markup.has_class(child, _LITERAL):
                # Text printed around it belongs to it: "(literally, “…”)".
                self._run.append(child)
            elif kind is not None:
                yield from self._flush(depth)
                if text := markup.text_of([child]):
                    yield Piece(kind, text, depth, self.paragraph, child)
            elif self._is_holder(child):
                yield from self._flush(depth)
                yield from self._inside(child, depth)
            elif not (labels.is_separator(child) and not self._has_words()):
                self._run.append(child)
        yield from self._flush(depth)

    def _inside(self, child: Node, depth: int) -> Iterator[Piece]:
        if child.tag in _PARAGRAPHS:
            self.paragraph += 1
        was_chinese, self.is_chinese = self.is_chinese, self.is_chinese or markup.has_class(child, "zhusex")
        yield from self.split(child, depth + (child.tag in terms.LISTS))
        self.is_chinese = was_chinese
        if child.tag in _PARAGRAPHS:
            self.paragraph += 1

    def _kind(self, child: Node) -> str | None:
        if not child.is_element_node:
            return None
        names = markup.classes(child)
        marked = next((_KINDS[name] for name in names if name in _KINDS), None)
        if marked is not None:
            return marked
        if child.tag in {"ul", "ol"} and EXAMPLE_CLASSES.isdisjoint(names):
            return "list"
        if labels.is_label(child) and not self._has_words():
            return "label"
        lang = child.attributes.get("lang") or ""
        if self.is_chinese and lang and _WORD.search(markup.text(child)):
            return "transliteration" if lang.endswith("-Latn") else "passage"
        return None

    def _is_holder(self, child: Node) -> bool:
        if not child.is_element_node:
            return False
        if child.tag in markup.BLOCKS:
            return True
        inner = child.first_child
        is_bare = inner is None or (inner.next is None and inner.is_text_node)
        return not is_bare and markup.first(child, f"{_MARKED}, [lang]" if self.is_chinese else _MARKED) is not None

    def _has_words(self) -> bool:
        return _WORD.search(markup.text_of(self._run)) is not None

    def _flush(self, depth: int) -> Iterator[Piece]:
        run, self._run = self._run, []
        if any(markup.has_class(node, _LITERAL) for node in run):
            text = _DASH.sub("", markup.text_of(run), count=1).rstrip(_DASHES)
            yield Piece("translation", text, depth, self.paragraph, run[0])
            return
        sample, rest = _at_dash(run)
        text = markup.text_of(sample)
        if _WORD.search(text) and _DASH.match(text):
            yield Piece("remark", text, depth, self.paragraph, sample[0])
        elif _WORD.search(text):
            node = next((node for node in sample if node.is_element_node), sample[0])
            others = (node for node in sample if not _is_sample(node))
            yield Piece("loose", text, depth, self.paragraph, node, not _WORD.search(markup.text_of(others)))
        remark = markup.text_of(rest)
        if _WORD.search(remark):
            yield Piece("remark", remark, depth, self.paragraph, rest[0])


def _at_dash(run: list[Node]) -> tuple[list[Node], list[Node]]:
    """Split a run of nodes at a dash that follows foreign words: the text after it is their translation."""
    begun = False
    for place, node in enumerate(run):
        if begun and node.tag == "-text" and _DASH.match(node.text_content or ""):
            return run[:place], run[place:]
        if not _is_sample(node) and markup.text_of([node]):
            return run, []
        begun = begun or _is_sample(node)
    return run, []


def _is_sample(node: Node) -> bool:
    return node.is_element_node and (node.tag in _SAMPLES or "lang" in node.attributes)
