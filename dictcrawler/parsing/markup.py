"""Reads HTML: typed selections with errors that name the selector, and the rules for text.

A thin layer over Lexbor (selectolax). Every string that it returns is clean: NFC,
single spaces, no line breaks, no control or zero-width characters. `displayed` has rewritten
the tree before, so a text is as a reader of the page sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import cast
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.parsing import displayed

Node = LexborNode

# Elements that a browser puts on separate lines or in separate cells:
# the texts before and after them are never one word (HTML Living Standard, section 15.3).
BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre "
    "section select summary table tbody td tfoot th thead tr ul".split()
)
MANY_TAGS = 10_000
# The maximum depth of browsers.
_TOO_DEEP = " > ".join("*" * 512)
# Programs, form controls, drawings and players: their content is not text of the page.
NEVER_TEXT = frozenset(
    "script style noscript template -comment audio video iframe object canvas svg button select textarea "
    "datalist".split()
)

# Most elements of an entry are one of these, which are not examined individually.
_MAYBE_BLOCKS = ":not(span, a)"

_GAP = "\0"
# Marks in a prepared tree, made of NULs, which no page has in a text and `text` ignores. An element to drop is put
# between two NULs and one: two such elements side by side have three NULs between them, never four.
_DROPPED = _GAP * 2
_APART = _GAP * 4
_MARKED_AS_DROPPED = re.compile("\0\0[^\0]*\0")
_ORIGIN = re.compile(r"https?://[\w.:-]+(?=/)", re.ASCII)
_PLAIN_PATH = re.compile(r"/[\w-][\w/-]*(?:#[\w-]+)?", re.ASCII)
_PLAIN_ADDRESS = re.compile(rf"{_ORIGIN.pattern}{_PLAIN_PATH.pattern}", re.ASCII)
_CLOSING = frozenset(".,;:!?)]…")
# C0/C1 controls, surrogates, soft hyphens, zero-width characters and byte-order marks: they are
# invisible, and break strict JSON readers or word matching.
_UNPRINTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# The joiners that Persian and Indian scripts need; between Latin letters they only prevent a ligature.
_NEEDLESS_JOINER = re.compile("(?:(?<=[\0-\u024f])|^)[\u200c\u200d]+(?=[\0-\u024f]|$)")
# Marks of direction matter where right-to-left letters and others share a text, but never at its ends.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DIRECTION_AT_END = re.compile("^[\\s\u061c\u200e\u200f]+|[\\s\u061c\u200e\u200f]+$")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Compiled when a page mixes directions: that takes 3 ms, a twentieth of the reading process's start.
_LEFT_TO_RIGHT = "[A-Za-z0-9\xaa-\u058f\u0900-\u1fff\u2c00-\ufb1c]"


def document(html: str) -> Node:
    """The root element of a page, rewritten as a reader sees it. HTML5 error recovery accepts any text.

    :raises UnknownPage: for elements nested deeper than on any page for readers.
    """
    root = unsettled(html)
    refuse_depth(root, html)
    displayed.settle(root)
    return root


def unsettled(html: str) -> Node:
    """The root element of a page before `displayed.settle`, for parsers that first remove most of it and then
    `refuse_depth`."""
    # Lexbor makes an <html> element of any text, even of an empty one.
    return cast(Node, LexborHTMLParser(html).root)


def refuse_depth(node: Node, html: str) -> None:
    """Refuse what is left of a page when its elements are nested deeper than on any page for readers.

    :raises UnknownPage: when they are.
    """
    # Checking the depth takes as long as building the tree, and only a page with many tags can be so deep.
    if html.count("<") > MANY_TAGS and node.css_first(_TOO_DEEP) is not None:
        raise UnknownPage("elements are nested too deep to be read")


def clean(text: str) -> str:
    """NFC, single spaces, trimmed, without invisible characters; marks of direction only where they matter."""
    if text.isprintable():
        # Most texts are clean already. Of all blanks only the plain space is printable.
        text = " ".join(text.split()) if "  " in text else text.strip()
    else:
        text = " ".join(text.split())
        if not text.isprintable():
            text = " ".join(_printed(text).split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _printed(text: str) -> str:
    text = _NEEDLESS_JOINER.sub("", _UNPRINTED.sub("", text))
    if _DIRECTION.search(text) is None:
        return text
    if _RIGHT_TO_LEFT.search(text) and re.search(_LEFT_TO_RIGHT, text):
        return _DIRECTION_AT_END.sub("", text)
    return _DIRECTION.sub("", text)


def classes(node: Node) -> tuple[str, ...]:
    """The class tokens of an element, in order; ``()`` for text and comments."""
    # A dictionary of all attributes takes less time than the search for one that is missing.
    value = node.attributes.get("class") if node.is_element_node else None
    return tuple(value.split()) if value else ()


def has_class(node: Node, name: str) -> bool:
    """Whether ``name`` is one of the element's class tokens (never a substring)."""
    return name in classes(node)


def attribute(node: Node, name: str) -> str | None:
    """A cleaned attribute value; ``None`` when absent or blank."""
    value = node.attributes.get(name)
    return (clean(value) or None) if value else None


def first(node: Node, selector: str) -> Node | None:
    """The first descendant that matches, or ``None``."""
    return node.css_first(selector)


def one(node: Node, selector: str) -> Node:
    """The first descendant that matches.

    :raises MarkupError: when none does; the message names the selector.
    """
    found = node.css_first(selector)
    if found is None:
        identity = " ".join(filter(None, (node.tag, node.attributes.get("id"), *classes(node))))
        raise MarkupError(selector, f"<{identity}>")
    return found


def nodes(node: Node) -> Iterator[Node]:
    """The child nodes, in order: elements, text and comments."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def elements(node: Node) -> Iterator[Node]:
    """The child elements, in order, without text and comments."""
    return (child for child in nodes(node) if child.is_element_node)


def elements_of(run: Iterable[Node]) -> Iterator[Node]:
    """The elements of a run of nodes, and all elements in them, in order. For a few it is quicker than a selection."""
    return (element for node in run if node.is_element_node for element in node.traverse(include_text=False))


def first_of(node: Node, names: frozenset[str]) -> Node | None:
    """The element itself, or the first one in it, that carries one of some classes: quicker than `first` where few
    elements come before it."""
    return next((element for element in elements_of([node]) if not names.isdisjoint(classes(element))), None)


def children(node: Node, name: str) -> Iterator[Node]:
    """The child elements that carry the class ``name``."""
    return (child for child in elements(node) if has_class(child, name))


def remove(node: Node, selector: str) -> None:
    """Remove all descendants that match. If ``node`` itself matches, remove all its content."""
    remove_all(node, node.css(selector))


def remove_all(node: Node, found: Iterable[Node]) -> None:
    """Remove these elements below ``node``. If it is one of them itself, remove all its content."""
    for match in found:
        # Unlinked only, so an element that occurs twice, or inside another one, does no harm.
        match.decompose(recursive=match.mem_id == node.mem_id)


def prepare(node: Node) -> None:
    """Make `quick_text` work below ``node``. **Changes the tree**, but no text that is read from it.

    Each block gets a space on both sides, and everything that is never text a mark before it.
    """
    for found in node.css(_MAYBE_BLOCKS):
        tag = found.tag
        if tag in NEVER_TEXT:
            mark_apart(found)
        elif tag in BLOCKS and found.mem_id != node.mem_id:
            found.insert_before(" ")
            found.insert_after(" ")


def prepared_text(node: Node) -> str:
    """The visible text below a node just prepared, not cleaned."""
    said = node.text_lexbor()
    return text(node) if _GAP in said else said


def mark_apart(node: Node) -> None:
    """Mark an element so that `quick_text` leaves everything around it to `text`."""
    node.insert_before(_APART)


def mark_dropped(node: Node) -> None:
    """Mark an element as one that `quick_text` always drops."""
    node.insert_before(_DROPPED)
    node.insert_after(_GAP)


def quick_text(node: Node) -> str | None:
    """The same result as `text` for an element in a prepared tree, many times as fast.

    ``None`` when it contains an element marked as apart: then `text` must be used.
    """
    said = node.text_lexbor()
    if _GAP not in said:
        return clean(said)
    if _APART in said:
        return None
    said, dropped = _MARKED_AS_DROPPED.subn(_GAP, said)
    # More are left where one to drop is inside another one.
    return without_gaps(said) if said.count(_GAP) == dropped else None


def absolute(base: str, href: str) -> str:
    """The address of a link on the page at ``base``, by the rules of `urllib.parse.urljoin`."""
    # Most links of a site have one of two forms, which need no general algorithm.
    if _PLAIN_ADDRESS.fullmatch(href):
        return href
    origin = _ORIGIN.match(base)
    if origin and _PLAIN_PATH.fullmatch(href):
        return origin[0] + href
    return urljoin(base, href)


def own_path(root: Node, url: str) -> str:
    """The path of the address that a page declares for itself; empty without one. ``url`` is where it was found."""
    for selector, name in (("link[rel='canonical']", "href"), ("meta[property='og:url']", "content")):
        found = first(root, selector)
        address = attribute(found, name) if found is not None else None
        if address:
            with suppress(ValueError):
                return urlsplit(urljoin(url, address)).path
    return ""


def text(node: Node, *, drop: frozenset[str] = frozenset()) -> str:
    """The visible text, cleaned.

    Block elements are kept apart by a space. An element with a class of ``drop`` leaves
    a space behind, except before closing punctuation, so that what follows it is never
    glued and never preceded by a blank.
    """
    child = node.first_child
    if child is not None and child.next is None and child.is_text_node:
        # Most elements of an entry hold nothing but their text.
        return clean(child.text_content or "")
    return text_of(nodes(node), drop=drop)


def text_of(run: Iterable[Node], *, drop: frozenset[str] = frozenset()) -> str:
    """The visible text of a run of sibling nodes, by the rules of `text`.

    :raises UnknownPage: when elements are nested deeper than any dictionary's.
    """
    parts: list[str] = []
    try:
        for node in run:
            _gather(node, drop, parts)
    except RecursionError as error:
        raise UnknownPage("elements are nested too deep to be read") from error
    said = "".join(parts)
    return without_gaps(said) if drop else clean(said.replace(_GAP, ""))


def without_gaps(said: str) -> str:
    """Clean a text with NULs in place of dropped elements: no blank remains before closing punctuation."""
    if _GAP not in said:
        return clean(said)
    kept: list[str] = []
    for part in said.split(_GAP):
        if bare := part.strip():
            kept.append(bare if bare[0] in _CLOSING or not kept else f" {bare}")
    return clean("".join(kept))


def reading(node: Node) -> str | None:
    """The reading of an element with ``<ruby>`` in it ("たべる" for "食べる"); ``None`` without one."""
    if node.css_first(f"ruby[{displayed.READING}]") is None:
        return None
    return clean("".join(_read_aloud(node))) or None


def _read_aloud(node: Node) -> Iterator[str]:
    if node.tag == "ruby":
        yield attribute(node, displayed.READING) or text(node)
    elif node.tag == "-text":
        yield node.text_content or ""
    elif node.tag not in NEVER_TEXT:
        for child in nodes(node):
            yield from _read_aloud(child)


def texts(nodes: Iterator[Node] | list[Node], *, drop: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The texts of several elements, without blank ones."""
    return tuple(found for node in nodes if (found := text(node, drop=drop)))


def _gather(node: Node, drop: frozenset[str], parts: list[str]) -> None:
    tag = node.tag
    if tag == "-text":
        parts.append(_of_text_node(node) if drop else node.text_content or "")
    elif tag not in NEVER_TEXT:
        if drop and not drop.isdisjoint(classes(node)):
            parts.append(_GAP)
            return
        is_block = tag in BLOCKS
        if is_block:
            parts.append(" ")
        child = node.first_child
        while child is not None:
            # Every other child is a text, so one call less for each is measurable.
            if child.is_text_node:
                parts.append(_of_text_node(child) if drop else child.text_content or "")
            else:
                _gather(child, drop, parts)
            child = child.next
        if is_block:
            parts.append(" ")


def _of_text_node(node: Node) -> str:
    # A NUL in the page must not be mistaken for the mark of a dropped element.
    return (node.text_content or "").replace(_GAP, "")
