"""Macmillan's class names: what is noise, what is transparent, what carries a label.

Names in capitals are elements of the publisher's own XML and keep their meaning through
all generations of the site; names in small letters are the layout's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dictcrawler.model import LabelType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

# Advertising, navigation, buttons, captions, lists of other entries: of generation B (seen in
# whole pages) and C (known from the scripts that people wrote to hide them). What few elements
# have stands before ``:is``, so that most elements are compared with little.
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
# By the class without which there is none of it, in small letters: the rest of the selector.
_NEVER_CONTENT_NAMED = {name.lower(): f".{name}" for name in _NEVER_CONTENT_CLASSES}
_NEVER_CONTENT_OF = {
    **_NEVER_CONTENT_NAMED,
    "wordforms": ".wordforms a",
    "synonyms": ".synonyms:not(:has(a)):is(.THES > *)",
    "thes-links": ".thes-links:not(:has(.theslink))",
    "title": ".TITLE:is(#phrases_container > *, #phrasal_verbs_container > *)",
    # Captions printed as separators ("See also"); those between two links keep the links apart.
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

# What some texts leave out, as fields of their own.
_LEFT_OUT = frozenset({"GL", "USAGUC", *LABELS})

# What is printed between the fields.
SEPARATOR = "SEP"

# Elements of the XML that only hold others.
WRAPPERS = frozenset(
    "HOMOGRAPH PV-HOMOGRAPH HEAD HEAD-INFO HEAD-INFO1 HEAD-INFO2 H_S1 H_S2 BASE-FORM MAINENTRY ENTRY "
    "SENSE SENSE-BODY SENSE-CONTENT SENSE-ENTRY SENSE-INFO SENSE-INFO1 SUB-SENSES SUB-SENSE-BODY "
    "SUB-SENSE-CONTENT IBOX INFLECTION-GROUP INFLECTION INFLECTION-CONTENT I-BASEFORM".split()
)

# Elements inside a text, and what is marked in it; none of them is a field of its own.
_INLINE = frozenset("QUERY HW BOLD KEY-REF KEY-IDEA COL-HW ONE-COLLOCATE COLLOCATION-SET SUB INFLX".split())

# The layout's own names, which say nothing of the content.
_LAYOUT = frozenset(
    "a anchor audio_play_button big-title centred clearfix definitions-list dflex entry-labels entry-pron-head "
    "entry-sense entry_onebox entryBody entrylist first foldimage h2 h3 layer left-content limit-max-width "
    "line-box-content openEntry openSense p phrases phrasal-verbs redword row senses show_less sidebox "
    "sideboxbody sound stars_grp synonyms td thes-links theslink toggle-toggle toggleable zwsp".split()
)
# Not the three that stand on every other element, which nobody needs to look at: they are words in a text.
_WITH_CLASS = "[class]:not([class=EXAMPLE], [class=QUERY], [class=theslink])"
_KNOWN = WRAPPERS | _INLINE | _LAYOUT
_LONGEST_KEPT = 100
_LAYOUT_FAMILIES = ("col-", "icon_", "margin-", "middle-", "no-", "responsive_")


@dataclass(frozen=True, slots=True)
class Value:
    """What a value of ``class`` says of its elements, on whatever page they are.

    ``is_content``: they may be content, for all that their class says; ``never_content`` are the selectors to
    search by for what is none; ``unknown`` are the classes that are neither layout nor known not to be read;
    ``mark`` is how to mark them, where texts leave them out.
    """

    names: tuple[str, ...]
    is_content: bool
    never_content: tuple[str, ...]
    unknown: frozenset[str]
    mark: Callable[[Node], None] | None


Found = Sequence[tuple[Value, list[Node]]]


def by_class(content: Node) -> Found:
    """The elements at and below a node by the value of their ``class``: few values stand on many elements."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for element in content.css(_WITH_CLASS):
        found[element.attributes["class"] or ""].append(element)
    # The pages of a site have the same values; but a long one, of a page of somebody else's, is not to be kept.
    return [
        (_known_value(value) if len(value) <= _LONGEST_KEPT else _value(value), elements)
        for value, elements in found.items()
    ]


def _value(value: str) -> Value:
    names = value.split()
    # What Python takes for a blank beyond ASCII is none to a selector.
    is_content = _NEVER_CONTENT_CLASSES.isdisjoint(names) or not (value.isascii() and value.isprintable())
    # In small letters, and in capitals: to the selectors of a page without a doctype they are the same.
    small = [name for name in value.lower().split() if is_content or name not in _NEVER_CONTENT_NAMED]
    is_apart = not _LEFT_OUT.isdisjoint(value.upper().split())
    mark_separator = markup.mark_dropped if SEPARATOR in names else None
    # A separator names its place beside its own class (``SEP PRON-before``): no content either.
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
    """Remove what `NEVER_CONTENT` matches at and below ``content``, and search for no more of it than is necessary."""
    selectors = dict.fromkeys((_NEVER_CONTENT, *(name for value, _ in found for name in value.never_content)))
    # First: these ask what else is there.
    markup.remove(content, ", ".join(selectors))
    for value, elements in found:
        if not value.is_content:
            markup.remove_all(content, elements)


def unknown_classes(found: Found, content: Node, read: frozenset[str]) -> set[str]:
    """The classes that nobody knows of what is still below ``content``; ``read`` are those that are read."""
    unknown: set[str] = set()
    is_there = {content.mem_id: True}
    for value, elements in found:
        if not read.issuperset(value.unknown) and any(_is_there(element, is_there) for element in elements):
            unknown |= value.unknown - read
    return unknown


def _is_there(element: Node, is_there: dict[int, bool]) -> bool:
    """Whether an element was not removed; ``is_there`` keeps what is known, by ``mem_id``: none is climbed twice."""
    path = []
    above: Node | None = element
    while above is not None and above.mem_id not in is_there:
        path.append(above.mem_id)
        above = above.parent
    found = above is not None and is_there[above.mem_id]
    is_there.update(dict.fromkeys(path, found))
    return found


def mark_left_out(found: Found, unknown: set[str]) -> None:
    """Mark each element that any text leaves out: the separators, which all of them do, and the others."""
    for value, elements in found:
        mark = value.mark
        if unknown and not unknown.isdisjoint(value.names):
            mark = markup.mark_apart
        if mark is not None:
            for element in elements:
                mark(element)
