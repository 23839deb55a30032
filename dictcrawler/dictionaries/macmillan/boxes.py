"""The framed notes of a Macmillan entry: collocations, metaphors, usage, grammar, facts."""

from __future__ import annotations

from dictcrawler.dictionaries.macmillan.classes import SEPARATOR
from dictcrawler.dictionaries.macmillan.tree import Place, outermost, relation
from dictcrawler.model import Box, Example, Relation
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

HEADS = ".ONEBOX-HEAD, .USAGE-NOTE-HEAD"
FRAMES = ".sidebox, .ONE-BOX, .USAGE-NOTE"

# By the first words of a box's title; a box with any other title is a usage note.
_KINDS = {"collocates": "collocations", "collocations": "collocations", "metaphor": "metaphor"}
_NOT_IN_A_BOX = ".SENSE-BODY, .DEFINITION, .PHR-XREF, .RUNON"
_MARKED = ".EX, .EXAMPLE"
READ = frozenset({"ONEBOX-HEAD", "USAGE-NOTE-HEAD", "EX"})
_BULLETS = dict.fromkeys(map(ord, "▪•➡"))


def is_box(node: Node) -> bool:
    """Whether the element frames exactly one note: it contains a head, but no other frame and no field of the entry."""
    if markup.first(node, HEADS) is None or markup.first(node, _NOT_IN_A_BOX) is not None:
        return False
    return all(frame == node or markup.first(frame, HEADS) is None for frame in node.css(FRAMES))


def box(place: Place, node: Node) -> Box:
    """Read a framed note. Everything marked as an example, and each bullet of a metaphor, becomes an example; the
    rest, without the head, is the text."""
    head = markup.one(node, HEADS)
    title = place.text(head)
    kind = _KINDS.get(title.partition(":")[0].casefold(), "usage")
    found = outermost(node, _MARKED) or (outermost(node, "li") if kind == "metaphor" else [])
    examples = _examples(place, found)
    for read in (head, *found):
        read.attrs["class"] = SEPARATOR
        markup.mark_apart(read)
    return Box(kind=kind, title=title or None, text=_without_bullets(place.text(node)), examples=examples)


def note(place: Place, node: Node, kind: str) -> Box:
    """Read a note without a frame and with examples inside its sentences: the introduction of a grammar word, a
    table of facts."""
    examples = _examples(place, outermost(node, _MARKED))
    return Box(kind=kind, text=_without_bullets(place.text(node)), examples=examples)


def arrows(place: Place, node: Node) -> list[Relation]:
    """The entries linked from the "➡" line at the foot of a box."""
    return [relation("see_also", link) for found in node.css("span.a") for link in place.links(found)]


def _without_bullets(text: str) -> str | None:
    return markup.clean(text.translate(_BULLETS)) or None


def _examples(place: Place, nodes: list[Node]) -> tuple[Example, ...]:
    return tuple(Example(text=text, labels=()) for text in place.texts(nodes))
