"""The part of a page that is read: one language, without elements that are never dictionary content.

Sections that nobody reads are removed first, to save work on them. Elements that are never content (by the site's own
classes) are removed before anything is read, so neither a field nor the text coverage sees them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from dictcrawler.dictionaries.wiktionary.sections import LANGUAGE_LEVEL, heading
from dictcrawler.parsing import displayed, markup
from dictcrawler.parsing.markup import Node

# A class, and the tags on which it has that meaning (all of them when there is none).
_NEVER: Mapping[str, frozenset[str]] = {
    name: frozenset(tags.split())
    for tags, names in {
        "": """
            mw-editsection toc noprint navigation-not-searchable printfooter catlinks disambig-see-also
            NavToggle HQToggle nyms-toggle list-switcher-element mw-collapsible-toggle
            mw-empty-elt sister-project interproject-box interProject was-wotd seeCites see-cites seemoreCites
            thumb gallery color-panel metadata mbox-small infobox tright tleft number-box character-info etytree
            maintenance-line maintenance-box attentionseeking checksense error
            mw-cite-backlink mw-tmh-label mw-tmh-duration
        """,
        "table div": "floatright floatleft",
        "sup": "reference",
        "a": "autonumber",
        "td": "audiometa",
    }.items()
    for name in names.split()
}
# Inside an element of a class: messages of template programs, and words that name the content of a list.
_INSIDE = {
    "deprecated": ".deprecated > i:first-child",
    "nyms": ".nyms > a[href*='Semantic_relations'], .nyms > span:first-child:not([lang])",
    "homophones": ".homophones > a[href*='Appendix:Glossary']",
}
_LONGEST_SIGN = 3
# What stands for a definition that nobody has written yet.
_MAYBE_WANTED = "ol > li > i"
_WANTED = re.compile(r"This (?:term|entry|word|sense) needs a (?:definition|translation)\b")
# Controls, pictures, floating boxes, missing templates, footnote marks, and "IPA (key)".
_OTHERS = """
    link, meta, hr, button, figure, #toc, a[role='button'], span[role='button'],
    table[style*='float:'], table[align='right'], div[style*='float: right'], div[style*='float:right'],
    a[title^='Template:'], a[href^='#cite_ref'],
    a[href*='International_Phonetic_Alphabet'], a[href*='_pronunciation'][href*='Appendix:'],
    sup > a[href*='_phonology'], sup > a[title*='phonology']
"""


def selection(html: str, is_wanted: Callable[[str], bool], not_read: Collection[str]) -> tuple[Node, Selection | None]:
    """The root of a page, and the element that holds its own text with what of it is to be removed; ``None`` without
    such an element."""
    root = markup.unsettled(html)
    found = (
        markup.first(root, "#mw-content-text .mw-parser-output")
        or markup.first(root, "#mw-content-text")
        or markup.first(root, "body.mw-parser-output, body.parsoid-body")
    )
    if found is None:
        return root, None
    selected = Selection(html, found, is_wanted, not_read)
    selected.look_at(found, in_section=False)
    return root, selected


@dataclass(slots=True)
class Selection:
    """The parts of a page to remove: other languages, and blocks under headings that are not read.

    ``ends_with_other``: the last node is the heading of a language that is not wanted.
    """

    html: str
    node: Node
    is_wanted: Callable[[str], bool]
    not_read: Collection[str]
    others: list[Node] = field(default_factory=list)
    unread: list[Node] = field(default_factory=list)
    kind: str = ""
    is_in_other: bool = False
    has_wanted: bool = False
    ends_with_other: bool = False

    def look_at(self, node: Node, *, in_section: bool) -> None:
        """Sort the children of an element; those of a ``<section>`` are the page's own."""
        for child in list(markup.nodes(node)):
            if child.tag == "section":
                self.look_at(child, in_section=True)
                continue
            found = heading(child, in_section=in_section)
            if found is not None:
                # A heading of a page of 2024 contains its "[edit]".
                title = found.title.removesuffix("[edit]").strip()
                self.kind = found.kind
                if found.level == LANGUAGE_LEVEL:
                    is_wanted = self.is_wanted(title)
                    self.is_in_other = bool(title) and not is_wanted
                    self.has_wanted = self.has_wanted or is_wanted
            self.ends_with_other = found is not None and self.is_in_other
            if self.is_in_other:
                self.others.append(child)
            elif found is None and self.kind in self.not_read:
                self.unread.append(child)

    def content(self) -> Node:
        """The element with what is read.

        If the page has a language whose title ``is_wanted``, only that one is left, without the blocks directly under
        headings of ``not_read``.
        """
        for node in (*self.unread, *(self.others if self.has_wanted else ())):
            node.decompose(recursive=False)
        markup.refuse_depth(self.node, self.html)
        displayed.settle(self.node)
        _print_symbols(self.node)
        _remove_never_content(self.node)
        return self.node


def _print_symbols(node: Node) -> None:
    """Put the sign that a picture in a text stands for, "♦", into the text."""
    for picture in node.css("img[alt]"):
        sign = picture.attributes.get("alt") or ""
        if len(sign) <= _LONGEST_SIGN and sign.strip() and not any(map(str.isalnum, sign)):
            picture.insert_before(sign)


def _remove_never_content(node: Node) -> None:
    found: list[Node] = node.css(_OTHERS)
    for element in node.css("[class]"):
        for name in markup.classes(element):
            tags = _NEVER.get(name)
            if tags is not None and (not tags or element.tag in tags):
                found.append(element)
                break
            if name in _INSIDE:
                found += element.css(_INSIDE[name])
            elif name == "vsShow" and _is_abridged(element):
                found.append(element)
    found += (note for note in node.css(_MAYBE_WANTED) if _WANTED.match(markup.text(note)))
    markup.remove_all(node, found)


def _is_abridged(element: Node) -> bool:
    """Whether an element is the short version of a folded one beside it."""
    parent = element.parent
    return parent is not None and next(markup.children(parent, "vsHide"), None) is not None
