"""Oxford's senses: definitions, examples, cross-references, and what hangs on them."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin

from dictcrawler.dictionaries.oxford.blocks import Block, blocks, nodes
from dictcrawler.dictionaries.oxford.labels import labels, level_labels, patterns, printed_labels
from dictcrawler.errors import MarkupError
from dictcrawler.model import Definition, Example, Label, Relation, RelationType, Sense
from dictcrawler.parsing.markup import Node, attribute, first, text, texts

_GLOSS = re.compile(r"^\(?\s*=?\s*(.*?)\s*\)?$")
_RELATION_TYPES: dict[str, RelationType] = {"synonym": "synonym", "opposite": "antonym"}


class ReadSense(NamedTuple):
    """A sense, the relations that start at it, and the boxes printed inside it."""

    sense: Sense
    relations: tuple[Relation, ...]
    boxes: tuple[Node, ...]


def read_sense(block: Block, entry_id: str, url: str) -> ReadSense:
    """One ``li.sense`` (OALD10) or ``.sn-g`` (OALD9).

    :raises MarkupError: when it has no id of its own: ours must not be made of its place.
    """
    own_id = attribute(block.node, "id")
    if own_id is None:
        raise MarkupError("[id]", f"a sense of {entry_id}")
    parts = tuple(blocks(block.node))
    sense_id = f"{entry_id}#{own_id}"
    frames = patterns(parts)
    boxes = nodes(parts, "box")
    sense = Sense(
        id=sense_id,
        number=_number(block.node),
        indicator=block.indicator,
        variant=_variant(block, parts, frames),
        labels=level_labels(block.node)
        + labels(parts)
        + tuple(Label(text=frame, type="grammar") for frame in frames if frame.startswith("+")),
        definitions=_definitions(parts),
        examples=_examples(parts, boxes),
    )
    return ReadSense(
        sense,
        relations(parts, url, sense_id) + _counterparts(parts, sense_id),
        tuple(box for box in boxes if not _holds_examples(box)),
    )


def examples(container: Node) -> tuple[Example, ...]:
    """The examples of one list, ``ul.examples`` (OALD10) or ``.x-gs`` (OALD9)."""
    found = []
    for item in container.css("li, .x-g"):
        parts = tuple(blocks(item))
        sentence = next(iter(nodes(parts, "example")), None)
        words = text(sentence, drop=frozenset({"gloss", "gl"})) if sentence is not None else ""
        if words:
            found.append(
                Example(
                    text=words,
                    pattern="; ".join(patterns(parts)) or None,
                    gloss="; ".join(_gloss(gloss) for gloss in item.css(".gloss, .gl")) or None,
                    labels=labels(parts),
                )
            )
    return tuple(found)


def relations(parts: tuple[Block, ...], url: str, start: str | None = None) -> tuple[Relation, ...]:
    """The cross-references among the parts; ``group`` is their lead-in as printed (``compare``)."""
    return tuple(
        Relation(type=_relation_type(lead_in), text=words, from_=start, url=link(target, url), group=lead_in)
        for group in nodes(parts, "relations")
        for lead_in in (_lead_in(group),)
        for target in group.css(".xr-g")
        if (words := _linked_words(target))
    )


def link(target: Node, url: str) -> str | None:
    """The absolute address an ``.xr-g`` is linked to."""
    address = attribute(target.parent, "href") if target.parent is not None else None
    return urljoin(url, address) if address else None


class Variant(NamedTuple):
    """Another form of a headword, idiom or sense, with the labels printed before it."""

    text: str
    labels: tuple[Label, ...]


def variants(node: Node) -> tuple[Variant, ...]:
    """The forms of one ``.variants``, e.g. ``(British English ladder)``."""
    return tuple(
        Variant(words, before + _qualifier(form))
        for group in node.css(".v-g") or [node]
        for before in (tuple(label for mark in group.css(".labels, .label-g") for label in printed_labels(mark)),)
        for form in group.css(".v")
        if (words := text(form))
    )


def _qualifier(form: Node) -> tuple[Label, ...]:
    """``(sometimes go running)``: OALD10 repeats the bare word before a form in ``q``."""
    qualifier = attribute(form, "q")
    return (Label(text=qualifier, type="usage"),) if qualifier else ()


def _number(sense: Node) -> str | None:
    printed = first(sense, ".num")
    return attribute(sense, "sensenum") or ((text(printed) or None) if printed is not None else None)


def _variant(block: Block, parts: tuple[Block, ...], frames: tuple[str, ...]) -> str | None:
    instead = [form.text for node in nodes(parts, "variants") if _stands_instead(node) for form in variants(node)]
    phrases = [block.phrase or "", *instead, *(frame for frame in frames if not frame.startswith("+"))]
    return "; ".join(filter(None, phrases)) or None


def _stands_instead(variants_node: Node) -> bool:
    """``type="alt"``: the sense is about this form and not about the bare headword."""
    return attribute(variants_node, "type") == "alt"


def _counterparts(parts: tuple[Block, ...], sense_id: str) -> tuple[Relation, ...]:
    return tuple(
        Relation(
            type="counterpart",
            text=form.text,
            from_=sense_id,
            group=", ".join(label.text for label in form.labels) or None,
        )
        for node in nodes(parts, "variants")
        if not _stands_instead(node)
        for form in variants(node)
    )


def _definitions(parts: tuple[Block, ...]) -> tuple[Definition, ...]:
    usage = " ".join(texts(nodes(parts, "note"))) or None
    words = texts(nodes(parts, "definition"))
    if words:
        return tuple(
            Definition(text=definition, definition_type="full", usage=None if index else usage)
            for index, definition in enumerate(words)
        )
    return tuple(_pointer(group, usage) for group in nodes(parts, "relations")[:1] if text(group))


def _pointer(group: Node, usage: str | None) -> Definition:
    """A sense without a definition points at another word: ``= aeroplane``, ``see run``."""
    return Definition(
        text=", ".join(filter(None, map(_linked_words, group.css(".xr-g")))) or text(group),
        definition_type="same_as" if _lead_in(group) == "=" else "see",
        usage=usage,
    )


def _examples(parts: tuple[Block, ...], boxes: list[Node]) -> tuple[Example, ...]:
    containers = nodes(parts, "examples") + [box for box in boxes if _holds_examples(box)]
    return tuple(example for container in containers for example in examples(container))


def _holds_examples(box: Node) -> bool:
    return attribute(box, "unbox") == "extra_examples"


def _gloss(node: Node) -> str:
    return _GLOSS.sub(r"\1", text(node))


def _lead_in(group: Node) -> str | None:
    prefix = first(group, ".prefix")
    return (text(prefix) or None) if prefix is not None else None


def _relation_type(lead_in: str | None) -> RelationType:
    return _RELATION_TYPES.get((lead_in or "").rstrip("s:"), "see_also")


def _linked_words(target: Node) -> str:
    return text(target, drop=frozenset({"xs"}))
