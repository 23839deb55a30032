"""The relations on a Macmillan page: synonyms, phrases, cross references, other entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from dictcrawler.dictionaries.macmillan import address
from dictcrawler.dictionaries.macmillan.entry import EntryDraft
from dictcrawler.dictionaries.macmillan.tree import Place, Read, every, relation, skip, walk
from dictcrawler.model import DefinitionType, Relation
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_NAMES = frozenset({"BASE", "PATTERNS-COLLOCATIONS"})
_HOMOGRAPH = "arl1"
_WORD = re.compile(r"\w")


class _Thesaurus(msgspec.Struct):
    """The thesaurus box of a sense: links, each under the nearest heading above it."""

    place: Place
    heading: str | None = None
    relations: list[Relation] = msgspec.field(default_factory=list)


class CrossReference(msgspec.Struct, frozen=True):
    """A printed reference: "the past tense of", "See also"."""

    text: str
    definition_type: DefinitionType
    relations: tuple[Relation, ...]


def thesaurus(place: Place, node: Node) -> list[Relation]:
    """The synonyms of a ``THES`` or ``thessnippet``, grouped by their heading."""
    box = _Thesaurus(place)
    walk(node, _THESAURUS_TABLE, box)
    return box.relations


def group_reference(place: Place, node: Node) -> CrossReference:
    """``GREF-GROUP``: a type ("the plural of") and the entries linked with it."""
    kind = markup.first(node, ".GREF-TYPE")
    group = place.text(kind) if kind is not None else ""
    is_form = group.endswith(" of")
    found = [
        relation
        for entry in node.css(".GREF-ENTRY")
        for relation in place.related("main_entry" if is_form else "see_also", entry, group or None)
    ]
    return CrossReference(place.text(node), "form_of" if is_form else "see", tuple(found))


def see_reference(place: Place, node: Node) -> CrossReference:
    """A "See …" of any class; the words before its first link are the relations' group."""
    text = place.text(node)
    links = place.links(node)
    if not links:
        return CrossReference(text, "see", tuple(place.related("see_also", node)))
    before = text.partition(links[0].text)[0].strip(" :,➡") or None
    return CrossReference(text, "see", tuple(relation("see_also", link, before) for link in links))


def other_entries(entry: EntryDraft, root: Node) -> list[Relation]:
    """The lists of other entries around an entry: homographs, related words, the other edition's."""
    return [*_listed(entry, root), *_counterpart(entry, root)]


def _listed(entry: EntryDraft, root: Node) -> Iterator[Relation]:
    """Other homographs of this headword, and related words.

    An entry counts as a homograph if generation B marks it ``arl1``, if it has the same headword, or if it has the same
    slug with another number. Generation C prints the list twice: each address counts once.
    """
    place = entry.place
    seen = {entry.id}
    listed = set()
    for a in _inside(root, "#relatedentries, .related-entries-item, .related-entries-content", "a"):
        href = a.attributes.get("href")
        if not href or href in listed:
            # No other reader uses its texts.
            continue
        url, to = place.leads_to(href)
        name, is_marked = _name(a)
        if name is None or to is None or to in seen:
            continue
        text = _printed_name(place, name, a)
        if not text:
            continue
        seen.add(to)
        listed.add(href)
        same = text == entry.headword or address.unnumbered(to) == address.unnumbered(entry.id)
        yield Relation(type="homograph" if same or is_marked else "related", text=text, to=to, url=url)


def _name(a: Node) -> tuple[Node | None, bool]:
    """The element of a link that prints the headword, and whether the link is marked as one to a homograph."""
    name, is_marked = None, False
    for element in a.traverse():
        names = markup.classes(element)
        if name is None and not _NAMES.isdisjoint(names):
            name = element
        is_marked = is_marked or _HOMOGRAPH in names
    return name, is_marked


def _printed_name(place: Place, name: Node, a: Node) -> str | None:
    """The headword that a link prints; ``None`` when it prints no word at all."""
    text = place.text(name)
    if _WORD.search(text):
        return text
    link = place.link(a)
    return (text or link.text) if link is not None else None


def _inside(root: Node, lists: str, selector: str) -> Iterator[Node]:
    """The matches of ``selector`` inside the elements that match ``lists``, once each. Two steps, because Lexbor
    takes longer for the combined selector."""
    seen = set()
    for found in every(root, lists):
        for match in found.css(selector):
            if match.mem_id != found.mem_id and match.mem_id not in seen:
                seen.add(match.mem_id)
                yield match


def _counterpart(entry: EntryDraft, root: Node) -> Iterator[Relation]:
    """The same entry in the other edition, linked in the small print."""
    for a in _inside(root, ".smallprint", "a"):
        link = entry.place.link(a)
        to = link and address.entry_address(link.url)
        if link and to and to.edition != entry.place.edition:
            name = markup.first(a, "b")
            text = entry.place.text(name).rstrip(".") if name is not None else entry.headword
            yield Relation(type="counterpart", text=text or link.text, to=to.target, url=link.url)


def _heading(box: _Thesaurus, node: Node, _anchor: str | None) -> None:
    box.heading = box.place.text(node).removesuffix(":").rstrip() or None


def _synonym(box: _Thesaurus, node: Node, _anchor: str | None) -> None:
    box.relations.extend(box.place.related("synonym", node, box.heading))


_THESAURUS_TABLE: dict[str, Read[_Thesaurus]] = {
    "cattitle": _heading,
    "h2": _heading,
    "theslink": _synonym,
    "<a>": _synonym,
    "SEP": skip,
}
READ = frozenset({*_THESAURUS_TABLE, "GREF-TYPE", "GREF-ENTRY"})
