"""Macmillan Dictionary, American and British, as it was until its site closed in 2023.

Two generations of its pages are read, each recognised by its own elements:

* **B** (2014 to about early 2019): ``#headword``, ``#headbar``, ``#leftContent``;
* **C** (to June 2023): ``.left-content``, ``.entry-pron-head``, ``.entry-labels``.

The content's element names come from the publisher's XML and are the same in both.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import msgspec
from msgspec import structs

from dictcrawler.dictionaries import TITLES, Dictionary, Edition
from dictcrawler.dictionaries.macmillan import address, body, relations
from dictcrawler.dictionaries.macmillan.classes import by_class, mark_left_out, remove_never_content, unknown_classes
from dictcrawler.dictionaries.macmillan.counts import COUNTS
from dictcrawler.dictionaries.macmillan.entry import EntryDraft
from dictcrawler.dictionaries.macmillan.head import read_headword
from dictcrawler.dictionaries.macmillan.tree import Place
from dictcrawler.errors import InvalidKeyword, PageError, UnknownPage, WallPage
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.own_address import own_address
from dictcrawler.parsing.page import EntryPage, MissPage, Page, ParsedEntry

SITE = "https://www.macmillandictionary.com"

_GENERATION_C = ".left-content, .entry-pron-head, .big-title, .entry-labels"
_GENERATION_B = "#headword, #headbar, #headwordleft, #leftContent"
_CONTENT = "#entryContent, .left-content, .HOMOGRAPH"
_EDITION = re.compile(r"/(american|british)/")
_MISS = "Sorry, no search result"
# Pages shown in place of the dictionary's, by content delivery networks and consent managers.
_CHALLENGE = "#challenge-form, #challenge-running, #cf-challenge-running, #cf-wrapper"
# Any page of the site may contain these. They mean a wall only when the page is not one of the dictionary's.
_WALLS = (
    ".cf-turnstile, .g-recaptcha, .h-captcha, [src*='/cdn-cgi/challenge-platform/'], "
    "#onetrust-consent-sdk, #qc-cmp2-container, #didomi-host, #usercentrics-root"
)
HOSTS = ("www.macmillandictionary.com",)
_OWN = re.compile(r"/(?:dictionary|spellcheck)/")


def parse(html: str, url: str) -> Page:
    """Read a page of the dictionary; ``url`` is its address.

    :raises WallPage: for a challenge or a consent page in its place.
    :raises UnknownPage: for any other page that has no entry and does not report a missing word.
    """
    root = markup.document(html)
    return (_miss(root) if "search-results" in html else None) or _entry_page(root, url)


def _miss(root: Node) -> MissPage | None:
    """The dictionary's "Sorry, no search result". In generation B two elements have the id of its block: the first
    holds the sentence, the second the words."""
    said = [markup.text(heading) for heading in root.css("[id=search-results] h1")]
    if not any(text.startswith(_MISS) for text in said):
        return None
    is_c = markup.first(root, f".display-list, .entry-bold, {_GENERATION_C}") is not None
    words = root.css(".display-list li a" if is_c else "[id=search-results] li a")
    return MissPage(suggestions=tuple(dict.fromkeys(markup.texts(words))), layout="C" if is_c else "B")


def _entry_page(root: Node, url: str) -> EntryPage:
    layout = _layout(root)
    content = markup.first(root, _CONTENT)
    headwords = root.css("h1 .BASE")
    if layout is None or content is None or not headwords:
        raise _refusal(root, url)
    own = _address(root, url, headwords)
    place = Place(own.url, own.edition)
    draft = _draft(place, _slug(own, content, headwords), headwords)
    others = relations.other_entries(draft, root)
    found = by_class(content)
    remove_never_content(found, content)
    on_page = COUNTS.on_page(content)
    visible = coverage.words_below(content)
    unknown = unknown_classes(found, content, body.READ)
    left_out = set(filter(str.isupper, unknown))
    mark_left_out(found, left_out)
    draft.place = dataclasses.replace(place, drop=place.drop | left_out, is_marked=True)
    body.read_body(draft, content)
    if not draft.says_something:
        raise _refusal(root, url)
    entries = list(draft.entries())
    proof = on_page.against(COUNTS.published(entries))
    warnings = tuple(sorted(draft.warnings.union(proof.warnings, (f"unknown-class:{name}" for name in unknown))))
    seen = coverage.ratio(visible, coverage.landed(entries))
    # Added only now, so that text coverage does not find the entry's own words in the lists of other entries.
    entries[0] = structs.replace(entries[0], relations=(*entries[0].relations, *others))
    return EntryPage(
        entries=tuple(
            ParsedEntry(content=entry, text_coverage=seen, warnings=warnings, structure=proof.ratio)
            for entry in entries
        ),
        canonical_url=own.url,
        homographs=tuple(other.url for other in others if other.type == "homograph" and other.url),
        layout=layout,
    )


def _layout(root: Node) -> str | None:
    if markup.first(root, _GENERATION_C) is not None:
        return "C"
    return "B" if markup.first(root, _GENERATION_B) is not None else None


def _refusal(root: Node, url: str) -> PageError:
    is_own = _OWN.search(markup.own_path(root, url)) is not None
    if markup.first(root, _CHALLENGE if is_own else f"{_CHALLENGE}, {_WALLS}") is not None:
        return WallPage(f"a challenge or consent page instead of an entry: {url}")
    return UnknownPage(f'neither an entry nor the dictionary\'s "no search result": {url}')


class _Address(msgspec.Struct, frozen=True):
    """The page's address as the page itself gives it; ``slug`` is absent when the page gives none."""

    url: str
    edition: str
    slug: str | None = None


def _address(root: Node, url: str, headwords: list[Node]) -> _Address:
    """The address of the page: the one that answered, or the one that the page itself names if the two agree."""
    links = (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content"))
    found = ((markup.first(root, selector), name) for selector, name in links)
    claims = [markup.attribute(node, name) for node, name in found if node is not None]
    own = own_address(url, claims, HOSTS, address.named, _slug_of(headwords))
    entry = address.entry_address(own)
    # An address of another word than the page's tells only where the page was found.
    if entry is not None and (own != url or own in claims or address.unnumbered(entry.slug) == _slug_of(headwords)):
        return _Address(own, entry.edition, entry.slug)
    edition = _EDITION.search(url)
    if edition is None:
        raise UnknownPage(f"neither the page nor its address names an edition: {url}")
    return _Address(url, edition[1])


def _slug_of(headwords: list[Node]) -> str:
    try:
        return address.slug(markup.text(headwords[0]))
    except InvalidKeyword:
        return ""


def _slug(own: _Address, content: Node, headwords: list[Node]) -> str | None:
    """The entry's slug: from the address, or from the senses' ids if only they have the homograph number."""
    named = markup.first(content, "[id*='__']")
    of_senses = address.slug_of_sense(named.attributes["id"] or "") if named is not None else None
    word = own.slug if own.slug is not None else _slug_of(headwords)
    if of_senses and word == address.unnumbered(of_senses):
        return of_senses
    return own.slug


def _draft(place: Place, slug: str | None, headwords: list[Node]) -> EntryDraft:
    draft = EntryDraft(place=place, id="")
    for node in headwords:
        read_headword(draft, node)
    if draft.headword is None:
        raise UnknownPage(f"a blank headword: {place.url}")
    if slug is None:
        slug = body.own_slug(draft)
    draft.id = f"macmillan:{place.edition}:{slug}"
    draft.homograph_number = address.homograph_number(slug)
    return draft


def _addresses(*folders: str) -> tuple[str, ...]:
    """Where an entry may be: under its bare slug, then as the first of several homographs."""
    return tuple(f"{SITE}/{folder}/{{slug}}{number}" for number in ("", "_1") for folder in folders)


DICTIONARY = Dictionary(
    name="macmillan",
    title=TITLES["macmillan"],
    parser="macmillan/2",
    editions={
        "american": Edition("en-US", _addresses("us/dictionary/american", "dictionary/american")),
        "british": Edition("en-GB", _addresses("dictionary/british", "us/dictionary/british")),
    },
    slug=address.slug,
    parse=parse,
    hosts=HOSTS,
    rights="© Macmillan Publishers Limited, all rights reserved; for reading and research, not to be republished.",
    canary="love",
    closed="The site closed on 30 June 2023; its pages are kept by web archives only.",
    closed_on=date(2023, 6, 30),
)
