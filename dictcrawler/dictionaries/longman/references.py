"""The words that a Longman entry or sense names or links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin

from dictcrawler.dictionaries.longman.text import of, printed, without_labels
from dictcrawler.model import Relation, RelationType
from dictcrawler.parsing.outline import Element, text_of

_WORDS: Mapping[str, RelationType] = {
    "SYN": "synonym",
    "OPP": "antonym",
    "RELATEDWD": "related",
    "HOMOPHONE": "homophone",
    "AMEQUIV": "counterpart",
    "BREQUIV": "counterpart",
}
_REGIONS = {"AMEQUIV": "American English", "BREQUIV": "British English"}
_LINKS = frozenset({"crossRef", "REFHWD"})
_NUMBERS = frozenset({"REFHOMNUM", "REFSENSENUM"})
_WORD = re.compile(r"\w")
_AROUND_A_LEAD_IN = " \t\n\xa0→►▶:,()"


def relations(found: list[Element], url: str, from_: str | None = None) -> Iterator[Relation]:
    """Synonyms, opposites and related words among some parts, then their cross references."""
    for part in of(found, "relation"):
        yield from _words(part, url, from_)
    yield from references(found, url, from_)


def references(
    found: Iterable[Element], url: str, from_: str | None = None, type_: RelationType = "see_also"
) -> Iterator[Relation]:
    """The cross references among some parts; ``group`` says what is to be found there: "thesaurus", "see also"."""
    for part in of(found, "reference"):
        group = "thesaurus" if "Thesref" in part.kind.names else _lead_in(part)
        for text, address in targets(part, url):
            yield Relation(type=type_, text=text, from_=from_, url=address, group=group)


def targets(reference: Element, url: str) -> Iterator[tuple[str, str | None]]:
    """Text and address of each link. A phrase explained at another word is printed before it."""
    phrase = None
    for child in _links(reference):
        if "REFLEX" in child.kind.names:
            phrase = printed(child)
            continue
        text = phrase or printed(child, _NUMBERS).rstrip(" ,")
        href = child.attribute("href")
        if text:
            yield text, urljoin(url, href) if href else None
        phrase = None


def _words(element: Element, url: str, from_: str | None) -> Iterator[Relation]:
    type_ = next(_WORDS[name] for name in element.kind.names if name in _WORDS)
    region = next((_REGIONS[name] for name in element.kind.names if name in _REGIONS), None)
    text, found = without_labels(element)
    group = ", ".join(label.text for label in found) or region
    linked = list(targets(element, url)) if any("crossRef" in child.kind.names for child in element.below()) else []
    for word, address in linked or [(text, None)]:
        if word:
            yield Relation(type=type_, text=word, from_=from_, url=address, group=group)


def _links(element: Element) -> Iterator[Element]:
    if not _LINKS.isdisjoint(element.kind.names):
        yield element
        return
    for child in element.elements():
        if "REFLEX" in child.kind.names:
            yield child
        elif not child.kind.is_hidden:
            yield from _links(child)


def _lead_in(reference: Element) -> str | None:
    """What is printed around the links: "see also", "compare", "see … at"."""
    runs: list[list[Element | str]] = [[]]
    for child in reference.children:
        if isinstance(child, str) or _is_lead_in(child):
            runs[-1].append(child)
        else:
            runs.append([])
    texts = (text_of(run).strip(_AROUND_A_LEAD_IN) for run in runs)
    return " … ".join(text for text in texts if _WORD.search(text)) or None


def _is_lead_in(child: Element) -> bool:
    return "REFLEX" not in child.kind.names and next(_links(child), None) is None
