"""The boxes of Oxford's entries: notes with their examples, and word origins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictcrawler.dictionaries.oxford.blocks import Blocks
from dictcrawler.dictionaries.oxford.senses import examples
from dictcrawler.model import Box, Etymology
from dictcrawler.parsing.markup import clean
from dictcrawler.parsing.outline import Element, texts

_TITLE = frozenset({"box_title", "heading"})
# Items that are sentences print no comma.
_AFTER_A_SENTENCE = re.compile(r"([.:;!?]), ")
_EXAMPLES = frozenset({"examples", "x-gs"})
# Boxes recognised by their frame alone, because they are read into fields of their own.
_NOT_BOXES = frozenset({"wordorigin", "verbforms"})


def kind(box: Element) -> str:
    """The topic of the box, according to its frame."""
    return (box.attribute("unbox") or "note").lower().replace(" ", "_")


def boxes(found: list[Element]) -> Iterator[Box]:
    """The boxes that are not read into another field."""
    return (_box(box) for box in found if kind(box) not in _NOT_BOXES)


def notes(parts: Blocks) -> Iterator[Box]:
    """Notes without a frame."""
    for note in parts.of("note"):
        yield Box(kind=note.attribute("un") or "note", text=note.text() or None, examples=())


def etymologies(found: list[Element]) -> tuple[Etymology, ...]:
    """The word origins among boxes; if one box has several parts, all of them."""
    origins = texts((box for box in found if kind(box) == "wordorigin"), _TITLE)
    return tuple(Etymology(description=origin) for origin in origins)


def _box(box: Element) -> Box:
    title = box.first(*_TITLE)
    return Box(
        kind=kind(box),
        title=(title.text() or None) if title is not None else None,
        text=" ".join(filter(None, _paragraphs(box))) or None,
        examples=examples(box),
    )


def _paragraphs(element: Element) -> Iterator[str]:
    if element.first("body") is None:
        yield _paragraph(element)
        return
    for child in element.children:
        if isinstance(child, str):
            yield clean(child)
        elif "body" in child.kind.names:
            yield from map(_paragraph, [child] if child.has_own_text else child.elements())
        elif _TITLE.isdisjoint(child.kind.names):
            yield from _paragraphs(child)


def _paragraph(element: Element) -> str:
    """A list of collocations gets its commas from the style sheet: without them its items would run together."""
    found = _unwrapped(element)
    if not _EXAMPLES.isdisjoint(found.kind.names):
        return ""
    lists = [found] if found.tag == "ul" else found.every("collocs_list")
    items = texts((item for each_list in lists for item in each_list.elements()), _EXAMPLES)
    return _AFTER_A_SENTENCE.sub(r"\1 ", ", ".join(items)) or element.text(_TITLE | _EXAMPLES)


def _unwrapped(element: Element) -> Element:
    """The content of an element that has only layout around it."""
    inside = list(element.elements())
    is_layout = element.tag in {"span", "div"} and _EXAMPLES.isdisjoint(element.kind.names)
    if is_layout and len(inside) == 1 and not element.has_own_text:
        return _unwrapped(inside[0])
    return element
