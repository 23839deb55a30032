"""Assigns each entry of a language section its homograph number and the sections that apply to it.

A section above, or beside, the parts of speech (Etymology, Pronunciation, Alternative forms, See also …) applies to all
entries below the same heading. A numbered section applies to the entries with its numbers or, if no entry has them, to
those that follow it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dictcrawler.dictionaries.wiktionary import shared
from dictcrawler.dictionaries.wiktionary.sections import ETYMOLOGIES, LANGUAGE_LEVEL, TRANSLATIONS, Section, is_headline
from dictcrawler.dictionaries.wiktionary.shared import Piece


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an entry is: its homograph number and the sections that apply to it."""

    number: str | None = None
    pieces: tuple[Piece, ...] = ()


def placed(language: Section, lang: str) -> Iterator[tuple[Section, Scope]]:
    """The entries of a language section in printed order, each with its scope."""
    _restore_entry_without_heading(language)
    _restore_definitions(language)
    _restore_translations(language)
    yield from _placed(language, Scope(), lang)


def _restore_definitions(parent: Section) -> None:
    """Move definitions under an etymology's heading to the part of speech above that has none.

    This mends an editor's slip: the heading of the etymology is below its part of speech instead of above. Without such
    a part of speech the definitions become an entry without a part of speech.
    """
    for place, section in enumerate(parent.sections):
        before = parent.sections[place - 1] if place else None
        if section.kind not in ETYMOLOGIES or section.holds_entries or not section.definitions:
            _restore_definitions(section)
        elif before is not None and before.is_entry and not before.definitions:
            moved = [block for block in section.blocks if block.tag in {"ol", "dl"}]
            section.blocks = [block for block in section.blocks if block not in moved]
            before.blocks += moved
            parent.sections[place - 1 : place + 1] = [section, before]
        elif not _is_followed_by_entry(parent, place) and (section.blocks[0].tag == "ol" or section.number is not None):
            _add_entry_without_heading(section, section.blocks.index(section.definitions[0]))


def _restore_entry_without_heading(language: Section) -> None:
    """Make an entry of a headword line and definitions directly below the heading of the language."""
    begins = next((place for place, block in enumerate(language.blocks) if is_headline(block)), None)
    if begins is not None and any(block.tag == "ol" for block in language.blocks[begins:]):
        _add_entry_without_heading(language, begins)


def _add_entry_without_heading(section: Section, begins: int) -> None:
    """Move the blocks of a section from a place on into an entry below it that has no heading of its own."""
    blocks = section.blocks[begins:]
    section.blocks = section.blocks[:begins]
    level = max(section.level, LANGUAGE_LEVEL) + 1
    inner = Section(level, section.title, section.anchor, section.layout, blocks=blocks, has_no_heading=True)
    section.sections.insert(0, inner)
    # Cached from before it held an entry.
    vars(section).pop("holds_entries", None)


def _restore_translations(parent: Section) -> None:
    """Move translations beside a part of speech, an editor's slip, below the one that they follow."""
    latest: Section | None = None
    for section in list(parent.sections):
        _restore_translations(section)
        if section.is_entry:
            latest = section
        elif section.kind == TRANSLATIONS and latest is not None and not section.holds_entries:
            parent.sections.remove(section)
            latest.sections.append(section)


def _is_followed_by_entry(parent: Section, place: int) -> bool:
    following = parent.sections[place + 1 :]
    return bool(following) and following[0].is_entry


@dataclass(slots=True)
class _Numbered:
    """The numbered sections that apply to the entries after them, until the next one of the same kind."""

    pieces: tuple[Piece, ...] = ()
    number: str | None = None
    is_used: bool = False

    def take(self, number: str | None, pieces: tuple[Piece, ...]) -> None:
        # Two without an entry between them apply to the same entries.
        self.pieces = pieces if self.is_used else self.pieces + pieces
        self.number, self.is_used = number, False

    def use(self) -> tuple[Piece, ...]:
        self.is_used = True
        return self.pieces


@dataclass(slots=True)
class _Beside:
    """The sections beside the entries below one heading."""

    lang: str
    etymology: _Numbered = field(default_factory=_Numbered)
    pronunciation: _Numbered = field(default_factory=_Numbered)
    by_number: dict[str, tuple[Piece, ...]] = field(default_factory=dict)

    def pieces_of(self, section: Section) -> tuple[Piece, ...]:
        return tuple(shared.all_below(section, self.lang))


def _placed(parent: Section, above: Scope, lang: str) -> Iterator[tuple[Section, Scope]]:
    """The entry sections below a heading, each with its scope."""
    own = _scope(parent, above, lang)
    beside = _Beside(lang, by_number=_paired_pronunciations(parent, lang))
    for section in parent.sections:
        if section.is_entry:
            pieces = (*own.pieces, *beside.etymology.use(), *beside.pronunciation.use())
            number = section.number if section.has_no_heading else beside.etymology.number or own.number
            scope = Scope(number, pieces)
            yield section, scope
            yield from ((inner, scope) for inner in _entries_below(section))
        elif section.is_numbered_etymology and not section.holds_entries:
            paired = beside.by_number.get(section.number or "", ())
            beside.etymology.take(section.number, (*beside.pieces_of(section), *paired))
        elif section.holds_entries:
            beside.etymology, beside.pronunciation = _Numbered(), _Numbered()
            paired = beside.by_number.get(section.number or "", ()) if section.is_numbered_etymology else ()
            yield from _placed(section, Scope(own.number, (*own.pieces, *paired)), lang)
        elif _is_numbered_pronunciation(section) and not beside.by_number:
            beside.pronunciation.take(section.number, beside.pieces_of(section))


def _entries_below(section: Section) -> Iterator[Section]:
    """Entries placed, by an editor's slip, below another entry."""
    for inner in section.sections:
        if inner.is_entry:
            yield inner
        yield from _entries_below(inner)


def _scope(section: Section, above: Scope, lang: str) -> Scope:
    number = section.number if section.is_numbered_etymology else above.number
    beside = (child for child in section.sections if not child.holds_entries and not _is_numbered(child))
    pieces = [piece for child in beside for piece in shared.all_below(child, lang)]
    return Scope(number, (*above.pieces, *shared.own(section, lang), *pieces))


def _is_numbered(section: Section) -> bool:
    return section.is_numbered_etymology or _is_numbered_pronunciation(section)


def _is_numbered_pronunciation(section: Section) -> bool:
    return section.kind == "Pronunciation" and section.number is not None


def _paired_pronunciations(parent: Section, lang: str) -> dict[str, tuple[Piece, ...]]:
    """The numbered pronunciations whose numbers are those of the etymologies beside them."""
    numbers = {section.number for section in parent.sections if section.is_numbered_etymology}
    numbered = [section for section in parent.sections if _is_numbered_pronunciation(section)]
    if not numbered or any(section.holds_entries or section.number not in numbers for section in numbered):
        return {}
    return {section.number or "": tuple(shared.all_below(section, lang)) for section in numbered}
