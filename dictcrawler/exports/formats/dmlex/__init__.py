"""OASIS DMLex 1.0, the standard for lexicographic data, as JSON and as XML (without its crosslingual module).

https://docs.oasis-open.org/lexidma/dmlex/v1.0/dmlex-v1.0.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from dictcrawler.exports.export import Export
from dictcrawler.exports.format import Format
from dictcrawler.exports.formats.dmlex.documents import Document, JsonDocument, XmlDocument
from dictcrawler.exports.formats.dmlex.entries import dmlex_entry
from dictcrawler.exports.formats.dmlex.relations import SCHEMA, collect, free_number, relation_types, relations
from dictcrawler.exports.formats.dmlex.tags import Tags
from dictcrawler.exports.rights import credit
from dictcrawler.exports.scratch import scratch


def write(export: Export, path: Path) -> None:
    """Write the resource as JSON and as XML, and the credits of its entries in a file of their own, since DMLex has
    no field for them."""
    head = _head(export)
    with ExitStack() as stack:
        as_json, as_xml, sources = (
            stack.enter_context((path / name).open("x", encoding="utf-8", newline="\n"))
            for name in ("lexicon.json", "lexicon.xml", "credits.txt")
        )
        database = stack.enter_context(scratch(SCHEMA))
        documents: tuple[Document, ...] = (JsonDocument(as_json, head), XmlDocument(as_xml, head))
        for name, item in _objects(export, database, sources):
            for document in documents:
                document.add(name, item)
        for document in documents:
            document.end()


def _head(export: Export) -> dict[str, Any]:
    (feed,) = export.feeds
    site = urlsplit(next(feed.entries()).source.url)
    title = f"{feed.title}. {feed.rights.notice}"
    return {"title": title, "uri": f"{site.scheme}://{site.netloc}/", "langCode": feed.lang}


def _objects(export: Export, database: sqlite3.Connection, sources: TextIO) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a resource, each with the name of its list, in the order of the XML schema."""
    tags = Tags()
    for entry in export.entries():
        collect(database, entry, export.left_out)
        item = dmlex_entry(entry, tags, export.left_out)
        if number := free_number(database, item):
            item["homographNumber"] = number
        sources.write(f"{entry.id}\t{entry.headword}\t{credit(entry)}\n")
        yield "entries", item
    for name, listed in tags.listed():
        yield from ((name, tag) for tag in listed)
    yield from (("relations", relation) for relation in relations(database, export.left_out))
    yield from (("relationTypes", kind) for kind in relation_types(database))


FORMAT = Format(
    summary="OASIS DMLex 1.0 as JSON and XML, the standard for lexicographic data",
    write=write,
    suffix=None,
)
