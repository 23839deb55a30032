"""The senses of a Longman entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from dictcrawler.dictionaries.longman.examples import examples
from dictcrawler.dictionaries.longman.references import targets
from dictcrawler.dictionaries.longman.text import children, labels, of, parts, printed, printed_all
from dictcrawler.model import Definition, Label, Sense
from dictcrawler.parsing.outline import Element
from dictcrawler.parsing.publishable import free_id


class Place(Struct, frozen=True, kw_only=True):
    """A sense or sub-sense in its entry: its parts, and what names it. ``section`` is the title it stands under."""

    parts: list[Element]
    id: str
    number: str | None
    parent: str | None = None
    section: str | None = None


def places(found: list[Element], entry_id: str) -> Iterator[Place]:
    """The senses among the parts of an entry, in printed order, each followed by its sub-senses.

    The site gives every sense an id (``love__4``) but not its sub-senses, which are told
    apart by their letter (``love__4a``).
    """
    taken: set[str] = set()
    for position, (node, section) in enumerate(_senses(found, None), 1):
        own = _parts(node)
        own_id = node.attribute("id") or f"sense_{position}"
        sense = Place(parts=own, id=_own(f"{entry_id}#{own_id}", taken), number=_number(own), section=section)
        yield sense
        yield from _sub_senses(sense, taken)


def _sub_senses(sense: Place, taken: set[str]) -> Iterator[Place]:
    for position, child in enumerate(of(sense.parts, "subsense", "sense")):
        below = _parts(child)
        letter = _number(below) or chr(ord("a") + position)
        place = Place(
            parts=below,
            id=_own(f"{sense.id}{letter}", taken),
            number=f"{sense.number or ''}{letter}",
            parent=sense.id,
        )
        yield place
        yield from _sub_senses(place, taken)


def _parts(node: Element) -> list[Element]:
    """The parts of a sense, and those of a head in it."""
    return [inner for part in parts(node) for inner in (parts(part) if part.kind.role == "head" else (part,))]


def _own(wanted: str, taken: set[str]) -> str:
    found = free_id(wanted, taken)
    taken.add(found)
    return found


def sense(place: Place) -> Sense:
    """One sense; one that only points elsewhere gets a definition of type ``see``."""
    found = place.parts
    indicators = [place.section, *printed_all(of(found, "signpost"))]
    full = tuple(Definition(text=text, definition_type="full") for text in printed_all(of(found, "definition")))
    return Sense(
        id=place.id,
        number=place.number,
        parent=place.parent,
        indicator=": ".join(filter(None, indicators)) or None,
        # "go and do something (also go do something American English)": the brackets are kept.
        variant=" ".join(part.text() for part in _variants(found, is_defined=bool(full))).strip() or None,
        labels=(*labels(found), *_grammar_of_forms(found)),
        definitions=full or tuple(_instead(found)),
        examples=tuple(examples(found)),
    )


def _senses(found: Iterable[Element], section: str | None) -> Iterator[tuple[Element, str | None]]:
    for part in found:
        if part.kind.role == "sense":
            yield part, section
        elif part.kind.role == "section":
            title = next(iter(printed_all(children(part, "heading"))), None)
            yield from _senses(parts(part), title or section)


def _number(found: list[Element]) -> str | None:
    printed_number = next(iter(printed_all(of(found, "number"))), "")
    return printed_number.rstrip(")") or None


def _variants(found: list[Element], *, is_defined: bool) -> Iterator[Element]:
    """The phrase that a sense is about, and other forms of it or of the headword."""
    for part in of(found, "phrase", "variants", "headword", "form"):
        if (is_defined or "FULLFORM" not in part.kind.names) and printed(part):
            yield part


def _instead(found: list[Element]) -> Iterator[Definition]:
    """What stands where a definition would: the full form of an abbreviation, or a link."""
    full_forms = printed_all(part for part in of(found, "form") if "FULLFORM" in part.kind.names)
    for text in full_forms:
        yield Definition(text=text, definition_type="same_as")
    if full_forms or of(found, "subsense", "sense"):
        return
    for part in of(found, "reference"):
        if "Thesref" not in part.kind.names:
            yield from (Definition(text=text, definition_type="see") for text, _ in targets(part, ""))


def _grammar_of_forms(found: list[Element]) -> Iterator[Label]:
    # "(also been)": forms that hold for one sense only.
    for text in printed_all(of(found, "forms")):
        yield Label(text=text, type="grammar")
