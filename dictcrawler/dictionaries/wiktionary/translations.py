"""Translation tables: words of other languages, each table below a gloss that names its sense.

``read`` reads the tables of a part of speech, ``attach`` adds them to its senses. A word with very many translations
has them on a page of its own, "water/translations", which `continued_at` finds.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary import terms
from dictcrawler.dictionaries.wiktionary.sections import TRANSLATIONS, Section
from dictcrawler.dictionaries.wiktionary.translation_lines import translations
from dictcrawler.model import Definition, Label, LexicalEntry, Sense, Translation
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.page import EntryPage, ParsedEntry

SUBPAGE = "/translations"
# Unchecked translations, of no known sense; and tables that another entry translates.
_NOT_READ = re.compile(r"^translations to be checked", re.IGNORECASE)
_TABLES = ".NavFrame, table.translations"
_WORD = re.compile(r"\w+")
_EMPTY_WORDS = frozenset(
    "a an and any as at be by for from in into is it its of on one or something someone that the to used which who "
    "with".split()
)
_STEM = 5
_ENOUGH = 0.3
"""The share of a gloss's words that a definition must contain to match it."""


class Table(NamedTuple):
    """The translations of one sense, which ``gloss`` describes."""

    gloss: str
    translations: tuple[Translation, ...]


def read(section: Section) -> list[Table]:
    """The tables below a part of speech, without those of other entries below it."""
    return [table for blocks in _blocks(section) for table in _tables(blocks)]


def continued_at(language: Section, title: str) -> list[str]:
    """The addresses of the pages with the translations of a language section, where it links to them."""
    wanted = f"{title}{SUBPAGE}".replace("_", " ")
    found: dict[str, None] = {}
    for block in chain.from_iterable(_everywhere(language)):
        for link in block.css("a[href*='/translations']") if block.is_element_node else ():
            address = urlsplit(urljoin(terms.BASE, link.attributes.get("href") or ""))
            if unquote(address.path.partition("/wiki/")[2]).replace("_", " ") == wanted:
                found[address._replace(query="", fragment="").geturl()] = None
    return list(found)


def glosses(tables: Sequence[Table], entry_id: str) -> tuple[Sense, ...]:
    """The tables of a page with translations only, as senses for `attach`."""
    return tuple(
        Sense(
            id=f"{entry_id}#{number}",
            labels=(),
            definitions=(Definition(text=table.gloss, definition_type="full"),) if table.gloss else (),
            examples=(),
            translations=table.translations,
        )
        for number, table in enumerate(tables, start=1)
    )


def joined(page: EntryPage, others: Sequence[EntryPage]) -> EntryPage:
    """The page with the translations of its subpages, each at the entry of its etymology and part of speech."""
    entries = [_withtranslations(entry, others) for entry in page.entries]
    authors = "; ".join(filter(None, (found.attribution for found in (page, *others))))
    return dataclasses.replace(page, entries=tuple(entries), attribution=authors or None)


def _withtranslations(entry: ParsedEntry, pages: Sequence[EntryPage]) -> ParsedEntry:
    content = entry.content
    tables = [table for page in pages for other in page.entries for table in _tables_for(content, other.content)]
    if not tables:
        return entry
    already = {sense.id: sense.translations or () for sense in content.senses}
    senses = tuple(
        replace(sense, translations=(*already[sense.id], *(sense.translations or ())))
        for sense in attach(content.senses, tables)
    )
    return dataclasses.replace(entry, content=replace(content, senses=senses))


def _tables_for(content: LexicalEntry, other: LexicalEntry) -> Iterator[Table]:
    """The tables of a subpage's entry with the same etymology and part of speech."""
    if other.raw_parts_of_speech != content.raw_parts_of_speech:
        return
    if content.homograph_number and other.homograph_number and content.homograph_number != other.homograph_number:
        return
    for sense in other.senses:
        gloss = " ".join(definition.text for definition in sense.definitions)
        yield Table(gloss, sense.translations or ())


def attach(senses: Sequence[Sense], tables: Sequence[Table]) -> tuple[Sense, ...]:
    """The senses, each with the translations of its tables; a sense without a table gets none.

    A table whose gloss matches no definition goes to the sense after that of the previous table, and each of its
    translations carries the gloss as a label.
    """
    found: dict[str, list[Translation]] = {sense.id: [] for sense in senses}
    latest = -1
    for table in tables if senses else ():
        place = _about(table.gloss, senses)
        given = table.translations
        if place is None:
            place = min(latest + 1, len(senses) - 1)
            given = tuple(_glossed(translation, table.gloss) for translation in given)
        found[senses[place].id].extend(given)
        latest = place
    return tuple(replace(sense, translations=tuple(found[sense.id])) for sense in senses)


def _glossed(translation: Translation, gloss: str) -> Translation:
    if not gloss:
        return translation
    return replace(translation, labels=(*translation.labels, Label(text=gloss, type="restriction")))


def _about(gloss: str, senses: Sequence[Sense]) -> int | None:
    """The position of the sense whose definition is most like the gloss."""
    if len(senses) == 1:
        return 0
    wanted = _stems(gloss)
    if not wanted:
        return None
    shares = [_share(wanted, sense) for sense in senses]
    best = max(shares)
    return shares.index(best) if best >= _ENOUGH else None


def _share(wanted: set[str], sense: Sense) -> float:
    texts = " ".join(definition.text for definition in sense.definitions)
    said = _stems(f"{texts} {' '.join(label.text for label in sense.labels)}")
    # Of two definitions with all the words, the shorter one is meant.
    return len(wanted & said) / len(wanted) - len(said) / 10_000


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in _EMPTY_WORDS}


def _everywhere(section: Section) -> Iterator[list[Node]]:
    """The blocks of all sections of translations below a heading."""
    if section.kind == TRANSLATIONS:
        yield section.blocks
    for child in section.sections:
        yield from _everywhere(child)


def _blocks(section: Section) -> Iterator[list[Node]]:
    for child in section.sections:
        if not child.is_entry:
            if child.kind == TRANSLATIONS:
                yield child.blocks
            yield from _blocks(child)


def _tables(blocks: list[Node]) -> Iterator[Table]:
    loose: list[Node] = []
    for block in blocks:
        if not block.is_element_node:
            continue
        frames = block.css(_TABLES)
        if frames:
            yield from (_table(frame) for frame in _outermost(frames) if not _NOT_READ.match(_gloss(frame)))
        elif block.tag in terms.LISTS:
            loose.append(block)
    if loose:
        yield Table("", tuple(translations(loose)))


def _outermost(found: list[Node]) -> Iterator[Node]:
    unique = {node.mem_id: node for node in found}
    inner = {node.mem_id for outer in unique.values() for node in outer.css(_TABLES) if node.mem_id != outer.mem_id}
    return (node for node in unique.values() if node.mem_id not in inner)


def _table(frame: Node) -> Table:
    return Table(_gloss(frame), tuple(translations([frame])))


def _gloss(frame: Node) -> str:
    head = markup.first(frame, ".NavHead")
    if head is not None:
        return markup.text(head)
    return markup.attribute(frame, "data-gloss") or ""
