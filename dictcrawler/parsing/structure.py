"""A second proof beside text coverage: what a page has, counted without the parser's readers, against what was read.

Coverage sees lost words, not wrong fields: a transliteration that is published as a further synonym leaves it at
1.0. So a dictionary declares in a few selectors (`Counts`) what on its pages is a sense, an example, a
transcription, a term of a list, a recording. They must not be made of the tables that the readers work with, or
the proof proves nothing. A difference is a warning with both numbers (``senses 5 of 7``: five read, seven on the page).
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dictcrawler.model import Box, LexicalEntry, Pronunciation, Relation, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

logger = logging.getLogger(__name__)

KINDS = ("senses", "examples", "transcriptions", "terms", "recordings")
"""What may be counted, as the warnings name it."""

_BETWEEN = re.compile(r"[,;] ")
_PRINTED = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted on a dictionary's pages: a CSS selector for each of `KINDS` that is.

    ``is_term``: whether a relation is one of the counted terms. ``has_box_examples``: the examples of boxes are
    counted too.
    """

    selectors: Mapping[str, str]
    is_term: Callable[[Relation], bool] = field(default=lambda _: False)
    has_box_examples: bool = True

    def on_page(self, node: Node) -> OnPage:
        """What stands below a node; count it before a reader changes the tree."""
        # Each element once: Lexbor returns it for each alternative of the selector that it matches
        # (docs/upstream/selectolax-duplicate-matches.md).
        return OnPage({kind: {found.mem_id: found for found in node.css(css)} for kind, css in self.selectors.items()})

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


@dataclass(frozen=True, slots=True)
class OnPage:
    """The elements of each kind that is counted, by their ``mem_id``."""

    elements: Mapping[str, Mapping[int, Node]]

    def against(self, published: Counter[str]) -> Proof:
        """Compare them with what is published; an element that prints no word counts only where that is needed."""
        found = {}
        for kind, elements in self.elements.items():
            is_over = len(elements) > published[kind] and kind != "recordings"
            found[kind] = _printed(elements.values()) if is_over else len(elements)
            if kind == "terms" and found[kind] < published[kind]:
                # An element may list several: "SYN moonlet, crumb".
                found[kind] = min(published[kind], _listed(elements.values()))
        return compared(found, published)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the comparison says: ``ratio`` (0–1) and a warning for each kind that differs."""

    ratio: float
    warnings: tuple[str, ...]


def compared(on_page: Mapping[str, int], published: Counter[str]) -> Proof:
    """Compare the kinds that were counted on the page.

    ``ratio`` is the sum of the lesser over the sum of the greater numbers: what is missing lowers it, and so does
    what no element of the page accounts for. 1 when there was nothing to count. The differences go to the log
    at level DEBUG.
    """
    pairs = {kind: (published[kind], count) for kind, count in on_page.items()}
    warnings = tuple(f"{kind} {now} of {count}" for kind, (now, count) in pairs.items() if now != count)
    if warnings:
        logger.debug("structure: %s", ", ".join(warnings))
    least, most = sum(map(min, pairs.values())), sum(map(max, pairs.values()))
    return Proof(round(least / most, 4) if most else 1.0, warnings)


def _listed(elements: Iterable[Node]) -> int:
    """How many terms the elements print, parted by commas."""
    return sum(1 + len(_BETWEEN.findall(markup.text(found))) for found in elements)


def _printed(elements: Iterable[Node]) -> int:
    """How many of the elements print a word."""
    return sum(_PRINTED.search(markup.text(found)) is not None for found in elements)


def _pronunciations(entry: LexicalEntry) -> Iterator[Pronunciation]:
    yield from entry.pronunciations
    for form in entry.inflected_forms:
        yield from form.pronunciations
