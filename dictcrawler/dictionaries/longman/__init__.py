"""Longman: www.ldoceonline.com, the Dictionary of Contemporary English and the Business Dictionary.

One page holds all homographs of a word and the entries of both dictionaries. An unknown word is redirected to
``/spellcheck/…``, with HTTP 200. Each page also has a "word of the day" box marked up as an entry, so only the inside
of a ``.dictentry`` counts as content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from urllib.parse import urlsplit

from dictcrawler.dictionaries import TITLES, Dictionary, Edition
from dictcrawler.dictionaries.longman import beside
from dictcrawler.dictionaries.longman.classes import KINDS
from dictcrawler.dictionaries.longman.counts import COUNTS
from dictcrawler.dictionaries.longman.entry import Around, entries, head_of
from dictcrawler.dictionaries.longman.head import parts_of_speech
from dictcrawler.dictionaries.longman.text import parts
from dictcrawler.errors import InvalidKeyword, MarkupError, UnknownPage, WallPage
from dictcrawler.model import Etymology, LexicalEntry
from dictcrawler.parsing import coverage, markup, slugs, structure
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.outline import Outline, outline
from dictcrawler.parsing.own_address import Named, is_slug, own_address
from dictcrawler.parsing.page import EntryPage, MissPage, Page, ParsedEntry
from dictcrawler.parsing.publishable import each

LAYOUT = "ldoceonline-2016"

# Seen in the site's own links: "£3/$50 etc a go" is /dictionary/ps3-50-etc-a-go.
_SPELT_OUT = {"£": "ps"}
_MISS = "h1.search_title, ul.didyoumean"
_CHALLENGE = "#challenge-form, #challenge-running, #challenge-error-text, #cf-wrapper"
# Any page of the site may contain these. They mean a wall only when the page is not one of the dictionary's.
_WALL = "script[src*='/cdn-cgi/challenge-platform/'], form[action*='consent'], input[type='password']"
HOSTS = ("www.ldoceonline.com", "ldoceonline.com")
_TABLES = frozenset("table thead tbody tr td th".split())
_OWN = ("/dictionary/", "/spellcheck/")


def slug(keyword: str) -> str:
    """Lower case without accents, with a hyphen for anything other than letters and digits.

    :raises InvalidKeyword: when an address cannot hold the word.
    """
    return slugs.slug(keyword, _SPELT_OUT)


def parse(html: str, url: str) -> Page:
    """Read a page of the site.

    :raises WallPage: for a challenge, consent or login page.
    :raises UnknownPage: for anything else that is neither entries nor a miss.
    :raises MarkupError: for an entry without its head.
    """
    root = markup.document(html)
    if blocks := root.css(".dictentry"):
        return _entry_page(root, blocks, _address(root, url))
    at_spellcheck = any(path.startswith("/spellcheck/") for path in (urlsplit(url).path, markup.own_path(root, url)))
    if at_spellcheck and markup.first(root, _MISS) is not None:
        return MissPage(suggestions=markup.texts(root.css("ul.didyoumean a")), layout=LAYOUT)
    if _is_wall(root, url):
        raise WallPage(f"a wall stands in for {url}")
    raise UnknownPage(f"neither an entry nor a miss: {url}")


def _is_wall(root: Node, url: str) -> bool:
    is_own = markup.own_path(root, url).startswith(_OWN)
    return markup.first(root, _CHALLENGE if is_own else f"{_CHALLENGE}, {_WALL}") is not None


def _address(root: Node, url: str) -> str:
    """The address that answered, or that of the headword if the page names it as its own."""
    link, headword = markup.first(root, "link[rel='canonical']"), markup.first(root, ".dictentry .HYPHENATION, h1")
    claims = [markup.attribute(link, "href") if link is not None else None]
    return own_address(url, claims, HOSTS, _named, _slug_of(headword))


def _slug_of(headword: Node | None) -> str:
    printed = markup.text(headword) if headword is not None else ""
    try:
        return slug(printed.replace("‧", ""))
    except InvalidKeyword:
        return ""


def _named(path: str) -> Named | None:
    """The parts of an entry's address; ``None`` for any other page."""
    word = path.removeprefix("/dictionary/").rstrip("/")
    return Named("english", word) if path.startswith("/dictionary/") and is_slug(word) else None


def _entry_page(root: Node, blocks: list[Node], address: str) -> EntryPage:
    found = [outline(block, KINDS) for block in blocks]
    pairs = list(zip(blocks, found, _beside(root, found), strict=True))
    left_out: list[str] = []
    read = partial(_parsed, address=address, left_out=left_out)
    # On a page with a single entry, the error of that entry describes the page best.
    parsed = each(read, pairs, left_out) if len(pairs) > 1 else map(read, pairs)
    return EntryPage(
        entries=tuple(chain.from_iterable(parsed)),
        canonical_url=address,
        homographs=(),
        layout=LAYOUT,
        left_out=tuple(left_out),
    )


def _parsed(part: tuple[Node, Outline, _Beside], address: str, left_out: list[str]) -> list[ParsedEntry]:
    node, block, own = part
    contents = _entries(block, own, address, left_out)
    proof = COUNTS.on_page(node, None if block.has_others else block.counted).against(COUNTS.published(contents))
    return list(_measured(contents, [block, *own.outlines], proof))


@dataclass(slots=True)
class _Beside:
    """Parts of an entry that the page prints outside the entry's block."""

    origins: list[Outline] = field(default_factory=list)
    families: list[Outline] = field(default_factory=list)
    tables: list[Outline] = field(default_factory=list)

    @property
    def outlines(self) -> list[Outline]:
        return [*self.origins, *self.families, *self.tables]


def _beside(root: Node, blocks: list[Outline]) -> list[_Beside]:
    found = [_Beside() for _ in blocks]
    # The word family is at the top of the page and counts as part of its first entry.
    found[0].families.extend(outline(node, KINDS) for node in root.css(".wordfams"))
    tables = _outermost(root, ".verbTable")
    origins = root.css(".etym")
    heads = list(map(_identity, blocks)) if tables or origins else []
    verbs = [position for position, block in enumerate(blocks) if _is_verb(block)] if tables else []
    for node in tables:
        table = outline(node, KINDS)
        found[_owner_of_table(beside.lemma(table), heads, verbs)].tables.append(table)
    for node in origins:
        origin = outline(node, KINDS)
        found[_owner(heads, *beside.identity(origin.top))].origins.append(origin)
    return found


def _owner(heads: list[tuple[str, str]], word: str, number: str) -> int:
    """The entry that a word origin belongs to. Origins follow all entries; the head of each names its word."""
    same_word = [position for position, head in enumerate(heads) if head[0] == word]
    owner = next((position for position in same_word if heads[position][1] == number), None)
    return owner if owner is not None else next(iter(same_word), 0)


def _identity(block: Outline) -> tuple[str, str]:
    with suppress(MarkupError):
        return beside.identity(head_of(block))
    return "", ""


def _is_verb(block: Outline) -> bool:
    with suppress(MarkupError):
        return any(part.endswith("verb") and part != "adverb" for part in parts_of_speech(parts(head_of(block))))
    return False


def _owner_of_table(word: str, heads: list[tuple[str, str]], verbs: list[int]) -> int:
    """The entry that a verb table belongs to: the first verb with its headword or phrasal verb, else the first verb."""
    same_word = [position for position, head in enumerate(heads) if head[0] == word]
    phrasal = [position for position, head in enumerate(heads) if head[0].startswith(f"{word} ")]
    ranked = ([position for position in same_word if position in verbs], phrasal, verbs, same_word, [0])
    return next(found[0] for found in ranked if found)


def _outermost(root: Node, selector: str) -> list[Node]:
    found = root.css(selector)
    inner = {node.mem_id for outer in found for node in outer.css(selector) if node.mem_id != outer.mem_id}
    return [node for node in {node.mem_id: node for node in found}.values() if node.mem_id not in inner]


def _entries(block: Outline, own: _Beside, address: str, left_out: list[str]) -> tuple[LexicalEntry, ...]:
    origins = filter(None, (beside.origin(found.top) for found in own.origins))
    around = Around(
        url=address,
        slug=urlsplit(address).path.rstrip("/").rpartition("/")[2],
        etymologies=tuple(Etymology(description=text) for text in origins),
        family=tuple(relation for found in own.families for relation in beside.family(found.top, address)),
        verb_forms=tuple(form for found in own.tables for form in beside.verb_forms(found.top)),
    )
    return tuple(entries(block, around, left_out))


def _measured(
    contents: tuple[LexicalEntry, ...], outlines: list[Outline], proof: structure.Proof
) -> Iterator[ParsedEntry]:
    ratio = coverage.share(coverage.APART.join(found.visible for found in outlines), contents)
    warnings = (*proof.warnings, *(f"unknown-class:{name}" for name in sorted(set(_unknown(outlines)))))
    return (
        ParsedEntry(content=content, text_coverage=ratio, warnings=warnings, structure=proof.ratio)
        for content in contents
    )


def _unknown(outlines: list[Outline]) -> Iterator[str]:
    """Unknown classes that may hold content: elements of the publisher's XML, and layout elements with text of their
    own."""
    for found in outlines:
        for element in found.noted:
            for name in element.kind.unknown:
                is_layout = name.islower() or element.tag in _TABLES
                if not is_layout or element.has_own_text:
                    yield name


DICTIONARY = Dictionary(
    name="longman",
    title=TITLES["longman"],
    parser="longman/3",
    editions={"english": Edition(lang="en-GB", addresses=("https://www.ldoceonline.com/dictionary/{slug}",))},
    slug=slug,
    parse=parse,
    hosts=HOSTS,
    rights=(
        "Copyright Pearson Education, all rights reserved: for private study; "
        "copies may not be passed on or published without the publisher's permission."
    ),
    canary="love",
)
