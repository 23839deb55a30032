"""A second check beside text coverage: the parts of a page, counted without the parser's readers, against the parts
read.

Coverage detects lost words, but not wrong fields: a transliteration published as another synonym leaves it at 1.0. So a
dictionary declares a few selectors (`Counts`) for the senses, examples, transcriptions, listed terms and recordings on
its pages. They must not be made from the tables that the readers use, or the check proves nothing. A difference is a
warning with both numbers (``senses 5 of 7``: five read, seven on the page).
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import msgspec

from dictcrawler.model import Box, LexicalEntry, Pronunciation, Relation, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.selectors import Attributes, Selectors, each_once

logger = logging.getLogger(__name__)

KINDS = ("entries", "senses", "examples", "transcriptions", "terms", "recordings")
"""The kinds that may be counted, as named in the warnings."""

_BETWEEN = re.compile(r"[,;] ")
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_PRINTED = re.compile(r"\w")


class Counts(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What to count on a dictionary's pages: a CSS selector for each counted kind of `KINDS`.

    ``is_term``: whether a relation is one of the counted terms. ``has_box_examples``: the examples of boxes are counted
    too.
    """

    selectors: Mapping[str, str]
    is_term: Callable[[Relation], bool] = msgspec.field(default=lambda _: False)
    has_box_examples: bool = True

    def may_match(self, value: str) -> bool:
        """Whether an element with this value of ``class`` may count."""
        return bool(_counting(self)[value])

    def on_page(self, node: Node, attributes: Iterable[Attributes] | None = None) -> OnPage:
        """The counts below a node; count before a reader changes the tree.

        ``attributes`` are those of all elements, the node's own included, whose class `may_match`. With them, only
        selectors that need more than the attributes of one element search the tree.
        """
        if attributes is None:
            return OnPage({kind: _Elements(node, css) for kind, css in self.selectors.items()})
        numbers = _counting(self).count(node, attributes)
        return OnPage({kind: _Elements(node, css, numbers[kind]) for kind, css in self.selectors.items()})

    def published(self, entries: Iterable[LexicalEntry]) -> Counter[str]:
        """How many of each kind the entries have."""
        found: Counter[str] = Counter()
        for entry in entries:
            holders: tuple[Sense | Box, ...] = (*entry.senses, *entry.boxes) if self.has_box_examples else entry.senses
            found["senses"] += len(entry.senses)
            found["examples"] += sum(len(holder.examples) for holder in holders)
            found["terms"] += sum(map(self.is_term, entry.relations))
            for said in _pronunciations(entry):
                found["transcriptions"] += len(said.transcriptions)
                found["recordings"] += bool(said.sound_file or said.alternate_sound_files or said.sound_page)
        return found


@cache
def _counting(counts: Counts) -> Selectors:
    return Selectors(counts.selectors)


class _Elements:
    """The elements below a node that a selector matches; found at once unless their number is known."""

    def __init__(self, node: Node, css: str, number: int | None = None) -> None:
        self._node, self._css = node, css
        self._found = each_once(node, css) if number is None else None
        self.number = len(self._found) if self._found is not None else number or 0

    def __iter__(self) -> Iterator[Node]:
        if self._found is None:
            self._found = each_once(self._node, self._css) if self.number else []
        return iter(self._found)


class OnPage(msgspec.Struct, frozen=True):
    """The elements of each kind that is counted."""

    elements: Mapping[str, _Elements]

    def against(self, published: Counter[str]) -> Proof:
        """Compare them with the published parts; an element that prints no word counts only where that is needed."""
        found = {}
        for kind, elements in self.elements.items():
            is_over = elements.number > published[kind] and kind != "recordings"
            found[kind] = _printed(elements) if is_over else elements.number
            if kind == "terms":
                # An element may list several: "SYN moonlet, crumb".
                found[kind] += sum(map(_further_terms, elements))
        return compared(found, published)


class Proof(msgspec.Struct, frozen=True):
    """The result of the comparison: ``ratio`` (0–1) and a warning for each kind that differs."""

    ratio: float
    warnings: tuple[str, ...]


def compared(on_page: Mapping[str, int], published: Counter[str]) -> Proof:
    """Compare the kinds that were counted on the page.

    ``ratio`` is the sum of the lesser over the sum of the greater numbers: missing parts lower it, and so do parts that
    no element of the page accounts for. 1 when there was nothing to count. The differences go to the log at level
    DEBUG.
    """
    pairs = {kind: (published[kind], count) for kind, count in on_page.items()}
    warnings = tuple(f"{kind} {now} of {count}" for kind, (now, count) in pairs.items() if now != count)
    if warnings:
        logger.debug("structure: %s", ", ".join(warnings))
    least, most = sum(map(min, pairs.values())), sum(map(max, pairs.values()))
    return Proof(round(least / most, 4) if most else 1.0, warnings)


def _further_terms(element: Node) -> int:
    """How many terms an element prints beside its first one, separated by commas outside parentheses."""
    printed = element.text_lexbor()
    # Most elements have no comma, and are not examined closely.
    if "," not in printed and ";" not in printed:
        return 0
    parts = _BETWEEN.split(_IN_PARENTHESES.sub("", markup.text(element)))
    return max(sum(_PRINTED.search(part) is not None for part in parts) - 1, 0)


def _printed(elements: Iterable[Node]) -> int:
    """How many of the elements print a word."""
    return sum(_PRINTED.search(markup.text(found)) is not None for found in elements)


def _pronunciations(entry: LexicalEntry) -> Iterator[Pronunciation]:
    yield from entry.pronunciations
    for form in entry.inflected_forms:
        yield from form.pronunciations
