"""Counts the elements that CSS selectors match, by the attributes of single elements as far as these tell.

Lexbor walks the whole tree for each alternative of a selector. But most alternatives name only a class (``.SYN``) or a
class and an attribute (``.amefile[data-src-mp3]``), and others (``.Subsense:not(.Box *)``) cannot match where no
element has the class. Only the rest has to search the tree.

On a page without a doctype a selector ignores the case of a class. So a class that differs from a selector's in case
alone is left to Lexbor too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dictcrawler.parsing.markup import Node

Attributes = Mapping[str, str | None]
"""The attributes of one element."""

_INNERMOST = re.compile(r"\([^()]*\)")
_PLAIN = re.compile(r"(?:\.([\w-]+))?(?:\[([\w-]+)\])?")
_CLASS = re.compile(r"\.([\w-]+)")
# One element, with conditions on those around it or in it.
_ONE_ELEMENT = re.compile(r"[a-z]*\.([\w-]+)(?::(?:not|has)\[\])*")
_LIST_OF_CLASSES = re.compile(r":is\(((?:\.[\w-]+(?:, )?)+)\)(.*)")
_MOST_KEPT = 4096
_LONGEST_KEPT = 100


class _Alternative(NamedTuple):
    """An alternative of a selector: its element has the class ``name`` (``None``: perhaps none) and the ``attribute``.

    ``is_plain``: nothing else is required.
    """

    css: str
    name: str | None
    attribute: str | None
    is_plain: bool


class _Match(NamedTuple):
    """What an element with a value of ``class`` may match of a selector.

    It matches if ``is_certain`` or if it has one of the ``attributes``; else Lexbor must try the ``alternatives``.
    """

    selector: str
    is_certain: bool
    attributes: frozenset[str]
    alternatives: list[str]


class Selectors(dict["str | None", list[_Match]]):
    """Several selectors by their names. As a dictionary: what an element with a value of ``class`` may match."""

    def __init__(self, selectors: Mapping[str, str]) -> None:
        super().__init__()
        self._alternatives = {
            name: [_alternative(one) for part in _split(css) for one in _listed(part)]
            for name, css in selectors.items()
        }

    def __missing__(self, value: str | None) -> list[_Match]:
        found = list(self._matches(value or ""))
        if len(value or "") <= _LONGEST_KEPT and len(self) < _MOST_KEPT:
            self[value] = found
        return found

    def count(self, node: Node, attributes: Iterable[Attributes]) -> dict[str, int]:
        """How many elements each selector matches in a node; ``attributes`` are those of its elements, the node's own
        included, at least of those that may match one."""
        numbers = dict.fromkeys(self._alternatives, 0)
        searched: dict[str, set[str]] = {}
        for each in attributes:
            for selector, is_certain, names, alternatives in self[each.get("class")]:
                if is_certain or not names.isdisjoint(each):
                    numbers[selector] += 1
                elif alternatives:
                    searched.setdefault(selector, set()).update(alternatives)
        for selector, css in searched.items():
            found = each_once(node, ", ".join(css))
            numbers[selector] += sum(not self._is_certain(selector, element.attributes) for element in found)
        return numbers

    def _is_certain(self, selector: str, attributes: Attributes) -> bool:
        matches = [match for match in self[attributes.get("class")] if match.selector == selector]
        return any(match.is_certain or not match.attributes.isdisjoint(attributes) for match in matches)

    def _matches(self, value: str) -> Iterator[_Match]:
        for selector, alternatives in self._alternatives.items():
            found = [(each, has) for each in alternatives if (has := _has(value, each.name)) is not None]
            if found:
                plain = {each.attribute for each, has in found if has and each.is_plain}
                rest = [each.css for each, has in found if not (has and each.is_plain)]
                yield _Match(selector, None in plain, frozenset(filter(None, plain)), rest)


def each_once(node: Node, css: str) -> list[Node]:
    """The elements of a node that a selector matches."""
    # Lexbor returns an element for each alternative that it matches
    # (docs/upstream/selectolax-duplicate-matches.md).
    return list({found.mem_id: found for found in node.css(css)}.values())


def _has(value: str, name: str | None) -> bool | None:
    """Whether a value of ``class`` has this class; ``None`` for never, ``False`` for perhaps."""
    if name is None:
        return True
    if not (value.isascii() and value.isprintable()):
        return False
    if name in value.split():
        return True
    return False if name.lower() in value.lower().split() else None


def _alternative(css: str) -> _Alternative:
    if plain := _PLAIN.fullmatch(css):
        return _Alternative(css, plain[1], plain[2], is_plain=True)
    one = _ONE_ELEMENT.fullmatch(_without_inner(css))
    return _Alternative(css, one[1] if one else None, None, is_plain=False)


def _split(css: str) -> Iterator[str]:
    """The alternatives of a selector."""
    parts: list[str] = []
    for part in css.split(","):
        parts.append(part)
        written = ",".join(parts)
        if written.count("(") == written.count(")"):
            yield written.strip()
            parts.clear()


def _listed(css: str) -> Iterator[str]:
    """``:is(.a, .b):not(.c)`` as ``.a:not(.c)`` and ``.b:not(.c)``."""
    found = _LIST_OF_CLASSES.fullmatch(css)
    yield from (f".{name}{found[2]}" for name in _CLASS.findall(found[1])) if found else (css,)


def _without_inner(css: str) -> str:
    """A selector with ``[]`` in place of what is in parentheses."""
    outer = _INNERMOST.sub("[]", css)
    return outer if outer == css else _without_inner(outer)
