"""The boxes of a Longman entry: grammar, register, usage, errors, collocations, thesaurus, corpus.

A box is a sibling of the senses; its examples stay in the box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dictcrawler.dictionaries.longman.examples import examples_below
from dictcrawler.dictionaries.longman.text import children, printed, printed_all
from dictcrawler.model import Box, Example
from dictcrawler.parsing.outline import Element, Parts

_KINDS = {"F2NBox": "register", "GramBox": "grammar", "ThesBox": "thesaurus", "ColloBox": "collocations"}
_OTHERS = {"Hint": "hint", "LearnerItem": "learner"}
_TITLES = frozenset({"heading", "boxheader", "HINTTITLE"})
_WORDS = frozenset({"Exponent", "SubEntry"})
_HEADS = ("EXP", "HWD", "SUBHWD", "PHRVBHWD", "LEXUNIT")
_EXAMPLES = frozenset({"EXAMPLE", "COLLEXA", "THESEXA", "GramExa", "ColloExa", "Collocate"})
_NOT_PROSE = _TITLES | _EXAMPLES | {"SECHEADING"}


def boxes(found: Parts) -> Iterator[Box]:
    """The boxes among some parts; a thesaurus box gives one box for each of its words."""
    for part in found.of("box"):
        yield from _boxes_of(part, None)


def _boxes_of(part: Element, section: str | None) -> Iterator[Box]:
    """A box and the boxes in it; ``section`` is the heading above one without a title."""
    words = list(_words(part, ()))
    yield from (_word(word) for word, _ in words)
    inner = list(_boxes_in(part, None))
    rest = _box(part, has_words=bool(words), inner=inner, section=section)
    if not words or rest.text or rest.examples:
        yield rest
    for box, heading in inner:
        yield from _boxes_of(box, heading)


def thesaurus(found: Parts) -> Iterator[tuple[str, str]]:
    """Each word that the thesaurus boxes list, with its heading."""
    for box in found.of("box"):
        heading = printed_all([*children(box, "heading"), *children(box, "HEADING")])
        for word, section in _words(box, ()):
            if title := _title_of(word):
                yield title, ": ".join([*heading, *section])


def corpus(groups: Iterable[Element]) -> Iterator[Box]:
    """Sentences found in the corpus, grouped by the phrase they contain."""
    for group in groups:
        sentences = printed_all(children(group, "exa"))
        found = tuple(Example(text=sentence, labels=()) for sentence in sentences)
        title = next(iter(printed_all(children(group, "title"))), None)
        yield Box(kind="corpus_examples", title=title, examples=found)


def _boxes_in(element: Element, section: str | None) -> Iterator[tuple[Element, str | None]]:
    """The boxes in a box, each with the heading above it; those inside its words are read with the words."""
    own = next(iter(_headings(element)), section)
    for child in element.elements():
        if child.kind.role == "box":
            yield child, own
        elif _WORDS.isdisjoint(child.kind.names):
            yield from _boxes_in(child, own)


def _words(element: Element, section: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """The words of a thesaurus box, each with the heading of its section."""
    own = tuple(_headings(element)) or section
    for child in element.elements():
        if _WORDS.isdisjoint(child.kind.names):
            yield from _words(child, own)
        else:
            yield child, own


def _headings(element: Element) -> Iterator[str]:
    for child in element.elements():
        if "SECHEADING" in child.kind.names:
            yield from printed_all((child,))
        elif child.kind.unknown:
            yield from _headings(child)


def _word(element: Element) -> Box:
    return Box(
        kind="thesaurus",
        title=_title_of(element),
        text=element.text(_EXAMPLES.union(_HEADS)) or None,
        examples=tuple(examples_below(element)),
    )


def _title_of(word: Element) -> str | None:
    found = (part for name in _HEADS for part in word.every(name))
    return next(iter(printed_all(found)), None)


def _box(element: Element, *, has_words: bool, inner: list[tuple[Element, str | None]], section: str | None) -> Box:
    apart = {name for box, _ in inner for name in box.kind.names} | (_WORDS | {"HEADING"} if has_words else set())
    title = next(iter(printed_all(_titles(element))), section)
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
