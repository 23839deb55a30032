"""Longman's small print: the classes of its markup, its labels, and text without its marks.

The classes are those of the publisher's XML (``Sense``, ``EXAMPLE``, ``PROPFORM``) and
have not changed from 2016 to 2026; lower-case ones belong to the site's layout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from dictcrawler.model import Label, LabelType
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.markup import Node

# ``neutral`` holds the printed separators: brackets, bullets, arrows, "at", "see".
MARKS = frozenset({"neutral", "synopp", "speaker"})

LABELS: Mapping[str, LabelType] = {
    "GRAM": "grammar",
    "REGISTERLAB": "register",
    "GEO": "region",
    "ACTIV": "domain",
    "FIELD": "domain",
    "FIELDXX": "domain",
}

# The head of a word origin repeats the headword, to say whose origin it is.
NEVER_CONTENT = (
    "script, style, iframe, .am-default, .am-dictionary, .contentslot, .speaker, .synopp, .dictionary_intro, "
    ".asset_intro, .etym > .Head, .related_topics, .asset > a.crossRef"
)

READ = frozenset(
    "ACTIV AMEVARPRON BADEXA CENTURY COLLGLOSS COLLO COLLOC ColloExa Collocate Crossref DEF DERIV EXAMPLE EXP "
    "EXPL Entry Exponent FIELD FIELDXX FREQ GEO GLOSS GRAM GramExa HEADING HOMNUM HWD HYPHENATION Head Inflections "
    "LANG LEVEL LEXUNIT LEXVAR LINKWORD OPP ORIGIN ORTHVAR PASTPART PASTTENSE PHRVBHWD PLURALFORM POS PRON "
    "PROPFORM PROPFORMPREP PhrVbEntry PronCodes REFHWD REFLEX REGISTERLAB RELATEDWD RunOn SECHEADING SIGNPOST SYN "
    "Section Sense Subsense T3PERSSING Tail Thesref Variant boxheader bussdictEntry crossRef dont_say etym exa "
    "exaGroup heading infllab italic ldoceEntry opp pos sensenum title topic w wordfams "
    "ColloBox F2NBox GramBox ThesBox".split()
)
# Part of a running text: words on the two sides of such an element may be one word.
INLINE = frozenset(
    "COLLOINEXA CROSS Crossrefto DEFBOLD EXPR NodeW NonDV OBJECT REFHOMNUM REFHWD REFSENSENUM SUFFIX crossRef defRef "
    "neutral refsensenum".split()
)
LAYOUT = frozenset(
    "asset assetlink collo dictentry dictlink display div frequent newline span thesref tooltip topics_container "
    "yellow_box".split()
)
_KNOWN = READ | INLINE | LAYOUT
_CORPUS_GROUP = re.compile(r"cexa\d+(g\d+)?")


def printed(node: Node, *, drop: frozenset[str] = frozenset()) -> str:
    """The text of an element without the printed separators, and without classes of ``drop``."""
    return markup.text(node, drop=MARKS | drop)


def printed_all(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The texts of several elements, blank ones left out."""
    return tuple(text for node in nodes if (text := printed(node)))


def printed_once(node: Node, name: str) -> str | None:
    """The text of the first child of that class; ``None`` when there is none or it is blank."""
    return next(iter(printed_all(markup.children(node, name))), None)


def labels(node: Node) -> tuple[Label, ...]:
    """The labels that are children of the element, in order."""
    return tuple(label for child in markup.elements(node) if (label := label_of(child)))


def label_of(node: Node) -> Label | None:
    """The label that the element is, if it is one."""
    name = next((name for name in markup.classes(node) if name in LABELS), None)
    text = printed(node) if name else ""
    return Label(text=text, type=LABELS[name]) if name and text else None


def measure(nodes: list[Node]) -> tuple[Counter[str], set[str]]:
    """The visible words of an entry's nodes, and the classes nobody knows. **Changes the tree.**

    All elements are ``span``s that the style sheet sets apart, so that words of two
    neighbours would run together; a space is put around all but the inline ones.
    """
    visible: Counter[str] = Counter()
    unknown: set[str] = set()
    for node in nodes:
        for span in node.css("span[class]"):
            if INLINE.isdisjoint(markup.classes(span)) and span.parent is not None:
                span.insert_before(" ")
                span.insert_after(" ")
        visible += coverage.visible_words(node, NEVER_CONTENT)
        unknown.update(_unknown_classes(node))
    return visible, unknown


def _unknown_classes(node: Node) -> Iterator[str]:
    for element in node.css("*"):
        for name in markup.classes(element):
            if name not in _KNOWN and not _CORPUS_GROUP.fullmatch(name):
                yield name
