"""The content below a definition: examples, quotations, and the related words of a sense.

Editors write them with templates, whose classes name each part, or by hand: a line, and its translation or source
indented below it. Both are read as one sequence of pieces (`pieces`), at whatever depth they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import handwritten, terms
from dictcrawler.dictionaries.wiktionary.example_reader import Reader
from dictcrawler.dictionaries.wiktionary.pieces import EXAMPLE_CLASSES, pieces
from dictcrawler.model import Example, Relation, RelationType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

NYMS: dict[str, RelationType] = {
    "synonym": "synonym",
    "near-synonym": "synonym",
    "antonym": "antonym",
    "near-antonym": "antonym",
    "hypernym": "hypernym",
    "hyponym": "hyponym",
    "meronym": "meronym",
    "holonym": "holonym",
    "troponym": "troponym",
    "coordinate-term": "coordinate_term",
    "comeronym": "coordinate_term",
    "see-also": "see_also",
    "derived-term": "derived",
    "related-term": "related",
}
_SOURCES = ".citation-whole, .wiktQuote"
_WORD = re.compile(r"\w")
# A line that is more than a translation: of a language, in italics, named, or of several parts.
_NOT_PLAIN = "i, em, b, [lang], [class], table"
# Some of each word that `terms.CAPTION` knows.
_IN_CAPTION = re.compile("nym|homophone|term|also", re.IGNORECASE)
_BEGINS_WITH_YEAR = re.compile(r"\W*(?:c\. )?[0-9]{3,4}\b")


class Below(Struct, frozen=True):
    """What is known about an item before it is read.

    ``has_glosses``: a line below another is its translation, as in all sections but the English one.
    ``citation``: the work named by a list above. ``has_definition``: there is one that a note can be about.
    """

    sense_id: str
    has_glosses: bool
    citation: str | None = None
    has_definition: bool = True


def read(block: Node, known: Below) -> Iterator[Example | Relation | str]:
    """Read a block below a definition: a `dl` of examples and nyms, a `ul` of quotations, or one of either.

    A string is a note on the use of the word.
    """
    is_list = block.tag in terms.LISTS and EXAMPLE_CLASSES.isdisjoint(markup.classes(block))
    waiting: list[Example | Relation | str] = []
    for item in list(markup.elements(block)) if is_list else [block]:
        explained = _explained(waiting, [item], known) if waiting and _is_hollow(item) else None
        if explained is not None:
            waiting = explained
            continue
        yield from waiting
        waiting = list(_item(item, known))
    yield from waiting


def _item(item: Node, known: Below) -> Iterator[Example | Relation | str]:
    kind = _named_words(item)
    if kind is not None:
        yield from _words(item, kind, known.sense_id)
        return
    note = handwritten.usage_note(item) if known.has_definition else None
    if note is not None:
        yield note[1]
        return
    if _is_hollow(item):
        for block in markup.elements(item):
            yield from read(block, known)
        return
    found = list(pieces(item))
    may_be_source = item.tag == "li" or markup.first(item, _SOURCES) is not None
    reader = Reader(has_glosses=known.has_glosses, may_be_source=may_be_source)
    for place, piece in enumerate(found):
        if piece.kind == "nyms":
            yield from nyms(piece.node, known.sense_id)
        elif piece.kind != "list":
            reader.read(piece, found[place + 1 :])
    citation = reader.close()
    read_here: list[Example | Relation | str] = [
        replace(example, citation=example.citation or known.citation) for example in reader.examples
    ]
    lists = [piece.node for piece in found if piece.kind == "list"]
    explained = _explained(read_here, lists, known)
    yield from explained or read_here
    for block in lists if explained is None else ():
        yield from read(block, replace(known, citation=citation))


def _explained(
    found: list[Example | Relation | str], below: list[Node], known: Below
) -> list[Example | Relation | str] | None:
    """An example of another language with the one plain line below it as its translation, which an editor has put into
    a list of its own; ``None`` where there is no such line."""
    example = found[-1] if found else None
    if not isinstance(example, Example) or not known.has_glosses or example.gloss or len(below) != 1:
        return None
    lines = [line for line in below[0].css("li, dd") if all(inner == line for inner in line.css("li, dd"))]
    text = markup.text(below[0])
    if len(lines) > 1 or markup.first(below[0], _NOT_PLAIN) is not None or not _WORD.search(text):
        return None
    return None if _BEGINS_WITH_YEAR.match(text) else [*found[:-1], replace(example, gloss=text)]


def _is_hollow(item: Node) -> bool:
    """Whether an item only indents the lists in it."""
    if not EXAMPLE_CLASSES.isdisjoint(markup.classes(item)):
        return False
    inner = list(markup.nodes(item))
    return any(node.tag in terms.LISTS for node in inner) and not _WORD.search(
        markup.text_of(node for node in inner if node.tag not in terms.LISTS)
    )


def captions(blocks: Iterable[Node]) -> str:
    """The words before the colons of lines that no class marks: "Synonyms", "Usage note"."""
    items = (item for block in blocks for item in block.css("dd, li") if item.is_element_node)
    return " ".join(filter(None, map(_caption, items)))


def _caption(item: Node) -> str | None:
    if _named_words(item) is not None:
        caption = terms.CAPTION.match(markup.text(item))
        return caption[0] if caption else None
    note = handwritten.usage_note(item)
    return note[0] if note else None


def _named_words(item: Node) -> RelationType | None:
    """The kind of words that an item lists, by its class or by the word before its colon."""
    if markup.has_class(item, "nyms"):
        return _kind(item)
    # Most lines are sentences without a colon, so reject those first.
    said = item.text_lexbor()
    if ":" not in said or _IN_CAPTION.search(markup.clean(said)) is None:
        return None
    if markup.first(item, ".nyms") is not None or markup.first(item, "a, [lang]") is None:
        return None
    caption = terms.CAPTION.match(markup.text(item))
    return NYMS.get(caption[1].casefold().replace(" ", "-").removesuffix("s")) if caption else None


def nyms(node: Node, sense_id: str) -> Iterator[Relation]:
    """The synonyms, antonyms … of a sense."""
    yield from _words(node, _kind(node), sense_id)


def _kind(node: Node) -> RelationType:
    kinds = (NYMS.get(name.removesuffix("s")) for name in markup.classes(node))
    return next(filter(None, kinds), "related")


def _words(node: Node, kind: RelationType, sense_id: str) -> Iterator[Relation]:
    named = _other_kind(node) if kind == "related" else None
    for term in terms.terms(markup.nodes(node)):
        found = terms.relation(kind, term, sense_id)
        yield replace(found, group="; ".join(filter(None, (named, found.group)))) if named else found


def _other_kind(node: Node) -> str | None:
    """What the words are of a sense, where no type of relation says it: "imperfective", "alternative form"."""
    names = (name for name in markup.classes(node) if name != "nyms" and not name.startswith("nyms-"))
    return next(names, "").removesuffix("s").replace("-", " ") or None
