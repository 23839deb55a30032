"""A language section as entries: one for each etymology, part of speech and headword line with definitions."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from dictcrawler.dictionaries.wiktionary import count_places, counts, examples, labels, senses, shared, translations
from dictcrawler.dictionaries.wiktionary import headline as headlines
from dictcrawler.dictionaries.wiktionary.groups import Group, groups
from dictcrawler.dictionaries.wiktionary.placing import Scope, placed
from dictcrawler.dictionaries.wiktionary.sections import Section
from dictcrawler.dictionaries.wiktionary.shared import Piece
from dictcrawler.model import Box, Label, LexicalEntry, Sense
from dictcrawler.parsing import coverage, publishable, structure
from dictcrawler.parsing.page import ParsedEntry

NO_PART_OF_SPEECH = "no-part-of-speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageEdition:
    """Shared by all entries of a language section."""

    name: str
    lang: str
    title: str
    has_translations: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry to be read."""

    section: Section
    scope: Scope
    group: Group
    spoken_for: tuple[Piece, ...] = ()
    """The pieces of the scope that apply to this entry."""
    transcribed: tuple[int, int] | None = None
    """The least and the greatest number of transcriptions that an entry at this place can have."""
    unread_senses: int = 0
    """The senses of the page that no entry has, counted at this one."""
    of_section: tuple[int, int] = (1, 1)
    """How many entries its section has by their readers and by its headword lines, if this is the first one."""


def read(language: Section, edition: LanguageEdition, left_out: list[str]) -> Iterator[ParsedEntry]:
    """The entries of a language section, in printed order; an entry that cannot be read goes to ``left_out``."""
    # Counted before the sections are put in order, so that content lost in that step is noticed.
    lists = list(counts.definition_lists(language))
    parts = [
        _Part(section, scope, group) for section, scope in placed(language, edition.lang) for group in groups(section)
    ]
    limits = count_places.transcribed(language)
    claimed = {block.mem_id for part in parts for block in part.group.definitions}
    lost = counts.senses([block for block in lists if block.mem_id not in claimed])
    # An entry without definitions may be left out, and with it the text that it alone has.
    first_defined = next((part for part in parts if part.group.definitions), None)
    parts = [
        dataclasses.replace(
            part,
            spoken_for=spoken,
            transcribed=limits.get(id(part.section)),
            unread_senses=lost if part is first_defined else 0,
            of_section=_of_section(part, parts),
        )
        for part, spoken in zip(parts, _spoken_for(parts), strict=True)
    ]
    return publishable.each(lambda part: _entry(part, edition), parts, left_out)


def _of_section(part: _Part, parts: list[_Part]) -> tuple[int, int]:
    if part.group.count > 1:
        return 1, 1
    read_here = sum(other.section is part.section for other in parts)
    return read_here, count_places.entries(part.section.blocks, read_here)


def _spoken_for(parts: list[_Part]) -> Iterator[tuple[Piece, ...]]:
    """The pieces that apply to each entry. A piece about a part of speech applies to the entries of that part of
    speech, or to all below it if none of them has it ("phrase" may mean: in a phrase)."""
    kinds: dict[int, set[str]] = {}
    for part in parts:
        for piece in part.scope.pieces:
            kinds.setdefault(id(piece), set()).add(part.section.kind.casefold())
    for part in parts:
        own = part.section.kind.casefold()
        yield tuple(
            piece
            for piece in part.scope.pieces
            if not piece.only or own in piece.only or piece.only.isdisjoint(kinds[id(piece)])
        )


def _entry(part: _Part, edition: LanguageEdition) -> ParsedEntry:
    """One entry, with the pieces that apply to it."""
    section, scope, group = part.section, part.scope, part.group
    suffix = f"~{group.count}" if group.count > 1 else ""
    entry_id = f"wiktionary:{edition.name}:{edition.title}#{section.anchor}{suffix}"
    headline = headlines.read(group.lines)
    read_senses = list(senses.read(group.definitions, senses.Place(entry_id, has_glosses=edition.lang != "en")))
    pieces = [
        *_pieces(part, edition.lang),
        _counted(group, read_senses),
        Piece(counted=Counter(senses=part.unread_senses)),
    ]
    content = LexicalEntry(
        id=entry_id,
        dictionary="wiktionary",
        edition=edition.name,
        lang=edition.lang,
        headword=headline.headword or edition.title.replace("_", " "),
        homograph_number=scope.number,
        parts_of_speech=(),
        raw_parts_of_speech=(section.kind,) if section.kind and not section.has_no_heading else (),
        labels=tuple(dict.fromkeys(headline.labels)),
        frequency=(),
        pronunciations=tuple(found for piece in pieces for found in piece.pronunciations),
        inflected_forms=(*headline.forms, *(form for piece in pieces for form in piece.forms)),
        etymologies=tuple(found for piece in pieces for found in piece.etymologies),
        senses=_senses(part, [found.sense for found in read_senses], entry_id, edition),
        relations=(
            *(relation for found in read_senses for relation in found.relations),
            *(relation for piece in pieces for relation in piece.relations),
        ),
        boxes=(
            *(Box(kind="character", text=text, examples=()) for text in headline.descriptions),
            *(box for piece in pieces for box in piece.boxes),
        ),
    )
    return _parsed(content, pieces, part)


def _senses(part: _Part, found: list[Sense], entry_id: str, edition: LanguageEdition) -> tuple[Sense, ...]:
    """The senses, with their translations if the run wants them."""
    if not edition.has_translations:
        return tuple(found)
    tables = translations.read(part.section)
    # A page of translations alone has a gloss where others have a sense.
    return translations.attach(found, tables) if found else translations.glosses(tables, entry_id)


def _pieces(part: _Part, lang: str) -> Iterator[Piece]:
    """The pieces that apply to the entry: sections above and beside, its own blocks, and the sections below."""
    section = part.section
    yield from part.spoken_for
    yield shared.seen(part.group.lines, Piece(), captions=headlines.JOINS)
    definitions = shared.seen(part.group.definitions, Piece())
    said_of_others = f"{labels.joins(part.group.definitions)} {examples.captions(part.group.definitions)}"
    yield shared.without(definitions, said_of_others)
    yield from shared.notes(part.group.others)
    for child in section.sections:
        if not child.is_entry:
            yield from shared.all_below(child, lang)


def _counted(group: Group, found: list[senses.Read]) -> Piece:
    """The counts of an entry's definitions."""
    read = Counter(
        senses=len(found),
        examples=sum(len(each.sense.examples) for each in found),
        terms=sum(counts.COUNTS.is_term(relation) for each in found for relation in each.relations),
    )
    counted = counts.of_definitions(group.definitions, read)
    unread = [block for block in count_places.strays(group.blocks) if block not in group.definitions]
    counted["examples"] += sum(map(counts.examples_in, unread))
    return Piece(counted=counted)


def _parsed(content: LexicalEntry, pieces: list[Piece], part: _Part) -> ParsedEntry:
    visible = Counter(chain.from_iterable(piece.visible for piece in pieces))
    counted: Counter[str] = Counter(dict.fromkeys(structure.KINDS, 0))
    for piece in pieces:
        counted.update(piece.counted)
    warnings = {warning for piece in pieces for warning in piece.warnings}
    warnings.update(f"unknown-label:{label.text}" for label in _labels(content) if not labels.known(label.text))
    published = counts.COUNTS.published([content])
    if part.transcribed and counted["transcriptions"] == published["transcriptions"]:
        counted["transcriptions"] = counts.within(published["transcriptions"], *part.transcribed)
    read_here, on_page = part.of_section
    if read_here != on_page:
        published["entries"], counted["entries"] = read_here, on_page
    proof = structure.compared(counted, published)
    warnings.update(proof.warnings)
    if part.section.has_no_heading:
        warnings.add(NO_PART_OF_SPEECH)
    return ParsedEntry(
        content=content,
        text_coverage=coverage.ratio(visible, coverage.landed([content])),
        warnings=tuple(sorted(warnings)),
        structure=proof.ratio,
    )


def _labels(content: LexicalEntry) -> Iterator[Label]:
    """The labels of senses, without dates of use; labels in a headword line are grammar because of their place."""
    for sense in content.senses:
        yield from (label for label in sense.labels if not senses.is_date(label))
