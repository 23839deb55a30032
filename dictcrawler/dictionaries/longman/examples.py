"""Examples of a Longman sense or box: sentences, and the patterns and collocations that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from dictcrawler.dictionaries.longman.classes import MARKS
from dictcrawler.dictionaries.longman.text import children, labels, parts, printed, printed_all
from dictcrawler.model import Example, Label
from dictcrawler.parsing.outline import Element, Parts

_AROUND_A_GLOSS = re.compile(r"^\(?=\s*(.*?)\)?$")
GLOSSES = frozenset({"COLLGLOSS", "GLOSS", "collodef"})
_NOT_SENTENCE = GLOSSES | MARKS
_FRAME_PARTS = frozenset({"THESPROPFORM", "keycollo", "LINKWORD"})


def examples(found: Parts) -> tuple[Example, ...]:
    """The examples among these parts: plain ones, and those printed below a pattern."""
    shown = found.of_any("example", "pattern")
    return tuple(example for part in shown for example in _of_part(part)) if shown else ()


def _of_part(part: Element) -> list[Example]:
    if part.kind.role == "example":
        example = _example(part)
        return [example] if example else []
    return _patterned(part)


def examples_below(
    element: Element, of_section: tuple[Label, ...] = (), *, without: frozenset[str] = frozenset()
) -> Iterator[Example]:
    """The examples at any depth of a box; those of a section carry its heading as a label."""
    for child in element.elements():
        if not without.isdisjoint(child.kind.names):
            continue
        if child.kind.role in {"example", "pattern"}:
            for example in _of_part(child):
                yield replace(example, labels=(*of_section, *example.labels)) if of_section else example
        elif "Section" in child.kind.names:
            headings = printed_all(children(child, "SECHEADING"))
            own = tuple(Label(text=heading, type="usage") for heading in headings)
            yield from examples_below(child, own, without=without)
        else:
            yield from examples_below(child, of_section, without=without)


def _example(
    sentence: Element, pattern: str | None = None, gloss: tuple[str, ...] = (), of_group: tuple[Label, ...] = ()
) -> Example | None:
    text = sentence.text(_NOT_SENTENCE)
    if not text:
        return None
    glosses = (*gloss, *_glosses(sentence.every("GLOSS")))
    return Example(text=text, pattern=pattern, gloss="; ".join(glosses) or None, labels=of_group)


def _patterned(group: Element) -> list[Example]:
    """The examples of one pattern. A collocation without a sentence is its own example."""
    pattern = " ".join(filter(None, map(_frame, _frames(group)))) or None
    gloss = _glosses(children(group, *GLOSSES))
    found = parts(group)
    of_group = labels(found)
    if sentences := found.of("example"):
        return list(filter(None, (_example(sentence, pattern, gloss, of_group) for sentence in sentences)))
    if pattern:
        return [Example(text=pattern, pattern=pattern, gloss="; ".join(gloss) or None, labels=of_group)]
    return []


def _glosses(found: list[Element]) -> tuple[str, ...]:
    """Without the signs around them, "(=…)", which most pages mark as separators."""
    return tuple(_AROUND_A_GLOSS.sub(r"\1", text) for text in printed_all(found)) if found else ()


def _frames(group: Element) -> Iterator[Element]:
    for child in group.elements():
        if _is_frame(child):
            yield child
        elif child.kind.role is None and GLOSSES.isdisjoint(child.kind.names):
            yield from _frames(child)


def _is_frame(element: Element) -> bool:
    # PROPFORM, PROPFORMPREP …; COLLO in senses, COLLOC in boxes; "(also …)" after either.
    return (
        element.kind.role in {"variants", "phrase", "form"}
        or not _FRAME_PARTS.isdisjoint(element.kind.names)
        or any(name.startswith(("PROPFORM", "COLLO")) for name in element.kind.names)
    )


def _frame(element: Element) -> str:
    return element.text() if element.kind.role == "variants" else printed(element)
