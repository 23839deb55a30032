"""English Wiktionary (en.wiktionary.org): a page holds every language's word of that spelling.

`parse` reads the English section, `parse_section` any other; both from any of the four ways
the headings have been marked up (see `sections`). One entry is one part of speech
under one etymology; its id is made of the page's title and the anchor of its heading.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

from dictcrawler import markup
from dictcrawler.dictionaries import Dictionary, Edition
from dictcrawler.dictionaries.wiktionary import entries, sections
from dictcrawler.dictionaries.wiktionary.terms import BASE
from dictcrawler.errors import InvalidKeyword, MarkupError, UnknownPage, WallPage
from dictcrawler.markup import Node
from dictcrawler.page import EntryPage, MissPage, Page

MAX_TITLE_BYTES = 255

# Characters and shapes that no title can have (MediaWiki: Manual:Page title): brackets of the wiki
# language, controls, a percent code or an HTML entity, three tildes, and paths that climb.
_FORBIDDEN = re.compile(
    r"[#<>\[\]|{}\x00-\x1f\x7f\ufffd]|%[0-9A-Fa-f]{2}|&(?:\w+|#\d+|#x[0-9A-Fa-f]+);|~~~|^:|(?:^|/)\.\.?(?:/|$)"
)
# Names before a colon that lead out of the dictionary: namespaces and their short forms.
_NAMESPACE = re.compile(
    r"^(?:media|special|talk|user|wiktionary|wt|file|image|mediawiki|mw|template|t|help|category|cat|thread|summary"
    r"|appendix|ap|concordance|index|rhymes|transwiki|thesaurus|ws|citations|reconstruction|rc|sign gloss|module"
    r"|mod|wikisaurus|project)(?:[ _]talk)?:",
    re.IGNORECASE,
)
_REVISION = re.compile(r'"wgRevisionId":([1-9][0-9]*)')
_WALL_TITLES = ("Wikimedia Error", "Just a moment", "Attention Required")
_ROBOT_POLICY = "respect our robot policy"


def slug(keyword: str) -> str:
    """The title of a page as it stands in an address; its case is kept, titles have one.

    :raises InvalidKeyword: when no title can look like that, or it would lead out of the dictionary.
    """
    title = re.sub(r"[\s_]+", "_", markup.clean(keyword)).strip("_")
    if not title or _FORBIDDEN.search(title) or _FORBIDDEN.search(keyword.strip()):
        raise InvalidKeyword(f"{keyword!r} cannot be the title of a Wiktionary page")
    if _NAMESPACE.match(title):
        raise InvalidKeyword(f"{keyword!r} names a page outside of the dictionary")
    if len(title.encode()) > MAX_TITLE_BYTES:
        raise InvalidKeyword(f"{keyword!r} is longer than {MAX_TITLE_BYTES} bytes")
    return quote(title, safe=":@$!*(),;~")


def retry_slug(keyword: str) -> str | None:
    """Where to look when the keyword as typed has no page: in small letters; ``None`` if it is in them already.

    :raises InvalidKeyword: as `slug` does.
    """
    first, second = slug(keyword), slug(keyword.lower())
    return second if second != first else None


def parse(html: str, url: str) -> Page:
    """The English section of a page; a page without one is a miss.

    :raises MarkupError: when the page does not say which page it is.
    :raises WallPage: for an error or challenge page of the servers.
    :raises UnknownPage: for anything else that is not a dictionary page.
    """
    return parse_section(html, url, "English")


def parse_section(html: str, url: str, language: str) -> Page:
    """The section of a language, named as its heading names it ("Old English").

    Raises what `parse` raises.
    """
    root = markup.document(html)
    _refuse_walls(root)
    if markup.first(root, ".noarticletext") is not None:
        return MissPage(suggestions=(), layout="no-article")
    suggestions = markup.texts(root.css(".disambig-see-also a"))
    content = sections.content(root)
    found = sections.languages(content) if content is not None else ()
    if not found:
        raise UnknownPage(f"no language section: {url}")
    section = next((section for section in found if section.title == language), None)
    if section is None:
        return MissPage(suggestions=suggestions, layout=found[0].layout)
    return _entry_page(html, root, url, section)


def edition_name(language: str) -> str:
    """The name of a language as an edition: "Old English" is ``old-english``."""
    return language.casefold().replace(" ", "-")


def _entry_page(html: str, root: Node, url: str, section: sections.Section) -> EntryPage:
    canonical = _canonical(root) or url
    title = unquote(urlsplit(canonical).path.partition("/wiki/")[2])
    if not title:
        raise MarkupError("link[rel='canonical']", f"a page with the address {canonical}")
    revision = _revision(html, root)
    edition = entries.Edition(name=edition_name(section.title), lang=_lang(section), title=title)
    return EntryPage(
        entries=tuple(entries.read(section, edition)),
        canonical_url=canonical,
        homographs=(),
        layout=section.layout,
        revision=revision,
        attribution=f"Wiktionary contributors: {title.replace('_', ' ')}"
        + (f", revision {revision}" if revision else ""),
    )


def _refuse_walls(root: Node) -> None:
    title = markup.first(root, "title")
    named = markup.text(title) if title is not None else ""
    if named.startswith(_WALL_TITLES):
        raise WallPage(f"the server's page {named!r}")
    content = markup.first(root, "#mw-content-text, .mw-parser-output")
    if content is None and _ROBOT_POLICY in markup.text(root):
        raise WallPage("the server asks for a User-Agent that names its operator")


def _canonical(root: Node) -> str | None:
    """The address that the page gives itself: ``canonical`` in a read view, ``dc:isVersionOf`` in Parsoid's."""
    link = markup.first(root, "link[rel~='canonical'], link[rel~='dc:isVersionOf']")
    href = markup.attribute(link, "href") if link is not None else None
    return urljoin(BASE, href) if href else None


def _revision(html: str, root: Node) -> str | None:
    """The revision: in a script of a read view, in ``about`` of a Parsoid page."""
    script = _REVISION.search(html)
    if script:
        return script[1]
    about = (root.attributes.get("about") or "").rpartition("/revision/")[2]
    return about if about.isdigit() else None


def _lang(section: sections.Section) -> str:
    """The language code that the headword lines carry; ``und`` when none does."""
    if section.title == "English":
        return "en"
    for block in section.blocks:
        marked = markup.first(block, ".headword[lang]") if block.is_element_node else None
        if marked is not None:
            return markup.attribute(marked, "lang") or "und"
    return next((lang for inner in section.sections if (lang := _lang(inner)) != "und"), "und")


DICTIONARY = Dictionary(
    name="wiktionary",
    title="Wiktionary",
    parser="wiktionary/1",
    editions={"english": Edition(lang="en", addresses=("https://en.wiktionary.org/wiki/{slug}",))},
    slug=slug,
    parse=parse,
    hosts=("en.wiktionary.org",),
    rights="Text: Wiktionary contributors, CC BY-SA 4.0 and GFDL. Recordings: Wikimedia Commons, own licence each.",
    canary="water",
    license="CC-BY-SA-4.0",
)
