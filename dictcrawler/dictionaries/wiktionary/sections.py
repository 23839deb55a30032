"""A Wiktionary page as a tree of sections, whichever of four ways its headings are marked up.

* ``legacy`` (until 2024): ``<h2><span class="mw-headline" id="English">``, flat siblings;
* ``heading-div`` (2024): ``<div class="mw-heading"><h2 id="English">``, flat siblings;
* ``parsoid`` (the REST service): ``<section><h2 id="English">``, nested;
* ``parsoid-read-view`` (2025 on): ``<section><div class="mw-heading"><h2 id="English">``.

One walk reads them all: headings and blocks in document order, nested by heading level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# Sections left out on purpose: translations are read only in a run that wants them; descendants are words of other
# languages, for which a feed has no field; an anagram is a game with letters.
TRANSLATIONS = "Translations"
NOT_READ = frozenset({TRANSLATIONS, "Descendants", "Anagrams"})

# Headings of entries (Wiktionary:Entry layout, "Part of speech").
_PARTS_OF_SPEECH = """
    Abbreviation, Acronym, Adjectival noun, Adjective, Adnominal, Adverb, Affix, Article, Cardinal number, Circumfix,
    Circumposition, Classifier, Clitic, Combining form, Conjunction, Contraction, Counter, Definitions, Determiner,
    Diacritical mark, Gerund, Han character, Hanja, Hanzi, Ideophone, Idiom, Infix, Initialism, Interfix, Interjection,
    Kanji, Letter, Ligature, Logogram, Noun, Number, Numeral, Ordinal number, Participle, Particle, Phrasal verb,
    Phrase, Postposition, Predicative, Prefix, Preposition, Prepositional phrase, Pronoun, Proper noun, Proverb,
    Punctuation mark, Relative, Romanization, Root, Suffix, Syllable, Symbol, Transfix, Verb, Verbal noun
"""
PARTS_OF_SPEECH = frozenset(" ".join(heading.split()) for heading in _PARTS_OF_SPEECH.split(","))

ETYMOLOGIES = frozenset({"Etymology", "Glyph origin"})
LANGUAGE_LEVEL = 2
_LINE_TAGS = frozenset({"p", "span", "strong", "b"})
# Elements that are blocks of their own and do not frame a part of the page.
_BOXES = frozenset({"NavFrame", "vsSwitcher", "list-switcher", "term-list", "citation-whole", "h-usage-example"})
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_HEADLINE = frozenset({"mw-headline"})
_NUMBERED = re.compile(r"^(?P<kind>.+?) (?P<number>\d+(?:\.\d+)?[a-z]?)$")


@dataclass(eq=False)
class Section:
    """A heading, the blocks up to the next heading, and the sections below it.

    ``kind`` is the heading without its number: "Etymology" of "Etymology 2".
    """

    level: int
    title: str
    anchor: str
    layout: str
    blocks: list[Node] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    has_no_heading: bool = False
    """Its definitions have no heading of a part of speech above them; it is an entry all the same."""

    @cached_property
    def kind(self) -> str:
        """The heading without its number."""
        numbered = _NUMBERED.match(self.title)
        return numbered["kind"] if numbered else self.title

    @cached_property
    def number(self) -> str | None:
        """The number in the heading, if any."""
        numbered = _NUMBERED.match(self.title)
        return numbered["number"] if numbered else None

    @cached_property
    def is_entry(self) -> bool:
        """A part of speech: by its heading, or by the headword line below it."""
        return self.has_no_heading or self.kind in PARTS_OF_SPEECH or any(map(is_headline, self.blocks))

    @cached_property
    def holds_entries(self) -> bool:
        """It is an entry, or some section below it is one."""
        return self.is_entry or any(section.holds_entries for section in self.sections)

    @property
    def is_numbered_etymology(self) -> bool:
        """One of several etymologies."""
        return self.kind in ETYMOLOGIES and self.number is not None

    @property
    def definitions(self) -> list[Node]:
        """The definition lists directly under the heading."""
        return lists(self.blocks, "ol")


def is_headline(block: Node) -> bool:
    """The paragraph that prints the headword and its forms."""
    return block.tag in _LINE_TAGS and markup.first(block, ".headword") is not None


def languages(content_node: Node) -> tuple[Section, ...]:
    """The language sections (level 2) of a page, each with everything below it."""
    top = Section(level=1, title="", anchor="", layout="")
    open_sections = [top]
    for part in _parts(content_node, in_section=False):
        if isinstance(part, Section):
            while open_sections[-1].level >= part.level:
                open_sections.pop()
            open_sections[-1].sections.append(part)
            open_sections.append(part)
        else:
            open_sections[-1].blocks.append(part)
    return tuple(section for section in top.sections if section.level == LANGUAGE_LEVEL)


def block_text(block: Node) -> str:
    """The text of a block, which may be a bare text node."""
    return markup.text_of([block])


def lists(blocks: Iterable[Node], tag: str) -> list[Node]:
    """The blocks that are such a list."""
    return [block for block in blocks if block.tag == tag]


def _parts(node: Node, *, in_section: bool) -> Iterator[Section | Node]:
    for child in markup.nodes(node):
        if child.tag == "section":
            yield from _parts(child, in_section=True)
        elif (found := heading(child, in_section=in_section)) is not None:
            yield found
        elif _is_frame(child):
            yield from _parts(child, in_section=in_section)
        elif child.is_element_node or block_text(child):
            yield child


def _is_frame(node: Node) -> bool:
    """A `div` around headings or definitions that is only layout."""
    if node.tag != "div" or not _BOXES.isdisjoint(markup.classes(node)) or markup.has_class(node, "mw-heading"):
        return False
    if any(child.tag == "ol" for child in markup.elements(node)):
        return True
    return markup.first(node, ".mw-headline, .mw-heading, h2[id], h3[id], h4[id], h5[id]") is not None


def heading(node: Node, *, in_section: bool) -> Section | None:
    """The section that a node is the heading of; ``in_section``: it is in a ``<section>`` of Parsoid's."""
    tag = node.tag
    if tag != "div" and tag not in _LEVELS:
        return None
    in_division = markup.has_class(node, "mw-heading")
    found = next((inner for inner in markup.elements_of([node]) if inner.tag in _LEVELS), None) if in_division else node
    level = _LEVELS.get(found.tag or "") if found is not None else None
    if found is None or level is None:
        return None
    headline = markup.first_of(found, _HEADLINE)
    named = found if headline is None else headline
    anchor = markup.attribute(named, "id")
    # A heading without an anchor is not a section of the article: "Contents", for one.
    if anchor is None:
        return None
    layout = _layout(legacy=headline is not None, in_division=in_division, in_section=in_section)
    # A heading of level 1 has no place in an article: it becomes a section of its own without sections below it.
    return Section(level=max(level, LANGUAGE_LEVEL), title=markup.text(named), anchor=anchor, layout=layout)


def _layout(*, legacy: bool, in_division: bool, in_section: bool) -> str:
    if in_section:
        return "parsoid-read-view" if in_division else "parsoid"
    return "legacy" if legacy else "heading-div"
