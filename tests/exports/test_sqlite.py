"""``export sqlite``: SQL finds everything, and a live Datasette serves and searches it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from dictcrawler import exports, feeds
from dictcrawler.model import Definition, Label, Sense, Translation
from tests.support import records
from tests.support.consumers import tool

NAMES = ("longman", "macmillan", "oxford", "wiktionary")


@pytest.fixture(scope="module")
def database(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "words.sqlite"
    exports.export("sqlite", [sample_data / "feeds" / name for name in NAMES], path)
    return path


def rows(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def test_the_entries_of_all_feeds_come_back_from_it_as_they_were(database: Path, sample_data: Path) -> None:
    stored = [line for (line,) in rows(database, "SELECT json FROM entries ORDER BY rowid")]
    published = [
        feeds.encode_line(entry).decode().rstrip("\n")
        for name in NAMES
        for entry in feeds.read_entries(sample_data / "feeds" / name)
    ]
    assert stored == published


def test_its_tables_count_what_the_feeds_have_and_refer_to_one_another(database: Path, sample_data: Path) -> None:
    entries = [entry for name in NAMES for entry in feeds.read_entries(sample_data / "feeds" / name)]
    senses = [sense for entry in entries for sense in entry.senses]
    boxes = [box for entry in entries for box in entry.boxes]
    counts = {
        "senses": len(senses),
        "boxes": len(boxes),
        "examples": sum(len(each.examples) for each in senses) + sum(len(each.examples) for each in boxes),
        "relations": sum(len(entry.relations) for entry in entries),
        "forms": sum(len(entry.inflected_forms) for entry in entries),
        "frequencies": sum(len(entry.frequency) for entry in entries),
        "lookups": 4 * 13,
        "runs": 4,
    }
    for table, count in counts.items():
        assert rows(database, f"SELECT count(*) FROM {table}") == [(count,)], table  # noqa: S608 - names above
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "SELECT status, sum(keywords) FROM outcomes GROUP BY status") == [("found", 52)]


def test_translations_keep_their_sense_transliteration_and_labels(tmp_path: Path) -> None:
    water = Translation(lang="ko", text="물", transliteration="mul", labels=(Label(text="formal", type="register"),))
    senses = tuple(
        Sense(id=f"invented:main:water#{number}", labels=(), definitions=(), examples=(), translations=found)
        for number, found in enumerate([(), (water, replace(water, lang="zu", text="amanzi"))], start=1)
    )
    entry = records.entry(id="invented:main:water", headword="water", senses=senses, relations=())
    run = records.feed(tmp_path / "feeds" / "invented", "run-1", (entry,), ())
    path = exports.export("sqlite", [run], tmp_path / "made.sqlite").path
    sql = (
        "SELECT translations.sense_id, lang, translations.text, transliteration, labels.type, labels.text "
        "FROM translations JOIN labels ON translation_id = translations.rowid ORDER BY translations.rowid"
    )
    assert rows(path, sql) == [
        ("invented:main:water#2", "ko", "물", "mul", "register", "formal"),
        ("invented:main:water#2", "zu", "amanzi", "mul", "register", "formal"),
    ]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_a_search_folds_case_and_diacritics_and_finds_other_forms_of_a_word(tmp_path: Path) -> None:
    sense = Sense(
        id="invented:main:cafe#1",
        labels=(),
        definitions=(Definition(text="a place for réading bøoks", definition_type="full"),),
        examples=(),
    )
    entry = records.entry(id="invented:main:cafe", headword="Café", senses=(sense,), relations=())
    run = records.feed(tmp_path / "feeds" / "invented", "run-1", (entry,), ())
    path = exports.export("sqlite", [run], tmp_path / "made.sqlite").path
    search = "SELECT headword FROM entries WHERE rowid IN (SELECT rowid FROM entries_fts WHERE entries_fts MATCH ?)"
    for words in ("cafe", "CAFÉ", "caf*", "reads", '"zorbs"'):
        assert rows(path, search, words) == [("Café",)], words
    assert rows(path, search, "inventor") == []
    assert rows(path, "SELECT headword FROM entries WHERE headword_folded = 'cafe'") == [("Café",)]
    snippet = "SELECT snippet(entries_fts, 2, '[', ']', '…', 4) FROM entries_fts WHERE entries_fts MATCH 'read'"
    assert rows(path, snippet) == [("a place for [réading]…",)]


def test_a_private_copy_is_marked_inside_the_database(tmp_path: Path) -> None:
    closed = records.entry(cited=records.source(license=None))
    run = records.feed(tmp_path / "feeds" / "invented", "run-1", (closed,), ())
    path = exports.export("sqlite", [run], tmp_path / "made.sqlite").path
    ((rights,),) = rows(path, "SELECT value FROM about WHERE name = 'rights'")
    assert rights == "Private copy for personal study: all rights are reserved, do not pass it on. © an inventor"
    assert rows(path, "SELECT is_private, license FROM runs") == [(1, None)]


@pytest.fixture(scope="module")
def datasette(database: Path) -> Iterator[str]:
    metadata = database.with_name("words.sqlite.metadata.json")
    command = [
        tool("datasette"),
        "serve",
        "-i",
        str(database),
        "-m",
        str(metadata),
        "-p",
        "0",
        "--setting",
        "trace_debug",
        "0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "running on" in line:
                yield line.split(" on ")[1].split(" ")[0]
                break
    finally:
        process.terminate()
        process.communicate(timeout=30)


def got(datasette: str, path: str, **query: str) -> Any:
    with urllib.request.urlopen(f"{datasette}{path}.json?{urlencode(query)}", timeout=30) as response:
        return json.load(response)


def test_datasette_serves_searches_and_facets_it(datasette: str) -> None:
    found = got(datasette, "/words/entries", _search="affection", _shape="objects")
    assert {row["headword"] for row in found["rows"]} >= {"love"}
    facets = got(datasette, "/words/entries", _size="0")["facet_results"]
    assert {each["value"]: each["count"] for each in facets["dictionary"]["results"]}["oxford"] == 24
    assert {each["value"] for each in facets["parts_of_speech"]["results"]} >= {"noun", "verb", "phrasal verb"}
    (row,) = got(datasette, "/words", sql="SELECT count(*) AS n FROM quotations", _shape="objects")["rows"]
    assert row["n"] > 100
    metadata = got(datasette, "/-/metadata")
    assert metadata["databases"]["words"]["license"] == "CC0-1.0"
