"""Definition lists: senses and sub-senses, with the examples and words below each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import Struct

from dictcrawler.dictionaries.wiktionary import examples, handwritten, labels, terms
from dictcrawler.dictionaries.wiktionary.pieces import EXAMPLE_CLASSES
from dictcrawler.model import Definition, DefinitionType, Example, Label, Relation, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# Elements around a definition that change nothing.
_WRAPPERS = frozenset({"deprecated"})
_IN_PARENTHESES = re.compile(r"\(([^()]{1,80})\)\s+(?=\S)")
# All that is left of a definition that nobody has written yet.
_END = "."
_DIVISIONS = frozenset({"div", "section"})
_BLOCKS = EXAMPLE_CLASSES | {"nyms", "poem"}
_BLOCK_TAGS = terms.LISTS | {"blockquote"}


class Read(Struct, frozen=True):
    """A sense and the relations that start at it."""

    sense: Sense
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a definition list is: its entry, and the sense above it with its depth.

    ``has_glosses``: a line below an example is its translation.
    """

    entry_id: str
    has_glosses: bool
    above: Sense | None = None
    depth: int = 0

    def below(self, sense: Sense) -> Place:
        """The place of the sub-senses of a sense."""
        return Place(self.entry_id, self.has_glosses, sense, self.depth + 1)


class _Item(Struct):
    """The definition of one sense, the blocks in its list items, and those that an editor's slip has put after the list
    instead of below."""

    inline: list[Node]
    blocks: list[Node]
    anchor: str | None
    after: list[Node] = []


def read(blocks: Iterable[Node], place: Place) -> Iterator[Read]:
    """The senses of definition lists, each followed by its sub-senses.

    The first block is a definition list, whatever its tag. A later one other than `ol` continues the last sense before
    it.
    """
    for count, item in enumerate(_items(blocks), start=1):
        yield from _sense(item, place, count)


def is_date(label: Label) -> bool:
    """Whether the label is a date of use: "from 9th c."."""
    return label.type == "restriction"


def number(above: str, depth: int, count: int) -> str:
    """The number of a sense: figures and letters alternate (2, 2a, 2a1)."""
    return above + (_letters(count) if depth % 2 else str(count))


def _letters(count: int) -> str:
    rest, last = divmod(count - 1, 26)
    return (_letters(rest) if rest else "") + chr(ord("a") + last)


def _items(blocks: Iterable[Node]) -> list[_Item]:
    """List items; an item without a definition joins the one that it continues."""
    items: list[_Item] = []
    for place, block in enumerate(blocks):
        if block.tag != "ol" and place:
            if items:
                items[-1].after.append(block)
            continue
        for item in markup.elements(block):
            inline: list[Node] = []
            inner: list[Node] = []
            parts = list(_parts(item))
            for node in parts:
                (inner if _is_block(node) else inline).append(node)
            printed = markup.text_of(inline)
            if items and not printed:
                items[-1].blocks += inner
            elif printed not in {"", _END} or markup.text_of(parts) not in {"", _END}:
                items.append(_Item(inline, inner, _anchor(item)))
    return items


def _sense(item: _Item, place: Place, count: int) -> Iterator[Read]:
    above = place.above
    printed = number((above.number or "") if above else "", place.depth, count)
    sense_id = f"{place.entry_id}#{item.anchor or printed}"
    sense_labels, inline = _leading_labels(item.inline)
    inner = [block for block in item.blocks if block.tag == "ol"]
    below = [block for block in item.blocks if block.tag != "ol"]
    if not inner:
        below += item.after
    definition = markup.text_of(inline)
    known = examples.Below(sense_id, place.has_glosses, has_definition=bool(definition))
    found = [part for block in below for part in examples.read(block, known)]
    marks = _marks(inline)
    if marks.dates:
        definition = markup.text_of(inline, drop=frozenset({"defdate"}))
    definition = "" if definition == _END else definition
    if not sense_labels:
        sense_labels, definition = _labels_in_text(definition)
    lemmas = tuple(_lemmas(inline, marks, definition, sense_id))
    usage = " ".join(part for part in found if isinstance(part, str)) or None
    kind: DefinitionType = "form_of" if lemmas or marks.is_form else "full"
    sense = Sense(
        id=sense_id,
        number=printed,
        parent=above.id if above else None,
        labels=(*sense_labels, *_dates(marks)),
        definitions=(Definition(text=definition, definition_type=kind, usage=usage),) if definition else (),
        examples=tuple(part for part in found if isinstance(part, Example)),
    )
    yield Read(sense, (*lemmas, *(part for part in found if isinstance(part, Relation))))
    if inner:
        yield from read([*inner, *item.after], place.below(sense))


def _anchor(item: Node) -> str | None:
    """The page's own anchor of a sense: on the list item, or (until about 2018) on an element in it."""
    own = item if markup.has_class(item, "senseid") else next(markup.children(item, "senseid"), None)
    return markup.attribute(own, "id") if own is not None else None


def _parts(item: Node) -> Iterator[Node]:
    """The nodes of a list item, with those inside an element that holds blocks."""
    for node in markup.nodes(item):
        if _is_wrapper(node):
            yield from _parts(node)
        else:
            yield node


def _is_wrapper(node: Node) -> bool:
    if node.tag not in _DIVISIONS or _is_block(node):
        return False
    if not _WRAPPERS.isdisjoint(markup.classes(node)):
        return True
    return any(_is_block(child) or _is_wrapper(child) for child in markup.nodes(node))


def _is_block(node: Node) -> bool:
    return node.tag in _BLOCK_TAGS or not _BLOCKS.isdisjoint(markup.classes(node))


def _leading_labels(inline: list[Node]) -> tuple[tuple[Label, ...], list[Node]]:
    """The labels before a definition, and the nodes after them."""
    found: list[Label] = []
    for place, node in enumerate(inline):
        if labels.is_label(node):
            found.extend(labels.read(node))
        elif markup.text_of([node]) and not labels.is_separator(node):
            return tuple(found), inline[place:]
    return tuple(found), []


def _labels_in_text(definition: str) -> tuple[tuple[Label, ...], str]:
    """Labels that an editor has written by hand: "(transitive) To go", if the table knows them all."""
    begins = _IN_PARENTHESES.match(definition)
    found = list(labels.printed(begins[1])) if begins else []
    if begins is None or not found or not all(map(labels.known, found)):
        return (), definition
    return tuple(map(labels.typed, found)), definition[begins.end() :]


class _Marks(Struct):
    """The elements of a definition that templates have marked.

    ``is_form``: a "plural of X" is not a meaning of its own, and refers the reader to X.
    """

    dates: list[Node] = []
    links: list[Node] = []
    is_form: bool = False


def _marks(inline: Iterable[Node]) -> _Marks:
    # One walk: a selection for each class takes ten times as long for the few elements of a definition.
    found = _Marks()
    for node in markup.elements_of(inline):
        names = markup.classes(node)
        found.is_form = found.is_form or "form-of-definition" in names
        if "defdate" in names:
            found.dates.append(node)
        if "form-of-definition-link" in names:
            found.links.append(node)
    return found


def _dates(marks: _Marks) -> Iterator[Label]:
    """A date of use: "[from 9th c.]"."""
    for date in marks.dates:
        if printed := markup.text(date).strip("[]() "):
            yield Label(text=printed, type="restriction")


def _lemmas(inline: list[Node], marks: _Marks, definition: str, sense_id: str) -> Iterator[Relation]:
    """The words that a form-of definition refers to, without the glosses printed with them."""
    if not marks.is_form:
        for term in handwritten.lemmas(inline, definition):
            yield terms.relation("main_entry", term, sense_id)
    for link in marks.links:
        for term in terms.mentions(link):
            yield terms.relation("main_entry", term, sense_id)
