"""An item below a definition as a sequence of pieces, each with its kind, its text and its depth of indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_MARKED = frozenset({*_KINDS, *EXAMPLE_CLASSES})
_PARAGRAPHS = frozenset({"li", "dd", "dt", "p"})
_SAMPLES = frozenset({"i", "em"})
_LITERAL = "e-literally"
_CHINESE = frozenset({"zh-Hant", "zh-Hans", "zh-Hani"})
_WORD = re.compile(r"\w")
_DASHES = " ―—–="
_DASH = re.compile(r"\s*[―—–=]\s+")
_COLON = re.compile(r"\s*:\s")
_OPENS = re.compile(r"\s*[―—–=(]\s*")
# A translation in quotation marks behind words of another language: (“a lamp”).
_QUOTED = re.compile(r"\(?\s*[“\"][^“”\"]+[”\"]\s*\)?\.?")
_LATIN_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")


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
    return _Splitter(markup.has_class(item, "zhusex") or _is_chinese_line(item)).split(item, 0)


def _is_chinese_line(item: Node) -> bool:
    """Whether an item prints a passage in Chinese characters and its romanization, on one line without a template's
    element around them."""
    langs = [child.attributes.get("lang") or "" for child in markup.elements(item)]
    return any(lang in _CHINESE for lang in langs) and any(lang.endswith("-Latn") for lang in langs)


class _Splitter(Struct):
    """``is_chinese``: inside the example template of Chinese, which marks its passages by their language only."""

    is_chinese: bool
    paragraph: int = 0
    _run: list[Node] = []

    def split(self, node: Node, depth: int) -> Iterator[Piece]:
        for child in markup.nodes(node):
            if child.is_text_node:
                self._run.append(child)
                continue
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
        return self._unmarked(child)

    def _unmarked(self, child: Node) -> str | None:
        if labels.is_label(child) and not self._has_words():
            return "label"
        if terms.is_transliteration(child) and self._has_words():
            return "transliteration"
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
        if is_bare:
            return False
        is_foreign = self.is_chinese and markup.first(child, "[lang]") is not None
        return is_foreign or markup.first_of(child, _MARKED) is not None

    def _has_words(self) -> bool:
        return _WORD.search(markup.text_of(self._run)) is not None

    def _flush(self, depth: int) -> Iterator[Piece]:
        run, self._run = self._run, []
        if not run:
            return
        if any(markup.has_class(node, _LITERAL) for node in run):
            text = _DASH.sub("", markup.text_of(run), count=1).rstrip(_DASHES)
            yield Piece("translation", text, depth, self.paragraph, run[0])
            return
        sample, *others = _parted(run)
        text = _balanced(markup.text_of(sample.nodes))
        if _WORD.search(text) and _DASH.match(text):
            yield Piece("remark", text, depth, self.paragraph, sample.nodes[0])
        elif _WORD.search(text):
            node = next((node for node in sample.nodes if node.is_element_node), sample.nodes[0])
            beside = (node for node in sample.nodes if not _is_sample(node))
            yield Piece("loose", text, depth, self.paragraph, node, not _WORD.search(markup.text_of(beside)))
        for part in others:
            text = _balanced(markup.text_of(part.nodes))
            if _WORD.search(text):
                yield Piece(part.kind, text, depth, self.paragraph, part.nodes[0])


class _Part(Struct, frozen=True):
    """Nodes of a run that are of one kind."""

    kind: str
    nodes: list[Node]


def _parted(run: list[Node]) -> list[_Part]:
    """A run of nodes, parted behind foreign words at its beginning where what follows explains them."""
    ends = (place for place, node in enumerate(run) if not _is_sample(node) and markup.text_of([node]))
    place = next(ends, len(run))
    sample, rest = run[:place], run[place:]
    if not rest or not any(map(_is_sample, sample)) or rest[0].tag != "-text":
        return [_Part("loose", run)]
    before = rest[0].text_content or ""
    if len(rest) > 1 and _OPENS.fullmatch(before) and _reads(sample, rest[1]):
        # "(transliteration)" or "– transliteration –", written by hand.
        return [_Part("loose", sample), _Part("transliteration", rest[1:2]), _Part("remark", rest[2:])]
    is_line = run[0].parent is not None and run[0].parent.tag == "dd"
    explains = _DASH.match(before) or (is_line and _COLON.match(before)) or _QUOTED.fullmatch(markup.text_of(rest))
    return [_Part("loose", sample), _Part("remark", rest)] if explains else [_Part("loose", run)]


def _reads(sample: list[Node], node: Node) -> bool:
    """Whether an element says in Latin letters how a sample in others is read."""
    return _is_sample(node) and not is_latin(markup.text_of(sample)) and is_latin(markup.text(node))


def is_latin(text: str) -> bool:
    """Whether most letters of a text are Latin."""
    return len(_LATIN_LETTER.findall(text)) * 2 >= len(_LETTER.findall(text))


def _balanced(text: str) -> str:
    """The text without half a pair of parentheses at an end of it."""
    if text.count("(") > text.count(")"):
        text = text.removesuffix("(").rstrip()
    if text.count(")") > text.count("("):
        text = text.removeprefix(")").lstrip()
    return text


def _is_sample(node: Node) -> bool:
    return node.is_element_node and (node.tag in _SAMPLES or "lang" in node.attributes)
