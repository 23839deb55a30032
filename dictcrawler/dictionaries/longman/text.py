"""The parts of a Longman element, their texts without the printed separators, and their labels."""

from __future__ import annotations

from collections.abc import Iterable

from dictcrawler.dictionaries.longman.classes import LABELS, MARKS
from dictcrawler.model import Label
from dictcrawler.parsing.outline import Element, Parts

_LABELS = frozenset(LABELS)


def parts(element: Element) -> Parts:
    """The contents of an element: elements with a role, at any depth of wrappers."""
    found = Parts([], {})
    _collect(element.children, found)
    return found


def _collect(children: list[Element | str], found: Parts) -> None:
    by_role = found.by_role
    for child in children:
        if isinstance(child, str):
            continue
        role = child.kind.role
        if role is None:
            if child.children and not child.kind.is_hidden:
                _collect(child.children, found)
            continue
        found.every.append(child)
        if role in by_role:
            by_role[role].append(child)
        else:
            by_role[role] = [child]


def printed(element: Element, drop: frozenset[str] = frozenset()) -> str:
    """The text of an element without the printed separators and without the classes of ``drop``."""
    return element.text(MARKS | drop if drop else MARKS)


def printed_all(elements: Iterable[Element]) -> tuple[str, ...]:
    """The texts of several elements, without blank ones."""
    return tuple(text for element in elements if (text := printed(element)))


def children(element: Element, *names: str) -> list[Element]:
    """The elements of some classes, at any depth of wrappers."""
    found: list[Element] = []
    _add_children(element.children, frozenset(names), found)
    return found


def _add_children(run: list[Element | str], names: frozenset[str], found: list[Element]) -> None:
    for child in run:
        if isinstance(child, str):
            continue
        if not names.isdisjoint(child.kind.names):
            found.append(child)
        elif child.children and child.kind.role is None:
            _add_children(child.children, names, found)


def printed_once(elements: Iterable[Element]) -> str | None:
    """The first of their texts; ``None`` when all are blank."""
    return next(filter(None, map(printed, elements)), None)


def labels(found: Parts) -> tuple[Label, ...]:
    """The labels among these parts, in order."""
    return tuple(label for part in found.of("label") if (label := label_of(part)))


def label_of(element: Element) -> Label | None:
    """The label that a part of that role prints."""
    if text := printed(element):
        for name in element.kind.names:
            if name in LABELS:
                return Label(text=text, type=LABELS[name])
    return None


def without_labels(element: Element) -> tuple[str, tuple[Label, ...]]:
    """Separate the text of an element from the labels printed in it."""
    if not element.elements():
        return element.text(), ()
    return printed(element, _LABELS), labels(parts(element))
