"""``export wiktextract``: every line conforms to the closed schema of wiktextract's own types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dictcrawler import exports, feeds
from dictcrawler.exports.formats.wiktextract import _PARTS_OF_SPEECH
from dictcrawler.model import PartOfSpeech, Relation
from tests.support import records
from tests.support.consumers import schema

NAMES = ("longman", "macmillan", "oxford", "wiktionary")


def lines(run: Path, path: Path) -> list[dict[str, Any]]:
    made = exports.export("wiktextract", [run], path)
    return [json.loads(line) for line in made.path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_is_a_line_that_the_closed_schema_allows(tmp_path: Path, sample_data: Path, name: str) -> None:
    run = sample_data / "feeds" / name
    words = lines(run, tmp_path / "words.jsonl")
    entries = list(feeds.read_entries(run))
    assert [word["word"] for word in words] == [entry.headword for entry in entries]
    for word, entry in zip(words, entries, strict=True):
        assert [sense["senseid"] for sense in word.get("senses", [])] == [[sense.id] for sense in entry.senses]
    validator = Draft202012Validator(json.loads(schema("wiktextract/en.from-typeddict.schema.json").read_text()))
    assert [str(error) for word in words for error in validator.iter_errors(word)] == []


def test_a_sub_sense_has_the_glosses_above_it_and_relations_go_to_the_list_that_is_for_them(tmp_path: Path) -> None:
    relations = (
        Relation(type="synonym", text="ball", from_="invented:main:zorb_1#1"),
        Relation(type="derived", text="zorbing", from_="invented:main:zorb_1#1a"),
        Relation(type="rhyme", text="-ɔːb"),
        Relation(type="homograph", text="zorb"),
    )
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(relations=relations),), ())
    (word,) = lines(run, tmp_path / "words.jsonl")
    ball, game = word["senses"]
    assert game["glosses"] == ["a large ball", "the game of it"]
    assert ball["raw_glosses"] == ["ball (countable) a large ball used in play"]
    assert ball["synonyms"] == [{"word": "ball"}]
    assert word["derived"] == [{"word": "zorbing", "sense": "the game of it"}]
    assert {"rhymes": "-ɔːb"} in word["sounds"]
    (left,) = [made for made in (tmp_path / "README.md").read_text().splitlines() if "links to homographs" in made]
    assert left == "- links to homographs: 1"


def test_the_licence_and_a_private_copy_are_named_in_each_line(tmp_path: Path) -> None:
    closed = records.entry(cited=records.source(license=None))
    run = records.feed(tmp_path / "feed", "run-1", (closed,), ())
    (word,) = lines(run, tmp_path / "words.jsonl")
    (source,) = word["info_templates"]
    assert source["args"]["rights"].startswith("Private copy")
    assert source["args"]["attribution"] == "an inventor"


def test_every_part_of_speech_has_an_abbreviation() -> None:
    assert set(_PARTS_OF_SPEECH) == set(PartOfSpeech.__args__)
