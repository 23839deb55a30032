"""The headword line: "**house** (*countable and uncountable*, *plural* **houses** *or* (dialectal) **housen**)"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.model import InflectedForm, Label
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

READING = "reading"
ANOTHER = "variant"
"""The tag of a second headword of the same definitions."""
JOINS = frozenset({"or", "and"})
"""The words printed between two forms, which are not content."""
_BOLD = frozenset({"b", "strong"})
_WORD = re.compile(r"\w")
_STROKES = re.compile(r"\bradical\b.*\bstrokes?\b", re.DOTALL)
_PARTS = re.compile(r"[,;]\s*|\s(?:or|and)\s")
_EDGES = " .,;:[]/–—-•·→"
# The end of a form: another one, or the parenthesis around all of them.
_DIVIDES = frozenset(",;)")


@dataclass(slots=True)
class Headline:
    """The headword, its language tag, its forms, and the grammar printed beside it."""

    headword: str | None = None
    lang: str | None = None
    labels: list[Label] = field(default_factory=list)
    forms: list[InflectedForm] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    """What a line says of a Chinese character: its radical, strokes and codes, which are no forms and no grammar."""
    _slot: str | None = None
    _slot_used: bool = False
    _qualifiers: tuple[Label, ...] = ()
    _is_behind_form: bool = False
    # The headwords of the line that have no transliteration yet, as places in ``forms``; the first one has none.
    _headwords: list[int | None] = field(default_factory=list)
    _has_headword: bool = False

    def read(self, nodes: Iterable[Node]) -> None:
        """The pieces of the line in printed order."""
        for node in nodes:
            if node.tag == "-text":
                self._text(node.text_content or "")
            elif node.is_element_node and not labels.is_separator(node):
                self._element(node)

    def _text(self, printed: str) -> None:
        """The text between the elements of a line: most often only commas, in older ones a form."""
        if _WORD.search(printed) or not _DIVIDES.isdisjoint(printed):
            self._is_behind_form = False
        for part in _PARTS.split(markup.clean(printed)):
            text = terms.bare(part, _EDGES)
            if not _WORD.search(text) or self.headword is None or text in JOINS:
                continue
            if part.rstrip().endswith(":"):
                # "readings: X, Y" names what follows, as a text in italics does.
                self._note(text)
            elif self._slot and not self._slot_used:
                self._form(text)
            else:
                self.labels.append(labels.typed(text, "grammar"))

    def _element(self, node: Node) -> None:
        classes = markup.classes(node)
        text = markup.text(node)
        if not text or terms.is_bracket(node):
            return
        if "headword" in classes or (self.headword is None and node.tag in _BOLD):
            self._headword(node, text)
        elif terms.is_transliteration(node):
            self._transliteration(text)
        elif "form-of" in classes or node.tag in _BOLD:
            self._form(text)
        elif labels.is_label(node):
            self._qualifier(labels.read(node))
        elif node.tag == "i" and not (self._slot and node.attributes.get("lang")):
            self._note(text)
        elif node.tag == "abbr":
            self._grammar(node, text)
        elif "gender" in classes:
            self.read(markup.elements(node))
        elif self._slot and node.attributes.get("lang"):
            self._form(text)
        else:
            self.read(markup.nodes(node))

    def _headword(self, node: Node, text: str) -> None:
        if self.headword is None:
            self.headword, self.lang = text, markup.attribute(node, "lang")
            self._headwords.append(None)
            self._has_headword = True
        elif text not in {self.headword, *(form.text for form in self.forms)}:
            self._another_headword(text)
        self._reading(node)

    def _another_headword(self, text: str) -> None:
        self._close_slot()
        self._slot = None
        self._form(text, ANOTHER)
        # On a line of its own, what follows is about it; on the line of the first one, about both.
        self._slot_used = not self._has_headword
        if self._has_headword:
            self._headwords.append(len(self.forms) - 1)
        self._has_headword = True

    def _reading(self, node: Node) -> None:
        reading = markup.reading(node)
        if reading:
            self.forms.append(InflectedForm(text=reading, tag=READING, labels=()))

    def _transliteration(self, text: str) -> None:
        # After a form it belongs to that form, else to a headword: two are printed in the order of their headwords.
        place = len(self.forms) - 1 if self._slot_used else next(iter(self._headwords), None)
        if not self._slot_used:
            del self._headwords[:1]
        if place is None:
            self.forms.append(InflectedForm(text=text, tag="romanization", labels=()))
        else:
            self.forms[place] = replace(self.forms[place], transliteration=text)

    def _qualifier(self, found: tuple[Label, ...]) -> None:
        # Directly after a form it belongs to that form, else to the form that follows.
        if self._is_behind_form:
            self.forms[-1] = replace(self.forms[-1], labels=(*self.forms[-1].labels, *found))
        else:
            self._qualifiers += found

    def _form(self, text: str, tag: str | None = None) -> None:
        self.forms.append(InflectedForm(text=text, tag=tag or self._slot, labels=self._qualifiers))
        self._slot_used, self._is_behind_form, self._qualifiers = True, True, ()

    def _grammar(self, node: Node, text: str) -> None:
        label = labels.grammar(node, text)
        if label is None:
            return
        if self._slot_used:
            self.forms[-1] = replace(self.forms[-1], labels=(*self.forms[-1].labels, label))
        else:
            self.labels.append(label)

    def _note(self, text: str) -> None:
        self._is_behind_form = False
        # "or" continues the same slot; another text in italics opens the next one.
        if JOINS.issuperset(text.split("/")):
            return
        # "plural X or (rare) Y", all of it written by hand.
        if self._slot_used and labels.is_circumstance(text):
            self._qualifiers += (labels.typed(text),)
            return
        self._close_slot()
        self._slot, self._slot_used = text, False

    def _close_slot(self) -> None:
        # A slot without a form after it was not a slot: "not comparable".
        if self._slot and not self._slot_used:
            self.labels += (labels.typed(text, "grammar") for text in labels.printed(self._slot))

    def finish(self) -> None:
        """Labels left over at the end of the line apply to the entry."""
        self._close_slot()
        self._slot, self._slot_used, self._is_behind_form, self._has_headword = None, False, False, False
        self._headwords.clear()
        self.labels += self._qualifiers
        self._qualifiers = ()


def read(lines: Iterable[Node]) -> Headline:
    """The headword lines of an entry: usually one, now and then one for each script or half of it."""
    headline = Headline()
    for line in lines:
        headword = markup.first(line, ".headword") if _STROKES.search(line.text_lexbor()) else None
        if headword is not None:
            headline.read([headword])
            if rest := terms.bare(markup.text(line).removeprefix(markup.text(headword))):
                headline.descriptions.append(rest)
        else:
            headline.read(markup.nodes(line))
        headline.finish()
    return headline
