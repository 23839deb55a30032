"""The lines of a translation table: "Korean: 물 (mul), 물기 (mulgi)"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.model import Label, Translation
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# The link to the other language's own wiki, and unchecked translations.
_ASIDES = frozenset({"tpos", "ttbc", "trreq"})
_LINES = "li, dd"


def translations(nodes: Iterable[Node]) -> Iterator[Translation]:
    """The words of all lines below some nodes, in printed order."""
    for item in {line.mem_id: line for node in nodes for line in node.css(_LINES)}.values():
        line = _Line()
        line.read(child for child in markup.nodes(item) if child.tag not in terms.LISTS)
        yield from line.found


@dataclass(slots=True)
class _Line:
    """One language's words, after its name: "Korean: 물 (mul), 물기 (mulgi)"."""

    found: list[Translation] = field(default_factory=list)
    _waiting: tuple[Label, ...] = ()
    _is_named: bool = False
    _is_open: bool = False

    def read(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node.tag == "-text":
                self._text(node.text_content or "")
            elif node.is_element_node and not labels.is_separator(node):
                self._element(node)

    def _element(self, node: Node) -> None:
        text = markup.text(node)
        if not text or not _ASIDES.isdisjoint(markup.classes(node)):
            return
        lang = node.attributes.get("lang")
        if labels.is_label(node):
            self._label(labels.read(node))
        elif node.tag == "abbr":
            self._label(tuple(filter(None, (labels.grammar(node, text),))))
        elif terms.is_transliteration(node):
            self._transliterated(text)
        elif lang and text.strip(terms.EDGES):
            self._open(Translation(lang=lang, text=text, labels=()))
        else:
            self.read(markup.nodes(node))

    def _open(self, translation: Translation) -> None:
        self.found.append(replace(translation, labels=self._waiting))
        self._waiting, self._is_named, self._is_open = (), True, True

    def _label(self, found: tuple[Label, ...]) -> None:
        if self._is_open:
            self.found[-1] = replace(self.found[-1], labels=(*self.found[-1].labels, *found))
        else:
            self._waiting += found

    def _transliterated(self, text: str) -> None:
        if self.found:
            self.found[-1] = replace(self.found[-1], transliteration=text)

    def _text(self, text: str) -> None:
        if not self._is_named and ":" in text:
            # The text before it is the name of the language, which the code of each word repeats.
            self._is_named = True
            return
        if "," in text or ";" in text:
            self._is_open = False
