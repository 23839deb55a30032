"""A part of a page as plain Python objects, made in one walk.

A query on an element of Lexbor's tree costs as much as many queries on a Python object. A parser with
several queries for each element first builds an `Outline` of an entry: its elements with their
classes and attributes, its texts, and the words that a reader sees in it.

The dictionary defines the meaning of each value of ``class``, once for each value (`Kind`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.parsing import coverage, markup

_LONGEST_KEPT = 100
_MOST_KEPT = 4096
_NUL = "\0"
_APART = coverage.APART
_BLOCKS = markup.BLOCKS
_NEVER_TEXT = markup.NEVER_TEXT
_NONE: list[Element] = []


Attributes = dict[str, str | None]


class Kind(Struct, frozen=True, eq=False, kw_only=True):
    """The meaning of a value of ``class`` in one dictionary.

    ``role`` is the part of an entry that the element is, ``None`` for a wrapper. ``is_hidden``: nothing in it is
    content, ``hidden_in``: only where one of these classes is on its parent. ``is_block``: its text is separate from
    the texts around it; ``holds_blocks``: so is that of each of its children. ``is_inline``: it is part of a running
    text; the words on both sides of any other element are apart. ``unknown``: the classes that the parser does not
    know. ``is_noted``: the outline lists the element; one of unknown class only where it may be content.
    ``is_transparent``: it marks words of a running text and has no field; the outline adds its text to the surrounding
    element. ``is_counted``: an element of the class may be one of those that `structure.Counts` counts.
    """

    names: tuple[str, ...] = ()
    role: str | None = None
    is_hidden: bool = False
    hidden_in: frozenset[str] = frozenset()
    is_block: bool = False
    holds_blocks: bool = False
    is_inline: bool = False
    unknown: tuple[str, ...] = ()
    is_noted: bool = False
    is_transparent: bool = False
    is_counted: bool = False


class Kinds(dict[str | None, Kind]):
    """The kind of each value of ``class``; ``kind_of`` computes new ones.

    The pages of a site share few values. A very long one, from somebody else's page, is not cached.
    """

    def __init__(self, kind_of: Callable[[str], Kind], is_counted: Callable[[str], bool] = lambda _: False) -> None:
        super().__init__()
        self._kind_of, self._is_counted = kind_of, is_counted

    def __missing__(self, value: str | None) -> Kind:
        kind = replace(self._kind_of(value or ""), is_counted=self._is_counted(value or ""))
        if len(value or "") <= _LONGEST_KEPT and len(self) < _MOST_KEPT:
            self[value] = kind
        return kind


class Element(Struct, eq=False, gc=False):
    """An element: its tag, kind and attributes, and its children, elements and texts."""

    tag: str
    kind: Kind
    attributes: Attributes
    children: list[Element | str]

    def elements(self) -> list[Element]:
        """The child elements, in order."""
        return [child for child in self.children if type(child) is Element]

    def attribute(self, name: str) -> str | None:
        """A cleaned attribute value; ``None`` when absent or blank."""
        value = self.attributes.get(name)
        return (markup.clean(value) or None) if value else None

    def below(self) -> list[Element]:
        """All elements below this one, in printed order."""
        found: list[Element] = []
        _add_below(self.children, found)
        return found

    @property
    def has_own_text(self) -> bool:
        """Whether it holds a text itself, not only elements."""
        return any(isinstance(child, str) and not child.isspace() for child in self.children)

    def one(self, name: str) -> Element:
        """The first element below this one that carries a class.

        :raises MarkupError: when there is none; the message names the class.
        """
        found = self.first(name)
        if found is None:
            identity = " ".join(filter(None, (self.tag, self.attributes.get("id"), *self.kind.names)))
            raise MarkupError(f".{name}", f"<{identity}>")
        return found

    def every(self, *names: str) -> list[Element]:
        """All elements below this one that carry one of these classes, in printed order."""
        found: list[Element] = []
        _add_every(self.children, frozenset(names), found)
        return found

    def first(self, *names: str) -> Element | None:
        """The first element below this one that carries one of these classes, in printed order."""
        return _first(self.children, frozenset(names))

    def text(self, drop: frozenset[str] = frozenset()) -> str:
        """The visible text by the rules of `markup.text`; blocks are those of the tags and of the kinds."""
        children = self.children
        if len(children) == 1:
            # Most elements of an entry hold nothing but their text.
            only = children[0]
            if isinstance(only, str):
                return markup.clean(only)
        return _text(children, drop, self.kind.holds_blocks)


class Parts(Struct, gc=False):
    """Elements with a role, in printed order and by their role."""

    every: list[Element]
    by_role: dict[str | None, list[Element]]

    def of(self, role: str) -> list[Element]:
        """The elements of one role."""
        return self.by_role.get(role, _NONE)

    def of_any(self, *roles: str) -> list[Element]:
        """The elements of several roles, in printed order."""
        if self.by_role.keys().isdisjoint(roles):
            return _NONE
        found = [role for role in roles if role in self.by_role]
        if len(found) > 1:
            return [part for part in self.every if part.kind.role in found]
        return self.by_role[found[0]]


def parts_of(elements: Iterable[Element]) -> Parts:
    """Elements sorted by their roles."""
    every = list(elements)
    by_role: dict[str | None, list[Element]] = {}
    for element in every:
        role = element.kind.role
        if role in by_role:
            by_role[role].append(element)
        else:
            by_role[role] = [element]
    return Parts(every, by_role)


class Outline(Struct, gc=False):
    """An element as plain objects, its visible text, with `coverage.APART` between separate texts, and the elements
    that its kinds have noted.

    ``counted``: the attributes of the elements that may count, the element itself included. ``has_others``: there may
    be others among those that are never text, which an outline leaves out.
    """

    top: Element
    visible: str
    noted: list[Element]
    counted: list[Attributes]
    has_others: bool = False

    def every(self, name: str) -> list[Element]:
        """The noted elements of a class, in printed order."""
        return [element for element in self.noted if name in element.kind.names]


def text_of(run: Iterable[Element | str], drop: frozenset[str] = frozenset()) -> str:
    """The visible text of a run of siblings, by the rules of `Element.text`."""
    return _text(run, drop, False)  # noqa: FBT003


def _text(run: Iterable[Element | str], drop: frozenset[str], are_blocks: bool) -> str:  # noqa: FBT001
    parts: list[str] = []
    _gather(run, drop, are_blocks, parts)
    # A dropped element at an end leaves nothing.
    while parts and parts[-1] is _NUL:
        parts.pop()
    return markup.without_gaps("".join(parts))


def texts(elements: Iterable[Element], drop: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The texts of several elements, without blank ones."""
    return tuple(found for element in elements if (found := element.text(drop)))


def outline(node: markup.Node, kinds: Kinds) -> Outline:
    """Walk an element once.

    :raises UnknownPage: when elements are nested deeper than in any dictionary.
    """
    visible: list[str] = []
    attributes = node.attributes
    top = Element(node.tag or "", kinds[attributes.get("class")], attributes, [])
    found = Outline(top, "", [], [attributes] if top.kind.is_counted else [])
    try:
        _fill(top, node.first_child, kinds, visible, found)
    except RecursionError as error:
        raise UnknownPage("elements are nested too deep to be read") from error
    found.visible = "".join(visible)
    return found


def _fill(  # noqa: C901, PLR0912, PLR0913 - a loop over all that a page has: a call less for each is seen
    element: Element,
    child: markup.Node | None,
    kinds: Kinds,
    visible: list[str] | None,
    found: Outline,
    *,
    is_continued: bool = False,
) -> None:
    """Add a child of its node and the following ones to an element, and their visible text to ``visible``.

    ``is_continued``: a text may continue the element's previous text.
    """
    children = element.children
    around = element.kind
    while child is not None:
        if child.is_text_node:
            said = child.text_content or ""
            if is_continued and children and isinstance(children[-1], str):
                children[-1] += said
            else:
                children.append(said)
            if visible is not None:
                visible.append(said)
        elif (tag := child.tag or "") not in _NEVER_TEXT:
            attributes = child.attributes
            kind = kinds[attributes.get("class")]
            if kind.is_counted:
                found.counted.append(attributes)
            inner = child.first_child
            is_in_text = kind.is_inline and tag not in _BLOCKS and not around.holds_blocks
            if is_in_text and kind.is_transparent:
                is_continued = True
                _fill(element, inner, kinds, visible, found, is_continued=True)
                child = child.next
                continue
            below = Element(tag, kind, attributes, [])
            children.append(below)
            if kind.is_noted and (visible is not None or not kind.unknown):
                found.noted.append(below)
            if visible is None or kind.is_hidden or (kind.hidden_in and not kind.hidden_in.isdisjoint(around.names)):
                if inner is not None:
                    _fill(below, inner, kinds, None, found)
            elif is_in_text:
                if inner is not None:
                    _fill(below, inner, kinds, visible, found)
            else:
                visible.append(_APART)
                if inner is not None:
                    _fill(below, inner, kinds, visible, found)
                visible.append(_APART)
        elif child.is_element_node and not found.has_others:
            may_count = kinds[child.attributes.get("class")].is_counted
            found.has_others = may_count or next(markup.elements(child), None) is not None
        child = child.next


def _gather(run: Iterable[Element | str], drop: frozenset[str], are_blocks: bool, parts: list[str]) -> None:  # noqa: FBT001
    for child in run:
        if isinstance(child, str):
            parts.append(child)
            continue
        kind = child.kind
        if kind.is_hidden or (drop and not drop.isdisjoint(kind.names)):
            if parts:
                parts.append(_NUL)
            continue
        is_apart = are_blocks or kind.is_block or child.tag in _BLOCKS
        if is_apart:
            parts.append(" ")
        _gather(child.children, drop, kind.holds_blocks, parts)
        if is_apart:
            parts.append(" ")


def _add_below(children: list[Element | str], found: list[Element]) -> None:
    for child in children:
        if not isinstance(child, str):
            found.append(child)
            if child.children:
                _add_below(child.children, found)


def _add_every(children: list[Element | str], wanted: frozenset[str], found: list[Element]) -> None:
    for child in children:
        if isinstance(child, str):
            continue
        if not wanted.isdisjoint(child.kind.names):
            found.append(child)
        if child.children:
            _add_every(child.children, wanted, found)


def _first(children: list[Element | str], wanted: frozenset[str]) -> Element | None:
    for child in children:
        if isinstance(child, str):
            continue
        if not wanted.isdisjoint(child.kind.names):
            return child
        if child.children and (found := _first(child.children, wanted)) is not None:
            return found
    return None
