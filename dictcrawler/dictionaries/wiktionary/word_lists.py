"""Sections of words: which of their blocks are lines of terms, and which are headings over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from dictcrawler.dictionaries.wiktionary.terms import LISTS, Term, bare, is_term, terms, without_lists
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_LIST_HEADS = frozenset({"NavHead", "term-list-header"})
_HOLDERS = markup.BLOCKS - {"li", "dd", "p"}


def in_blocks(blocks: Iterable[Node], title: str) -> Iterator[Term]:
    """The terms of a section's blocks: every list item is a line, and so is a paragraph.

    The heading of a box around a list, or above it, goes into the notes, unless it repeats the section's.
    """
    heading = ""
    lines = list(_lines(blocks))
    for place, line in enumerate(lines):
        block = line[0]
        following = lines[place + 1][0].tag if place + 1 < len(lines) else None
        if _is_heading(block) or (_is_bare(line) and following in LISTS | _HOLDERS):
            printed = bare(markup.text_of(line))
            heading = "" if printed.casefold() == title.casefold() else printed
        elif block.tag == "tr" and any(map(_has_term, markup.elements(block.parent or block))):
            yield from _headed(_row(block, title), heading)
        elif block.tag in _HOLDERS:
            yield from _headed(in_blocks(markup.nodes(block), title), heading)
        else:
            # A paragraph with terms of its own is not covered by the heading above the lists.
            heading = "" if block.tag == "p" else heading
            yield from _headed(terms(without_lists(line)), heading)
            yield from _headed(in_blocks(_inner_lists(block), title), heading)


def _lines(blocks: Iterable[Node]) -> Iterator[list[Node]]:
    """Blocks one by one; what stands between two of them, without a paragraph around it, is a line of its own."""
    loose: list[Node] = []
    for block in blocks:
        if block.tag == "br" or not _is_loose(block):
            if markup.text_of(loose):
                yield loose
            loose = []
        if block.tag == "br":
            continue
        if _is_loose(block):
            loose.append(block)
        elif block.is_element_node:
            yield [block]
    if markup.text_of(loose):
        yield loose


def _is_loose(block: Node) -> bool:
    if block.is_text_node:
        return True
    is_inline = block.is_element_node and block.tag not in markup.BLOCKS and not _is_heading(block)
    return is_inline and next(_inner_lists(block), None) is None


def repeated_headings(blocks: Iterable[Node], title: str) -> Iterator[str]:
    """The headings of boxes that repeat the section's, and the first rows of tables, which name their columns."""
    selector = ", ".join(f".{name}" for name in sorted(_LIST_HEADS))
    for block in blocks:
        for head in block.css(selector) if block.is_element_node else ():
            if (printed := markup.text(head)).casefold() == title.casefold():
                yield printed
        for row in block.css("table tr:first-child") if block.is_element_node else ():
            if not _has_term(row) and _has_term(row.parent or row):
                yield markup.text(row)


def _is_bare(line: list[Node]) -> bool:
    """A paragraph or a line without a term: above a list it describes the content of the list."""
    if line[0].tag in markup.BLOCKS and line[0].tag != "p":
        return False
    found = (node for part in line if part.is_element_node for node in part.css("[lang], a"))
    return not any(is_term(node, is_marked=False) or node.tag == "a" for node in found)


def _row(row: Node, title: str) -> Iterator[Term]:
    """The terms of a row; its other cells describe them. A row without terms is a heading of the table."""
    cells = list(markup.elements(row))
    label = " ".join(filter(None, (markup.text(cell) for cell in cells if not _has_term(cell))))
    for cell in filter(_has_term, cells):
        yield from _headed(in_blocks(markup.nodes(cell), title), label)


def _has_term(node: Node) -> bool:
    return is_term(node, is_marked=False)


def _is_heading(block: Node) -> bool:
    """The heading of a box, a `dt`, or a list with nothing else in it, or with a sense before a colon and no term."""
    if not _LIST_HEADS.isdisjoint(markup.classes(block)) or block.tag == "dt":
        return True
    inner = list(markup.elements(block)) if block.tag in LISTS else []
    if block.tag == "dl" and any(child.tag == "dt" for child in inner):
        return all(child.tag == "dt" or not markup.text(child) for child in inner)
    return len(inner) == 1 and not _has_term(block) and markup.text(block).endswith(":")


def _inner_lists(node: Node) -> Iterator[Node]:
    return (child for child in markup.elements(node) if child.tag in LISTS)


def _headed(found: Iterable[Term], heading: str) -> Iterator[Term]:
    if not heading:
        yield from found
        return
    for term in found:
        yield replace(term, note=" ".join(filter(None, (heading, term.note))))
