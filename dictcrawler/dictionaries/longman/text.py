"""The parts of a Longman element, their texts without the printed separators, and their labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dictcrawler.dictionaries.longman.classes import LABELS, MARKS
from dictcrawler.model import Label
from dictcrawler.parsing.outline import Element

_LABELS = frozenset(LABELS)


def parts(element: Element) -> Iterator[Element]:
    """What an element consists of, in printed order: elements that are read, at any depth of wrappers."""
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.kind.role is not None:
            yield child
        elif child.children and not child.kind.is_hidden:
            yield from parts(child)


def of(found: Iterable[Element], *roles: str) -> list[Element]:
    """The parts with one of these roles."""
    return [part for part in found if part.kind.role in roles]


def printed(element: Element, drop: frozenset[str] = frozenset()) -> str:
    """The text of an element without the printed separators, and without classes of ``drop``."""
    return element.text(MARKS | drop if drop else MARKS)


def printed_all(elements: Iterable[Element]) -> tuple[str, ...]:
    """The texts of several elements, blank ones left out."""
    return tuple(text for element in elements if (text := printed(element)))


def children(element: Element, name: str) -> Iterator[Element]:
    """The elements of a class, at any depth of wrappers."""
    for child in element.children:
        if isinstance(child, str):
            continue
        if name in child.kind.names:
            yield child
        elif child.kind.role is None and child.children:
            yield from children(child, name)


def printed_once(found: Iterable[Element], name: str) -> str | None:
    """The text of the first part of a class; ``None`` when there is none or it is blank."""
    return next(iter(printed_all(part for part in found if name in part.kind.names)), None)


def labels(found: Iterable[Element]) -> tuple[Label, ...]:
    """The labels among some parts, in order."""
    return tuple(label for part in found if part.kind.role == "label" and (label := label_of(part)))


def label_of(element: Element) -> Label | None:
    """The label that a part with that role prints."""
    text = printed(element)
    name = next((name for name in element.kind.names if name in LABELS), None)
    return Label(text=text, type=LABELS[name]) if name and text else None


def without_labels(element: Element) -> tuple[str, tuple[Label, ...]]:
    """The text of an element and the labels printed in it, apart."""
    return printed(element, _LABELS), labels(parts(element))
