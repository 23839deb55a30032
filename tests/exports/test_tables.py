"""``export csv`` and ``export tsv``: a strict reader gets back the values of the feed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from dictcrawler import exports, feeds
from dictcrawler.exports import Request
from dictcrawler.exports.sense_rows import COLUMNS
from dictcrawler.model import Definition, Sense
from tests.support import records

NAMES = ("longman", "macmillan", "oxford", "wiktionary")
HEADWORDS = ("=1+1", "+ness", "-ness", "@home", "'-ness", "''=x", "it's", '"quoted", and', "a\\nb", "שלום", "naïve")


def exported(data: Path, name: str, path: Path, **options: object) -> Path:
    runs = [data / "feeds" / each for each in NAMES]
    return exports.export(name, runs, path, Request(options=options)).path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_tsv(path: Path) -> list[dict[str, str]]:
    head, *lines = (line.split("\t") for line in path.read_text(encoding="utf-8").removesuffix("\n").split("\n"))
    return [dict(zip(head, cells, strict=True)) for cells in lines]


def armed(cell: str) -> str:
    """The cell without the apostrophe that protects it from being read as a formula."""
    return cell[1:] if re.match(r"'+[=+\-@＝＋－＠]", cell) else cell


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1]), value)


def feed_of(tmp_path: Path, *headwords: str) -> Path:
    entries = tuple(
        records.entry(id=f"invented:main:{number}", headword=headword, senses=(), relations=())
        for number, headword in enumerate(headwords)
    )
    return records.feed(tmp_path / "feeds" / "invented", "run-1", entries, ())


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_there_is_a_row_for_each_sense_of_all_four_dictionaries(tmp_path: Path, sample_data: Path, name: str) -> None:
    path = exported(sample_data, name, tmp_path / f"all.{name}")
    table = read_csv(path) if name == "csv" else read_tsv(path)
    senses = [
        (entry, sense)
        for each in NAMES
        for entry in feeds.read_entries(sample_data / "feeds" / each)
        for sense in entry.senses or (None,)
    ]
    assert len(table) == len(senses) > 170
    between = "\n" if name == "csv" else r"\n"
    for row, (entry, sense) in zip(table, senses, strict=True):
        assert list(row) == list(COLUMNS)
        assert armed(row["headword"]) == entry.headword
        assert row["entry_id"] == entry.id
        assert row["url"] == entry.source.url
        if sense is not None:
            assert row["sense_id"] == sense.id
            assert armed(row["definitions"]).split(between) == [each.text for each in sense.definitions] or [""]
            assert armed(row["examples"]) == between.join(example.text for example in sense.examples)


def test_every_cell_that_could_be_a_formula_is_defused_and_comes_back(tmp_path: Path) -> None:
    path = exports.export("csv", [feed_of(tmp_path, *HEADWORDS)], tmp_path / "made.csv").path
    cells = [row["headword"] for row in read_csv(path)]
    assert not [cell for cell in cells if cell[0] in "=+-@"]
    assert tuple(map(armed, cells)) == HEADWORDS
    plain = exports.export(
        "csv", [tmp_path / "feeds" / "invented"], tmp_path / "plain.csv", Request(options={"plain": True})
    )
    assert tuple(row["headword"] for row in read_csv(plain.path)) == HEADWORDS


def test_a_line_of_tsv_is_a_row_with_any_text(tmp_path: Path) -> None:
    sense = Sense(
        id="invented:main:x#1",
        labels=(),
        definitions=tuple(Definition(text=text, definition_type="full") for text in ("a\\tb", 'two "2"')),
        examples=(),
    )
    run = records.feed(tmp_path / "f", "run-1", (records.entry(senses=(sense,), relations=()),), ())
    path = exports.export("tsv", [run], tmp_path / "made.tsv").path
    (row,) = read_tsv(path)
    assert row["definitions"] == 'a\\\\tb\\ntwo "2"'
    assert unescaped(row["definitions"]) == 'a\\tb\ntwo "2"'


def test_columns_are_chosen_and_ordered(tmp_path: Path) -> None:
    request = Request(options={"columns": ("forms", "headword"), "bom": True})
    path = exports.export("csv", [feed_of(tmp_path, "zorb")], tmp_path / "made.csv", request).path
    assert path.read_bytes() == b"\xef\xbb\xbfforms,headword\r\nzorbs,zorb\r\n"
