"""One entry of Longman and what is printed in and below it: phrasal verbs, run-on words, sub-entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from dictcrawler.dictionaries.longman import head as heads
from dictcrawler.dictionaries.longman.boxes import boxes, corpus, thesaurus
from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.references import references, relations
from dictcrawler.dictionaries.longman.senses import places, sense
from dictcrawler.dictionaries.longman.text import labels, of, parts, printed_all, printed_once
from dictcrawler.model import Definition, Etymology, InflectedForm, Label, LexicalEntry, Relation, RelationType, Sense
from dictcrawler.parsing.outline import Element
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
    """What holds for all entries of a block: the page's address, the ids already given, the parts left out."""

    url: str
    left_out: list[str]
    taken: set[str] = field(default_factory=set)

    def own_id(self, wanted: str) -> str:
        """A word may run on twice: as a noun and as an adjective."""
        found = free_id(wanted, self.taken)
        self.taken.add(found)
        return found


def head_of(block: Element) -> Element:
    """The head of the block's main entry.

    :raises MarkupError: when it has none.
    """
    return _body(block.one("Entry")).one("Head")


def entries(block: Element, around: Around, left_out: list[str]) -> Iterator[LexicalEntry]:
    """The main entry of a ``.dictentry`` block, then the entries printed in and below it.

    Ids are the site's own anchors (``love__8``); the first entry of a page has none, its
    address is the page's. Entries of the Business Dictionary say ``business:`` in the id
    and carry that dictionary's name as a label. An entry below without a headword goes to ``left_out``.

    :raises MarkupError: for a block without an entry, head or headword.
    """
    reading = _Reading(around.url, left_out)
    first, *others = _outermost(block, "Entry") or [block.one("Entry")]
    yield from _main(block, first, around, reading)
    alone = Around(around.url, around.slug, (), (), ())
    read = partial(_alone, around=alone, reading=reading)
    yield from chain.from_iterable(each(read, others, left_out))


def _alone(entry: Element, around: Around, reading: _Reading) -> list[LexicalEntry]:
    return list(_main(entry, entry, around, reading))


def _outermost(element: Element, name: str) -> list[Element]:
    found = []
    for child in element.elements():
        found.extend([child] if name in child.kind.names else _outermost(child, name))
    return found


def _main(block: Element, entry: Element, around: Around, reading: _Reading) -> Iterator[LexicalEntry]:
    body = _body(entry)
    found = list(parts(body))
    is_business = any("bussdictEntry" in element.kind.names for element in (block, *block.below()))
    wanted = f"longman:english:{'business:' if is_business else ''}{entry.attribute('id') or around.slug}"
    main = _entry(found, body.one("Head"), reading.own_id(wanted), around.url)
    # On the page of a phrasal verb the others of its entry stand beside it.
    beside = (
        [part for part in parts(entry) if part.kind.role == "below" and part is not body] if body is not entry else []
    )
    below = _below(found + beside, main, reading)
    yield replace(
        main,
        labels=(*main.labels, *_topics(entry), *((_BUSINESS,) if is_business else ())),
        inflected_forms=main.inflected_forms + around.verb_forms,
        etymologies=around.etymologies,
        relations=(
            *main.relations,
            *references(_beside(block), around.url),
            *_links(below),
            *_phrasal_verb_links(found, around.url),
            *around.family,
        ),
        boxes=(*main.boxes, *corpus(block)),
    )
    yield from _flat(below)


def _body(entry: Element) -> Element:
    """The entry's element; on the page of a phrasal verb the ``.PhrVbEntry`` inside it."""
    if _head(parts(entry)) is None:
        return entry.first("PhrVbEntry") or entry
    return entry


def _head(found: Iterable[Element]) -> Element | None:
    return next((part for part in found if part.kind.role == "head"), None)


def _entry(found: list[Element], head: Element | None, entry_id: str, url: str) -> LexicalEntry:
    """An entry of its parts; those of its head are among them when it has none."""
    head_parts = [*parts(head), *_outside(found)] if head else found
    senses = list(places(found, entry_id))
    headword = heads.headword(head_parts)
    containers = [*(place.parts for place in senses), found]
    return LexicalEntry(
        id=entry_id,
        dictionary="longman",
        edition="english",
        lang="en-GB",
        headword=headword,
        hyphenation=printed_once(head_parts, "HYPHENATION"),
        homograph_number=printed_once(head_parts, "HOMNUM"),
        parts_of_speech=(),
        raw_parts_of_speech=heads.parts_of_speech(head_parts),
        labels=labels(head_parts),
        frequency=tuple(heads.frequency(head_parts)),
        pronunciations=heads.pronunciations(head_parts),
        inflected_forms=tuple(heads.inflected_forms(head_parts)),
        etymologies=(),
        senses=(*_bare_sense(found, entry_id), *map(sense, senses)),
        relations=(
            *(relation for place in senses for relation in relations(place.parts, url, place.id)),
            *relations([*head_parts, *found] if head else found, url),
            *(relation for container in containers for relation in _near_in_meaning(container, headword)),
        ),
        boxes=tuple(box for container in containers for box in boxes(container)),
    )


def _outside(found: Iterable[Element]) -> list[Element]:
    """Parts of a head that the page prints beside it."""
    return of(found, "label", "part_of_speech", "frequency", "sounds", "recording", "forms", "variants", "form")


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
    return "PhrVbEntry" not in element.kind.names or bool(of(parts(element), "head", "headword", "sense", "definition"))


class _Below(NamedTuple):
    """An entry printed in another, and those in itself."""

    type: RelationType
    entry: LexicalEntry
    below: list[LexicalEntry]


def _below(found: Iterable[Element], parent: LexicalEntry, reading: _Reading) -> list[_Below]:
    read = partial(_one_below, parent=parent, reading=reading)
    return list(each(read, filter(_has_content, _printed_below(found)), reading.left_out))


def _one_below(element: Element, parent: LexicalEntry, reading: _Reading) -> _Below:
    """Run-ons have no id of the site's: theirs is the entry around and the word."""
    found = list(parts(element))
    head = _head(found)
    own_id = element.attribute("id")
    prefix = parent.id.rpartition(":")[0] if own_id else parent.id
    wanted = f"{prefix}:{own_id or heads.headword(parts(head) if head else found)}"
    entry = _entry(found, head, reading.own_id(wanted), reading.url)
    below = _below(found, entry, reading)
    own = (*entry.relations, *_links(below), *_phrasal_verb_links(found, reading.url))
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


def _phrasal_verb_links(found: list[Element], url: str) -> Iterator[Relation]:
    for child in _printed_below(found):
        if not _has_content(child):
            yield from references(parts(child), url, type_="phrasal_verb")


def _beside(block: Element) -> list[Element]:
    """The cross references that the page prints below an entry ("→ see ease at ...")."""
    return block.every("assetref")


def _topics(element: Element) -> tuple[Label, ...]:
    found = (topic for box in element.every("topics_container") for topic in box.every("topic"))
    return tuple(Label(text=text, type="domain") for text in printed_all(found))
