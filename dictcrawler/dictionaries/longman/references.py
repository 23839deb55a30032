"""The words that a Longman entry or sense names or links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dictcrawler.dictionaries.longman.classes import MARKS
from dictcrawler.dictionaries.longman.text import printed, without_labels
from dictcrawler.model import Relation, RelationType
from dictcrawler.parsing import inflected
from dictcrawler.parsing.markup import absolute
from dictcrawler.parsing.outline import Element, Parts, text_of

_WORDS: Mapping[str, RelationType] = {
    "SYN": "synonym",
    "OPP": "antonym",
    "RELATEDWD": "related",
    "HOMOPHONE": "homophone",
    "AMEQUIV": "counterpart",
    "BREQUIV": "counterpart",
}
_REGIONS = {"AMEQUIV": "American English", "BREQUIV": "British English"}
_LINKED = frozenset({"crossRef", "REFHWD", "REFLEX"})
_NOT_WORDS = MARKS | {"REFHOMNUM", "REFSENSENUM"}
_WORD = re.compile(r"\w")
_BETWEEN_WORDS = re.compile(r"\s*[,;]\s+")
_AROUND_A_LEAD_IN = " \t\n\xa0→►▶:,()"


class Reference(NamedTuple):
    """A cross reference: the words around its links, and text and address of each link. ``is_of_form``: it leads from
    a form to its word ("the plural of")."""

    lead_in: str | None
    targets: list[tuple[str, str | None]]
    is_of_form: bool = False
    is_thesaurus: bool = False


def references(found: Iterable[Element], url: str) -> list[Reference]:
    """The cross references that these elements are."""
    return [_reference(part, url) for part in found]


def _reference(part: Element, url: str) -> Reference:
    found = _links([part], [])
    if "Thesref" in part.kind.names:
        return Reference("thesaurus", _targets(found, url), is_thesaurus=True)
    words = _lead_in(part, found)
    return Reference(words, _targets(found, url), is_of_form=words is not None and inflected.is_lead_in(words))


def relations(found: Parts, read: Iterable[Reference], url: str, from_: str | None = None) -> Iterator[Relation]:
    """Synonyms, opposites and related words among these parts, then their cross references."""
    for part in found.of("relation"):
        yield from _words(part, url, from_)
    yield from as_relations(read, from_)


def as_relations(
    read: Iterable[Reference], from_: str | None = None, type_: RelationType = "see_also"
) -> Iterator[Relation]:
    """Cross references; ``group`` is the kind of content behind the link: "thesaurus", "see also"."""
    for reference in read:
        own_type: RelationType = "main_entry" if reference.is_of_form else type_
        for text, address in reference.targets:
            yield Relation(type=own_type, text=text, from_=from_, url=address, group=reference.lead_in)


def _targets(links: list[Element], url: str) -> list[tuple[str, str | None]]:
    """Text and address of each link. A phrase explained at another word is printed before the link."""
    found: list[tuple[str, str | None]] = []
    phrase = None
    for link in links:
        if "REFLEX" in link.kind.names:
            phrase = printed(link)
            continue
        text = phrase or _phrase_in(link) or link.text(_NOT_WORDS).rstrip(" ,")
        if text:
            href = link.attribute("href")
            found.append((text, absolute(url, href) if href else None))
        phrase = None
    return found


def _phrase_in(link: Element) -> str | None:
    """The phrase that a link prints before the word at which it is explained."""
    found = link.first("REFLEX")
    return (printed(found) or None) if found is not None else None


def _words(element: Element, url: str, from_: str | None) -> Iterator[Relation]:
    type_ = next(_WORDS[name] for name in element.kind.names if name in _WORDS)
    region = next((_REGIONS[name] for name in element.kind.names if name in _REGIONS), None)
    text, found = without_labels(element)
    group = ", ".join(label.text for label in found) or region
    linked = _targets(_links([element], []), url) if element.first("crossRef") is not None else []
    for word, address in linked or [(word, None) for word in _BETWEEN_WORDS.split(text)]:
        if word:
            yield Relation(type=type_, text=word, from_=from_, url=address, group=group)


def _links(run: list[Element | str] | list[Element], found: list[Element]) -> list[Element]:
    """Add the links among these elements, at any depth, and the phrases before them, to ``found``."""
    for child in run:
        if isinstance(child, str):
            continue
        if not _LINKED.isdisjoint(child.kind.names):
            found.append(child)
        elif child.children and not child.kind.is_hidden:
            _links(child.children, found)
    return found


def _lead_in(reference: Element, links: list[Element]) -> str | None:
    """The words printed around the links: "see also", "compare", "see … at"."""
    runs: list[list[Element | str]] = [[]]
    for child in reference.children:
        if isinstance(child, str) or not (child in links or _links([child], [])):
            runs[-1].append(child)
        else:
            runs.append([])
    texts = [text_of(run).strip(_AROUND_A_LEAD_IN) for run in runs if run]
    return " … ".join([text for text in texts if _WORD.search(text)]) or None
