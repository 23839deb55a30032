"""Longman: www.ldoceonline.com, the Dictionary of Contemporary English and the Business Dictionary.

All homographs of a word, and the entries of both dictionaries, stand on one page. A word
that is not there ends on ``/spellcheck/…`` with HTTP 200. The site's "word of the day" box
is dressed as an entry on every page: only what is inside a ``.dictentry`` is content.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from dictcrawler.dictionaries import Dictionary, Edition
from dictcrawler.dictionaries.longman.entry import Around, entries, head_of
from dictcrawler.dictionaries.longman.text import measure, printed
from dictcrawler.errors import InvalidKeyword, UnknownPage, WallPage
from dictcrawler.model import Etymology, LexicalEntry, Relation
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.page import EntryPage, MissPage, Page, ParsedEntry

LAYOUT = "ldoceonline-2016"

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
# Seen in the site's own links: "£3/$50 etc a go" is /dictionary/ps3-50-etc-a-go.
_SPELT_OUT = str.maketrans({"£": "ps"})
_MISS = "h1.search_title, ul.didyoumean"
_CHALLENGE = "#challenge-form, #challenge-running, #challenge-error-text, #cf-wrapper"
# These may stand on any page of the site: they make a wall only of a page that is none of the dictionary's.
_WALL = "script[src*='/cdn-cgi/challenge-platform/'], form[action*='consent'], input[type='password']"
_OWN = ("/dictionary/", "/spellcheck/")


def slug(keyword: str) -> str:
    """Lower case, accents off, a hyphen for anything that is neither letter nor digit.

    :raises InvalidKeyword: when nothing is left.
    """
    plain = unicodedata.normalize("NFKD", keyword.lower().translate(_SPELT_OUT))
    unaccented = "".join(character for character in plain if not unicodedata.combining(character))
    found = _NOT_IN_A_SLUG.sub("-", unaccented).strip("-")
    if not found:
        raise InvalidKeyword(f"{keyword!r} has no letter or digit that an address of Longman can hold")
    return found


def parse(html: str, url: str) -> Page:
    """Read a page of the site.

    :raises WallPage: for a challenge, consent or login page.
    :raises UnknownPage: for anything else that is neither entries nor a miss.
    :raises MarkupError: for an entry without its head.
    """
    root = markup.document(html)
    address = _canonical(root, url)
    if blocks := root.css(".dictentry"):
        return _entry_page(root, blocks, address)
    at_spellcheck = any(urlsplit(place).path.startswith("/spellcheck/") for place in (url, address))
    if at_spellcheck and markup.first(root, _MISS) is not None:
        return MissPage(suggestions=markup.texts(root.css("ul.didyoumean a")), layout=LAYOUT)
    if _is_wall(root, url):
        raise WallPage(f"a wall stands in for {url}")
    raise UnknownPage(f"neither an entry nor a miss: {url}")


def _is_wall(root: Node, url: str) -> bool:
    is_own = markup.own_path(root, url).startswith(_OWN)
    return markup.first(root, _CHALLENGE if is_own else f"{_CHALLENGE}, {_WALL}") is not None


def _canonical(root: Node, url: str) -> str:
    link = markup.first(root, "link[rel='canonical']")
    return urljoin(url, (markup.attribute(link, "href") if link is not None else None) or url)


def _entry_page(root: Node, blocks: list[Node], address: str) -> EntryPage:
    origins = _origins(root, blocks)
    # The word family opens the page and counts as part of its first entry.
    families = [root.css(".wordfams"), *([] for _ in blocks[1:])]
    beside = list(zip(blocks, origins, families, strict=True))
    # All is read before anything is measured: measuring changes the tree.
    read = [tuple(entries(block, _around(address, origin, family))) for block, origin, family in beside]
    parsed = [
        entry
        for contents, (block, origin, family) in zip(read, beside, strict=True)
        for entry in _measured(contents, [block, *origin, *family])
    ]
    return EntryPage(entries=tuple(parsed), canonical_url=address, homographs=(), layout=LAYOUT)


def _around(address: str, origins: list[Node], families: list[Node]) -> Around:
    return Around(
        url=address,
        slug=urlsplit(address).path.rstrip("/").rpartition("/")[2],
        etymologies=tuple(Etymology(description=text) for text in filter(None, map(_origin, origins))),
        family=tuple(relation for node in families for relation in _family(node, address)),
    )


def _measured(contents: tuple[LexicalEntry, ...], nodes: list[Node]) -> Iterator[ParsedEntry]:
    visible, unknown = measure(nodes)
    ratio = coverage.ratio(visible, coverage.landed(contents))
    warnings = tuple(f"unknown-class:{name}" for name in sorted(unknown))
    return (ParsedEntry(content=content, text_coverage=ratio, warnings=warnings) for content in contents)


def _origins(root: Node, blocks: list[Node]) -> list[list[Node]]:
    """The word origins of each block. They stand after all entries, with a head that says whose they are."""
    heads = [_identity(head_of(block)) for block in blocks]
    owned: list[list[Node]] = [[] for _ in blocks]
    for node in root.css(".etym"):
        word, number = _identity(node)
        same_word = [position for position, head in enumerate(heads) if head[0] == word]
        owner = next((position for position in same_word if heads[position][1] == number), None)
        owned[owner if owner is not None else next(iter(same_word), 0)].append(node)
    return owned


def _identity(node: Node) -> tuple[str, str]:
    return " ".join(map(printed, node.css(".HWD"))), " ".join(map(printed, node.css(".HOMNUM")))


def _origin(etym: Node) -> str:
    return " ".join(markup.texts(markup.children(etym, "Sense")))


def _family(node: Node, url: str) -> Iterator[Relation]:
    """The word family, by part of speech; the page's own word is in it without a link."""
    group = None
    child = node.first_child
    while child is not None:
        if markup.has_class(child, "pos"):
            group = f"Word family: {printed(child).strip('()')}"
        elif text := _member(child):
            href = markup.attribute(child, "href") if child.is_element_node else None
            yield Relation(type="related", text=text, url=urljoin(url, href) if href else None, group=group)
        child = child.next


def _member(child: Node) -> str:
    """A word without a page of its own is plain text: "loveliness."."""
    if child.tag == "-text":
        return markup.clean(child.text_content or "").strip(" .,;")
    if markup.has_class(child, "w") and child.tag != "a":
        return ""
    return printed(child) if markup.has_class(child, "w") or markup.has_class(child, "opp") else ""


DICTIONARY = Dictionary(
    name="longman",
    title="Longman Dictionary of Contemporary English",
    parser="longman/1",
    editions={"english": Edition(lang="en-GB", addresses=("https://www.ldoceonline.com/dictionary/{slug}",))},
    slug=slug,
    parse=parse,
    hosts=("www.ldoceonline.com", "ldoceonline.com"),
    rights=(
        "Copyright Pearson Education, all rights reserved: for private study; "
        "copies may not be passed on or published without the publisher's permission."
    ),
    canary="love",
)
