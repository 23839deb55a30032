"""A dictionary for StarDict readers: GoldenDict, KOReader, sdcv; pyglossary converts it to other formats.

The files are those of https://github.com/huzheng001/stardict-3/blob/master/dict/doc/StarDictFileFormat, version 2.4.2.
A reader shows one article a word, so homographs share an article.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from dictcrawler.exports.article import article, web_page
from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format, Option
from dictcrawler.exports.html_text import html_text, styles
from dictcrawler.exports.output import write_text
from dictcrawler.exports.scratch import scratch
from dictcrawler.model import Entry, Relation

_SCHEMA = """
CREATE TABLE articles (key BLOB, word BLOB, position INTEGER PRIMARY KEY, html BLOB);
CREATE TABLE numbers (word BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE forms (key BLOB, form BLOB, word BLOB, PRIMARY KEY (key, form, word)) WITHOUT ROWID;
"""
# "The length of word_str should be less than 256".
_LONGEST = 255
_TOO_LONG = "words longer than 255 bytes"
# Readers without style sheets still understand tags.
_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "headword": "b",
        "homograph": "sup",
        "part-of-speech": "i",
        "number": "b",
        "indicator": "b",
        "variant": "b",
        "pattern": "b",
        "form": "b",
        "text": "i",
        "labels": "small",
        "tag": "small",
        "relation": "small",
        "source": "small",
        "box-title": "b",
    }
)


def write(export: Export, path: Path) -> None:
    """Write the files of the dictionary into the folder."""
    files = {suffix: path / f"{export.name}.{suffix}" for suffix in ("ifo", "idx", "dict", "syn", "css")}
    with scratch(_SCHEMA) as database, ExitStack() as stack:
        _collect(export, database)
        index, articles = (stack.enter_context(files[suffix].open("xb")) for suffix in ("idx", "dict"))
        words = _write_articles(database, index, articles)
        size = index.tell()
        synonyms = 0
        if not export.options["no-forms"]:
            synonyms = _write_forms(database, stack.enter_context(files["syn"].open("xb")))
    write_text(files["css"], [styles()])
    write_text(files["ifo"], _information(export, words, synonyms, size))


def _collect(export: Export, database: sqlite3.Connection) -> None:
    for entry in export.entries():
        word = entry.headword.encode()
        if len(word) > _LONGEST:
            export.left_out[_TOO_LONG] += 1
            continue
        text = html_text(article(entry, _link), _TAGS).encode()
        database.execute("INSERT INTO articles (key, word, html) VALUES (?, ?, ?)", (word.lower(), word, text))
        database.executemany("INSERT OR IGNORE INTO forms VALUES (?, ?, ?)", _forms(entry, export))


def _forms(entry: Entry, export: Export) -> Iterator[tuple[bytes, bytes, bytes]]:
    for inflected in entry.inflected_forms:
        form = inflected.text.encode()
        if len(form) > _LONGEST:
            export.left_out[_TOO_LONG] += 1
        elif inflected.text != entry.headword:
            yield form.lower(), form, entry.headword.encode()


def _write_articles(database: sqlite3.Connection, index: BinaryIO, articles: BinaryIO) -> int:
    """Write the article of each word and its position; return the number of words.

    Words are sorted without the case of ASCII letters (`bytes.lower`), then by their bytes.
    """
    count = 0
    rows = database.execute("SELECT word, html FROM articles ORDER BY key, word, position")
    for word, group in groupby(rows, lambda row: bytes(row[0])):
        place = articles.tell()
        articles.write(b"<hr>".join(html for _, html in group))
        index.write(word + b"\0" + struct.pack(">II", place, articles.tell() - place))
        database.execute("INSERT INTO numbers VALUES (?, ?)", (word, count))
        count += 1
    return count


def _write_forms(database: sqlite3.Connection, file: BinaryIO) -> int:
    """Write for each form the number of its word; return the number of forms."""
    count = 0
    rows = database.execute("SELECT form, number FROM forms JOIN numbers USING (word) ORDER BY key, form, number")
    for form, number in rows:
        file.write(form + b"\0" + struct.pack(">I", number))
        count += 1
    return count


def _information(export: Export, words: int, synonyms: int, size: int) -> Iterator[str]:
    (feed,) = export.feeds
    yield "StarDict's dict ifo file"
    yield "version=2.4.2"
    yield f"wordcount={words}"
    if synonyms:
        yield f"synwordcount={synonyms}"
    yield f"idxfilesize={size}"
    # One line each, whatever characters they contain.
    yield f"bookname={' '.join(feed.title.split())}"
    yield "author=dictcrawler"
    yield f"description={' '.join(feed.rights.notice.split())}"
    yield f"date={feed.manifest.finished_at:%Y.%m.%d}"
    yield "sametypesequence=h"


def _link(relation: Relation) -> str | None:
    """The link to a word: inside the reader if the dictionary has it, else to the word's page.

    Readers take the word literally: neither pyglossary nor other dictionaries quote it.
    """
    return f"bword://{relation.text}" if relation.to is not None else web_page(relation.url)


FORMAT = Format(
    summary="StarDict dictionary for GoldenDict, KOReader and sdcv",
    write=write,
    suffix=None,
    options=(Option(name="no-forms", help="inflected forms do not lead to their headwords"),),
)
