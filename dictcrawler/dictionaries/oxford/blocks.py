"""Oxford's entry as a flat run of blocks: what each class of its markup is for.

The two layouts, OALD9 (2013-2019) and OALD10 (since January 2020), nest the same things
under different names. One table says what a name is for, and the rest of the parser asks
for roles: no reader knows which of the two layouts it is reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dictcrawler.parsing.outline import Element, Kind, kinds

# Scripts, buttons, pictures, captions, advertising and links that lead out of the entry. The captions
# of the boxes read into a field of their own go too; those of other boxes are their titles.
NEVER_CONTENT = (
    "script, style, #ring-links-box, #ox-enlarge, [hide='y'], "
    ".jumplinks, .link-right, .wl-add, .pron-link, .dictlink-g, .dictlinks, "
    ".idioms_heading, .idm-gs > .heading, .pv-gs > .heading, .phrasal_verb_links > .unbox, "
    ".topic-g > .prefix, .xr-gs:has([resource='topicdict']) > .prefix, "
    "[unbox='extra_examples'] > .box_title, [unbox='wordorigin'] > .box_title, [unbox='verbforms'] > .box_title, "
    "[unbox='wordorigin'] > .heading, [unbox='verbforms'] > .heading, "
    # OALD9 holds part of speech and accent twice and shows them once.
    ".webtop-g ~ .pos-g, .prefix ~ .phon .bre, .prefix ~ .phon .name, "
    ".xref_to_full_entry, .unbox .xr-gs[xref_type='external']"
)

# Inline elements that the site sets apart by style alone: unspaced, their words run together.
_BLOCKS = frozenset("num topic_name topic_cefr box_title heading shcut p dt dd".split())

GROUP = "group"
IGNORED = "ignored"

_NAMES = {
    GROUP: "top-container top-g webtop webtop-g pos-g phonetics pron-gs sense_single senses_multiple h-g sn-gs shcut-g "
    "sensetop collapse snippet res-g x-g rx-g idioms idm-gs idm-l pv-gs dr-gs oldsubentry",
    IGNORED: "sep wrap separator prefix shcut num sym_first z clear",
    "headword": "headword h",
    "phrase": "idm pv dr drv",
    "part_of_speech": "pos",
    "symbols": "symbols",
    "word_list": "oxford3000 academic",
    "pronunciation": "phons_br phons_n_am pron-g",
    "sound": "sound",
    "transcription": "phon",
    "inflections": "inflections if-gs",
    "variants": "variants v-gs vs-g",
    "sense": "sense sn-g",
    "idiom": "idm-g",
    "phrasal_verb": "pv-g",
    "derived": "dr-g",
    "phrasal_verb_links": "phrasal_verb_links",
    "grammar": "grammar gram-g",
    "labels": "labels label-g",
    "use": "use",
    "restriction": "dis-g",
    "pattern": "cf",
    "definition": "def",
    "examples": "examples x-gs",
    "example": "x unx",
    "gloss": "gloss gl",
    "relations": "xrefs xr-gs",
    "topics": "topic-g",
    "note": "un",
    "box": "unbox",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
# The insides of the other roles are read as text, whatever their classes.
_LOOKED_INTO = frozenset({None, GROUP, "sense", "idiom", "phrasal_verb", "derived", "pronunciation", "examples"})


class Block(NamedTuple):
    """One part of an entry or sense: ``indicator`` is the shortcut line it stands under,
    ``phrase`` the phrasal verb, where one page holds several forms of it."""

    role: str
    node: Element
    indicator: str | None = None
    phrase: str | None = None


def _kind(value: str) -> Kind:
    names = tuple(value.split())
    role = next((_ROLES[name] for name in names if name in _ROLES), None) if names else GROUP
    is_block = not _BLOCKS.isdisjoint(names)
    return Kind(
        names=names,
        role=role,
        is_block=is_block,
        holds_blocks="body" in names,
        is_inline=not is_block and role in {None, GROUP},
        unknown=() if role else names,
    )


kind_of = kinds(_kind)


def blocks(element: Element, indicator: str | None = None) -> Iterator[Block]:
    """The parts of an entry, sense or example, in printed order, wrappers unfolded.

    An element of unknown class is unfolded too, so that known parts inside it are not lost.
    """
    for child in element.elements():
        role = role_of(child)
        if role is None or role == GROUP:
            yield from blocks(child, _shortcut(child) or indicator)
        elif role != IGNORED:
            yield Block(role, child, indicator)


def nodes(parts: Iterable[Block], *roles: str) -> list[Element]:
    """The elements of one of these roles."""
    return [part.node for part in parts if part.role in roles]


def unknown_classes(element: Element) -> Iterator[str]:
    """The class names that no table knows, wherever the parser looks for parts and finds a text."""
    for child in element.elements():
        if child.kind.unknown and child.text():
            yield from child.kind.unknown
        if role_of(child) in _LOOKED_INTO:
            yield from unknown_classes(child)


def role_of(element: Element) -> str | None:
    """What an element is read as; OALD9 prints the topics of a sense as one more group of cross-references."""
    role = element.kind.role
    if role == "relations" and any(below.attributes.get("resource") == "topicdict" for below in element.below()):
        return "topics"
    return role


def _shortcut(element: Element) -> str | None:
    found = next(direct(element, "shcut"), None)
    return (found.text() or None) if found is not None else None


def direct(element: Element, name: str) -> Iterator[Element]:
    """The children of a class, at any depth of layout that no table knows."""
    for child in element.elements():
        if name in child.kind.names:
            yield child
        elif child.kind.role is None:
            yield from direct(child, name)
