"""One entry of Longman and the entries printed in and below it: phrasal verbs, run-on words, sub-entries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from dictcrawler.dictionaries.longman import head as heads
from dictcrawler.dictionaries.longman.boxes import Frame, boxes, corpus, frames, thesaurus
from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.references import as_relations, references, relations
from dictcrawler.dictionaries.longman.senses import Place, lemmas, places, sense
from dictcrawler.dictionaries.longman.text import labels, parts, printed_all, printed_once
from dictcrawler.model import Definition, Etymology, InflectedForm, Label, LexicalEntry, Relation, RelationType, Sense
from dictcrawler.parsing.outline import Element, Outline, Parts, parts_of
from dictcrawler.parsing.publishable import each, free_id

_BUSINESS = Label(text="Longman Business Dictionary", type="domain")


class Around(Struct, frozen=True):
    """What the page prints outside the entry's own block: its address, origin, word family, verb table."""

    url: str
    slug: str
    etymologies: tuple[Etymology, ...]
    family: tuple[Relation, ...]
    verb_forms: tuple[InflectedForm, ...]


class _Reading(Struct):
    """Shared by all entries of a block: the page's address, the ids already used, the parts left out."""

    url: str
    left_out: list[str]
    taken: set[str] = field(default_factory=set)

    def own_id(self, wanted: str) -> str:
        """A word may run on twice: as a noun and as an adjective."""
        found = free_id(wanted, self.taken)
        self.taken.add(found)
        return found


def head_of(block: Outline) -> Element:
    """The head of the block's main entry.

    :raises MarkupError: when it has none.
    """
    entry = next(iter(_entry_elements(block)))
    return _body(entry, parts(entry)).one("Head")


def entries(block: Outline, around: Around, left_out: list[str]) -> Iterator[LexicalEntry]:
    """The main entry of a ``.dictentry`` block, then the entries printed in and below it.

    Ids are the site's own anchors (``love__8``). The first entry of a page has no anchor; its address is the page's.
    Entries of the Business Dictionary have ``business:`` in the id and that dictionary's name as a label. An entry
    without a headword below the main one goes to ``left_out``.

    :raises MarkupError: for a block without an entry, head or headword.
    """
    reading = _Reading(around.url, left_out)
    first, *others = _entry_elements(block)
    main, *below = _main(first, block, around, reading)
    yield replace(
        main,
        inflected_forms=main.inflected_forms + around.verb_forms,
        etymologies=around.etymologies,
        relations=(*main.relations, *around.family),
    )
    yield from below
    for other in others:
        # Content of the block outside its entries belongs to the first entry.
        own = Outline(other, "", [other, *other.below()], [])
        yield from chain.from_iterable(
            each(partial(_main, around=around, reading=reading, block=own), [other], left_out)
        )


def _entry_elements(block: Outline) -> list[Element]:
    """The elements of the block's entries, without those nested in another entry; at least one."""
    found = block.every("Entry")
    if len(found) > 1:
        inner = {id(element) for entry in found for element in entry.below()}
        return [entry for entry in found if id(entry) not in inner]
    return found or [block.top.one("Entry")]


def _main(element: Element, block: Outline, around: Around, reading: _Reading) -> list[LexicalEntry]:
    own = parts(element)
    body = _body(element, own)
    found = own if body is element else parts(body)
    is_business = bool(block.every("bussdictEntry"))
    wanted = f"longman:english:{'business:' if is_business else ''}{element.attribute('id') or around.slug}"
    main, inside = _entry(found, body.one("Head"), reading.own_id(wanted), around.url)
    # The page of a phrasal verb may also show others of the same entry.
    beside = [] if body is element else [_Inside(part) for part in own.of("below") if part is not body]
    below = _below([*inside, *beside], main, reading)
    main = replace(
        main,
        labels=(*main.labels, *_topics(block), *((_BUSINESS,) if is_business else ())),
        relations=(
            *main.relations,
            *as_relations(references(block.every("assetref"), around.url)),
            *_links(below),
            *_phrasal_verb_links(inside, around.url),
        ),
        boxes=(*main.boxes, *corpus(block.every("exaGroup"))),
    )
    return [main, *_flat(below)]


def _body(element: Element, found: Parts) -> Element:
    """The entry's element; on the page of a phrasal verb, the ``.PhrVbEntry`` inside it."""
    return element if found.of("head") else element.first("PhrVbEntry") or element


class _Inside:
    """The element of an entry printed in another, and its parts."""

    __slots__ = ("element", "parts")

    def __init__(self, element: Element) -> None:
        self.element = element
        self.parts = parts(element)

    @property
    def has_content(self) -> bool:
        """A run-on, or a phrasal verb that is more than a link to a page of its own."""
        if "PhrVbEntry" not in self.element.kind.names:
            return True
        return bool(self.parts.of_any("head", "headword", "sense", "definition"))


class _Read(NamedTuple):
    """An entry, then the entries printed in it."""

    entry: LexicalEntry
    inside: list[_Inside]


def _entry(found: Parts, head: Element | None, entry_id: str, url: str) -> _Read:
    """Build an entry from its parts; they include those of the head if it has none of its own."""
    head_parts = _of_head(head, found) if head else found
    senses = list(places(found, entry_id, url))
    headword = heads.headword(head_parts)
    containers = [*(place.parts for place in senses), *_sections(found), found]
    framed = [frame for container in containers for frame in frames(container)]
    names_others = head is not None and (head_parts.of("relation") or head_parts.of("reference"))
    own = parts_of([*head_parts.every, *found.every]) if names_others else found
    entry = LexicalEntry(
        id=entry_id,
        dictionary="longman",
        edition="english",
        lang="en-GB",
        headword=headword,
        hyphenation=printed_once(head_parts.of("hyphenation")),
        homograph_number=printed_once(head_parts.of("homograph")),
        parts_of_speech=(),
        raw_parts_of_speech=heads.parts_of_speech(head_parts),
        labels=labels(head_parts),
        frequency=tuple(heads.frequency(head_parts)),
        pronunciations=heads.pronunciations(head_parts),
        inflected_forms=tuple(heads.inflected_forms(head_parts)),
        etymologies=(),
        senses=(*_bare_sense(found, entry_id), *map(sense, senses)),
        relations=(
            *chain.from_iterable(_of_sense(place, url) for place in senses),
            *relations(own, references(own.of("reference"), url), url),
            *(relation for frame in framed for relation in _near_in_meaning(frame, headword)),
        ),
        boxes=tuple(box for frame in framed for box in boxes(frame)),
    )
    is_nested = any(place.parts.of("below") for place in senses)
    return _Read(entry, [_Inside(element) for element in (_printed_below(found) if is_nested else found.of("below"))])


def _of_sense(place: Place, url: str) -> tuple[Relation, ...]:
    return (*lemmas(place), *relations(place.parts, place.references, url, place.id))


def _sections(found: Parts) -> Iterator[Parts]:
    """The parts of the sections of an entry, nested sections included: a box may be a sibling of their senses."""
    for part in found.of("section"):
        inside = parts(part)
        yield inside
        yield from _sections(inside)


def _of_head(head: Element, found: Parts) -> Parts:
    """The parts of a head, and those that the page prints beside it."""
    inside = parts(head)
    beside = found.of_any("label", "part_of_speech", "frequency", "sounds", "recording", "forms", "variants", "form")
    return parts_of([*inside.every, *beside]) if beside else inside


def _near_in_meaning(frame: Frame, headword: str) -> Iterator[Relation]:
    """The words of a thesaurus box beside the headword."""
    for word, heading in thesaurus(frame):
        if word != headword:
            yield Relation(type="related", text=word, group=heading or None)


def _bare_sense(found: Parts, entry_id: str) -> tuple[Sense, ...]:
    """A definition and examples next to the head, without a sense around them, as in most run-ons."""
    texts = printed_all(found.of("definition"))
    definitions = tuple(Definition(text=text, definition_type="full") for text in texts)
    shown = examples(found)
    if not definitions and not shown:
        return ()
    own_id = "sense_0" if found.of_any("sense", "section") else "sense_1"
    return (Sense(id=f"{entry_id}#{own_id}", labels=(), definitions=definitions, examples=shown),)


def _printed_below(found: Parts) -> Iterator[Element]:
    """The entries printed in an entry, also those in its senses."""
    for part in found.of_any("below", "sense", "subsense", "section"):
        if part.kind.role == "below":
            yield part
        else:
            yield from _printed_below(parts(part))


class _Below(NamedTuple):
    """An entry printed in another one, then the entries printed in it."""

    type: RelationType
    entry: LexicalEntry
    below: list[LexicalEntry]


def _below(inside: list[_Inside], parent: LexicalEntry, reading: _Reading) -> list[_Below]:
    read = partial(_one_below, parent=parent, reading=reading)
    return list(each(read, (one for one in inside if one.has_content), reading.left_out))


def _one_below(one: _Inside, parent: LexicalEntry, reading: _Reading) -> _Below:
    """The site gives run-ons no id: use the id of the entry around them, and the word."""
    element, found = one.element, one.parts
    head = next(iter(found.of("head")), None)
    own_id = element.attribute("id")
    prefix = parent.id.rpartition(":")[0] if own_id else parent.id
    wanted = f"{prefix}:{own_id or heads.headword(parts(head) if head else found)}"
    entry, inside = _entry(found, head, reading.own_id(wanted), reading.url)
    below = _below(inside, entry, reading)
    own = (*entry.relations, *_links(below), *_phrasal_verb_links(inside, reading.url))
    main_entry = Relation(type="main_entry", text=parent.headword, to=parent.id)
    is_phrasal = "PhrVbEntry" in element.kind.names or "phrasal verb" in entry.raw_parts_of_speech
    return _Below(
        "phrasal_verb" if is_phrasal else "derived",
        replace(entry, relations=(*own, main_entry)),
        list(_flat(below)),
    )


def _flat(below: list[_Below]) -> Iterator[LexicalEntry]:
    return (entry for each_below in below for entry in (each_below.entry, *each_below.below))


def _links(below: list[_Below]) -> Iterator[Relation]:
    return (Relation(type=type_, text=entry.headword, to=entry.id) for type_, entry, _ in below)


def _phrasal_verb_links(inside: list[_Inside], url: str) -> Iterator[Relation]:
    for one in inside:
        if not one.has_content:
            yield from as_relations(references(one.parts.of("reference"), url), type_="phrasal_verb")


def _topics(block: Outline) -> tuple[Label, ...]:
    found = (topic for box in block.every("topics_container") for topic in box.every("topic"))
    return tuple(Label(text=text, type="domain") for text in printed_all(found))
