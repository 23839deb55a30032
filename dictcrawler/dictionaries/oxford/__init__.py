"""Oxford Learner's Dictionaries (oxfordlearnersdictionaries.com).

Two layouts are read: ``oald10``, the site's since January 2020, and ``oald9``, which web archives kept from the years
before. Each entry is requested by its own address; the site's robots.txt forbids ``/search``, and no address built here
leads there.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import chain
from urllib.parse import urldefrag, urlsplit

from dictcrawler.dictionaries import TITLES, Dictionary, Edition
from dictcrawler.dictionaries.oxford.blocks import KINDS, NEVER_CONTENT, unknown_classes
from dictcrawler.dictionaries.oxford.counts import COUNTS
from dictcrawler.dictionaries.oxford.entry import Address, read_entry, slug_or_none
from dictcrawler.errors import UnknownPage, WallPage
from dictcrawler.parsing import coverage, markup, slugs
from dictcrawler.parsing.markup import Node, attribute, document, first, own_path, text, texts
from dictcrawler.parsing.outline import outline
from dictcrawler.parsing.own_address import Named, is_slug, numbered, own_address
from dictcrawler.parsing.page import EntryPage, MissPage, Page, ParsedEntry
from dictcrawler.parsing.publishable import each

_SITE = "https://www.oxfordlearnersdictionaries.com"
_EDITIONS = {
    name: Edition(lang, (f"{_SITE}/definition/{name}/{{slug}}", f"{_SITE}/definition/{name}/{{slug}}_1"))
    for name, lang in (("english", "en-GB"), ("american_english", "en-US"))
}
_ENTRY_ADDRESS = re.compile(r"/definition/([^/]+)/([^/]+)/?")
HOSTS = ("www.oxfordlearnersdictionaries.com",)
_LAYOUTS = {
    "oald9": ".webtop-g, .h-g, .sn-gs",
    "oald10": "h1.headword, .sense_single, .senses_multiple, .pv-g",
}
_NOT_FOUND = "Word not found in the dictionary"
_CHALLENGE = "#challenge-form, #challenge-running, #challenge-error-text, #cf-wrapper, form[action*='__cf_chl']"
# Any page of the site may contain these. They mean a wall only when the page is not one of the dictionary's.
_WALLS = ".g-recaptcha, .h-captcha, #captcha, form[action*='consent'], form[action*='/account/login']"
_OWN = ("/definition/", "/spellcheck/", "/search/", "/customPageNotFound")
_WALL_TITLES = ("Just a moment", "Attention Required", "Access denied")


def slug(keyword: str) -> str:
    """``o'clock`` → ``o-clock``: lower case, no accents, hyphens for anything other than letters and digits.

    :raises InvalidKeyword: when an address cannot hold the word.
    """
    return slugs.slug(keyword)


def parse(html: str, url: str) -> Page:
    """Read a page of either layout.

    :raises WallPage: for a challenge, consent or login page.
    :raises UnknownPage: for anything that is neither an entry nor the site's own "not found".
    :raises MarkupError: for an entry, sense or idiom without its id.
    """
    root = document(html)
    entries = root.css("#entryContent .entry")
    if entries:
        return _entry_page(root, entries, url)
    if _is_miss(root):
        return MissPage(suggestions=texts(root.css(".result-list a.dym-link")), layout="not-found")
    if _is_wall(root, url):
        raise WallPage(f"a challenge, consent or login page instead of {url}")
    raise UnknownPage(f"neither an entry nor a miss: {url}")


def _is_miss(root: Node) -> bool:
    return first(root, "#didyoumean") is not None or _NOT_FOUND in texts(root.css(".results p, #main-container p"))


def _is_wall(root: Node, url: str) -> bool:
    title = first(root, "title")
    if title is not None and text(title).startswith(_WALL_TITLES):
        return True
    is_own = own_path(root, url).startswith(_OWN)
    return first(root, _CHALLENGE if is_own else f"{_CHALLENGE}, {_WALLS}") is not None


def _entry_page(root: Node, entries: list[Node], url: str) -> EntryPage:
    address = _address(root, url, entries)
    layout = _layout(entries[0], url)
    left_out: list[str] = []
    read = partial(_parsed, address=address, left_out=left_out)
    # On a page with a single entry, the error of that entry describes the page best.
    parsed = tuple(chain.from_iterable(each(read, entries, left_out) if len(entries) > 1 else map(read, entries)))
    return EntryPage(
        entries=parsed,
        canonical_url=address.url,
        homographs=_homographs(root, address, parsed[0].content.headword if parsed else ""),
        layout=layout,
        left_out=tuple(left_out),
    )


def _parsed(node: Node, address: Address, left_out: list[str]) -> tuple[ParsedEntry, ...]:
    markup.remove(node, NEVER_CONTENT)
    found = outline(node, KINDS)
    warnings = [f"unknown-class:{name}" for name in sorted(unknown_classes(found.top, set()))]
    contents, is_headed = read_entry(found, address, left_out)
    if not is_headed:
        warnings.insert(0, "headword-from-address")
    share = coverage.share(found.visible, contents)
    proof = COUNTS.on_page(node).against(COUNTS.published(contents))
    warnings += proof.warnings
    return tuple(
        ParsedEntry(content=content, text_coverage=share, warnings=tuple(warnings), structure=proof.ratio)
        for content in contents
    )


def _address(root: Node, url: str, entries: list[Node]) -> Address:
    """The address of the page: the one that answered, made exact by the canonical link or by the item that the page
    marks as its own in the list of neighbours, where they agree."""
    claims = [attribute(node, "href") for node in root.css("link[rel='canonical'], a.selected")]
    headword = first(entries[0], "h1.headword, .webtop-g .h, h2.h, .headword, .h")
    printed = text(headword) if headword is not None else ""
    own = own_address(url, claims, HOSTS, _named, slug_or_none(printed) or "")
    named = _named(urlsplit(own).path)
    if named is None:
        raise UnknownPage(f"an entry of no edition that is declared: {url}")
    number = f"_{named.number}" if named.number is not None else ""
    return Address(own, named.edition, _EDITIONS[named.edition].lang, f"{named.word}{number}")


def _named(path: str) -> Named | None:
    """The parts of an entry's address; ``None`` for any other page."""
    found = _ENTRY_ADDRESS.fullmatch(path)
    if found is None or found[1] not in _EDITIONS or not is_slug(found[2]):
        return None
    return Named(found[1], *numbered(found[2]))


def _layout(entry: Node, url: str) -> str:
    for name, selector in _LAYOUTS.items():
        if first(entry, selector) is not None:
            return name
    raise UnknownPage(f"an entry in no layout that is known: {url}")


def _homographs(root: Node, address: Address, headword: str) -> tuple[str, ...]:
    """The neighbours and "other results" with the same word; addresses of idioms have a fragment."""
    found = {
        markup.absolute(address.url, target): None
        for node in root.css("#relatedentries a[href], .list-col a[href]")
        if _begins_with(node, headword) and (target := attribute(node, "href")) and _word(node) == headword
    }
    return tuple(other for other in found if other != address.url and not urldefrag(other).fragment)


def _begins_with(node: Node, headword: str) -> bool:
    """Whether a link may lead to one of these words: a quick test, since most links lead to others."""
    return markup.clean(node.text_lexbor()).startswith(headword)


def _word(node: Node) -> str:
    part_of_speech = first(node, "pos")
    return text(node).removesuffix(text(part_of_speech)).strip() if part_of_speech is not None else text(node)


DICTIONARY = Dictionary(
    name="oxford",
    title=TITLES["oxford"],
    parser="oxford/3",
    editions=_EDITIONS,
    slug=slug,
    parse=parse,
    hosts=HOSTS,
    rights=(
        "© Oxford University Press, all rights reserved. The publisher licenses no reuse: for private study only, "
        "not to be passed on."
    ),
    canary="love",
)
