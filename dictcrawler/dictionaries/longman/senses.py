"""The senses of a Longman entry."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.references import Reference, references
from dictcrawler.dictionaries.longman.text import children, labels, parts, printed, printed_all, printed_once
from dictcrawler.model import Definition, DefinitionType, Label, Relation, Sense
from dictcrawler.parsing import inflected
from dictcrawler.parsing.outline import Element, Parts, parts_of
from dictcrawler.parsing.publishable import free_id


class Place(Struct, frozen=True, kw_only=True):
    """A sense or sub-sense of an entry: its parts, and its names. ``section`` is the title above it.

    Its definitions and references are read once, since relations begin at them too.
    """

    parts: Parts
    definitions: tuple[str, ...]
    references: list[Reference]
    id: str
    number: str | None
    parent: str | None = None
    section: str | None = None


def places(found: Parts, entry_id: str, url: str) -> Iterator[Place]:
    """The senses among the parts of an entry, in printed order, each followed by its sub-senses.

    The site gives every sense an id (``love__4``) but not its sub-senses; their letter makes theirs unique
    (``love__4a``).
    """
    taken: set[str] = set()
    for position, (node, section) in enumerate(_senses(found, None), 1):
        own = _parts(node)
        own_id = node.attribute("id") or f"sense_{position}"
        sense = Place(
            parts=own,
            definitions=printed_all(own.of("definition")),
            references=references(own.of("reference"), url),
            id=_own(f"{entry_id}#{own_id}", taken),
            number=_number(own),
            section=section,
        )
        yield sense
        yield from _sub_senses(sense, taken, url)


def _sub_senses(sense: Place, taken: set[str], url: str) -> Iterator[Place]:
    for position, child in enumerate(sense.parts.of_any("subsense", "sense")):
        below = _parts(child)
        letter = _number(below) or chr(ord("a") + position)
        place = Place(
            parts=below,
            definitions=printed_all(below.of("definition")),
            references=references(below.of("reference"), url),
            id=_own(f"{sense.id}{letter}", taken),
            number=f"{sense.number or ''}{letter}",
            parent=sense.id,
        )
        yield place
        yield from _sub_senses(place, taken, url)


def _parts(node: Element) -> Parts:
    """The parts of a sense, including those of a head in it."""
    found = parts(node)
    if not found.of("head"):
        return found
    return parts_of(
        inner for part in found.every for inner in (parts(part).every if part.kind.role == "head" else (part,))
    )


def _own(wanted: str, taken: set[str]) -> str:
    found = free_id(wanted, taken)
    taken.add(found)
    return found


def sense(place: Place) -> Sense:
    """One sense; one that only refers to another word gets a definition of type ``see``."""
    found = place.parts
    indicators = [place.section, *printed_all(found.of("signpost"))]
    full = tuple(Definition(text=text, definition_type=_type(text)) for text in place.definitions)
    return Sense(
        id=place.id,
        number=place.number,
        parent=place.parent,
        indicator=": ".join(filter(None, indicators)) or None,
        # "go and do something (also go do something American English)": keep the brackets.
        variant=" ".join(part.text() for part in _variants(found, is_defined=bool(full))).strip() or None,
        labels=(*labels(found), *_grammar(found)),
        definitions=full or tuple(_instead(found, place.references)),
        examples=examples(found),
    )


def _senses(found: Parts, section: str | None) -> Iterator[tuple[Element, str | None]]:
    for part in found.of_any("sense", "section"):
        if part.kind.role == "sense":
            yield part, section
        else:
            title = printed_once(children(part, "heading"))
            yield from _senses(parts(part), title or section)


def _number(found: Parts) -> str | None:
    return (printed_once(found.of("number")) or "").strip("() ") or None


def _variants(found: Parts, *, is_defined: bool) -> Iterator[Element]:
    """The phrase that a sense is about, and other forms of it or of the headword."""
    for part in found.of_any("phrase", "variants", "headword", "form"):
        if (is_defined or "FULLFORM" not in part.kind.names) and printed(part):
            yield part


def _instead(found: Parts, read: list[Reference]) -> Iterator[Definition]:
    """A stand-in for a missing definition: the full form of an abbreviation, or a link."""
    full_forms = printed_all(part for part in found.of("form") if "FULLFORM" in part.kind.names)
    for text in full_forms:
        yield Definition(text=text, definition_type="same_as")
    if full_forms or found.of_any("subsense", "sense"):
        return
    for reference in read:
        if not reference.is_thesaurus:
            yield from _pointers(reference)


def _pointers(reference: Reference) -> Iterator[Definition]:
    for text, _ in reference.targets:
        if reference.is_of_form:
            yield Definition(text=f"{reference.lead_in} {text}", definition_type="form_of")
        else:
            yield Definition(text=text, definition_type="see")


def _type(definition: str) -> DefinitionType:
    return "form_of" if inflected.lemma(definition) else "full"


def lemmas(place: Place) -> Iterator[Relation]:
    """The words of which a sense calls the headword a form."""
    for word in filter(None, map(inflected.lemma, place.definitions)):
        yield Relation(type="main_entry", text=word, from_=place.id)


def _grammar(found: Parts) -> Iterator[Label]:
    # A part of speech, and "(also been)": forms that hold for one sense only.
    for text in printed_all(found.of_any("part_of_speech", "forms")):
        yield Label(text=text, type="grammar")
