"""Descriptions that Datasette shows with the tables (https://docs.datasette.io/en/stable/metadata.html)."""

from __future__ import annotations

from typing import Any

from dictcrawler.exports.export import Export

_DESCRIPTIONS = {
    "entries": "One row an entry: one homograph or part of speech, as the dictionary itself divides it.",
    "senses": "One row a sense; a sub-sense names its parent.",
    "examples": "Sentences and phrases that show the use of a sense, or of a note in a box.",
    "relations": "Links to other words. target_id is an entry or a sense, not always one of this database.",
    "forms": "Inflected and alternative forms of the headwords.",
    "lookups": "One row a line of the word list, with its outcome.",
    "runs": "The published runs that this database was made from.",
    "definitions": "One row a sense, ready to read.",
    "quotations": "One row an example, with its headword and its sense's definition.",
    "outcomes": "The outcomes of the words of each list.",
}
_FACETS: dict[str, list[str | dict[str, str]]] = {
    "entries": ["dictionary", {"array": "parts_of_speech"}],
    "labels": ["type", "text"],
    "relations": ["type"],
    "lookups": ["dictionary", "status"],
    "definitions": ["dictionary", {"array": "parts_of_speech"}],
}


def metadata(export: Export, database: str) -> dict[str, Any]:
    """The metadata of the database with that name."""
    licences = sorted({feed.rights.licence or "all rights reserved" for feed in export.feeds})
    urls = {feed.rights.licence_url for feed in export.feeds}
    rights: dict[str, Any] = {"description": export.notice, "license": ", ".join(licences)}
    if len(urls) == 1 and None not in urls:
        rights["license_url"] = urls.pop()
    tables: dict[str, dict[str, Any]] = {name: {"description": text} for name, text in _DESCRIPTIONS.items()}
    for name, facets in _FACETS.items():
        tables.setdefault(name, {})["facets"] = facets
    tables["entries"] |= {"fts_table": "entries_fts", "fts_pk": "rowid", "label_column": "headword"}
    tables["senses"] |= {"label_column": "definition"}
    tables["runs"] |= {"label_column": "run"}
    title = {"title": export.title, **rights}
    return {**title, "databases": {database: {**title, "tables": tables}}}
