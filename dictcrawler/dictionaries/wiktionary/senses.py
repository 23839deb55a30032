"""Definition lists: senses and sub-senses, examples, quotations, and the words of a sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.model import Definition, DefinitionType, Example, Label, Relation, RelationType, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

NYMS: dict[str, RelationType] = {
    "synonym": "synonym",
    "near-synonym": "synonym",
    "antonym": "antonym",
    "hypernym": "hypernym",
    "hyponym": "hyponym",
    "meronym": "meronym",
    "holonym": "holonym",
    "troponym": "troponym",
    "coordinate-term": "coordinate_term",
    "comeronym": "coordinate_term",
}
_EXAMPLE_CLASSES = frozenset({"h-usage-example", "citation-whole", "h-quotation"})
_WRAPPERS = frozenset({"deprecated"})
_YEAR = re.compile(r"(?:ca?\. )?[0-9]{4}")
_PASSAGES = ".e-example, .e-quotation"
_GLOSSES = ".e-transliteration, .e-translation, .e-literally"


@dataclass(frozen=True, slots=True)
class Read:
    """A sense and the relations that start at it."""

    sense: Sense
    relations: tuple[Relation, ...]


def read(lists: Iterable[Node], entry_id: str, above: Sense | None = None, depth: int = 0) -> Iterator[Read]:
    """The senses of definition lists, each followed by its sub-senses."""
    items = [item for definitions in lists for item in markup.elements(definitions)]
    for count, item in enumerate(_continued(items), start=1):
        yield from _sense(item, entry_id, above, depth, count)


def is_date(label: Label) -> bool:
    """Whether the label says when the sense was in use: "from 9th c."."""
    return label.type == "restriction"


def number(above: str, depth: int, count: int) -> str:
    """The number of a sense: figures and letters take turns (2, 2a, 2a1)."""
    return above + (_letters(count) if depth % 2 else str(count))


def _letters(count: int) -> str:
    rest, last = divmod(count - 1, 26)
    return (_letters(rest) if rest else "") + chr(ord("a") + last)


def _continued(items: Iterable[Node]) -> Iterator[list[Node]]:
    """List items, those without a definition joined to the one they go on with."""
    open_items: list[Node] = []
    for item in items:
        if open_items and not markup.text_of(_inline(item)):
            open_items.append(item)
            continue
        if open_items:
            yield open_items
        open_items = [item]
    if open_items:
        yield open_items


def _sense(items: list[Node], entry_id: str, above: Sense | None, depth: int, count: int) -> Iterator[Read]:
    printed = number((above.number or "") if above else "", depth, count)
    sense_id = f"{entry_id}#{_anchor(items[0]) or printed}"
    sense_labels, inline = _leading_labels(list(_inline(items[0])))
    blocks = [block for item in items for block in _blocks(item)]
    found = [part for block in blocks if block.tag != "ol" for part in _evidence(block, sense_id)]
    definition = markup.text_of(inline, drop=frozenset({"defdate"}))
    sense = Sense(
        id=sense_id,
        number=printed,
        parent=above.id if above else None,
        labels=(*sense_labels, *_dates(inline)),
        definitions=(Definition(text=definition, definition_type=_definition_type(inline)),) if definition else (),
        examples=tuple(part for part in found if isinstance(part, Example)),
    )
    relations = (*_lemmas(inline, sense_id), *(part for part in found if isinstance(part, Relation)))
    yield Read(sense, relations)
    yield from read([block for block in blocks if block.tag == "ol"], entry_id, sense, depth + 1)


def _anchor(item: Node) -> str | None:
    """The page's own anchor of a sense: on the list item, or (until about 2018) on an element in it."""
    own = item if markup.has_class(item, "senseid") else next(markup.children(item, "senseid"), None)
    return markup.attribute(own, "id") if own is not None else None


def _parts(item: Node) -> Iterator[Node]:
    for node in markup.nodes(item):
        if not _WRAPPERS.isdisjoint(markup.classes(node)):
            yield from _parts(node)
        else:
            yield node


def _is_block(node: Node) -> bool:
    return node.tag in terms.LISTS or not _EXAMPLE_CLASSES.isdisjoint(markup.classes(node))


def _inline(item: Node) -> Iterator[Node]:
    return (node for node in _parts(item) if not _is_block(node))


def _blocks(item: Node) -> Iterator[Node]:
    return (node for node in _parts(item) if _is_block(node))


def _leading_labels(inline: list[Node]) -> tuple[tuple[Label, ...], list[Node]]:
    """The labels before a definition, and what follows them."""
    found: list[Label] = []
    for place, node in enumerate(inline):
        if labels.is_label(node):
            found.extend(labels.read(node))
        elif markup.text_of([node]) and not labels.is_separator(node):
            return tuple(found), inline[place:]
    return tuple(found), []


def _dates(inline: Iterable[Node]) -> Iterator[Label]:
    """When a sense was in use: "[from 9th c.]"."""
    for date in _marked(inline, ".defdate"):
        if printed := markup.text(date).strip("[]() "):
            yield Label(text=printed, type="restriction")


def _definition_type(inline: Iterable[Node]) -> DefinitionType:
    """A "plural of X" is no meaning of its own: it sends the reader to X."""
    return "form_of" if any(_marked(inline, ".form-of-definition")) else "full"


def _lemmas(inline: Iterable[Node], sense_id: str) -> Iterator[Relation]:
    for link in _marked(inline, ".form-of-definition-link"):
        text = markup.text(link)
        if text:
            yield Relation(type="main_entry", text=text, from_=sense_id, url=terms.address(link))


def _marked(run: Iterable[Node], selector: str) -> Iterator[Node]:
    return (found for node in run if node.is_element_node for found in node.css(selector))


def _evidence(block: Node, sense_id: str) -> Iterator[Example | Relation]:
    """What stands below a definition: a `dl` of examples and nyms, a `ul` of quotations."""
    items = list(markup.elements(block)) if block.tag in terms.LISTS else [block]
    for item in items:
        nyms = item.css(".nyms")
        if nyms:
            yield from (relation for nym in nyms for relation in _nyms(nym, sense_id))
        else:
            yield from _examples(item)


def _nyms(node: Node, sense_id: str) -> Iterator[Relation]:
    kinds = (NYMS.get(name.removesuffix("s")) for name in markup.classes(node))
    kind: RelationType = next(filter(None, kinds), "related")
    for term in terms.terms(markup.nodes(node)):
        yield terms.relation(kind, term, sense_id)


def _examples(item: Node) -> Iterator[Example]:
    passages = item.css(_PASSAGES)
    citation = _citation(item)
    gloss = " ".join(markup.texts(item.css(_GLOSSES))) or None
    texts = list(markup.texts(passages)) or _plain(item)
    item_labels = labels.in_all(item.css(".h-usage-example .qualifier-content"))
    for text in texts:
        yield Example(text=text, gloss=gloss, citation=citation, labels=item_labels)


def _citation(item: Node) -> str | None:
    """Where a quotation comes from: what a list item prints before the indented passage."""
    source = markup.first(item, ".cited-source") or markup.first(item, ".e-source")
    if source is not None:
        printed = markup.text(source)
    elif item.tag == "li" and list(_indented(item)):
        printed = markup.text_of(node for node in markup.nodes(item) if not _is_block(node))
    else:
        printed = ""
    return printed.rstrip(": ") or None


def _plain(item: Node) -> list[str]:
    """The passage of an item that marks none: what is indented, else all that it prints."""
    indented = " ".join(markup.texts(_indented(item)))
    if indented:
        return [indented]
    return [] if _is_source(item) else list(markup.texts([item]))


def _is_source(item: Node) -> bool:
    """A source whose passage nobody has filled in: marked as one, or a list item that begins with a bold year."""
    if markup.first(item, ".cited-source") is not None:
        return True
    start = next(markup.elements(item), None)
    return item.tag == "li" and start is not None and start.tag == "b" and bool(_YEAR.match(markup.text(start)))


def _indented(item: Node) -> Iterator[Node]:
    for child in markup.elements(item):
        if child.tag == "dl":
            yield from markup.elements(child)
        elif child.tag == "div":
            yield from _indented(child)
