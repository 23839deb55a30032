"""Reads the parts that Longman prints beside its entries: word family, word origins, verb tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dictcrawler.dictionaries.longman.text import printed, without_labels
from dictcrawler.model import InflectedForm, Relation
from dictcrawler.parsing.markup import absolute, clean
from dictcrawler.parsing.outline import Element, Outline

_CAPTIONS = frozenset({"asset_intro", "Head"})
_MEMBERS = frozenset({"pos", "w", "opp"})
_WORD = re.compile(r"\w")
_FORM = frozenset({"aux", "verb_form"})


def identity(element: Element) -> tuple[str, str]:
    """The headwords and the homograph numbers below an element."""
    return _joined(element.every("HWD")), _joined(element.every("HOMNUM"))


def origin(element: Element) -> str:
    """The text of a word origin without its head, which names the word."""
    return element.text(_CAPTIONS)


def family(element: Element, url: str) -> Iterator[Relation]:
    """The word family, by part of speech. The page's own word is in it, without a link."""
    group = None
    for child in _members(element):
        if not isinstance(child, str) and "pos" in child.kind.names:
            group = f"Word family: {printed(child).strip('()')}"
        elif text := _member(child, url):
            href = None if isinstance(child, str) else _address(child)
            yield Relation(type="related", text=text, url=absolute(url, href) if href else None, group=group)


def verb_forms(table: Element) -> Iterator[InflectedForm]:
    """The rows of a verb table: "have loved", ``Simple Form, Present perfect (I, you, we, they)``."""
    heading = tense = ""
    for row in _rows(table):
        persons = ""
        for cell in row.elements():
            text, found = without_labels(cell)
            if cell.first(*_FORM) is not None:
                tag = ", ".join(filter(None, (heading, tense)))
                if text:
                    yield InflectedForm(text=text, tag=f"{tag} ({persons})" if persons else tag or None, labels=found)
            elif "header" in cell.kind.names:
                heading, tense = text, ""
            elif "col1" in cell.kind.names:
                tense = text
            else:
                persons = text


def lemma(table: Outline) -> str:
    """The verb of a table."""
    return _joined(table.every("lemma"))


def _joined(elements: list[Element]) -> str:
    return " ".join(map(printed, elements))


def _rows(element: Element) -> Iterator[Element]:
    for child in element.elements():
        if child.kind.is_hidden:
            continue
        if child.tag == "tr":
            yield child
        else:
            yield from _rows(child)


def _members(element: Element) -> Iterator[Element | str]:
    for child in element.children:
        if isinstance(child, str) or not _MEMBERS.isdisjoint(child.kind.names):
            yield child
        elif not child.kind.is_hidden:
            yield from _members(child)


def _member(child: Element | str, url: str) -> str:
    """A word without a page of its own is plain text: "loveliness."."""
    if isinstance(child, str):
        return clean(child).strip(" .,;")
    text = printed(child)
    is_own = "w" in child.kind.names and child.tag != "a" and _is_of(url, text)
    return text if _WORD.search(text) and not is_own else ""


def _is_of(url: str, word: str) -> bool:
    """Whether this is the page's own word, which has no link."""
    return url.rstrip("/").rpartition("/")[2] == re.sub(r"\W+", "-", word.casefold())


def _address(child: Element) -> str | None:
    found = (element.attribute("href") for element in (child, *child.below()))
    return next(filter(None, found), None)
