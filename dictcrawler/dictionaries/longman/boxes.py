"""The boxes of a Longman entry: grammar, register, usage, errors, collocations, thesaurus, corpus.

A box is a sibling of the senses; its examples stay in the box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dictcrawler.dictionaries.longman.examples import examples_below
from dictcrawler.dictionaries.longman.text import children, printed, printed_all, printed_once
from dictcrawler.model import Box, Example
from dictcrawler.parsing.outline import Element, Parts

_KINDS = {"F2NBox": "register", "GramBox": "grammar", "ThesBox": "thesaurus", "ColloBox": "collocations"}
_OTHERS = {"Hint": "hint", "LearnerItem": "learner"}
_TITLES = frozenset({"heading", "boxheader", "HINTTITLE"})
_WORDS = frozenset({"Exponent", "SubEntry"})
_HEADS = ("EXP", "HWD", "SUBHWD", "PHRVBHWD", "LEXUNIT")
_EXAMPLES = frozenset({"EXAMPLE", "COLLEXA", "THESEXA", "GramExa", "ColloExa", "Collocate"})
_NOT_EXPLANATION = _EXAMPLES.union(_HEADS)
_NOT_PROSE = _TITLES | _EXAMPLES | {"SECHEADING"}


class _Word(NamedTuple):
    """A word that a thesaurus box lists, and the headings of its section."""

    element: Element
    title: str | None
    section: tuple[str, ...]


class Frame(NamedTuple):
    """A box, and the words that it lists if it is a thesaurus box."""

    element: Element
    words: list[_Word]


def frames(found: Parts) -> list[Frame]:
    """The boxes among some parts."""
    return [_frame(part) for part in found.of("box")]


def boxes(frame: Frame, section: str | None = None) -> Iterator[Box]:
    """A box and the boxes in it; a thesaurus box gives one box for each of its words. ``section`` is the heading above
    one without a title."""
    part, words = frame
    yield from map(_word, words)
    inner = list(_boxes_in(part, None)) if any(below.kind.role == "box" for below in part.below()) else []
    rest = _box(part, has_words=bool(words), inner=inner, section=section)
    if not words or rest.text or rest.examples:
        yield rest
    for box, heading in inner:
        yield from boxes(_frame(box), heading)


def thesaurus(frame: Frame) -> Iterator[tuple[str, str]]:
    """Each word that a thesaurus box lists, with its heading."""
    if not frame.words:
        return
    box = frame.element
    heading = printed_all([*children(box, "heading"), *children(box, "HEADING")])
    for word in frame.words:
        if word.title:
            yield word.title, ": ".join([*heading, *word.section])


def corpus(groups: Iterable[Element]) -> Iterator[Box]:
    """Sentences found in the corpus, grouped by the phrase they contain."""
    for group in groups:
        own = children(group, "title", "exa")
        title = printed_once(part for part in own if "title" in part.kind.names)
        sentences = printed_all(part for part in own if "exa" in part.kind.names)
        found = tuple(Example(text=sentence, labels=()) for sentence in sentences)
        yield Box(kind="corpus_examples", title=title, examples=found)


def _boxes_in(element: Element, section: str | None) -> Iterator[tuple[Element, str | None]]:
    """The boxes in a box, each with the heading above it; those inside its words are read with the words."""
    own = next(iter(_headings(element)), section)
    for child in element.elements():
        if child.kind.role == "box":
            yield child, own
        elif _WORDS.isdisjoint(child.kind.names):
            yield from _boxes_in(child, own)


def _frame(box: Element) -> Frame:
    return Frame(box, list(_words(box, ())) if box.first(*_WORDS) is not None else [])


def _words(element: Element, section: tuple[str, ...]) -> Iterator[_Word]:
    own = tuple(_headings(element)) or section
    for child in element.elements():
        if _WORDS.isdisjoint(child.kind.names):
            yield from _words(child, own)
        else:
            yield _Word(child, _title_of(child), own)


def _headings(element: Element) -> Iterator[str]:
    for child in element.elements():
        if "SECHEADING" in child.kind.names:
            yield from printed_all((child,))
        elif child.kind.unknown:
            yield from _headings(child)


def _word(word: _Word) -> Box:
    return Box(
        kind="thesaurus",
        title=word.title,
        text=word.element.text(_NOT_EXPLANATION) or None,
        examples=tuple(examples_below(word.element)),
    )


def _title_of(word: Element) -> str | None:
    return printed_once(part for name in _HEADS for part in word.every(name))


def _box(element: Element, *, has_words: bool, inner: list[tuple[Element, str | None]], section: str | None) -> Box:
    apart = {name for box, _ in inner for name in box.kind.names} | (_WORDS | {"HEADING"} if has_words else set())
    title = printed_once(_titles(element)) or section
    headings = printed_all(() if has_words else _headings_without_examples(element))
    return Box(
        kind=_kind(element, title, has_words=has_words),
        title=title,
        text=" ".join(filter(None, (*headings, printed(element, _NOT_PROSE | apart)))) or None,
        examples=tuple(examples_below(element, without=frozenset(apart))),
    )


def _titles(element: Element) -> Iterator[Element]:
    """The titles of a box, without those of the boxes in it."""
    for child in element.elements():
        if not _TITLES.isdisjoint(child.kind.names):
            yield child
        elif child.kind.role != "box":
            yield from _titles(child)


def _headings_without_examples(element: Element) -> Iterator[Element]:
    """The headings of sections that have only prose; those of others are labels of their examples."""
    for section in element.every("Section"):
        if not any(examples_below(section)) and not any(_boxes_in(section, None)):
            yield from section.every("SECHEADING")


def _kind(element: Element, title: str | None, *, has_words: bool) -> str:
    name = next(name for name in element.kind.names if name.endswith("Box") or name in _OTHERS)
    if has_words or (title or "").casefold().startswith("thesaurus"):
        return "thesaurus"
    return _KINDS.get(name) or _OTHERS.get(name) or name.removesuffix("Box").lower() or "note"
