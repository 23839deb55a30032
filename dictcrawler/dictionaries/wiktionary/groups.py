"""The blocks below a heading of a part of speech, grouped by the entries that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from dictcrawler.dictionaries.wiktionary.pieces import EXAMPLE_CLASSES
from dictcrawler.dictionaries.wiktionary.sections import Section, is_headline
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_QUOTATIONS = ", ".join(f".{name}" for name in sorted(EXAMPLE_CLASSES)) + ", .e-quotation, .e-example"
_BEGINS_WITH_YEAR = re.compile(r"\W*(?:c\. )?[0-9]{3,4}\b")


@dataclass(slots=True)
class Group:
    """The blocks of one entry: headword lines, the definitions with what follows them, and the rest.

    ``count``: the number of the entry among those below its heading.
    """

    count: int
    lines: list[Node] = field(default_factory=list)
    definitions: list[Node] = field(default_factory=list)
    others: list[Node] = field(default_factory=list)
    blocks: list[Node] = field(default_factory=list)
    """All of them, in the order of the page."""


def groups(section: Section) -> list[Group]:
    """The blocks of a section by entry: a headword line between two definition lists begins another entry."""
    marked = [block for block in section.blocks if is_headline(block)]
    lines = marked + _bold_lines(section, set(map(_headword, marked)))
    found = [Group(1)]
    for place, block in enumerate(section.blocks):
        latest = found[-1]
        if block in lines:
            if latest.definitions and _has_definitions(section.blocks[place + 1 :]):
                latest = Group(len(found) + 1)
                found.append(latest)
            latest.lines.append(block)
        elif block.tag == "ol" or (latest.definitions and _goes_on(block)):
            latest.definitions.append(block)
        else:
            latest.others.append(block)
        latest.blocks.append(block)
    for group in found:
        _take_bullets(group)
    return found


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


def _take_bullets(group: Group) -> None:
    """Without a numbered list, the first other list has the definitions."""
    if not group.definitions and group.lines:
        bullets = next((block for block in group.others if block.tag in {"ul", "dl"}), None)
        if bullets is not None:
            group.others.remove(bullets)
            group.definitions.append(bullets)
