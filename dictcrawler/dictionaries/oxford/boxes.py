"""The boxes of Oxford's entries: notes with their examples, and word origins."""

from __future__ import annotations

from collections.abc import Iterator

from dictcrawler.dictionaries.oxford.blocks import Block, nodes
from dictcrawler.dictionaries.oxford.senses import examples
from dictcrawler.model import Box, Etymology
from dictcrawler.parsing.outline import Element, texts

_TITLE = frozenset({"box_title", "heading"})
_EXAMPLES = frozenset({"examples", "x-gs"})
# Boxes by their frame only: they are read into fields of their own.
_NOT_BOXES = frozenset({"wordorigin", "verbforms"})


def kind(box: Element) -> str:
    """What the box is about, as its frame says."""
    return (box.attribute("unbox") or "note").lower().replace(" ", "_")


def boxes(found: list[Element]) -> Iterator[Box]:
    """Those that are not read into another field."""
    return (_box(box) for box in found if kind(box) not in _NOT_BOXES)


def notes(parts: tuple[Block, ...]) -> Iterator[Box]:
    """Notes without a frame."""
    for note in nodes(parts, "note"):
        yield Box(kind=note.attribute("un") or "note", text=note.text() or None, examples=())


def etymologies(found: list[Element]) -> tuple[Etymology, ...]:
    """The word origins among boxes; of several parts of one, each is said to its end."""
    origins = texts((box for box in found if kind(box) == "wordorigin"), _TITLE)
    return tuple(Etymology(description=origin) for origin in origins)


def _box(box: Element) -> Box:
    title = box.first(*_TITLE)
    return Box(
        kind=kind(box),
        title=(title.text() or None) if title is not None else None,
        text=" ".join(filter(None, map(_paragraph, _paragraphs(box)))) or None,
        examples=examples(box),
    )


def _paragraphs(box: Element) -> Iterator[Element]:
    bodies = [body for body in box.elements() if "body" in body.kind.names]
    paragraphs = [paragraph for body in bodies for paragraph in body.elements()] if bodies else [box]
    return (paragraph for paragraph in paragraphs if _EXAMPLES.isdisjoint(paragraph.kind.names))


def _paragraph(element: Element) -> str:
    """A list of collocations prints commas by style only: without them its items would run together."""
    lists = element.every("collocs_list") if "collocs_list" not in element.kind.names else [element]
    items = texts(item for found in lists for item in found.elements() if item.tag == "li")
    if not items and element.tag == "ul":
        items = texts(element.elements())
    return ", ".join(items) or element.text(_TITLE | _EXAMPLES)
