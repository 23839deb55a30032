"""The players of recordings: their files, the page about them, and the accents printed beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from dictcrawler.dictionaries.wiktionary import labels, terms
from dictcrawler.model import Label
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

COMMONS = "https://commons.wikimedia.org/wiki/File:"
# ``…/commons/0/0a/NAME`` is a recording as uploaded, ``…/transcoded/0/0a/NAME/NAME.mp3`` is converted from it.
_ON_COMMONS = re.compile(r"https://upload\.wikimedia\.org/wikipedia/commons/(?:transcoded/)?\w/\w\w/([^/]+)")
# A link is a recording when it leads to the file itself, not to the page about it.
_FORMATS = (".ogg", ".oga", ".opus", ".mp3", ".wav", ".flac", ".webm")
_CAPTION = re.compile(r"^\W*(?:audio|listen)\b", re.IGNORECASE)
_EDGES = " :;,()"
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording: the mp3 if there is one, the same in other formats, and its page on Wikimedia Commons."""

    best: str | None
    others: tuple[str, ...]
    page: str | None
    labels: tuple[Label, ...]

    @classmethod
    def of(cls, node: Node) -> Recording | None:
        """The recording of a player or of the table around it; ``None`` when neither file nor page is named."""
        files = sorted(_sources(node), key=lambda url: not url.endswith(".mp3"))
        page = next(filter(None, map(_file_page, files)), None) or _named_page(node)
        if not files and page is None:
            return None
        return cls(files[0] if files else None, tuple(files[1:]), page, _accents(node))


def _accents(table: Node) -> tuple[Label, ...]:
    """The accents printed in a player's own table: "Audio (UK)"."""
    cell = markup.first(table, "td")
    printed = markup.text(cell) if cell is not None else ""
    groups = _IN_PARENTHESES.findall(printed)
    # The spoken text, if it is more than the word: "Audio “a house” (UK)".
    said = _CAPTION.sub("", _IN_PARENTHESES.sub("", printed)).strip(_EDGES)
    accents = [labels.of_sound(text) for group in groups for text in labels.printed(group)]
    return (*accents, *((Label(text=said, type="usage"),) if said else ()))


def _sources(node: Node) -> Iterator[str]:
    found: dict[str, None] = {}
    for source in node.css("source[src], audio[src], video[src], a[href]"):
        named = markup.attribute(source, "src") or markup.attribute(source, "href") or ""
        url = urlsplit(urljoin(terms.BASE, named))
        is_file = url.path.lower().endswith(_FORMATS) and "/wiki/" not in url.path
        if source.tag != "a" or is_file:
            found[url._replace(query="", fragment="").geturl()] = None
    yield from found


def _file_page(url: str) -> str | None:
    """The page of Wikimedia Commons about a recording, if it is there; it names the author and the licence."""
    name = _ON_COMMONS.match(url)
    return _page(unquote(name[1])) if name else None


def _named_page(node: Node) -> str | None:
    """The page of a recording whose player names no file yet, because the site's script would load it."""
    player = markup.first(node, "[data-mwtitle][data-mwprovider='wikimediacommons']")
    title = markup.attribute(player, "data-mwtitle") if player is not None else None
    return _page(title.replace(" ", "_")) if title else None


def _page(name: str) -> str:
    return COMMONS + quote(name, safe=":@$!*(),;~")
