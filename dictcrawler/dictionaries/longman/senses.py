"""Senses of a Longman entry, and the words that they and the entry link to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.text import labels, printed, printed_all, printed_once
from dictcrawler.model import Definition, Label, Relation, RelationType, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_WORDS: Mapping[str, RelationType] = {"SYN": "synonym", "OPP": "antonym", "RELATEDWD": "related"}
_NUMBERS = frozenset({"REFHOMNUM", "REFSENSENUM"})
_VARIANT = frozenset({"LEXUNIT", "Variant"})


@dataclass(frozen=True, slots=True)
class Place:
    """A sense or sub-sense in its entry: its element and what names it."""

    node: Node
    id: str
    number: str | None
    parent: str | None


def places(entry: Node, entry_id: str) -> Iterator[Place]:
    """The senses in printed order, each followed by its sub-senses.

    The site gives every sense an id (``love__4``) but not its sub-senses, which are told
    apart by their letter (``love__4a``).
    """
    for position, node in enumerate(markup.children(entry, "Sense"), 1):
        own_id = markup.attribute(node, "id") or f"sense_{position}"
        sense = Place(node, f"{entry_id}#{own_id}", _number(node), None)
        yield sense
        for place_below, child in enumerate(markup.children(node, "Subsense")):
            letter = _number(child) or chr(ord("a") + place_below)
            yield Place(child, f"{sense.id}{letter}", f"{sense.number or ''}{letter}", sense.id)


def sense(place: Place) -> Sense:
    """One sense; one that only points elsewhere gets a definition of type ``see``."""
    definitions = printed_all(markup.children(place.node, "DEF"))
    found = tuple(Definition(text=text, definition_type="full") for text in definitions)
    return Sense(
        id=place.id,
        number=place.number,
        parent=place.parent,
        indicator=_joined(place.node, frozenset({"SIGNPOST"})),
        # "go and do something (also go do something American English)": the brackets are kept.
        variant=_joined(place.node, _VARIANT),
        labels=(*labels(place.node), *_grammar_of_forms(place.node)),
        definitions=found or tuple(_see(place.node)),
        examples=tuple(examples(place.node)),
    )


def sense_relations(place: Place, url: str) -> Iterator[Relation]:
    """Synonyms, opposites, related words and cross references of one sense."""
    for child in markup.elements(place.node):
        for name in markup.classes(child):
            if name in _WORDS and (text := printed(child)):
                yield Relation(type=_WORDS[name], text=text, from_=place.id)
    yield from cross_references(place.node, url, from_=place.id)


def cross_references(
    node: Node, url: str, *, from_: str | None = None, type_: RelationType = "see_also"
) -> Iterator[Relation]:
    """The cross references among the children; those to a thesaurus box say so in ``group``."""
    for child in markup.elements(node):
        if markup.has_class(child, "Crossref"):
            for text, address in _targets(child, url):
                yield Relation(type=type_, text=text, from_=from_, url=address)
        elif markup.has_class(child, "Thesref"):
            for text, address in _targets(child, url):
                yield Relation(type=type_, text=text, from_=from_, url=address, group="thesaurus")


def _targets(crossref: Node, url: str) -> Iterator[tuple[str, str | None]]:
    """Text and address of each link. A phrase explained at another word is printed before it."""
    phrase = None
    for child in markup.elements(crossref):
        if markup.has_class(child, "REFLEX"):
            phrase = printed(child)
        elif markup.has_class(child, "crossRef") or markup.has_class(child, "REFHWD"):
            text = phrase or printed(child, drop=_NUMBERS).rstrip(" ,")
            href = markup.attribute(child, "href")
            if text:
                yield text, urljoin(url, href) if href else None
            phrase = None


def _number(node: Node) -> str | None:
    return (printed_once(node, "sensenum") or "").rstrip(")") or None


def _see(node: Node) -> Iterator[Definition]:
    if next(markup.children(node, "Subsense"), None) is None:
        for child in markup.children(node, "Crossref"):
            for text, _ in _targets(child, ""):
                yield Definition(text=text, definition_type="see")


def _joined(node: Node, names: frozenset[str]) -> str | None:
    found = (child for child in markup.elements(node) if not names.isdisjoint(markup.classes(child)))
    return " ".join(map(markup.text, found)) or None


def _grammar_of_forms(node: Node) -> Iterator[Label]:
    # "(also been)": forms that hold for one sense only.
    for text in printed_all(markup.children(node, "Inflections")):
        yield Label(text=text, type="grammar")
