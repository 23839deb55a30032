"""One entry of Oxford's, with the idioms, phrasal verbs and derived words that it defines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from msgspec.structs import replace

from dictcrawler.dictionaries.oxford.blocks import CHILDREN, Block, Blocks, blocks
from dictcrawler.dictionaries.oxford.boxes import boxes, etymologies, kind, notes
from dictcrawler.dictionaries.oxford.head import frequency, inflections, pronunciations, variants, verb_forms
from dictcrawler.dictionaries.oxford.labels import are_labels, labels
from dictcrawler.dictionaries.oxford.senses import examples, read_sense, relations, targets
from dictcrawler.errors import InvalidKeyword, MarkupError, UnknownPage
from dictcrawler.model import Definition, InflectedForm, LexicalEntry, Relation, RelationType, Sense
from dictcrawler.parsing import slugs
from dictcrawler.parsing.outline import Element, Outline, texts
from dictcrawler.parsing.own_address import is_slug, numbered
from dictcrawler.parsing.publishable import each, free_id, under_id

_CHILD_TYPES: dict[str, RelationType] = {"idiom": "idiom", "phrasal_verb": "phrasal_verb", "derived": "derived"}
_PHRASAL_VERB = "phrasal verb"


class Address(NamedTuple):
    """Where an entry is: the address of its page, and the names in that address."""

    url: str
    edition: str
    lang: str
    slug: str

    @property
    def homograph_number(self) -> str | None:
        """``love_2`` → ``2``."""
        return numbered(self.slug)[1]


class Identity(NamedTuple):
    """What is known about an entry before its parts are read."""

    id: str
    headword: str
    parts_of_speech: tuple[str, ...]
    homograph_number: str | None = None


class ReadEntry(NamedTuple):
    """The main entry first, then its idioms, phrasal verbs and derived words in printed order.

    Excerpts and truncated pages may lack the head. ``is_headed``: the headword is printed; otherwise it is taken from
    the address.
    """

    contents: tuple[LexicalEntry, ...]
    is_headed: bool


def read_entry(outline: Outline, address: Address, left_out: list[str]) -> ReadEntry:
    """An entry and those in it. A part without a name is added to ``left_out``.

    :raises UnknownPage: when the entry has no content that a reader could look up.
    """
    before = len(left_out)
    printed = blocks(outline.top)
    parts = _own_phrasal_verb(printed)
    words = _headwords(parts)
    identity = Identity(
        id=f"oxford:{address.edition}:{_own_slug(outline.top.attribute('id'), address.slug, words)}",
        headword=words[0] if words else re.sub(r"_\d+$", "", address.slug).replace("-", " "),
        parts_of_speech=texts(parts.of("part_of_speech")),
        homograph_number=address.homograph_number,
    )
    children: dict[str, tuple[str, LexicalEntry]] = {}
    inside = _entries_in(parts, len(outline.noted))
    for role, child in each(partial(_child, parent=identity, address=address, left_out=left_out), inside, left_out):
        own_id = free_id(child.id, children)
        children[own_id] = (role, under_id(child, own_id))
    main = _lexical(parts, identity, address, left_out)
    others = tuple(InflectedForm(text=word, tag="variant", labels=()) for word in words[1:])
    links = tuple(
        Relation(type=_CHILD_TYPES[role], text=child.headword, to=child.id) for role, child in children.values()
    )
    main = replace(
        main,
        inflected_forms=others + main.inflected_forms,
        relations=main.relations + links + tuple(_phrasal_verb_links(parts, address.url)),
    )
    if not main.senses and not main.relations:
        reasons = "".join(f"; {reason}" for reason in left_out[before:])
        raise UnknownPage(f"an entry without senses and cross-references: {main.id}{reasons}")
    return ReadEntry((main, *(child for _, child in children.values())), bool(printed.of("headword")))


def _headwords(parts: Blocks) -> tuple[str, ...]:
    # ``hm`` is the homonym number beside the word.
    return tuple(dict.fromkeys(texts(parts.of("headword"), frozenset({"hm"}))))


def _own_phrasal_verb(parts: Blocks) -> Blocks:
    """On a phrasal verb's own page the ``pv-g`` are its forms, and their senses are its senses."""
    if not parts.of("phrasal_verb") or _PHRASAL_VERB not in texts(parts.of("part_of_speech")):
        return parts
    own = Blocks([], {})
    is_one_of_several = len(parts.of("phrasal_verb")) > 1
    for part in parts.every:
        for inner in _of_form(part, is_one_of_several=is_one_of_several) if part.role == "phrasal_verb" else (part,):
            own.add(inner)
    return own


def _of_form(form: Block, *, is_one_of_several: bool) -> Iterator[Block]:
    """The parts of one form of a phrasal verb; if it is one of several, its labels hold for its own senses only."""
    phrase = form.node.one("pv").text()
    inside = blocks(form.node).every
    above = tuple(part for part in inside if is_one_of_several and are_labels(part))
    for part in inside:
        if part.role != "phrase" and part not in above:
            yield replace(part, phrase=phrase, above=above)


def _own_slug(anchor: str | None, slug: str, words: Sequence[str]) -> str:
    """The site's own name of the entry (``love_1``), if it is the word of the page or of the entry."""
    if anchor is None or not is_slug(anchor):
        return slug
    word, number = numbered(anchor)
    own, own_number = numbered(slug)
    if word == own:
        return anchor if None in (number, own_number) or number == own_number else slug
    return anchor if word in map(slug_or_none, words) else slug


def slug_or_none(word: str) -> str | None:
    """The printed word as in an address; ``None`` for one that no address can hold."""
    try:
        return slugs.slug(word)
    except InvalidKeyword:
        return None


def _entries_in(parts: Blocks, most: int) -> Iterator[Block]:
    """The entries in an entry, also those in its senses; at most ``most`` of them."""
    own = parts.with_roles(CHILDREN)
    if len(own) == most:
        yield from own
        return
    for part in parts.every:
        if part.role in CHILDREN:
            yield part
        elif part.role == "sense":
            yield from _entries_in(blocks(part.node), most)


def _child(part: Block, parent: Identity, address: Address, left_out: list[str]) -> tuple[str, LexicalEntry]:
    """An idiom, a phrasal verb or a derived word. The pages of all its words print it with the same id and text, so
    its id here is the parent's id plus its own."""
    parts = blocks(part.node)
    phrases = texts(parts.of("phrase"))
    own_id = part.node.attribute("id")
    if part.role == "derived" and phrases:
        own_id = own_id or phrases[0]
    if own_id is None:
        raise MarkupError("[id]", f"an entry ({part.role}) of {parent.id}")
    if not phrases:
        raise MarkupError(".idm, .pv", own_id)
    classes = texts(parts.of("part_of_speech")) if part.role == "derived" else (part.role.replace("_", " "),)
    entry = _lexical(parts, Identity(f"{parent.id}:{own_id}", phrases[0], classes), address, left_out)
    others = tuple(InflectedForm(text=phrase, tag="variant", labels=()) for phrase in phrases[1:])
    back = Relation(type="main_entry", text=parent.headword, to=parent.id)
    return part.role, replace(entry, inflected_forms=others + entry.inflected_forms, relations=(*entry.relations, back))


def _lexical(parts: Blocks, identity: Identity, address: Address, left_out: list[str]) -> LexicalEntry:
    read_one = partial(read_sense, entry_id=identity.id, url=address.url, taken=set())
    senses = list(chain.from_iterable(each(read_one, parts.with_roles(("sense",)), left_out)))
    bare = _bare_sense(parts, identity.id)
    found = [*chain.from_iterable(read.boxes for read in senses), *parts.of("box")]
    return LexicalEntry(
        id=identity.id,
        dictionary="oxford",
        edition=address.edition,
        lang=address.lang,
        headword=identity.headword,
        homograph_number=identity.homograph_number,
        parts_of_speech=(),
        raw_parts_of_speech=tuple(dict.fromkeys(identity.parts_of_speech)),
        labels=labels(parts, without="part_of_speech"),
        frequency=frequency(parts),
        pronunciations=(*pronunciations(parts), *chain.from_iterable(read.pronunciations for read in senses)),
        inflected_forms=_forms(parts, found),
        etymologies=etymologies(found),
        senses=(*(read.sense for read in senses), *bare),
        relations=(*chain.from_iterable(read.relations for read in senses), *relations(parts, address.url)),
        boxes=(*boxes(found), *notes(parts)),
    )


def _bare_sense(parts: Blocks, entry_id: str) -> tuple[Sense, ...]:
    """A definition and examples of an entry without a sense around them, as in derived words."""
    definitions = tuple(Definition(text=text, definition_type="full") for text in texts(parts.of("definition")))
    shown = tuple(example for container in parts.of("examples") for example in examples(container))
    if not definitions and not shown:
        return ()
    return (Sense(id=f"{entry_id}#sense_1", labels=(), definitions=definitions, examples=shown),)


def _forms(parts: Blocks, found: list[Element]) -> tuple[InflectedForm, ...]:
    return (
        *chain.from_iterable(variants(node) for node in parts.of("variants")),
        *chain.from_iterable(inflections(node) for node in parts.of("inflections")),
        *chain.from_iterable(verb_forms(box) for box in found if kind(box) == "verbforms"),
    )


def _phrasal_verb_links(parts: Blocks, url: str) -> Iterator[Relation]:
    for group in parts.of("phrasal_verb_links"):
        for target in targets(group, url):
            if words := target.node.text():
                yield Relation(type="phrasal_verb", text=words, url=target.url)
