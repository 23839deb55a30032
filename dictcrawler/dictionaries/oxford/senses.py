"""Oxford's senses: definitions, examples, cross-references, and the boxes inside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from dictcrawler.dictionaries.oxford.blocks import Block, Blocks, blocks
from dictcrawler.dictionaries.oxford.head import pronunciations, variants
from dictcrawler.dictionaries.oxford.labels import bare, labels, labels_above, level_labels, patterns
from dictcrawler.errors import MarkupError
from dictcrawler.model import Definition, DefinitionType, Example, Label, Pronunciation, Relation, RelationType, Sense
from dictcrawler.parsing.markup import absolute
from dictcrawler.parsing.outline import Element, texts
from dictcrawler.parsing.publishable import free_id

_GLOSS = re.compile(r"^\(?\s*=?\s*(.*?)\s*\)?$")
_GLOSSES = frozenset({"gloss", "gl"})
_RELATION_TYPES: dict[str, RelationType] = {"synonym": "synonym", "opposite": "antonym"}
# "past tense of", "plural of": how an entry of a form refers to its headword.
_OF = re.compile(r"\bof:?$")


class ReadSense(NamedTuple):
    """A sense, the relations that start at it, the boxes printed inside it, and its pronunciations if they differ
    from the entry's."""

    sense: Sense
    relations: tuple[Relation, ...]
    boxes: tuple[Element, ...]
    pronunciations: tuple[Pronunciation, ...]


class Target(NamedTuple):
    """The word that a cross-reference points at: its element, and the address of the link."""

    node: Element
    url: str | None


def read_sense(block: Block, entry_id: str, url: str, taken: set[str]) -> list[ReadSense]:
    """One ``li.sense`` (OALD10) or ``.sn-g`` (OALD9), and the senses in it; ``taken`` are the ids of the entry's
    earlier senses.

    :raises MarkupError: when it has no id of its own: an id made from its position would change with the page.
    """
    return list(_read(block, entry_id, url, taken, None))


def _read(block: Block, entry_id: str, url: str, taken: set[str], parent: str | None) -> Iterator[ReadSense]:
    own_id = block.node.attribute("id")
    if own_id is None:
        raise MarkupError("[id]", f"a sense of {entry_id}")
    parts = blocks(block.node)
    sense_id = free_id(f"{entry_id}#{own_id}", taken)
    taken.add(sense_id)
    frames = patterns(parts)
    boxes = parts.of("box")
    sense = Sense(
        id=sense_id,
        number=_number(block.node, parts),
        parent=parent,
        indicator=block.indicator,
        variant=_variant(block, parts, frames),
        labels=(
            *level_labels(block.node),
            *labels_above(block),
            *labels(parts),
            *(Label(text=frame, type="grammar") for frame in frames if frame.startswith("+")),
            *_forms_of_it(parts),
        ),
        definitions=_definitions(parts),
        examples=_examples(parts, boxes),
    )
    yield ReadSense(
        sense,
        relations(parts, url, sense_id) + _counterparts(parts, sense_id),
        tuple(box for box in boxes if not _holds_examples(box)),
        tuple(_said(parts, sense.number)),
    )
    for part in parts.with_roles(("sense",)):
        yield from _read(part, entry_id, url, taken, sense_id)


def _said(parts: Blocks, number: str | None) -> Iterator[Pronunciation]:
    """The pronunciations of one sense, and of a variant of it, labelled with the variant."""
    of_sense = (Label(text=f"sense {number}", type="usage"),) if number else ()
    for said in pronunciations(parts):
        yield replace(said, labels=said.labels + of_sense)
    for node in parts.of("variants"):
        for form in variants(node):
            of_form = (Label(text=form.text, type="usage"),)
            yield from (replace(said, labels=said.labels + of_form) for said in form.pronunciations)


def _forms_of_it(parts: Blocks) -> Iterator[Label]:
    """Forms that hold for one sense only."""
    for form in filter(None, map(bare, texts(parts.of("inflections")))):
        yield Label(text=form, type="grammar")


def examples(container: Element) -> tuple[Example, ...]:
    """The examples of one list, ``ul.examples`` (OALD10) or ``.x-gs`` (OALD9)."""
    items: list[Element] = []
    _add_items(container.children, items)
    return tuple(example for item in items for example in _of_item(item))


def relations(parts: Blocks, url: str, start: str | None = None) -> tuple[Relation, ...]:
    """The cross-references among the parts; ``group`` is their lead-in as printed (``compare``)."""
    return tuple(
        Relation(type=_relation_type(lead_in), text=words, from_=start, url=target.url, group=lead_in)
        for group in parts.of("relations")
        for lead_in in (_lead_in(group),)
        for target in targets(group, url)
        if (words := _linked_words(target.node))
    )


def targets(group: Element, url: str) -> list[Target]:
    """The ``.xr-g`` below an element, and links outside one, each with the absolute address of the link."""
    return list(_targets(group, url, None))


def _targets(element: Element, url: str, href: str | None) -> Iterator[Target]:
    for child in element.elements():
        address = child.attribute("href") if child.tag == "a" else href
        inside = [] if "xr-g" in child.kind.names else list(_targets(child, url, address))
        if "xr-g" in child.kind.names or (child.tag == "a" and not inside):
            yield Target(child, absolute(url, address) if address else None)
        yield from inside


def _add_items(children: list[Element | str], found: list[Element]) -> None:
    """Add the innermost items: an item may contain another list."""
    for child in children:
        if isinstance(child, str):
            continue
        before = len(found)
        if child.children:
            _add_items(child.children, found)
        if len(found) == before and (child.tag == "li" or "x-g" in child.kind.names):
            found.append(child)


def _of_item(item: Element) -> list[Example]:
    parts = blocks(item)
    sentences = parts.of("example")
    if not sentences:
        return []
    pattern = "; ".join(patterns(parts)) or None
    of_item = labels(parts)
    found = []
    for sentence in sentences:
        if words := sentence.text(_GLOSSES):
            glosses = (item if len(sentences) == 1 else sentence).every(*_GLOSSES)
            gloss = "; ".join(map(_gloss, glosses)) or None
            found.append(Example(text=words, pattern=pattern, gloss=gloss, labels=of_item))
    return found


def _number(sense: Element, parts: Blocks) -> str | None:
    return sense.attribute("sensenum") or next(iter(texts(parts.of("number")[:1])), None)


def _variant(block: Block, parts: Blocks, frames: tuple[str, ...]) -> str | None:
    instead = [form.text for node in parts.of("variants") if _stands_instead(node) for form in variants(node)]
    phrases = [block.phrase or "", *instead, *(frame for frame in frames if not frame.startswith("+"))]
    return "; ".join(filter(None, phrases)) or None


def _stands_instead(variants_node: Element) -> bool:
    """``type="alt"``: the sense is about this form and not about the bare headword."""
    return variants_node.attribute("type") == "alt"


def _counterparts(parts: Blocks, sense_id: str) -> tuple[Relation, ...]:
    return tuple(
        Relation(
            type="counterpart",
            text=form.text,
            from_=sense_id,
            group=", ".join(label.text for label in form.labels) or None,
        )
        for node in parts.of("variants")
        for form in variants(node)
        if form.labels or not _stands_instead(node)
    )


def _definitions(parts: Blocks) -> tuple[Definition, ...]:
    usage = " ".join(texts(parts.of("note"))) or None
    words = texts(parts.of("definition"))
    if words:
        return tuple(
            Definition(text=definition, definition_type="full", usage=None if index else usage)
            for index, definition in enumerate(words)
        )
    return tuple(_pointer(group, usage) for group in parts.of("relations")[:1] if group.text())


def _pointer(group: Element, usage: str | None) -> Definition:
    """A sense without a definition points at another word: ``= aeroplane``, ``see run``, ``past tense of go``."""
    lead_in = _lead_in(group)
    words = ", ".join(filter(None, (_linked_words(target.node) for target in targets(group, ""))))
    kind = _pointer_type(lead_in)
    if kind == "form_of" and words:
        words = f"{lead_in} {words}"
    return Definition(text=words or group.text(), definition_type=kind, usage=usage)


def _pointer_type(lead_in: str | None) -> DefinitionType:
    if lead_in == "=":
        return "same_as"
    return "form_of" if _OF.search(lead_in or "") else "see"


def _examples(parts: Blocks, boxes: list[Element]) -> tuple[Example, ...]:
    containers = parts.of("examples") + [box for box in boxes if _holds_examples(box)]
    return tuple(example for container in containers for example in examples(container))


def _holds_examples(box: Element) -> bool:
    return box.attribute("unbox") == "extra_examples"


def _gloss(node: Element) -> str:
    return _GLOSS.sub(r"\1", node.text())


def _lead_in(group: Element) -> str | None:
    prefix = group.first("prefix")
    return (prefix.text() or None) if prefix is not None else None


def _relation_type(lead_in: str | None) -> RelationType:
    words = (lead_in or "").casefold()
    if _OF.search(words):
        return "main_entry"
    return _RELATION_TYPES.get(words.rstrip("s:"), "see_also")


def _linked_words(target: Element) -> str:
    return target.text(frozenset({"xs"}))
