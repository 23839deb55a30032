"""English Wiktionary (en.wiktionary.org): a page holds the words of every language with that spelling.

`parse` reads the English section, `parse_section` any other, each in any of the four markups that headings have had
(see `sections`). One entry is one part of speech under one etymology; its id is made of the page's title and the anchor
of its heading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote, unquote, urljoin, urlsplit

from dictcrawler.dictionaries import TITLES, Dictionary, Edition
from dictcrawler.dictionaries.wiktionary import commons, entries, sections, translations
from dictcrawler.dictionaries.wiktionary import content as contents
from dictcrawler.dictionaries.wiktionary import excerpt as excerpts
from dictcrawler.dictionaries.wiktionary.terms import BASE
from dictcrawler.errors import ArgumentError, InvalidKeyword, MarkupError, UnknownPage, WallPage, WrongPage
from dictcrawler.parsing import markup, slugs
from dictcrawler.parsing.markup import Node
from dictcrawler.parsing.own_address import Named, own_address
from dictcrawler.parsing.page import EntryPage, MissPage, Page

MAX_TITLE_BYTES = 255
MAX_LANGUAGE = 50
MOST_LANGUAGES = 20
"""How many languages of the page a miss lists."""

# Characters and patterns that no title can have (MediaWiki: Manual:Page title): brackets of wikitext, control
# characters, a percent code or an HTML entity, three tildes, and paths that climb.
_FORBIDDEN = re.compile(
    r"[#<>\[\]|{}\x00-\x1f\x7f\ufffd]|%[0-9A-Fa-f]{2}|&(?:\w+|#\d+|#x[0-9A-Fa-f]+);|~~~|^:|(?:^|/)\.\.?(?:/|$)"
)
# Prefixes before a colon that lead out of the dictionary: namespaces and their short forms.
_NAMESPACE = re.compile(
    r"^(?:media|special|talk|user|wiktionary|wt|file|image|mediawiki|mw|template|t|help|category|cat|thread|summary"
    r"|appendix|ap|concordance|index|rhymes|transwiki|thesaurus|ws|citations|reconstruction|rc|sign gloss|module"
    r"|mod|wikisaurus|project)(?:[ _]talk)?:",
    re.IGNORECASE,
)
# Names of languages have letters of any script, and marks: "Norwegian Bokmål", "'Are'are", "Proto-Indo-European".
_LANGUAGE = re.compile(r"(?=.*\w)[\w '’!()-]+")
_REVISION = re.compile(r'"wgRevisionId":([1-9][0-9]*)')
_WALL_TITLES = ("Wikimedia Error", "Just a moment", "Attention Required")
_PASSAGES = ".e-example[lang], .e-quotation[lang]"
_ROBOT_POLICY = "respect our robot policy"


def slug(keyword: str) -> str:
    """The title of a page as written in an address. Its case is kept, because titles are case-sensitive.

    :raises InvalidKeyword: when no title can look like that, or it would lead out of the dictionary.
    """
    if slugs.is_plain(keyword):
        return keyword.replace(" ", "_")
    title = re.sub(r"[\s_]+", "_", markup.clean(keyword)).strip("_")
    if not title or _FORBIDDEN.search(title) or _FORBIDDEN.search(keyword.strip()):
        raise InvalidKeyword(f"{keyword!r} cannot be the title of a Wiktionary page")
    if _NAMESPACE.match(title):
        raise InvalidKeyword(f"{keyword!r} names a page outside of the dictionary")
    if len(title.encode()) > MAX_TITLE_BYTES:
        raise InvalidKeyword(f"{keyword!r} is longer than {MAX_TITLE_BYTES} bytes")
    return quote(title, safe=":@$!*(),;~")


def retry_slug(keyword: str) -> str | None:
    """The slug to try when the keyword as typed has no page: in lower case; ``None`` if it is in lower case already.

    :raises InvalidKeyword: as `slug` does.
    """
    first, second = slug(keyword), slug(keyword.lower())
    return second if second != first else None


def parse(html: str, url: str) -> Page:
    """The English section of a page; a page without one is a miss.

    :raises MarkupError: when the page does not name its title.
    :raises WallPage: for an error or challenge page of the servers.
    :raises WrongPage: for the page of another title, which differs in its capitals.
    :raises UnknownPage: for anything else that is not a dictionary page.
    """
    return parse_section(html, url, "English")


def parse_section(html: str, url: str, language: str, *, has_translations: bool = False) -> Page:
    """The section of a language, named as in its heading ("Old English", in any case).

    ``has_translations``: its senses have their translations. Raises the same errors as `parse`.
    """
    wanted = edition_name(language)
    not_read = sections.NOT_READ - {sections.TRANSLATIONS} if has_translations else sections.NOT_READ
    root, selection = _selected(html, wanted, not_read)
    _refuse_walls(root)
    _refuse_namesakes(root, url)
    if "noarticletext" in html and markup.first(root, ".noarticletext") is not None:
        return MissPage(suggestions=(), layout="no-article")
    found = sections.languages(selection.content()) if selection is not None else ()
    if not found:
        raise UnknownPage(f"no language section: {url}")
    of_language = [section for section in found if edition_name(section.title) == wanted]
    if not of_language:
        # They are no content, and have been removed from the tree.
        suggestions = markup.texts(markup.unsettled(html).css(".disambig-see-also a"))
        return MissPage(suggestions=suggestions, layout=found[0].layout, remark=_languages(found))
    section, *again = of_language
    for other in again:
        section.blocks += other.blocks
        section.sections += other.sections
    return _entry_page(html, root, url, section, has_translations=has_translations)


def _selected(html: str, wanted: str, not_read: Collection[str]) -> tuple[Node, contents.Selection | None]:
    """The root of a page and what is read of it; without the languages after the wanted one if they can be cut off."""
    excerpt = excerpts.through(html, wanted)
    if excerpt is not None:
        root, selection = contents.selection(excerpt, lambda title: edition_name(title) == wanted, not_read)
        if _is_enough(root, selection):
            return root, selection
    return contents.selection(html, lambda title: edition_name(title) == wanted, not_read)


def _is_enough(root: Node, selection: contents.Selection | None) -> bool:
    """Whether an excerpt has all that is read: the wanted language to its end, and the page's names for itself."""
    if selection is None or not (selection.has_wanted and selection.ends_with_other):
        return False
    return markup.first(root, "title") is not None and _canonical(root) is not None


def edition_name(language: str) -> str:
    """The name of a language as an edition: "Old English" is ``old-english``."""
    return markup.clean(language).casefold().replace(" ", "-")


def in_language(language: str) -> Dictionary:
    """The dictionary of another language's words.

    :raises ArgumentError: when no heading can look like that.
    """
    name = edition_name(language)
    if len(name) > MAX_LANGUAGE or not _LANGUAGE.fullmatch(name):
        expected = "a language as Wiktionary's headings name it, such as Old English"
        raise ArgumentError("language", f"{language!r} cannot be a heading", expected)
    if name in DICTIONARY.editions:
        return DICTIONARY
    return replace(
        DICTIONARY, editions={name: Edition("und", ADDRESSES)}, parse=partial(parse_section, language=language)
    )


def with_translations(dictionary: Dictionary) -> Dictionary:
    """This dictionary, or that of another language, with the translations of its senses."""
    return replace(
        dictionary,
        parser=f"{dictionary.parser}+translations",
        parse=partial(parse_section, language=dictionary.default_edition, has_translations=True),
        joined=translations.joined,
    )


def _languages(found: Sequence[sections.Section]) -> str:
    """The languages of a page that lacks the requested one, whose name may be misspelt."""
    names = list(dict.fromkeys(markup.clean(section.title) for section in found))
    more = f" and {len(names) - MOST_LANGUAGES} more" if len(names) > MOST_LANGUAGES else ""
    return f"the page has {', '.join(names[:MOST_LANGUAGES])}{more}"


def _entry_page(html: str, root: Node, url: str, section: sections.Section, *, has_translations: bool) -> EntryPage:
    canonical = _own_address(root, url)
    title = unquote(urlsplit(canonical).path.partition("/wiki/")[2])
    if not title:
        raise MarkupError("link[rel='canonical']", f"a page with the address {canonical}")
    revision = _revision(html, root)
    edition = entries.LanguageEdition(
        name=edition_name(section.title), lang=_lang(section), title=title, has_translations=has_translations
    )
    left_out: list[str] = []
    return EntryPage(
        entries=tuple(entries.read(section, edition, left_out)),
        canonical_url=canonical,
        homographs=(),
        layout=section.layout,
        revision=revision,
        attribution=f"Wiktionary contributors: {title.replace('_', ' ')}"
        + (f", revision {revision}" if revision else ""),
        was_redirected=_was_redirected(root),
        left_out=tuple(left_out),
        continued_at=tuple(translations.continued_at(section, title)) if has_translations else (),
    )


def _own_address(root: Node, url: str) -> str:
    """The address that answered, or that of the page's title if the page names it as its own."""
    heading = markup.first(root, "#firstHeading, title")
    title = markup.text(heading).removesuffix(_SITE_IN_TITLE).replace(" ", "_") if heading is not None else ""
    return own_address(url, [_canonical(root)], HOSTS, _named, title)


def _named(path: str) -> Named | None:
    """The title in the path of an entry's address; ``None`` for any other page."""
    title = unquote(path.removeprefix("/wiki/"))
    return Named("", title) if path.startswith("/wiki/") and title else None


def _refuse_walls(root: Node) -> None:
    title = markup.first(root, "title")
    named = markup.text(title) if title is not None else ""
    if named.startswith(_WALL_TITLES):
        raise WallPage(f"the server's page {named!r}")
    content = markup.first(root, "#mw-content-text, .mw-parser-output")
    if content is None and _ROBOT_POLICY in markup.text(root):
        raise WallPage("the server asks for a User-Agent that names its operator")


def _refuse_namesakes(root: Node, url: str) -> None:
    """Web archives treat "Polish" and "polish" as one address; in Wiktionary they are two pages."""
    own, requested = unquote(_canonical(root) or url), unquote(url)
    if own != requested and own.casefold() == requested.casefold() and not _was_redirected(root):
        raise WrongPage(f"requested {requested}, got the page {own}")


def _was_redirected(root: Node) -> bool:
    """A redirect of MediaWiki shows the target page, with a line that names the redirect."""
    return markup.first(root, ".mw-redirectedfrom") is not None


def _canonical(root: Node) -> str | None:
    """The page's own address: ``canonical`` in a read view, ``dc:isVersionOf`` in Parsoid's."""
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
    """The language code on the headword lines, else that on a passage; ``und`` when there is none."""
    if section.title == "English":
        return "en"
    return _marked_lang(section, ".headword[lang]") or _marked_lang(section, _PASSAGES) or "und"


def _marked_lang(section: sections.Section, selector: str) -> str | None:
    for block in section.blocks:
        marked = markup.first(block, selector) if block.is_element_node else None
        if marked is not None:
            return markup.attribute(marked, "lang")
    return next(filter(None, (_marked_lang(inner, selector) for inner in section.sections)), None)


HOSTS = ("en.wiktionary.org",)
_SITE_IN_TITLE = " - Wiktionary, the free dictionary"
ADDRESSES = ("https://en.wiktionary.org/wiki/{slug}",)
DICTIONARY = Dictionary(
    name="wiktionary",
    title=TITLES["wiktionary"],
    parser="wiktionary/5",
    editions={"english": Edition("en", ADDRESSES)},
    slug=slug,
    retry_slug=retry_slug,
    in_language=in_language,
    with_translations=with_translations,
    parse=parse,
    hosts=HOSTS,
    rights="Text: Wiktionary contributors, CC BY-SA 4.0 and GFDL. Recordings: Wikimedia Commons, own licence each.",
    canary="water",
    license="CC-BY-SA-4.0",
    needs_contact=True,
    sound_hosts=("upload.wikimedia.org", "commons.wikimedia.org"),
    sound_terms=commons.terms,
)
