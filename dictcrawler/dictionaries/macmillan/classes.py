"""Macmillan's class names: those that are never content, those that are transparent, those that carry a label.

Names in capitals are elements of the publisher's own XML and keep their meaning through all generations of the site;
lower-case names belong to the layout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from dictcrawler.model import LabelType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# Advertising, navigation, buttons, captions, lists of other entries: of generation B (seen in whole pages) and C (known
# from scripts that people wrote to hide them). Each ``:is`` follows a condition that few elements meet, so most
# elements are rejected quickly.
_NEVER_CONTENT = (
    "script, style, noscript, "
    "[id]:is([id^=ad_], [id*=google_ads], #potw, #headwordright, #social_head, #helplinks-box, #redwordslayer, "
    "#thesaurus-floatinglayer, #innerleftcol, #relatedentries, #usageboxlinks, #innerrightcol)"
)
_NEVER_CONTENT_CLASSES = frozenset(
    "am-dictionary floating-search thesaurus-layer headword-definition contributeto_button IBOX-HEAD "
    "toggle-open toggle-close related-entries-content visible-xs smallprint moreButton noNumberElement "
    "textfromopen".split()
)
# By the class, in lower case, that each needs: the rest of its selector.
_NEVER_CONTENT_NAMED = {name.lower(): f".{name}" for name in _NEVER_CONTENT_CLASSES}
_NEVER_CONTENT_OF = {
    **_NEVER_CONTENT_NAMED,
    "wordforms": ".wordforms a",
    "synonyms": ".synonyms:not(:has(a)):is(.THES > *)",
    "thes-links": ".thes-links:not(:has(.theslink))",
    "title": ".TITLE:is(#phrases_container > *, #phrasal_verbs_container > *)",
    # Captions printed as separators ("See also"); between two links they keep the links apart.
    **{
        name.lower(): f".{name} > .SEP:first-child"
        for name in ("PV-XREF", "RUNON", "SEEALSO-GROUP", "MAIN-XREF", "VARIANT")
    },
}
NEVER_CONTENT = ", ".join((_NEVER_CONTENT, *_NEVER_CONTENT_OF.values()))

LABELS: dict[str, LabelType] = {
    "SYNTAX-CODING": "grammar",
    "GRAMMAR-TEXT": "grammar",
    "STYLE-LEVEL": "register",
    "DIALECT": "region",
    "SUBJECT-AREA": "domain",
    "RESTRICTION-CLASS": "restriction",
}

# Some texts leave these out, because they have fields of their own.
_LEFT_OUT = frozenset({"GL", "USAGUC", *LABELS})

# Printed between the fields.
SEPARATOR = "SEP"

# Elements of the XML that only hold others.
WRAPPERS = frozenset(
    "HOMOGRAPH PV-HOMOGRAPH HEAD HEAD-INFO HEAD-INFO1 HEAD-INFO2 H_S1 H_S2 BASE-FORM MAINENTRY ENTRY "
    "SENSE SENSE-BODY SENSE-CONTENT SENSE-ENTRY SENSE-INFO SENSE-INFO1 SUB-SENSES SUB-SENSE-BODY "
    "SUB-SENSE-CONTENT IBOX INFLECTION-GROUP INFLECTION INFLECTION-CONTENT I-BASEFORM".split()
)

# Elements inside a text and marks in it; none of them has a field of its own.
_INLINE = frozenset("QUERY HW BOLD KEY-REF KEY-IDEA COL-HW ONE-COLLOCATE COLLOCATION-SET SUB INFLX".split())

# The layout's own names, which tell nothing about the content.
_LAYOUT = frozenset(
    "a anchor audio_play_button big-title centred clearfix definitions-list dflex entry-labels entry-pron-head "
    "entry-sense entry_onebox entryBody entrylist first foldimage h2 h3 layer left-content limit-max-width "
    "line-box-content openEntry openSense p phrases phrasal-verbs redword row senses show_less sidebox "
    "sideboxbody sound stars_grp synonyms td thes-links theslink toggle-toggle toggleable zwsp".split()
)
# Not three classes that about every second element has: they only mark words inside a text, so they can be skipped.
_WITH_CLASS = "[class]:not([class=EXAMPLE], [class=QUERY], [class=theslink])"
_KNOWN = WRAPPERS | _INLINE | _LAYOUT
_LONGEST_KEPT = 100
_LAYOUT_FAMILIES = ("col-", "icon_", "margin-", "middle-", "no-", "responsive_")


class Value(msgspec.Struct, frozen=True):
    """The meaning of one ``class`` attribute, on whatever page it occurs.

    ``is_content``: the class alone does not exclude the element; ``never_content`` are the selectors still to be tried
    for it; ``unknown`` are the classes that are neither layout nor known to be skipped; ``mark`` marks the element
    where texts leave it out.
    """

    names: tuple[str, ...]
    is_content: bool
    never_content: tuple[str, ...]
    unknown: frozenset[str]
    mark: Callable[[Node], None] | None


Found = Sequence[tuple[Value, list[Node]]]


def by_class(content: Node) -> Found:
    """The elements at and below a node, grouped by the value of ``class``: there are many elements but few values."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for element in content.css(_WITH_CLASS):
        found[element.attributes["class"] or ""].append(element)
    # The pages of one site share their values. A very long value, from somebody else's page, is not cached.
    return [
        (_known_value(value) if len(value) <= _LONGEST_KEPT else _value(value), elements)
        for value, elements in found.items()
    ]


def _value(value: str) -> Value:
    names = value.split()
    # Python splits at blanks beyond ASCII, CSS selectors do not.
    is_content = _NEVER_CONTENT_CLASSES.isdisjoint(names) or not (value.isascii() and value.isprintable())
    # In lower and upper case: on a page without a doctype, selectors ignore the case of classes.
    small = [name for name in value.lower().split() if is_content or name not in _NEVER_CONTENT_NAMED]
    is_apart = not _LEFT_OUT.isdisjoint(value.upper().split())
    mark_separator = markup.mark_dropped if SEPARATOR in names else None
    # A separator has a second class for its place (``SEP PRON-before``), which is not content either.
    unknown = () if SEPARATOR in names else set(names) - _KNOWN
    return Value(
        names=tuple(names),
        is_content=is_content,
        never_content=tuple(_NEVER_CONTENT_OF[name] for name in small if name in _NEVER_CONTENT_OF),
        unknown=frozenset(name for name in unknown if not name.startswith(_LAYOUT_FAMILIES)),
        mark=markup.mark_apart if is_apart else mark_separator,
    )


_known_value = lru_cache(maxsize=1024)(_value)


def remove_never_content(found: Found, content: Node) -> None:
    """Remove what `NEVER_CONTENT` matches at and below ``content``, with as few searches as possible."""
    selectors = dict.fromkeys((_NEVER_CONTENT, *(name for value, _ in found for name in value.never_content)))
    # First, because these selectors depend on elements that the next step removes.
    markup.remove(content, ", ".join(selectors))
    for value, elements in found:
        if not value.is_content:
            markup.remove_all(content, elements)


def unknown_classes(found: Found, content: Node, read: frozenset[str]) -> set[str]:
    """The unknown classes of the elements left below ``content``, without the classes in ``read``."""
    unknown: set[str] = set()
    is_there = {content.mem_id: True}
    for value, elements in found:
        if not read.issuperset(value.unknown) and any(_is_there(element, is_there) for element in elements):
            unknown |= value.unknown - read
    return unknown


def _is_there(element: Node, is_there: dict[int, bool]) -> bool:
    """Whether an element was not removed. ``is_there`` caches results by ``mem_id``, so no ancestor is visited
    twice."""
    path = []
    above: Node | None = element
    while above is not None and above.mem_id not in is_there:
        path.append(above.mem_id)
        above = above.parent
    found = above is not None and is_there[above.mem_id]
    is_there.update(dict.fromkeys(path, found))
    return found


def mark_left_out(found: Found, unknown: set[str]) -> None:
    """Mark the elements that texts leave out: separators from all texts, the others from some."""
    for value, elements in found:
        mark = value.mark
        if unknown and not unknown.isdisjoint(value.names):
            mark = markup.mark_apart
        if mark is not None:
            for element in elements:
                mark(element)
