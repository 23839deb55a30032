"""The relations of a resource whose entries and senses are all in it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dictcrawler.model import Entry

SCHEMA = """
CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE relations (
  position INTEGER PRIMARY KEY, type TEXT, source TEXT, target TEXT, description TEXT,
  UNIQUE (type, source, target)
);
CREATE TABLE homographs (
  headword TEXT, number TEXT, parts_of_speech TEXT, PRIMARY KEY (headword, number, parts_of_speech)
) WITHOUT ROWID;
"""

_SUB_SENSES = "subsensing"
_ROLES = ("supersense", "subsense")
_NO_TARGET = "relations to words outside this export"


def collect(database: sqlite3.Connection, entry: Entry, left_out: Counter[str]) -> None:
    """Remember the ids of an entry and its relations."""
    ids = (entry.id, *(sense.id for sense in entry.senses))
    database.executemany("INSERT INTO ids VALUES (?)", ((each,) for each in ids))
    parents = ((_SUB_SENSES, sense.parent, sense.id, None) for sense in entry.senses if sense.parent)
    _add(database, parents)
    related = [(it.type, it.from_ or entry.id, it.to, it.group) for it in entry.relations]
    # A thesaurus lists the word itself among its synonyms, but a relation must not have the same member twice.
    kept = [each for each in related if each[2] and each[1] != each[2]]
    _add(database, iter(kept))
    left_out.update({_NO_TARGET: len(related) - len(kept)} if len(related) > len(kept) else {})


def free_number(database: sqlite3.Connection, entry: dict[str, Any]) -> str | None:
    """The homograph number that no earlier entry has with this headword and these parts of speech."""
    number, parts = entry.get("homographNumber"), "|".join(entry.get("partsOfSpeech", ()))
    wanted = number
    following = 1
    while not _take(database, entry["headword"], wanted or "", parts):
        following += 1
        wanted = str(following)
    return wanted


def _take(database: sqlite3.Connection, *place: str) -> bool:
    return database.execute("INSERT OR IGNORE INTO homographs VALUES (?, ?, ?)", place).rowcount == 1


def _add(database: sqlite3.Connection, rows: Iterator[tuple[str, str, str | None, str | None]]) -> None:
    statement = "INSERT OR IGNORE INTO relations (type, source, target, description) VALUES (?, ?, ?, ?)"
    database.executemany(statement, rows)


def relations(database: sqlite3.Connection, left_out: Counter[str]) -> Iterator[dict[str, Any]]:
    """The relations whose two members are both in the resource; the others are counted."""
    inside = "FROM relations JOIN ids AS a ON a.id = source JOIN ids AS b ON b.id = target"
    for kind, source, target, text in database.execute(
        f"SELECT type, source, target, description {inside} ORDER BY position"
    ):
        roles = _ROLES if kind == _SUB_SENSES else (None, None)
        members = [
            {"ref": ref} | ({"role": role} if role else {}) for ref, role in zip((source, target), roles, strict=True)
        ]
        yield {"type": kind} | ({"description": text} if text else {}) | {"members": members}
    ((all_of_them,),) = database.execute("SELECT count(*) FROM relations")
    ((kept,),) = database.execute(f"SELECT count(*) {inside}")
    left_out.update({_NO_TARGET: all_of_them - kept} if all_of_them > kept else {})


def relation_types(database: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The types that were used."""
    for (kind,) in database.execute("SELECT DISTINCT type FROM relations ORDER BY type"):
        yield {"type": kind}
