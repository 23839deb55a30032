"""Oxford's entry as a flat sequence of parts: one table gives each class of the markup its role.

The two layouts, OALD9 (2013-2019) and OALD10 (since January 2020), nest the same things under different names. The rest
of the parser looks for roles, so it need not know which layout it is reading.
"""

from __future__ import annotations

from collections.abc import Container

from msgspec import Struct

from dictcrawler.parsing.outline import Element, Kind, Kinds

# Scripts, buttons, pictures, captions, advertising and links that lead out of the entry. The captions of boxes that
# have a field of their own go too; in other boxes they are the titles.
NEVER_CONTENT = (
    "script, style, #ring-links-box, #ox-enlarge, [hide='y'], "
    ".jumplinks, .link-right, .wl-add, .pron-link, .dictlink-g, .dictlinks, "
    ".idioms_heading, .idm-gs > .heading, .pv-gs > .heading, .phrasal_verb_links > .unbox, "
    ".topic-g > .prefix, .xr-gs:has([resource='topicdict']) > .prefix, "
    "[unbox='extra_examples'] > .box_title, [unbox='wordorigin'] > .box_title, [unbox='verbforms'] > .box_title, "
    "[unbox='wordorigin'] > .heading, [unbox='verbforms'] > .heading, "
    # OALD9 contains part of speech and accent twice and shows them once.
    ".webtop-g ~ .pos-g, .prefix ~ .phon .bre, .prefix ~ .phon .name, "
    ".xref_to_full_entry, .unbox .xr-gs[xref_type='external']"
)

# Inline elements that the site separates by style alone: without blanks their words would run together.
_BLOCKS = frozenset("num hm topic_name topic_cefr box_title heading shcut p dt dd li".split())

GROUP = "group"
IGNORED = "ignored"
CHILDREN = frozenset({"idiom", "phrasal_verb", "derived"})
"""The roles of entries inside an entry."""

_NAMES = {
    GROUP: "top-container top-g webtop webtop-g pos-g phonetics pron-gs sense_single senses_multiple h-g sn-gs shcut-g "
    "sensetop collapse snippet res-g x-g rx-g idioms idm-gs idm-l pv-gs dr-gs oldsubentry",
    IGNORED: "sep wrap separator prefix sym_first z clear",
    "shortcut": "shcut",
    "number": "num",
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
_NO_PARTS = frozenset({IGNORED, "shortcut"})
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
# Elements with any other role are read as text, whatever classes are inside.
_LOOKED_INTO = frozenset({None, GROUP, "sense", "idiom", "phrasal_verb", "derived", "pronunciation", "examples"})


class Block(Struct, frozen=True, gc=False):
    """One part of an entry or sense. ``indicator`` is the shortcut line above it; ``phrase`` is the form of the
    phrasal verb it belongs to, where one page holds several, and ``above`` are the labels of that form."""

    role: str
    node: Element
    indicator: str | None = None
    phrase: str | None = None
    above: tuple[Block, ...] = ()


class Blocks(Struct, gc=False):
    """The parts of an entry, sense or example in printed order, and their elements by role."""

    every: list[Block]
    by_role: dict[str, list[Element]]

    def of(self, role: str) -> list[Element]:
        """The elements of one role."""
        return self.by_role.get(role, [])

    def with_roles(self, roles: Container[str]) -> list[Block]:
        """The parts of some roles."""
        return [block for block in self.every if block.role in roles]

    def add(self, block: Block) -> None:
        """Add a part at the end."""
        self.every.append(block)
        if block.role in self.by_role:
            self.by_role[block.role].append(block.node)
        else:
            self.by_role[block.role] = [block.node]


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
        is_noted=role in CHILDREN,
    )


KINDS = Kinds(_kind)


def blocks(element: Element) -> Blocks:
    """The parts of an entry, sense or example, in printed order, without wrappers.

    An element of unknown class counts as a wrapper too, so known parts inside it are not lost.
    """
    found = Blocks([], {})
    _collect(element, None, found)
    return found


def _collect(element: Element, indicator: str | None, found: Blocks) -> None:
    for child in element.children:
        if isinstance(child, str):
            continue
        role = child.kind.role
        if role is None or role == GROUP:
            if child.children:
                _collect(child, _shortcut(child) or indicator, found)
        elif role == "relations":
            found.add(Block("topics" if _is_of_topics(child) else role, child, indicator))
        elif role not in _NO_PARTS:
            found.add(Block(role, child, indicator))


def unknown_classes(element: Element, found: set[str]) -> set[str]:
    """The class names that are in no table, wherever the parser looks for parts and finds a text."""
    for child in element.children:
        if isinstance(child, str) or not child.children:
            continue
        kind = child.kind
        if kind.unknown and child.text():
            found.update(kind.unknown)
        if kind.role in _LOOKED_INTO:
            unknown_classes(child, found)
    return found


def _is_of_topics(element: Element) -> bool:
    """OALD9 prints the topics of a sense as one more group of cross-references."""
    return any(below.attributes.get("resource") == "topicdict" for below in element.below())


def _shortcut(element: Element) -> str | None:
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.kind.role == "shortcut":
            return child.text() or None
        if child.kind.role is None and child.children and (found := _shortcut(child)):
            return found
    return None
