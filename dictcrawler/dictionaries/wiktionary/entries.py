"""A language section as entries: one for each etymology, part of speech and headword line with definitions."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from dictcrawler.dictionaries.wiktionary import counts, examples, labels, senses, shared, translations
from dictcrawler.dictionaries.wiktionary import headline as headlines
from dictcrawler.dictionaries.wiktionary.pieces import EXAMPLE_CLASSES
from dictcrawler.dictionaries.wiktionary.placing import Scope, placed
from dictcrawler.dictionaries.wiktionary.sections import Section, is_headline
from dictcrawler.dictionaries.wiktionary.shared import Piece
from dictcrawler.model import Label, LexicalEntry, Sense
from dictcrawler.parsing import coverage, markup, publishable, structure
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.page import ParsedEntry

NO_PART_OF_SPEECH = "no-part-of-speech"
_QUOTATIONS = ", ".join(f".{name}" for name in sorted(EXAMPLE_CLASSES)) + ", .e-quotation, .e-example"
_BEGINS_WITH_YEAR = re.compile(r"\W*(?:c\. )?[0-9]{3,4}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Shared by all entries of a language section."""

    name: str
    lang: str
    title: str
    has_translations: bool = False


@dataclass(slots=True)
class _Group:
    """The blocks of one entry: headword lines, the definitions with what follows them, and the rest.

    ``count``: the number of the entry among those below its heading.
    """

    count: int
    lines: list[Node] = field(default_factory=list)
    definitions: list[Node] = field(default_factory=list)
    others: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """One entry to be read."""

    section: Section
    scope: Scope
    group: _Group
    spoken_for: tuple[Piece, ...] = ()
    """The pieces of the scope that apply to this entry."""


def read(language: Section, edition: Edition, left_out: list[str]) -> Iterator[ParsedEntry]:
    """The entries of a language section, in printed order; an entry that cannot be read goes to ``left_out``."""
    # Counted before the sections are put in order, so that content lost in that step is noticed.
    lists = list(counts.definition_lists(language))
    parts = [
        _Part(section, scope, group) for section, scope in placed(language, edition.lang) for group in _groups(section)
    ]
    parts = [
        dataclasses.replace(part, spoken_for=spoken) for part, spoken in zip(parts, _spoken_for(parts), strict=True)
    ]
    claimed = {block.mem_id for part in parts for block in part.group.definitions}
    lost = counts.senses([block for block in lists if block.mem_id not in claimed])
    # An entry without definitions may be left out, and with it the text that it alone has.
    first_defined = next((part for part in parts if part.group.definitions), None)
    return publishable.each(lambda part: _entry(part, edition, lost if part is first_defined else 0), parts, left_out)


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


def _groups(section: Section) -> list[_Group]:
    """The blocks of a section by entry: a headword line between two definition lists begins another entry."""
    marked = [block for block in section.blocks if is_headline(block)]
    lines = marked + _bold_lines(section, set(map(_headword, marked)))
    groups = [_Group(1)]
    for place, block in enumerate(section.blocks):
        latest = groups[-1]
        if block in lines:
            if latest.definitions and _has_definitions(section.blocks[place + 1 :]):
                latest = _Group(len(groups) + 1)
                groups.append(latest)
            latest.lines.append(block)
        elif block.tag == "ol" or (latest.definitions and _goes_on(block)):
            latest.definitions.append(block)
        else:
            latest.others.append(block)
    for group in groups:
        _take_bullets(group)
    return groups


def _headword(line: Node) -> str:
    headword = markup.first(line, ".headword")
    return markup.text(headword) if headword is not None else ""


def _bold_lines(section: Section, headwords: set[str]) -> list[Node]:
    """Paragraphs that begin with the headword in bold and precede definitions.

    Without a marked headword, the first paragraph with bold text names it, whatever follows.
    """
    blocks = [block for block in section.blocks if block.is_element_node]
    bold = [
        (block, following)
        for block, following in zip_longest(blocks, blocks[1:])
        if block.tag == "p" and not is_headline(block) and markup.first(block, "b, strong") is not None
    ]
    if headwords:
        return [block for block, after in bold if after and after.tag == "ol" and _first_bold(block) in headwords]
    return [block for block, _ in bold if block == bold[0][0] or _first_bold(block) == _first_bold(bold[0][0])]


def _first_bold(block: Node) -> str:
    """The bold word at the start of a paragraph; empty if it starts with anything else."""
    first = next((node for node in markup.nodes(block) if markup.text_of([node])), None)
    return markup.text(first) if first is not None and first.tag in {"b", "strong"} else ""


def _has_definitions(blocks: list[Node]) -> bool:
    return any(block.tag == "ol" for block in blocks)


def _goes_on(block: Node) -> bool:
    """Whether a block after the definitions belongs, by an editor's slip, to the last of them: examples, quotations."""
    if block.tag == "dl" or not EXAMPLE_CLASSES.isdisjoint(markup.classes(block)):
        return True
    if block.tag != "ul":
        return False
    return markup.first(block, _QUOTATIONS) is not None or _BEGINS_WITH_YEAR.match(markup.text(block)) is not None


def _take_bullets(group: _Group) -> None:
    """Without a numbered list, the first other list has the definitions."""
    if not group.definitions and group.lines:
        bullets = next((block for block in group.others if block.tag in {"ul", "dl"}), None)
        if bullets is not None:
            group.others.remove(bullets)
            group.definitions.append(bullets)


def _entry(part: _Part, edition: Edition, lost: int) -> ParsedEntry:
    """One entry, with the pieces that apply to it; ``lost``: the senses of the page that no entry has."""
    section, scope, group = part.section, part.scope, part.group
    suffix = f"~{group.count}" if group.count > 1 else ""
    entry_id = f"wiktionary:{edition.name}:{edition.title}#{section.anchor}{suffix}"
    headline = headlines.read(group.lines)
    read_senses = list(senses.read(group.definitions, senses.Place(entry_id, has_glosses=edition.lang != "en")))
    pieces = [*_pieces(part, edition.lang), _counted(group, read_senses), Piece(counted=Counter(senses=lost))]
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
        boxes=tuple(box for piece in pieces for box in piece.boxes),
    )
    return _parsed(content, pieces, has_heading=not section.has_no_heading)


def _senses(part: _Part, found: list[Sense], entry_id: str, edition: Edition) -> tuple[Sense, ...]:
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
    yield replace(definitions, visible=definitions.visible - coverage.words(said_of_others))
    yield from shared.notes(part.group.others)
    for child in section.sections:
        if not child.is_entry:
            yield from shared.all_below(child, lang)


def _counted(group: _Group, found: list[senses.Read]) -> Piece:
    """The counts of an entry's definitions."""
    read = Counter(
        senses=len(found),
        examples=sum(len(each.sense.examples) for each in found),
        terms=sum(counts.COUNTS.is_term(relation) for each in found for relation in each.relations),
    )
    return Piece(counted=counts.of_definitions(group.definitions, read))


def _parsed(content: LexicalEntry, pieces: list[Piece], *, has_heading: bool) -> ParsedEntry:
    visible: Counter[str] = Counter()
    counted: Counter[str] = Counter(dict.fromkeys(structure.KINDS, 0))
    for piece in pieces:
        visible.update(piece.visible)
        counted.update(piece.counted)
    warnings = {warning for piece in pieces for warning in piece.warnings}
    warnings.update(f"unknown-label:{label.text}" for label in _labels(content) if not labels.known(label.text))
    proof = structure.compared(counted, counts.COUNTS.published([content]))
    warnings.update(proof.warnings)
    if not has_heading:
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
