"""``export parquet``: the entries can be restored from it, and the usual data libraries read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from dictcrawler import exports, feeds
from dictcrawler.model import Entry, Label, Translation
from tests.support import records, trying
from tests.support.consumers import script

NAMES = ("longman", "macmillan", "oxford", "wiktionary")


@pytest.fixture(scope="module")
def folder(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = [sample_data / "feeds" / name for name in NAMES]
    return exports.export("parquet", runs, tmp_path_factory.mktemp("parquet") / "all").path


def without_nulls(value: Any) -> Any:
    """The value as in the feed: absent values are left out."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def entry_of(row: dict[str, Any]) -> Entry:
    return msgspec.convert(without_nulls(row), Entry)


def test_the_entries_of_all_four_dictionaries_come_back_from_it(folder: Path, sample_data: Path) -> None:
    rows = pq.read_table(folder / "entries.parquet").to_pylist(maps_as_pydicts="strict")
    entries = [entry for name in NAMES for entry in feeds.read_entries(sample_data / "feeds" / name)]
    assert [entry_of(row) for row in rows] == entries


def test_an_entry_with_every_field_and_a_hard_one_come_back(tmp_path: Path) -> None:
    content = records.content()
    words = (Translation(lang="he", text="כדור", transliteration="kadur", labels=(Label(text="m", type="grammar"),)),)
    sense = msgspec.structs.replace(content.senses[0], translations=words)
    relation = msgspec.structs.replace(content.relations[0], transliteration="bol")
    full = records.entry(cited=trying.CLOSED, senses=(sense,), relations=(relation,))
    run = records.feed(tmp_path / "feed", "run-1", (full, *trying.entries()), ())
    made = exports.export("parquet", [run], tmp_path / "made").path
    rows = pq.read_table(made / "entries.parquet").to_pylist(maps_as_pydicts="strict")
    assert [entry_of(row) for row in rows] == [full, *trying.entries()]


def test_duckdb_polars_and_pandas_read_all_of_it(folder: Path, sample_data: Path) -> None:
    entries = [entry for name in NAMES for entry in feeds.read_entries(sample_data / "feeds" / name)]
    senses = [sense for entry in entries for sense in entry.senses]
    boxes = [box for entry in entries for box in entry.boxes]
    expected = {
        "entries": len(entries),
        "senses": len(senses),
        "flat": len(senses),
        "examples": sum(len(sense.examples) for sense in senses) + sum(len(box.examples) for box in boxes),
        "dictionaries": list(NAMES),
    }
    assert json.loads(script("read_parquet.py", folder)) == {"duckdb": expected, "polars": expected, "pandas": expected}


def test_the_flat_tables_have_their_headword_and_their_rights(tmp_path: Path) -> None:
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(cited=trying.CLOSED),), ())
    made = exports.export("parquet", [run], tmp_path / "made").path
    first, second = pq.read_table(made / "senses.parquet").to_pylist()
    assert (first["headword"], first["definition"], first["usage"]) == ("zorb", "a large ball", "used in play")
    assert second["parent_id"] == first["sense_id"]
    of_sense, of_box = pq.read_table(made / "examples.parquet").to_pylist()
    assert (of_sense["definition"], of_sense["box"]) == ("a large ball", None)
    assert (of_box["sense_id"], of_box["box"]) == (None, "usage")
    for name in ("entries", "senses", "examples"):
        stated = pq.read_schema(made / f"{name}.parquet").metadata
        assert stated[b"rights"].startswith(b"Private copy for personal study")


def test_the_card_names_the_tables_for_hugging_face(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert '\nconfigs:\n- config_name: entries\n  data_files: "entries.parquet"\n- config_name: senses\n' in card
