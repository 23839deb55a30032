"""A part of a page as plain Python objects, made in one walk.

A question to an element of Lexbor's tree costs as much as many to an object of Python. A parser that
asks each element several questions takes an `Outline` of an entry first: its elements with their
classes and attributes, its texts, and the words that a reader sees in it.

What a value of ``class`` means is the dictionary's to say, once for each value (`Kind`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.parsing import markup

_LONGEST_KEPT = 100
_NUL = "\0"


class Kind(Struct, frozen=True, eq=False, kw_only=True):
    """What a value of ``class`` means in one dictionary.

    ``role`` is what the parser reads the element as, ``None`` for a wrapper. ``is_hidden``: nothing in it
    is content, ``hidden_in``: only where one of these classes is on its parent. ``is_block``: its text
    stands apart from the texts around it, ``holds_blocks``: so does that of each of its children.
    ``is_inline``: it is part of a running text; the words on both sides of any other element are apart.
    ``unknown``: the classes that the parser does not know.
    """

    names: tuple[str, ...] = ()
    role: str | None = None
    is_hidden: bool = False
    hidden_in: frozenset[str] = frozenset()
    is_block: bool = False
    holds_blocks: bool = False
    is_inline: bool = False
    unknown: tuple[str, ...] = ()


KindOf = Callable[[str], Kind]


class Element(Struct, eq=False, gc=False):
    """An element: its tag, kind and attributes, and its children, elements and texts."""

    tag: str
    kind: Kind
    attributes: dict[str, str | None]
    children: list[Element | str]

    @property
    def names(self) -> tuple[str, ...]:
        """The class tokens."""
        return self.kind.names

    @property
    def role(self) -> str | None:
        """What the parser reads the element as."""
        return self.kind.role

    def elements(self) -> Iterator[Element]:
        """The child elements, in order."""
        return (child for child in self.children if not isinstance(child, str))

    def attribute(self, name: str) -> str | None:
        """A cleaned attribute value; ``None`` when absent or blank."""
        value = self.attributes.get(name)
        return (markup.clean(value) or None) if value else None

    def below(self) -> Iterator[Element]:
        """All elements below this one, in printed order."""
        for child in self.elements():
            yield child
            yield from child.below()

    def visible(self) -> Iterator[Element]:
        """This element and all below it in which there may be content."""
        yield self
        for child in self.elements():
            if not child.kind.is_hidden:
                yield from child.visible()

    @property
    def has_own_text(self) -> bool:
        """Whether it holds a text itself, not only elements."""
        return any(isinstance(child, str) and not child.isspace() for child in self.children)

    def one(self, name: str) -> Element:
        """The first element below this one that carries a class.

        :raises MarkupError: when there is none; the message names the class.
        """
        for element in self.below():
            if name in element.kind.names:
                return element
        identity = " ".join(filter(None, (self.tag, self.attributes.get("id"), *self.kind.names)))
        raise MarkupError(f".{name}", f"<{identity}>")

    def every(self, *names: str) -> list[Element]:
        """All elements below this one that carry one of these classes, in printed order."""
        wanted = frozenset(names)
        return [element for element in self.below() if not wanted.isdisjoint(element.kind.names)]

    def first(self, *names: str) -> Element | None:
        """The first of them."""
        wanted = frozenset(names)
        return next((element for element in self.below() if not wanted.isdisjoint(element.kind.names)), None)

    def text(self, drop: frozenset[str] = frozenset()) -> str:
        """The visible text by the rules of `markup.text`; blocks are those of the tags and of the kinds."""
        children = self.children
        if len(children) == 1 and isinstance(children[0], str):
            # Most elements of an entry hold nothing but their text.
            return markup.clean(children[0])
        parts: list[str] = []
        _gather(children, drop, self.kind.holds_blocks, parts)
        return markup.without_gaps("".join(parts))


def text_of(run: Iterable[Element | str], drop: frozenset[str] = frozenset()) -> str:
    """The visible text of a run of siblings, by the rules of `Element.text`."""
    parts: list[str] = []
    _gather(run, drop, False, parts)  # noqa: FBT003
    return markup.without_gaps("".join(parts))


class Outline(Struct, gc=False):
    """An element as plain objects, and the visible words below it as one text."""

    top: Element
    visible: str


def texts(elements: Iterable[Element], drop: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The texts of several elements, blank ones left out."""
    return tuple(found for element in elements if (found := element.text(drop)))


def kinds(kind_of: KindOf) -> KindOf:
    """The function with a memory: the pages of a site have few values of ``class``, and the same ones."""
    kept = lru_cache(maxsize=2048)(kind_of)
    # A long one, of somebody else's page, is not kept.
    return lambda value: kept(value) if len(value) <= _LONGEST_KEPT else kind_of(value)


def outline(node: markup.Node, kind_of: KindOf) -> Outline:
    """Walk an element once.

    :raises UnknownPage: when elements are nested deeper than in any dictionary.
    """
    visible: list[str] = []
    attributes = node.attributes
    top = Element(node.tag or "", kind_of(attributes.get("class") or ""), attributes, [])
    try:
        _fill(top, node, kind_of, visible)
    except RecursionError as error:
        raise UnknownPage("elements are nested too deep to be read") from error
    return Outline(top, "".join(visible))


def _fill(element: Element, node: markup.Node, kind_of: KindOf, visible: list[str] | None) -> None:
    """Add to an element what is below its node, and to ``visible`` what of it a reader sees."""
    children = element.children
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if tag == "-text":
            said = child.text_content or ""
            # A NUL in the page must not pass for the mark of a dropped element.
            children.append(said if _NUL not in said else said.replace(_NUL, ""))
            if visible is not None:
                visible.append(said)
        elif tag not in markup.NEVER_TEXT:
            attributes = child.attributes
            kind = kind_of(attributes.get("class") or "")
            below = Element(tag, kind, attributes, [])
            children.append(below)
            if visible is None or kind.is_hidden or (kind.hidden_in and not kind.hidden_in.isdisjoint(element.names)):
                _fill(below, child, kind_of, None)
            elif kind.is_inline and tag not in markup.BLOCKS and not element.kind.holds_blocks:
                _fill(below, child, kind_of, visible)
            else:
                visible.append(" ")
                _fill(below, child, kind_of, visible)
                visible.append(" ")


def _gather(run: Iterable[Element | str], drop: frozenset[str], are_blocks: bool, parts: list[str]) -> None:  # noqa: FBT001
    for child in run:
        if isinstance(child, str):
            parts.append(child)
            continue
        kind = child.kind
        if kind.is_hidden or (drop and not drop.isdisjoint(kind.names)):
            parts.append(_NUL)
            continue
        is_apart = are_blocks or kind.is_block or child.tag in markup.BLOCKS
        if is_apart:
            parts.append(" ")
        _gather(child.children, drop, kind.holds_blocks, parts)
        if is_apart:
            parts.append(" ")
