"""One entry of Longman and what is printed below it: phrasal verbs and run-on words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from dictcrawler.dictionaries.longman import head as heads
from dictcrawler.dictionaries.longman.examples import boxes, corpus, examples, thesaurus
from dictcrawler.dictionaries.longman.senses import (
    cross_references,
    places,
    sense,
    sense_relations,
)
from dictcrawler.dictionaries.longman.text import labels, printed_all, printed_once
from dictcrawler.model import Definition, Etymology, Label, LexicalEntry, Relation, RelationType, Sense
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_BUSINESS = Label(text="Longman Business Dictionary", type="domain")
_BELOW = frozenset({"PhrVbEntry", "RunOn"})


@dataclass(frozen=True, slots=True)
class Around:
    """What the page prints outside the entry's own block: its address, origin, word family."""

    url: str
    slug: str
    etymologies: tuple[Etymology, ...]
    family: tuple[Relation, ...]


def head_of(block: Node) -> Node:
    """The head of the block's main entry."""
    return markup.one(_body(block), ".Head")


def entries(block: Node, around: Around) -> Iterator[LexicalEntry]:
    """The main entry of a ``.dictentry`` block, then the entries printed below it.

    Ids are the site's own anchors (``love__8``); the first entry of a page has none, its
    address is the page's. Entries of the Business Dictionary say ``business:`` in the id
    and carry that dictionary's name as a label.
    """
    node = _body(block)
    business = markup.first(block, ".bussdictEntry") is not None
    own_id = markup.attribute(markup.one(block, ".Entry"), "id") or around.slug
    entry_id = f"longman:english:{'business:' if business else ''}{own_id}"
    main = _entry(node, head_of(block), entry_id, around.url)
    below = [_below(child, main, around.url) for child in _printed_below(node) if _has_content(child)]
    yield replace(
        main,
        labels=(*main.labels, *_topics(node), *((_BUSINESS,) if business else ())),
        etymologies=around.etymologies,
        relations=(
            *main.relations,
            *(_link(_type_below(entry), entry.headword, entry.id) for entry in below),
            *_phrasal_verb_links(node, around.url),
            *around.family,
        ),
        boxes=(*main.boxes, *corpus(block)),
    )
    yield from below


def _body(block: Node) -> Node:
    """The entry's element; on the page of a phrasal verb the ``.PhrVbEntry`` inside it."""
    entry = markup.one(block, ".Entry")
    phrasal = markup.first(entry, ".PhrVbEntry")
    headless = next(markup.children(entry, "Head"), None) is None
    return phrasal if phrasal is not None and headless else entry


def _entry(node: Node, head: Node, entry_id: str, url: str) -> LexicalEntry:
    found = list(places(node, entry_id))
    tails = list(markup.children(node, "Tail"))
    parts = [*(place.node for place in found), *tails]
    headword = heads.headword(head)
    return LexicalEntry(
        id=entry_id,
        dictionary="longman",
        edition="english",
        lang="en-GB",
        headword=headword,
        hyphenation=printed_once(head, "HYPHENATION"),
        homograph_number=printed_once(head, "HOMNUM"),
        parts_of_speech=(),
        raw_parts_of_speech=heads.parts_of_speech(head),
        labels=labels(head),
        frequency=tuple(heads.frequency(head)),
        pronunciations=tuple(heads.pronunciations(head)),
        inflected_forms=tuple(heads.inflected_forms(head)),
        etymologies=(),
        senses=tuple(map(sense, found)),
        relations=(
            *(relation for place in found for relation in sense_relations(place, url)),
            *(relation for tail in tails for relation in cross_references(tail, url)),
            *(relation for part in parts for relation in _near_in_meaning(part, headword)),
        ),
        boxes=tuple(box for part in parts for box in boxes(part)),
    )


def _near_in_meaning(node: Node, headword: str) -> Iterator[Relation]:
    """The words of the thesaurus boxes, which list the headword among them."""
    for word, heading in thesaurus(node):
        if word != headword:
            yield Relation(type="related", text=word, group=heading or None)


def _printed_below(node: Node) -> Iterator[Node]:
    for part in (node, *markup.children(node, "Tail")):
        for child in markup.elements(part):
            if not _BELOW.isdisjoint(markup.classes(child)):
                yield child


def _has_content(node: Node) -> bool:
    """A run-on, or a phrasal verb that is more than a link to a page of its own."""
    return markup.has_class(node, "RunOn") or next(markup.children(node, "Head"), None) is not None


def _below(node: Node, main: LexicalEntry, url: str) -> LexicalEntry:
    """An entry printed inside another. Run-ons have no id of the site's: theirs is main entry and word."""
    head = next(markup.children(node, "Head"), node)
    own_id = markup.attribute(node, "id")
    prefix = main.id.rpartition(":")[0]
    entry_id = f"{prefix}:{own_id}" if own_id else f"{main.id}:{heads.headword(head)}"
    entry = _entry(node, head, entry_id, url)
    return replace(
        entry,
        senses=entry.senses or _bare_sense(node, entry_id),
        relations=(*entry.relations, _link("main_entry", main.headword, main.id)),
    )


def _bare_sense(node: Node, entry_id: str) -> tuple[Sense, ...]:
    """A run-on's examples and definition stand beside its head, without a sense around them."""
    texts = printed_all(markup.children(node, "DEF"))
    definitions = tuple(Definition(text=text, definition_type="full") for text in texts)
    found = tuple(examples(node))
    if not definitions and not found:
        return ()
    return (Sense(id=f"{entry_id}#sense_1", labels=(), definitions=definitions, examples=found),)


def _type_below(entry: LexicalEntry) -> RelationType:
    return "phrasal_verb" if "phrasal verb" in entry.raw_parts_of_speech else "derived"


def _link(type_: RelationType, text: str, to: str) -> Relation:
    return Relation(type=type_, text=text, to=to)


def _phrasal_verb_links(node: Node, url: str) -> Iterator[Relation]:
    for child in _printed_below(node):
        if not _has_content(child):
            for tail in markup.children(child, "Tail"):
                yield from cross_references(tail, url, type_="phrasal_verb")


def _topics(node: Node) -> tuple[Label, ...]:
    return tuple(Label(text=text, type="domain") for text in markup.texts(node.css(".topics_container .topic")))
