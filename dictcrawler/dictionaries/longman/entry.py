"""One entry of Longman and what is printed in and below it: phrasal verbs, run-on words, sub-entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from dictcrawler.dictionaries.longman import head as heads
from dictcrawler.dictionaries.longman.boxes import boxes, corpus, thesaurus
from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.references import references, relations
from dictcrawler.dictionaries.longman.senses import places, sense
from dictcrawler.dictionaries.longman.text import children, labels, of, parts, printed_all, printed_once
from dictcrawler.model import Definition, Etymology, InflectedForm, Label, LexicalEntry, Relation, RelationType, Sense
from dictcrawler.parsing.outline import Element
from dictcrawler.parsing.publishable import each, free_id, under_id

_BUSINESS = Label(text="Longman Business Dictionary", type="domain")


class Around(Struct, frozen=True):
    """What the page prints outside the entry's own block: its address, origin, word family, verb table."""

    url: str
    slug: str
    etymologies: tuple[Etymology, ...]
    family: tuple[Relation, ...]
    verb_forms: tuple[InflectedForm, ...]


def head_of(block: Element) -> Element:
    """The head of the block's main entry.

    :raises MarkupError: when it has none.
    """
    return _body(block).one("Head")


def entries(block: Element, around: Around, left_out: list[str]) -> Iterator[LexicalEntry]:
    """The main entry of a ``.dictentry`` block, then the entries printed in and below it.

    Ids are the site's own anchors (``love__8``); the first entry of a page has none, its
    address is the page's. Entries of the Business Dictionary say ``business:`` in the id
    and carry that dictionary's name as a label. An entry below without a headword goes to ``left_out``.

    :raises MarkupError: for a block without an entry, head or headword.
    """
    node = _body(block)
    found = list(parts(node))
    is_business = any("bussdictEntry" in element.kind.names for element in block.below())
    own_id = block.one("Entry").attribute("id") or around.slug
    entry_id = f"longman:english:{'business:' if is_business else ''}{own_id}"
    main = _entry(found, head_of(block), entry_id, around.url)
    inside = filter(_has_content, _printed_below(found))
    below = list(_under_own_ids(each(partial(_below, main=main, url=around.url), inside, left_out)))
    yield replace(
        main,
        labels=(*main.labels, *_topics(node), *((_BUSINESS,) if is_business else ())),
        inflected_forms=main.inflected_forms + around.verb_forms,
        etymologies=around.etymologies,
        relations=(
            *main.relations,
            *references(_beside(block), around.url),
            *(_link(_type_below(entry), entry.headword, entry.id) for entry in below),
            *_phrasal_verb_links(found, around.url),
            *around.family,
        ),
        boxes=(*main.boxes, *corpus(block)),
    )
    yield from below


def _body(block: Element) -> Element:
    """The entry's element; on the page of a phrasal verb the ``.PhrVbEntry`` inside it."""
    entry = block.one("Entry")
    if next(_heads(entry), None) is None:
        return next((below for below in entry.below() if "PhrVbEntry" in below.kind.names), entry)
    return entry


def _heads(element: Element) -> Iterator[Element]:
    return (child for child in element.elements() if child.kind.role == "head")


def _entry(found: list[Element], head: Element, entry_id: str, url: str) -> LexicalEntry:
    head_parts = list(parts(head))
    senses = list(places(found, entry_id))
    headword = heads.headword(head_parts)
    containers = [*(place.parts for place in senses), found]
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
        labels=labels(head_parts),
        frequency=tuple(heads.frequency(head)),
        pronunciations=heads.pronunciations(head_parts),
        inflected_forms=tuple(heads.inflected_forms(head_parts)),
        etymologies=(),
        senses=(*_bare_sense(found, entry_id), *map(sense, senses)),
        relations=(
            *(relation for place in senses for relation in relations(place.parts, url, place.id)),
            *relations(found, url),
            *(relation for container in containers for relation in _near_in_meaning(container, headword)),
        ),
        boxes=tuple(box for container in containers for box in boxes(container)),
    )


def _near_in_meaning(found: Iterable[Element], headword: str) -> Iterator[Relation]:
    """The words of the thesaurus boxes, which list the headword among them."""
    for word, heading in thesaurus(found):
        if word != headword:
            yield Relation(type="related", text=word, group=heading or None)


def _bare_sense(found: list[Element], entry_id: str) -> tuple[Sense, ...]:
    """A definition and examples that stand beside the head, without a sense around them: those of most run-ons."""
    texts = printed_all(of(found, "definition"))
    definitions = tuple(Definition(text=text, definition_type="full") for text in texts)
    shown = tuple(examples(found))
    if not definitions and not shown:
        return ()
    own_id = "sense_0" if of(found, "sense", "section") else "sense_1"
    return (Sense(id=f"{entry_id}#{own_id}", labels=(), definitions=definitions, examples=shown),)


def _printed_below(found: Iterable[Element]) -> Iterator[Element]:
    """The entries in an entry, those in its senses too."""
    for part in found:
        if part.kind.role == "below":
            yield part
        elif part.kind.role in {"sense", "subsense", "section"}:
            yield from _printed_below(parts(part))


def _has_content(element: Element) -> bool:
    """A run-on, or a phrasal verb that is more than a link to a page of its own."""
    return "PhrVbEntry" not in element.kind.names or next(_heads(element), None) is not None


def _below(element: Element, main: LexicalEntry, url: str) -> LexicalEntry:
    """An entry printed inside another. Run-ons have no id of the site's: theirs is main entry and word."""
    head = next(_heads(element), element)
    own_id = element.attribute("id")
    prefix = main.id.rpartition(":")[0]
    entry_id = f"{prefix}:{own_id}" if own_id else f"{main.id}:{heads.headword(parts(head))}"
    entry = _entry(list(parts(element)), head, entry_id, url)
    return replace(entry, relations=(*entry.relations, _link("main_entry", main.headword, main.id)))


def _under_own_ids(found: Iterable[LexicalEntry]) -> Iterator[LexicalEntry]:
    """A word may run on twice: as a noun and as an adjective."""
    taken: set[str] = set()
    for entry in found:
        own_id = free_id(entry.id, taken)
        taken.add(own_id)
        yield under_id(entry, own_id)


def _type_below(entry: LexicalEntry) -> RelationType:
    return "phrasal_verb" if "phrasal verb" in entry.raw_parts_of_speech else "derived"


def _link(type_: RelationType, text: str, to: str) -> Relation:
    return Relation(type=type_, text=text, to=to)


def _phrasal_verb_links(found: list[Element], url: str) -> Iterator[Relation]:
    for child in _printed_below(found):
        if not _has_content(child):
            yield from references(parts(child), url, type_="phrasal_verb")


def _beside(block: Element) -> list[Element]:
    """The cross references that the page prints below an entry ("→ see ease at ...")."""
    return [element for element in block.below() if "assetref" in element.kind.names]


def _topics(element: Element) -> tuple[Label, ...]:
    found = (topic for box in children(element, "topics_container") for topic in box.every("topic"))
    return tuple(Label(text=text, type="domain") for text in printed_all(found))
