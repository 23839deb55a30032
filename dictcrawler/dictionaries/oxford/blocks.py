"""Oxford's entry as a flat run of blocks: what each class of its markup is for.

The two layouts, OALD9 (2013-2019) and OALD10 (since January 2020), nest the same things
under different names. One table says what a name is for, and the rest of the parser asks
for roles: no reader knows which of the two layouts it is reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dictcrawler.parsing.markup import Node, children, classes, elements, text

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
_APART = ".num, .topic_name, .topic_cefr, .box_title, .heading, .body > *, .body .shcut, .body .p, .body .dt, .body .dd"

GROUP = "group"
IGNORED = "ignored"

_NAMES = {
    GROUP: "top-container top-g webtop webtop-g pos-g phonetics pron-gs sense_single senses_multiple h-g sn-gs shcut-g "
    "sensetop collapse snippet res-g x-g rx-g idioms idm-gs idm-l pv-gs",
    IGNORED: "sep wrap separator prefix shcut num sym_first z clear",
    "headword": "headword h",
    "phrase": "idm pv",
    "part_of_speech": "pos",
    "symbols": "symbols",
    "word_list": "oxford3000 academic",
    "pronunciation": "phons_br phons_n_am pron-g",
    "sound": "sound",
    "transcription": "phon",
    "inflections": "inflections",
    "variants": "variants v-gs",
    "sense": "sense sn-g",
    "idiom": "idm-g",
    "phrasal_verb": "pv-g",
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
_LOOKED_INTO = frozenset({None, GROUP, "sense", "idiom", "phrasal_verb", "pronunciation", "examples"})


class Block(NamedTuple):
    """One part of an entry or sense: ``indicator`` is the shortcut line it stands under,
    ``phrase`` the phrasal verb, where one page holds several forms of it."""

    role: str
    node: Node
    indicator: str | None = None
    phrase: str | None = None


def set_apart(entry: Node) -> None:
    """Puts a blank before and after what is printed as a word, line or paragraph of its own."""
    for node in entry.css(_APART):
        node.insert_before(" ")
        node.insert_after(" ")


def blocks(node: Node, indicator: str | None = None) -> Iterator[Block]:
    """The parts of an entry, sense or example, in printed order, wrappers unfolded.

    An element of unknown class is unfolded too, so that known parts inside it are not lost.
    """
    for child in elements(node):
        role = _role(child)
        if role is None or role == GROUP:
            yield from blocks(child, _shortcut(child) or indicator)
        elif role != IGNORED:
            yield Block(role, child, indicator)


def nodes(parts: tuple[Block, ...], role: str) -> list[Node]:
    """The elements of one role."""
    return [part.node for part in parts if part.role == role]


def unknown_classes(node: Node) -> Iterator[str]:
    """The class names that no table knows, wherever the parser looks for parts."""
    for child in elements(node):
        role = _role(child)
        if role is None:
            yield from classes(child)
        if role in _LOOKED_INTO:
            yield from unknown_classes(child)


def _role(node: Node) -> str | None:
    names = classes(node)
    if not names:
        return GROUP
    role = next((_ROLES[name] for name in names if name in _ROLES), None)
    # OALD9 prints the topics of a sense as one more group of cross-references.
    if role == "relations" and node.css_first("[resource='topicdict']") is not None:
        return "topics"
    return role


def _shortcut(node: Node) -> str | None:
    found = next(children(node, "shcut"), None)
    return (text(found) or None) if found is not None else None
