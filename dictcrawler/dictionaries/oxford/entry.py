"""One entry of Oxford's, with the idioms and phrasal verbs that it defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from dictcrawler.dictionaries.oxford.blocks import Block, blocks, nodes
from dictcrawler.dictionaries.oxford.head import frequency, inflections, pronunciations, verb_forms
from dictcrawler.dictionaries.oxford.labels import labels
from dictcrawler.dictionaries.oxford.senses import examples, link, read_sense, relations, variants
from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.model import Box, Etymology, InflectedForm, LexicalEntry, Relation, RelationType
from dictcrawler.parsing.markup import Node, attribute, classes, elements, first, one, text, texts

_TITLE = frozenset({"box_title", "heading"})
_EXAMPLES = frozenset({"examples", "x-gs"})
_CHILD_TYPES: dict[str, RelationType] = {"idiom": "idiom", "phrasal_verb": "phrasal_verb"}
_PHRASAL_VERB = "phrasal verb"
# Boxes by their frame only: they are read into fields of their own.
_NOT_BOXES = frozenset({"wordorigin", "verbforms"})


class Address(NamedTuple):
    """Where an entry stands: the address of its page, and what the address says."""

    url: str
    edition: str
    lang: str
    slug: str

    @property
    def homograph_number(self) -> str | None:
        """``love_2`` → ``2``."""
        found = re.search(r"_(\d+)$", self.slug)
        return found[1] if found else None


class Identity(NamedTuple):
    """What is known of an entry before its parts are read."""

    id: str
    headword: str
    parts_of_speech: tuple[str, ...]
    homograph_number: str | None = None


def read_entry(node: Node, address: Address) -> tuple[LexicalEntry, ...]:
    """The main entry first, then its idioms and phrasal verbs in printed order.

    :raises UnknownPage: when there is nothing in it that a reader could look up.
    """
    parts = tuple(_own_phrasal_verb(tuple(blocks(node))))
    identity = Identity(
        id=f"oxford:{address.edition}:{attribute(node, 'id') or address.slug}",
        headword=_headword(parts, address),
        parts_of_speech=texts(nodes(parts, "part_of_speech")),
        homograph_number=address.homograph_number,
    )
    children = tuple(_child(part, identity, address) for part in parts if part.role in _CHILD_TYPES)
    main = _lexical(parts, identity, address)
    main = replace(main, relations=main.relations + _links_to(children, parts, address.url))
    if not main.senses and not main.relations:
        raise UnknownPage(f"an entry without senses and cross-references: {main.id}")
    return (main, *children)


def headword_is_printed(node: Node) -> bool:
    """Excerpts and truncated pages may lack the head; the address then lends its word."""
    return bool(nodes(tuple(blocks(node)), "headword"))


def _headword(parts: tuple[Block, ...], address: Address) -> str:
    # ``hm`` is the homonym number beside the word.
    printed = texts(nodes(parts, "headword"), drop=frozenset({"hm"}))
    return printed[0] if printed else re.sub(r"_\d+$", "", address.slug).replace("-", " ")


def _own_phrasal_verb(parts: tuple[Block, ...]) -> Iterator[Block]:
    """On a phrasal verb's own page the ``pv-g`` are its forms, and their senses its senses."""
    own_page = _PHRASAL_VERB in texts(nodes(parts, "part_of_speech"))
    for part in parts:
        if own_page and part.role == "phrasal_verb":
            phrase = text(one(part.node, ".pv"))
            yield from (inner._replace(phrase=phrase) for inner in blocks(part.node) if inner.role != "phrase")
        else:
            yield part


def _child(part: Block, parent: Identity, address: Address) -> LexicalEntry:
    """An idiom or phrasal verb. Its own id is printed on the pages of all its words, with
    the same text, so that only the parent's id and its own together name this one."""
    own_id = attribute(part.node, "id")
    if own_id is None:
        raise MarkupError("[id]", f"a {part.role} of {parent.id}")
    parts = tuple(blocks(part.node))
    phrases = texts(nodes(parts, "phrase"))
    if not phrases:
        raise MarkupError(".idm, .pv", own_id)
    identity = Identity(f"{parent.id}:{own_id}", phrases[0], (part.role.replace("_", " "),))
    entry = _lexical(parts, identity, address)
    others = tuple(InflectedForm(text=phrase, tag="variant", labels=()) for phrase in phrases[1:])
    back = Relation(type="main_entry", text=parent.headword, to=parent.id)
    return replace(entry, inflected_forms=others + entry.inflected_forms, relations=(*entry.relations, back))


def _lexical(parts: tuple[Block, ...], identity: Identity, address: Address) -> LexicalEntry:
    senses = [read_sense(part, identity.id, address.url) for part in parts if part.role == "sense"]
    boxes = [*chain.from_iterable(read.boxes for read in senses), *nodes(parts, "box")]
    return LexicalEntry(
        id=identity.id,
        dictionary="oxford",
        edition=address.edition,
        lang=address.lang,
        headword=identity.headword,
        homograph_number=identity.homograph_number,
        parts_of_speech=(),
        raw_parts_of_speech=tuple(dict.fromkeys(identity.parts_of_speech)),
        labels=labels(tuple(part for part in parts if part.role != "part_of_speech")),
        frequency=frequency(parts),
        pronunciations=pronunciations(parts),
        inflected_forms=_forms(parts, boxes),
        etymologies=_etymologies(boxes),
        senses=tuple(read.sense for read in senses),
        relations=(*chain.from_iterable(read.relations for read in senses), *relations(parts, address.url)),
        boxes=tuple(_box(box) for box in boxes if _kind(box) not in _NOT_BOXES) + _notes(parts),
    )


def _kind(box: Node) -> str:
    return (attribute(box, "unbox") or "note").lower().replace(" ", "_")


def _box(box: Node) -> Box:
    title = first(box, ".box_title, .heading")
    return Box(
        kind=_kind(box),
        title=(text(title) or None) if title is not None else None,
        text=" ".join(filter(None, map(_paragraph, _paragraphs(box)))) or None,
        examples=examples(box),
    )


def _paragraphs(box: Node) -> Iterator[Node]:
    body = first(box, ".body")
    paragraphs = elements(body) if body is not None else iter((box,))
    return (paragraph for paragraph in paragraphs if _EXAMPLES.isdisjoint(classes(paragraph)))


def _paragraph(node: Node) -> str:
    """A list of collocations prints commas by style only: without them its items would run together."""
    items = texts(node.css(".collocs_list > li")) or (texts(elements(node)) if node.tag == "ul" else ())
    return ", ".join(items) or text(node, drop=_TITLE | _EXAMPLES)


def _notes(parts: tuple[Block, ...]) -> tuple[Box, ...]:
    return tuple(
        Box(kind=attribute(note, "un") or "note", text=text(note) or None, examples=()) for note in nodes(parts, "note")
    )


def _etymologies(boxes: list[Node]) -> tuple[Etymology, ...]:
    origins = texts([one(box, ".body") for box in boxes if _kind(box) == "wordorigin"])
    return tuple(Etymology(description=origin) for origin in origins)


def _forms(parts: tuple[Block, ...], boxes: list[Node]) -> tuple[InflectedForm, ...]:
    other = [form for node in nodes(parts, "variants") for form in variants(node)]
    return (
        *(InflectedForm(text=form.text, tag="variant", labels=form.labels) for form in other),
        *chain.from_iterable(inflections(node) for node in nodes(parts, "inflections")),
        *chain.from_iterable(verb_forms(box) for box in boxes if _kind(box) == "verbforms"),
    )


def _links_to(children: tuple[LexicalEntry, ...], parts: tuple[Block, ...], url: str) -> tuple[Relation, ...]:
    roles = [part.role for part in parts if part.role in _CHILD_TYPES]
    inside = tuple(
        Relation(type=_CHILD_TYPES[role], text=child.headword, to=child.id)
        for role, child in zip(roles, children, strict=True)
    )
    elsewhere = tuple(
        Relation(type="phrasal_verb", text=words, url=link(target, url))
        for group in nodes(parts, "phrasal_verb_links")
        for target in group.css(".xr-g")
        if (words := text(target))
    )
    return inside + elsewhere
