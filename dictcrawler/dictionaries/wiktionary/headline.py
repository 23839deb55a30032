"""The headword line: "**house** (*countable and uncountable*, *plural* **houses** *or* (dialectal) **housen**)"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dictcrawler.dictionaries.wiktionary import labels
from dictcrawler.dictionaries.wiktionary.sections import Section, is_headline
from dictcrawler.model import InflectedForm, Label
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_JOINS = frozenset({"or", "and", "and/or"})
_BOLD = frozenset({"b", "strong"})


@dataclass(slots=True)
class Headline:
    """The headword, its language tag, its forms, and the grammar printed beside it."""

    headword: str | None = None
    lang: str | None = None
    labels: list[Label] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)
    _slot: str | None = None
    _slot_used: bool = False
    _qualifiers: tuple[Label, ...] = ()

    def read(self, nodes: Iterable[Node]) -> None:
        """The pieces of the line in the order they are printed."""
        for node in nodes:
            if node.is_element_node and not labels.is_separator(node):
                self._element(node)

    def _element(self, node: Node) -> None:
        classes = markup.classes(node)
        text = markup.text(node)
        if not text:
            return
        if "headword" in classes or (self.headword is None and node.tag in _BOLD):
            self._headword(node, text)
        elif "form-of" in classes or node.tag in _BOLD:
            self._form(text)
        elif labels.is_label(node):
            self._qualifiers += labels.read(node)
        elif node.tag == "i":
            self._note(text)
        elif "tr" in classes or "headword-tr" in classes:
            self.forms.append(InflectedForm(text=text, tag="romanization", labels=()))
        elif node.tag == "abbr":
            self.labels.append(labels.typed(text, "grammar"))
        else:
            self.read(markup.nodes(node))

    def _headword(self, node: Node, text: str) -> None:
        self.headword = self.headword or text
        self.lang = self.lang or markup.attribute(node, "lang")

    def _form(self, text: str) -> None:
        self.forms.append(InflectedForm(text=text, tag=self._slot, labels=self._qualifiers))
        self._slot_used, self._qualifiers = True, ()

    def _note(self, text: str) -> None:
        # "or" goes on with the same slot; another text in italics opens the next one.
        if text in _JOINS:
            return
        self._close_slot()
        self._slot, self._slot_used = text, False

    def _close_slot(self) -> None:
        # A slot that no form follows was no slot: "not comparable".
        if self._slot and not self._slot_used:
            self.labels += (labels.typed(text, "grammar") for text in labels.printed(self._slot))

    def finish(self) -> None:
        """What waits at the end of the line speaks for the entry."""
        self._close_slot()
        self._slot = None
        self.labels += self._qualifiers
        self._qualifiers = ()


def read(section: Section) -> Headline:
    """The headword lines of a section: usually one, now and then one for each half of it."""
    headline = Headline()
    for line in lines(section):
        headline.read(markup.nodes(line))
        headline.finish()
    return headline


def lines(section: Section) -> list[Node]:
    """The paragraphs with a headword; without any, the first paragraph with bold text."""
    marked = [block for block in section.blocks if is_headline(block)]
    bold = (block for block in section.blocks if block.tag == "p" and markup.first(block, "b, strong"))
    return marked or list(bold)[:1]
