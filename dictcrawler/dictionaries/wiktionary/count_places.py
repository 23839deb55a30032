"""What can be counted of where things are on a Wiktionary page.

The number of all parts is right when a parser puts one at the wrong entry. But headword lines limit how many entries a
section can have, headings with numbers limit which transcriptions an entry can have, and a list that continues after
other blocks owns what is between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dictcrawler.dictionaries.wiktionary.counts import transcriptions, within
from dictcrawler.dictionaries.wiktionary.sections import ETYMOLOGIES, Section, block_text
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_SOUNDS = "Pronunciation"
_MARKED = ".e-example, .e-quotation"
_ASIDE = frozenset({"p", "table", "ol", "-text"})
# A line about one part of speech is not that of another entry.
_OF_ONE = re.compile(
    r"noun|verb|adject|preposition|interject|particle|article|determin|conjunct|numeral|number|letter|phrase|fix\b|symbol",
    re.IGNORECASE,
)


def entries(blocks: list[Node], published: int) -> int:
    """How many entries a section has: one for each headword line, or several of them, with definitions after it."""
    least = most = 0
    is_marked = is_bold = True
    for block in blocks:
        if block.tag == "ol":
            least, most = least + is_marked, most + is_bold
            is_marked = is_bold = False
        elif block.tag in {"p", "span"}:
            is_marked = is_marked or markup.first(block, ".headword") is not None
            is_bold = is_bold or is_marked or markup.first(block, "b, strong") is not None
    return within(published, max(least, 1), max(most, 1))


def strays(blocks: list[Node]) -> Iterator[Node]:
    """The blocks after definitions that hold examples: marked ones, and all lists between two parts of one list."""
    lists = [place for place, block in enumerate(blocks) if block.tag == "ol"]
    for place, block in enumerate(blocks[lists[0] :] if lists else (), start=lists[0] if lists else 0):
        if block.tag in _ASIDE:
            continue
        is_between = block.tag == "dl" and place < lists[-1] and not _has_line(blocks[place : lists[-1]])
        if is_between or markup.first(block, _MARKED) is not None:
            yield block


def _has_line(blocks: list[Node]) -> bool:
    return any(block.tag == "p" for block in blocks)


def transcribed(language: Section) -> Mapping[int, tuple[int, int]]:
    """The least and the greatest number of transcriptions that each entry can have, by ``id`` of its section."""
    return dict(_below(language, 0, 0))


def _below(parent: Section, least: int, most: int) -> Iterator[tuple[int, tuple[int, int]]]:
    own = [section for section in parent.sections if section.kind == _SOUNDS and not section.holds_entries]
    numbered = [section for section in own if section.number is not None]
    plain = [section for section in own if section.number is None]
    if parent.kind == _SOUNDS:
        plain.append(Section(parent.level, _SOUNDS, "", "", blocks=parent.blocks))
    # Etymologies and others beside the entries may have a pronunciation too.
    others = (section for section in parent.sections if not section.holds_entries and section not in own)
    of = {id(section): transcriptions(section.blocks) for section in (*numbered, *plain)}
    runs = [sum(of[id(section)] for section in run) for run in _runs(parent, numbered)]
    most += sum(of[id(section)] for section in plain) + sum(map(_most_below, others)) + max(runs, default=0)
    least = max(least, *(_least(section, of[id(section)]) for section in plain)) if plain else least
    has_run = _has_numbers_of_all(parent, numbered)
    for section in parent.sections:
        has_run = has_run or (section in numbered and not _is_numbered_as_etymologies(parent, numbered))
        here = least
        if has_run:
            here = max(least, min(_least(section, of[id(section)]) for section in numbered))
        if section.is_entry:
            yield id(section), (here, most + _most_below(section))
        yield from _below(section, here, most)


def _is_numbered_as_etymologies(parent: Section, numbered: list[Section]) -> bool:
    return {section.number for section in numbered} <= _numbers_of_etymologies(parent)


def _has_numbers_of_all(parent: Section, numbered: list[Section]) -> bool:
    """Whether each etymology has a pronunciation of its number."""
    return bool(numbered) and {section.number for section in numbered} == _numbers_of_etymologies(parent)


def _numbers_of_etymologies(parent: Section) -> set[str | None]:
    return {section.number for section in parent.sections if section.kind in ETYMOLOGIES and section.number}


def _runs(parent: Section, numbered: list[Section]) -> Iterator[list[Section]]:
    """The numbered sections of which an entry can have those of one run: with the numbers of etymologies each alone,
    else those between the same two entries."""
    if _is_numbered_as_etymologies(parent, numbered):
        yield from ([section] for section in numbered)
        return
    run: list[Section] = []
    for section in parent.sections:
        if section in numbered:
            run.append(section)
        elif section.holds_entries and run:
            yield run
            run = []
    if run:
        yield run


def _least(section: Section, number: int) -> int:
    """One, if a section has any transcription and none of its lines is about a part of speech."""
    return 0 if not number or _OF_ONE.search(_text(section)) else 1


def _most_below(section: Section) -> int:
    own = transcriptions(section.blocks) if section.kind == _SOUNDS else 0
    return own + sum(_most_below(inner) for inner in section.sections if not inner.is_entry)


def _text(section: Section) -> str:
    return " ".join(map(block_text, section.blocks))
