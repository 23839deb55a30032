"""Walks a Macmillan page: tables of which function reads which class, and the page's texts and links.

A table maps a class, ``<tag>`` or ``#id`` to a function that adds to a draft. An element in no table is walked through
when it is only layout, so another wrapper changes nothing. An unknown element of the publisher's XML (a class in
capitals) is left alone, so that its content never ends up in the wrong field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from msgspec import Struct

from dictcrawler.dictionaries.macmillan import address
from dictcrawler.dictionaries.macmillan.classes import LABELS, SEPARATOR, WRAPPERS
from dictcrawler.model import Label, Relation, RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

Draft = TypeVar("Draft")
# Reads one element: the draft to add to, the element, the id of the current sense.
Read = Callable[[Draft, Node, str | None], None]
Table = Mapping[str, Read[Draft]]

_ANY_LABEL = ", ".join(f".{name}" for name in LABELS)
_WORD = re.compile(r"\w")


class Link(Struct, frozen=True):
    """A link's text and address, and the feed's id of the entry or sense behind it."""

    text: str
    url: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """The page's address, its dictionary, and the elements that its texts leave out: printed separators and unknown
    elements of the XML. ``is_marked``: all elements that any text leaves out are marked in the page's tree."""

    url: str
    edition: str
    drop: frozenset[str] = frozenset({SEPARATOR})
    is_marked: bool = False

    def text(self, node: Node, without: frozenset[str] = frozenset()) -> str:
        """The element's text; elements with a class of ``without`` are left out too."""
        said = markup.quick_text(node) if self.is_marked else None
        if said is None:
            return markup.text(node, drop=self.drop | without if without else self.drop)
        return said

    def whole_text(self, node: Node) -> str | None:
        """The text of an element that contains nothing to leave out, for any text; ``None`` for others."""
        return markup.quick_text(node) if self.is_marked else None

    def texts(self, nodes: list[Node], without: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The texts of several elements, without blank ones."""
        return tuple(found for node in nodes if (found := self.text(node, without)))

    def link(self, node: Node) -> Link | None:
        """The link of an ``a``; ``None`` when it has no address or no word."""
        href = node.attributes.get("href")
        text = self.text(node)
        if not href or _WORD.search(text) is None:
            return None
        return Link(text, *self.leads_to(href))

    def leads_to(self, href: str) -> tuple[str, str | None]:
        """The absolute address of a link, and the id of the entry that it leads to, if it leads to one."""
        url = address.absolute(href, self.url, self.edition)
        entry = address.entry_address(url)
        return url, entry.target if entry else None

    def links(self, node: Node) -> list[Link]:
        """The links below an element."""
        # Most often the element itself is the link, with only text in it.
        inner = node.first_child
        is_bare = inner is not None and inner.next is None and inner.is_text_node and node.tag == "a"
        return [link for a in ([node] if is_bare else node.css("a")) if (link := self.link(a)) is not None]

    def related(self, kind: RelationType, node: Node, group: str | None = None) -> list[Relation]:
        """One relation for each link below an element, or for its bare text if it has no link."""
        links = self.links(node)
        if links:
            return [relation(kind, link, group) for link in links]
        text = self.text(node)
        return [Relation(type=kind, text=text, group=group)] if _WORD.search(text) else []

    def label(self, node: Node, name: str) -> tuple[Label, ...]:
        """The label that an element of the class ``name`` prints; none when it is blank."""
        text = self.text(node)
        return (Label(text=text, type=LABELS[name]),) if text else ()

    def labels_below(self, node: Node) -> list[Label]:
        """All labels below an element."""
        found = ((below, name) for below in every(node, _ANY_LABEL) for name in markup.classes(below) if name in LABELS)
        return [label for below, name in found for label in self.label(below, name)]


def relation(kind: RelationType, link: Link, group: str | None = None) -> Relation:
    """A relation to the target of a link."""
    return Relation(type=kind, text=link.text, to=link.to, url=link.url, group=group)


def every(node: Node, selector: str) -> list[Node]:
    """The matches at or below a node, in order, each once.

    Lexbor returns an element once for each alternative of the selector that it matches
    (docs/upstream/selectolax-duplicate-matches.md).
    """
    return list({found.mem_id: found for found in node.css(selector)}.values())


def outermost(node: Node, selector: str) -> list[Node]:
    """The matches at or below a node that are inside no other match."""
    found = every(node, selector)
    places = {match.mem_id for match in found}
    return [match for match in found if not _is_inside(match, places, node)]


def _is_inside(match: Node, places: set[int], top: Node) -> bool:
    above = match.parent if match.mem_id != top.mem_id else None
    while above is not None and above.mem_id not in places:
        above = above.parent if above.mem_id != top.mem_id else None
    return above is not None


def walk(node: Node, table: Table[Draft], draft: Draft, anchor: str | None = None) -> None:
    """Pass each element below ``node`` that ``table`` names to its function, outermost first.

    ``anchor`` is the id of the current sense: that of an element around, or of an empty one just before.
    """
    # A comment is no element: it has neither attributes nor children, so nothing happens.
    for child in node.iter():
        attributes = child.attributes
        names = (attributes.get("class") or "").split()
        own = attributes.get("id")
        here = own if own and address.is_sense_anchor(own) else anchor
        for name in names:
            read = table.get(name)
            if read is not None:
                break
        else:
            read = table.get(f"<{child.tag}>") or (table.get(f"#{own}") if own else None)
        if read is not None:
            read(draft, child, here)
        elif child.first_child is None:
            anchor = here
        elif _is_open(child, names):
            walk(child, table, draft, here)


def skip(_draft: object, _node: Node, _anchor: str | None) -> None:
    """For an element that another function reads."""


def _is_open(node: Node, names: list[str]) -> bool:
    """Whether to look inside: layout always, an unknown element of the XML only around a whole entry."""
    for name in names:
        if name.isupper() and name not in WRAPPERS:
            return node.css_first("h1, .senses, .SENSE-BODY") is not None
    return True
