"""A language section as entries: one for each etymology and part of speech.

A section above, or beside, the parts of speech (Etymology, Pronunciation, Alternative forms,
See also …) speaks for all the entries below the heading it stands under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dictcrawler.dictionaries.wiktionary import classes as known_classes
from dictcrawler.dictionaries.wiktionary import headline as headlines
from dictcrawler.dictionaries.wiktionary import labels, senses, sounds, terms
from dictcrawler.dictionaries.wiktionary.sections import LANGUAGE_LEVEL, NOT_READ, Section, block_text, lists
from dictcrawler.model import (
    Box,
    Etymology,
    InflectedForm,
    Label,
    LexicalEntry,
    Pronunciation,
    Relation,
    RelationType,
)
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.page import ParsedEntry

RELATIONS: dict[str, RelationType] = {
    "Synonyms": "synonym",
    "Antonyms": "antonym",
    "Hypernyms": "hypernym",
    "Hyponyms": "hyponym",
    "Meronyms": "meronym",
    "Holonyms": "holonym",
    "Troponyms": "troponym",
    "Coordinate terms": "coordinate_term",
    "Comeronyms": "coordinate_term",
    "Derived terms": "derived",
    "Compounds": "derived",
    "Related terms": "related",
    "Abbreviations": "related",
    "Paronyms": "related",
    "Idioms": "idiom",
    "Phrasal verbs": "phrasal_verb",
    "Phrases": "phrase",
    "See also": "see_also",
}
FORMS = frozenset({"Alternative forms", "Alternative spellings", "Alternative reconstructions"})
BOXES = {
    "Collocations": "collocations",
    "Conjugation": "inflection",
    "Declension": "inflection",
    "Inflection": "inflection",
    "External links": "further_reading",
    "Further reading": "further_reading",
    "Notes": "note",
    "Pronunciation notes": "pronunciation_note",
    "Quotations": "quotations",
    "References": "references",
    "Sources": "references",
    "Statistics": "statistics",
    "Trivia": "trivia",
    "Usage notes": "usage_note",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one block or section gives to an entry; ``only`` restricts it to parts of speech."""

    only: frozenset[str] = frozenset()
    etymologies: tuple[Etymology, ...] = ()
    pronunciations: tuple[Pronunciation, ...] = ()
    forms: tuple[InflectedForm, ...] = ()
    relations: tuple[Relation, ...] = ()
    boxes: tuple[Box, ...] = ()
    visible: Counter[str] = field(default_factory=Counter)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What all entries of a language section share."""

    name: str
    lang: str
    title: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an entry stands: its homograph number and what speaks for it."""

    number: str | None = None
    pieces: tuple[Piece, ...] = ()


def read(language: Section, edition: Edition) -> Iterator[ParsedEntry]:
    """The entries of a language section, in the order they are printed."""
    for section, scope in _placed(language, Scope(), edition):
        yield _entry(section, scope, edition)


def _placed(parent: Section, above: Scope, edition: Edition) -> Iterator[tuple[Section, Scope]]:
    """The entry sections below a heading, each with its scope."""
    scope = own_scope = _scope(parent, above, edition)
    for section in parent.sections:
        if section.is_entry:
            yield section, scope
            yield from ((inner, scope) for inner in _below(section))
        elif _is_numbered_etymology(section) and not section.holds_entries:
            # An editor's slip: the entries of this etymology stand beside it, not below it.
            scope = Scope(section.number, (*own_scope.pieces, *_pieces(section, edition)))
        elif section.holds_entries:
            scope = own_scope
            yield from _placed(section, scope, edition)


def _below(section: Section) -> Iterator[Section]:
    """Entries that stand, by an editor's slip, below another entry."""
    for inner in section.sections:
        if inner.is_entry:
            yield inner
        yield from _below(inner)


def _scope(section: Section, above: Scope, edition: Edition) -> Scope:
    number = section.number if _is_numbered_etymology(section) else above.number
    beside = (child for child in section.sections if not child.holds_entries and not _is_numbered_etymology(child))
    pieces = [piece for child in beside for piece in _pieces(child, edition)]
    return Scope(number, (*above.pieces, *_own(section, edition), *pieces))


def _is_numbered_etymology(section: Section) -> bool:
    return section.kind == "Etymology" and section.number is not None


def _pieces(section: Section, edition: Edition) -> Iterator[Piece]:
    """What a section and those below it give, entries among them left out."""
    yield from _own(section, edition)
    for child in section.sections:
        if not child.is_entry:
            yield from _pieces(child, edition)


def _own(section: Section, edition: Edition) -> Iterator[Piece]:
    """What stands directly under a heading."""
    kind, blocks = section.kind, section.blocks
    if kind in NOT_READ:
        return
    if section.level == LANGUAGE_LEVEL:
        yield from _notes(blocks)
    elif kind == "Etymology":
        yield _seen(blocks, Piece(etymologies=tuple(Etymology(description=text) for text in _prose(blocks))))
    elif kind == "Pronunciation":
        yield from (_sounds(line) for line in sounds.lines(blocks, edition.lang))
    elif kind in FORMS:
        yield _seen(blocks, Piece(forms=tuple(_alternative(term) for term in terms.in_blocks(blocks, kind))))
    elif kind in RELATIONS:
        found = (terms.relation(RELATIONS[kind], term) for term in terms.in_blocks(blocks, kind))
        yield _seen(blocks, Piece(relations=tuple(found)))
    else:
        yield _box(section)


def _sounds(line: sounds.Line) -> Piece:
    piece = Piece(
        only=line.only,
        pronunciations=tuple(line.pronunciations),
        relations=tuple(line.relations),
        forms=tuple(line.forms),
    )
    seen = _seen(line.own, piece)
    return replace(seen, visible=seen.visible - Counter(sounds.CAPTIONS))


def _alternative(term: terms.Term) -> InflectedForm:
    noted = (labels.typed(term.note),) if term.note else ()
    return InflectedForm(text=term.text, tag="alternative form", labels=noted)


def _box(section: Section) -> Piece:
    kind = BOXES.get(section.kind)
    warnings = () if kind else (f"unknown-heading:{section.kind}",)
    boxes = tuple(
        Box(kind=kind or "section", title=section.title or None, text=text, examples=())
        for text in _prose(section.blocks)
    )
    return _seen(section.blocks, Piece(boxes=boxes, warnings=warnings))


def _notes(blocks: list[Node]) -> Iterator[Piece]:
    """Text that stands under a heading where no text is expected: kept, one note for each block."""
    for block in blocks:
        boxes = tuple(Box(kind="note", text=text, examples=()) for text in _prose([block]))
        yield _seen([block], Piece(boxes=boxes))


def _prose(blocks: list[Node]) -> tuple[str, ...]:
    """The text of blocks as one string; ``()`` when they print nothing."""
    text = " ".join(filter(None, (block_text(block) for block in blocks)))
    return (text,) if text else ()


def _seen(blocks: list[Node], piece: Piece) -> Piece:
    """The piece with the visible words of its blocks, and the classes in them that nobody knows."""
    return replace(
        piece,
        visible=coverage.words(markup.text_of(blocks)),
        warnings=(*piece.warnings, *known_classes.warnings(blocks)),
    )


def _entry(section: Section, scope: Scope, edition: Edition) -> ParsedEntry:
    """One part of speech, with what speaks for it."""
    entry_id = f"wiktionary:{edition.name}:{edition.title}#{section.anchor}"
    headline = headlines.read(section)
    read_senses = list(senses.read(lists(section.blocks, "ol"), entry_id))
    shared = [piece for piece in scope.pieces if not piece.only or section.kind.casefold() in piece.only]
    below = [piece for child in section.sections if not child.is_entry for piece in _pieces(child, edition)]
    pieces = [*shared, *_own_blocks(section), *below]
    content = LexicalEntry(
        id=entry_id,
        dictionary="wiktionary",
        edition=edition.name,
        lang=edition.lang,
        headword=headline.headword or edition.title.replace("_", " "),
        homograph_number=scope.number,
        parts_of_speech=(),
        raw_parts_of_speech=(section.kind,) if section.kind else (),
        labels=tuple(headline.labels),
        frequency=(),
        pronunciations=tuple(found for piece in pieces for found in piece.pronunciations),
        inflected_forms=(*headline.forms, *(form for piece in pieces for form in piece.forms)),
        etymologies=tuple(found for piece in pieces for found in piece.etymologies),
        senses=tuple(found.sense for found in read_senses),
        relations=(
            *(relation for found in read_senses for relation in found.relations),
            *(relation for piece in pieces for relation in piece.relations),
        ),
        boxes=tuple(box for piece in pieces for box in piece.boxes),
    )
    return _parsed(content, pieces)


def _own_blocks(section: Section) -> Iterator[Piece]:
    """The blocks of an entry itself: the headword line and the senses are read elsewhere."""
    headline = headlines.lines(section)
    for block in section.blocks:
        if block in headline or block.tag == "ol":
            yield _seen([block], Piece())
        else:
            yield from _notes([block])


def _parsed(content: LexicalEntry, pieces: list[Piece]) -> ParsedEntry:
    visible: Counter[str] = Counter()
    for piece in pieces:
        visible.update(piece.visible)
    warnings = {warning for piece in pieces for warning in piece.warnings}
    warnings.update(f"unknown-label:{label.text}" for label in _labels(content) if not labels.known(label.text))
    return ParsedEntry(
        content=content,
        text_coverage=coverage.ratio(visible, coverage.landed([content])),
        warnings=tuple(sorted(warnings)),
    )


def _labels(content: LexicalEntry) -> Iterator[Label]:
    """The labels of the entry and of its senses, without the dates of use."""
    yield from content.labels
    for sense in content.senses:
        yield from (label for label in sense.labels if not senses.is_date(label))
