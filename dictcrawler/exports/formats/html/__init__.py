"""One HTML page to read and to print: the words in order, an index, nothing loaded from elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import msgspec

from dictcrawler import feeds
from dictcrawler.exports.article import article, web_page
from dictcrawler.exports.export import Export
from dictcrawler.exports.folding import folded
from dictcrawler.exports.format import Format
from dictcrawler.exports.html_text import html_text, styles
from dictcrawler.exports.scratch import scratch
from dictcrawler.model import Entry, Relation

_SCHEMA = """
CREATE TABLE entries (key TEXT, headword TEXT, position INTEGER PRIMARY KEY, id TEXT, title TEXT, line BLOB);
CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_IN_ORDER = "FROM entries ORDER BY key, headword, position"
# Words that begin with something other than a letter: affixes, numbers, symbols.
_OTHERS = "#"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(export: Export, path: Path) -> None:
    """Write the page."""
    with scratch(_SCHEMA) as database, path.open("x", encoding="utf-8", newline="\n") as file:
        _collect(export, database)
        for part in _page(export, database):
            file.write(f"{part}\n")


def _collect(export: Export, database: sqlite3.Connection) -> None:
    for feed in export.feeds:
        title = feed.title if len(export.feeds) > 1 else ""
        for entry in export.entries(feed):
            row = (_key(entry.headword), entry.headword, entry.id, title, feeds.encode_line(entry))
            database.execute("INSERT INTO entries (key, headword, id, title, line) VALUES (?, ?, ?, ?, ?)", row)
            ids = ((each,) for each in (entry.id, *(sense.id for sense in entry.senses)))
            database.executemany("INSERT OR IGNORE INTO ids VALUES (?)", ids)


def _key(headword: str) -> str:
    """The sort key of a word: its letters and digits, so ``-ness`` is sorted under n."""
    text = folded(headword)
    return "".join(letter for letter in text if letter.isalnum()) or text


def _page(export: Export, database: sqlite3.Connection) -> Iterator[str]:
    yield "<!doctype html>"
    yield f'<html lang="{escape(export.feeds[0].lang)}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(export.title)}</title>"
    yield f"<style>{styles()}{files(__name__).joinpath('page.css').read_text(encoding='utf-8')}</style></head><body>"
    yield from _header(export, database)
    yield "<main>"
    yield from _words(database)
    yield "</main>"
    yield from _index(database)
    yield "</body></html>"


def _header(export: Export, database: sqlite3.Connection) -> Iterator[str]:
    yield f"<header><h1>{escape(export.title)}</h1>"
    for feed in export.feeds:
        run = feed.manifest
        facts = f"{feed.title}: {run.entries:,} entries, run {run.run}. {feed.rights.notice}"
        yield f"<p>{escape(facts)}</p>"
    links = (f'<a href="#{_anchor(letter)}">{escape(letter)}</a>' for letter, _ in groupby(_initials(database)))
    yield f'<nav aria-label="Letters">{" ".join(links)} <a href="#index">Index</a></nav></header>'


def _initials(database: sqlite3.Connection) -> Iterator[str]:
    return (_initial(key) for (key,) in database.execute(f"SELECT key {_IN_ORDER}"))


def _initial(key: str) -> str:
    return key[0].upper() if key[:1].isalpha() else _OTHERS


def _anchor(letter: str) -> str:
    return "others" if letter == _OTHERS else f"letter-{quote(letter)}"


def _words(database: sqlite3.Connection) -> Iterator[str]:
    decoder = msgspec.json.Decoder(Entry)
    rows = database.execute(f"SELECT key, title, line {_IN_ORDER}")
    for letter, group in groupby(rows, lambda row: _initial(row[0])):
        yield f'<section><h2 id="{_anchor(letter)}">{escape(letter)}</h2>'
        for _, title, line in group:
            if title:
                yield f'<div class="dictionary">{escape(title)}</div>'
            yield html_text(article(decoder.decode(line), lambda relation: _link(relation, database)))
        yield "</section>"


def _link(relation: Relation, database: sqlite3.Connection) -> str | None:
    """A link to the word in this page, or to its own page."""
    if database.execute("SELECT 1 FROM ids WHERE id = ?", (relation.to,)).fetchone():
        return _place(relation.to or "")
    return web_page(relation.url)


def _place(anchor: str) -> str:
    return f"#{quote(anchor, safe=':')}"


def _index(database: sqlite3.Connection) -> Iterator[str]:
    yield '<section class="index"><h2 id="index">Index</h2><ul>'
    rows: Iterable[tuple[str, str]] = database.execute(f"SELECT headword, id {_IN_ORDER}")
    for headword, group in groupby(rows, lambda row: row[0]):
        (_, anchor), *_ = group
        yield f'<li><a href="{_place(anchor)}">{escape(headword)}</a></li>'
    yield "</ul></section>"


FORMAT = Format(
    summary="one HTML page to read and to print, with an index",
    write=write,
    suffix=".html",
    takes_several=True,
)
