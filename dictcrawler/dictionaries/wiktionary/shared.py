"""The pieces that one block or section adds to the entries it applies to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import classes as known_classes
from dictcrawler.dictionaries.wiktionary import counts, labels, sound_line, sounds, terms, word_lists
from dictcrawler.dictionaries.wiktionary.headline import JOINS
from dictcrawler.dictionaries.wiktionary.sections import ETYMOLOGIES, LANGUAGE_LEVEL, NOT_READ, Section, block_text
from dictcrawler.model import Box, Etymology, InflectedForm, Label, Pronunciation, Relation, RelationType
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.markup import Node

RELATIONS: dict[str, RelationType] = {
    "Synonyms": "synonym",
    "Near-synonyms": "synonym",
    "Antonyms": "antonym",
    "Hypernyms": "hypernym",
    "Hyponyms": "hyponym",
    "Meronyms": "meronym",
    "Holonyms": "holonym",
    "Troponyms": "troponym",
    "Coordinate terms": "coordinate_term",
    "Comeronyms": "coordinate_term",
    "Derived terms": "derived",
    "Derived characters": "derived",
    "Compounds": "derived",
    "Related terms": "related",
    "Related characters": "related",
    "Abbreviations": "related",
    "Paronyms": "related",
    "Idioms": "idiom",
    "Phrasal verbs": "phrasal_verb",
    "Phrases": "phrase",
    "Proverbs": "phrase",
    "See also": "see_also",
}
FORMS = frozenset({"Alternative forms", "Alternative spellings", "Alternative scripts", "Alternative reconstructions"})
BOXES = {
    "Collocations": "collocations",
    "Conjugation": "inflection",
    "Declension": "inflection",
    "Inflection": "inflection",
    "Mutation": "inflection",
    "External links": "further_reading",
    "Further reading": "further_reading",
    "Notes": "note",
    "Production": "production",
    "Pronunciation notes": "pronunciation_note",
    "Quotations": "quotations",
    "Readings": "readings",
    "References": "references",
    "Sources": "references",
    "Statistics": "statistics",
    "Trivia": "trivia",
    "Usage notes": "usage_note",
}
# Headings as editors write them now and then.
_SINGULAR = {name.removesuffix("s"): name for name in (*RELATIONS, *FORMS, *BOXES)}


_NOTHING: Counter[str] = Counter()


class Piece(Struct, frozen=True, eq=False, kw_only=True):
    """The piece that one block or section adds to an entry; ``only`` restricts it to parts of speech.

    ``visible`` are the words of its text, one after another; ``counted`` is never changed.
    """

    only: frozenset[str] = frozenset()
    etymologies: tuple[Etymology, ...] = ()
    pronunciations: tuple[Pronunciation, ...] = ()
    forms: tuple[InflectedForm, ...] = ()
    relations: tuple[Relation, ...] = ()
    boxes: tuple[Box, ...] = ()
    visible: tuple[str, ...] = ()
    counted: Counter[str] = field(default_factory=lambda: _NOTHING)
    warnings: tuple[str, ...] = ()


def all_below(section: Section, lang: str) -> Iterator[Piece]:
    """The pieces of a section and of those below it, without the entries among them."""
    yield from own(section, lang)
    for child in section.sections:
        if not child.is_entry:
            yield from all_below(child, lang)


def own(section: Section, lang: str) -> Iterator[Piece]:
    """The pieces directly under a heading. ``lang`` is the code of the section's language."""
    kind, blocks = _SINGULAR.get(section.kind, section.kind), section.blocks
    if kind in NOT_READ:
        return
    if section.level == LANGUAGE_LEVEL:
        yield from notes(blocks)
    elif kind in ETYMOLOGIES:
        yield seen(blocks, Piece(etymologies=tuple(Etymology(description=text) for text in _prose(blocks))))
    elif kind == "Pronunciation":
        yield from _pronunciation(blocks, lang)
    elif kind in FORMS:
        found = list(word_lists.in_blocks(blocks, kind))
        forms = (_alternative(term) for term in found if not (term.is_elsewhere or term.is_prose))
        yield _listed(section, Piece(forms=tuple(forms), boxes=_remarks(section, found)))
    elif kind in RELATIONS:
        found = list(word_lists.in_blocks(blocks, kind))
        related = (terms.relation(RELATIONS[kind], term) for term in found if not term.is_prose)
        piece = Piece(relations=tuple(related), boxes=_remarks(section, found))
        yield _listed(section, replace(piece, counted=counts.of_words(blocks, len(piece.relations))))
    else:
        yield _box(section, BOXES.get(kind))


def notes(blocks: list[Node]) -> Iterator[Piece]:
    """Text under a heading where no text is expected: kept, as one note for each block."""
    for block in blocks:
        boxes = tuple(Box(kind="note", text=text, examples=()) for text in _prose([block]))
        yield seen([block], Piece(boxes=boxes))


def seen(blocks: list[Node], piece: Piece, *, captions: Collection[str] = ()) -> Piece:
    """The piece with the visible words of its blocks, those without ``captions``, and the unknown classes."""
    words = coverage.in_order(markup.text_of(blocks))
    return replace(
        piece,
        visible=tuple([word for word in words if word not in captions] if captions else words),
        warnings=(*piece.warnings, *known_classes.warnings(blocks)),
    )


def _remarks(section: Section, found: list[terms.Term]) -> tuple[Box, ...]:
    """An editor's sentences among the words of a list."""
    said = (" ".join(filter(None, (term.text, term.note))) for term in found if term.is_prose)
    text = " ".join(said)
    return (Box(kind="note", title=section.title or None, text=text, examples=()),) if text else ()


def _listed(section: Section, piece: Piece) -> Piece:
    """The piece of a list of words, without the heading of a box that repeats the section's."""
    found = seen(section.blocks, piece, captions=JOINS)
    for repeated in word_lists.repeated_headings(section.blocks, section.kind):
        found = without(found, repeated)
    return found


def without(piece: Piece, text: str) -> Piece:
    """The piece without the words of a text, each as often as the text has it."""
    words = coverage.words(text)
    return replace(piece, visible=tuple((Counter(piece.visible) - words).elements())) if words else piece


def _pronunciation(blocks: list[Node], lang: str) -> Iterator[Piece]:
    """The lines of a section. Its counts belong to all entries, except for lines about a part of speech."""
    lines = list(sounds.lines(blocks, lang))
    on_page = counts.of_sounds(blocks, sum(map(_transcriptions, lines)))
    for line in lines:
        piece = _sounds(line)
        if line.only:
            piece = replace(piece, counted=counts.of_sounds(line.own, _transcriptions(line)))
            on_page -= piece.counted
        yield piece
    yield Piece(counted=on_page)


def _transcriptions(line: sounds.Line) -> int:
    return sum(len(said.transcriptions) for said in line.pronunciations)


def _sounds(line: sounds.Line) -> Piece:
    note = (Box(kind="pronunciation_note", text=line.note, examples=()),) if line.note else ()
    piece = Piece(
        only=line.only,
        pronunciations=tuple(line.pronunciations),
        relations=tuple(line.relations),
        forms=tuple(line.forms),
        boxes=note,
    )
    return seen(line.own, piece, captions=sound_line.CAPTIONS)


def _alternative(term: terms.Term) -> InflectedForm:
    said = (*term.qualifiers, *filter(None, (term.remark,)))
    noted = [labels.typed(text) for note in said for text in labels.printed(note)]
    noted += (Label(text=gloss, type="usage") for gloss in filter(None, (term.gloss,)))
    return InflectedForm(
        text=term.text, transliteration=term.transliteration, tag="alternative form", labels=tuple(noted)
    )


def _box(section: Section, kind: str | None) -> Piece:
    warnings = () if kind else (f"unknown-heading:{section.kind}",)
    boxes = tuple(
        Box(kind=kind or "section", title=section.title or None, text=text, examples=())
        for text in _prose(section.blocks)
    )
    return seen(section.blocks, Piece(boxes=boxes, warnings=warnings))


def _prose(blocks: list[Node]) -> tuple[str, ...]:
    """The text of blocks as one string; ``()`` when they print nothing."""
    text = " ".join(filter(None, (block_text(block) for block in blocks)))
    return (text,) if text else ()
