"""``export yomitan``: valid by the official schemas, and Yomitan finds the words."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema
import msgspec
import pytest

from dictcrawler import exports, feeds
from dictcrawler.exports import Request
from dictcrawler.model import InflectedForm, Label, Relation
from tests.support import records
from tests.support.consumers import schema

NAMES = ("longman", "macmillan", "oxford", "wiktionary")
SCHEMAS = {
    "index.json": "dictionary-index-schema.json",
    "term_bank_": "dictionary-term-bank-v3-schema.json",
    "term_meta_bank_": "dictionary-term-meta-bank-v3-schema.json",
    "tag_bank_": "dictionary-tag-bank-v3-schema.json",
}


@cache
def check(name: str) -> Callable[[Any], Any]:
    """Raises schema errors. (jsonschema takes minutes for content that is nested so deeply.)"""
    compiled: Callable[[Any], Any] = fastjsonschema.compile(json.loads(schema(f"yomitan/{name}").read_text()))
    return compiled


def exported(run: Path, path: Path, **options: Any) -> dict[str, Any]:
    made = exports.export("yomitan", [run], path, Request(options={k.replace("_", "-"): v for k, v in options.items()}))
    with zipfile.ZipFile(made.path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def texts(node: Any) -> str:
    """All text in a structured content."""
    if isinstance(node, str):
        return node
    return "".join(map(texts, node if isinstance(node, list) else [node.get("content", "")]))


def nodes(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for each in node for found in nodes(each)]
    return [node, *nodes(node.get("content", []))] if isinstance(node, dict) else []


@pytest.mark.parametrize("name", NAMES)
def test_every_bank_of_each_dictionary_is_valid(tmp_path: Path, sample_data: Path, name: str) -> None:
    files = exported(sample_data / "feeds" / name, tmp_path / "made.zip")
    assert {file.rstrip("0123456789.json") for file in files} >= {"index", "term_bank_", "term_meta_bank_", "tag_bank_"}
    for file, value in files.items():
        (wanted,) = (found for start, found in SCHEMAS.items() if file.startswith(start))
        check(wanted)(value)


@pytest.mark.parametrize("name", NAMES)
def test_every_definition_and_example_is_in_the_article_of_its_term(
    tmp_path: Path, sample_data: Path, name: str
) -> None:
    run = sample_data / "feeds" / name
    rows = exported(run, tmp_path / "made.zip")["term_bank_1.json"]
    articles = {row[6]: row for row in rows if row[2] != "non-lemma"}
    for sequence, entry in enumerate(feeds.read_entries(run), 1):
        term = articles[sequence]
        text = texts(term[5][0]["content"])
        assert term[0] == entry.headword
        for sense in entry.senses:
            for part in (*sense.definitions, *sense.examples):
                assert part.text in text
        assert entry.source.url in text


def test_the_schema_check_refuses_invalid_content() -> None:
    image = {"type": "structured-content", "content": {"tag": "li", "content": {"tag": "audio", "content": "x"}}}
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        check("dictionary-term-bank-v3-schema.json")([["zorb", "", "", "", 0, [image], 1, ""]])


def test_forms_lead_to_their_headword_unless_they_are_switched_off(tmp_path: Path) -> None:
    forms = tuple(InflectedForm(text=text, tag=tag, labels=()) for text, tag in
                  (("zorbed", "past"), ("zorbed", "past participle"), ("zorb", "plural")))  # fmt: skip
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(inflected_forms=forms),), ())
    rows = exported(run, tmp_path / "made.zip")["term_bank_1.json"]
    assert rows[1:] == [["zorbed", "", "non-lemma", "", -1, [["zorb", ["past", "past participle"]]], 1, ""]]
    assert len(exported(run, tmp_path / "other.zip", no_forms=True)["term_bank_1.json"]) == 1


def test_pronunciations_have_the_reading_of_their_term_and_marks_their_number(tmp_path: Path) -> None:
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(),), ())
    assert exported(run, tmp_path / "made.zip")["term_meta_bank_1.json"] == [
        ["zorb", "ipa", {"reading": "zorb", "transcriptions": [{"ipa": "/zɔːb/", "tags": ["British"]}]}],
        ["zorb", "freq", {"value": 2, "displayValue": "★★☆"}],
    ]


def test_links_lead_to_terms_and_pages_only(tmp_path: Path) -> None:
    relations = (
        Relation(type="synonym", text="a b&c", to="invented:main:b"),
        Relation(type="synonym", text="page", url="https://dictionary.example/page"),
        Relation(type="synonym", text="bad", url="javascript:alert(1)"),
    )
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(relations=relations),), ())
    ((term, *_), *_) = [exported(run, tmp_path / "made.zip")["term_bank_1.json"]]
    links = [node["href"] for node in nodes(term[5][0]["content"]) if node.get("tag") == "a"]
    assert links == ["?query=a%20b%26c&wildcards=off", "https://dictionary.example/page", records.URL]
    assert "bad" in texts(term[5][0]["content"])


def test_sub_senses_are_lists_in_their_sense_and_many_examples_are_folded(tmp_path: Path) -> None:
    example = records.content().senses[0].examples[0]
    first, second = records.content().senses
    many = msgspec.structs.replace(first, examples=(example,) * 3, labels=(Label(text="rare", type="usage"),))
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(senses=(many, second)),), ())
    (term, *_) = exported(run, tmp_path / "made.zip")["term_bank_1.json"]
    found = nodes(term[5][0]["content"])
    lists = [node for node in found if node.get("tag") == "ol"]
    assert len(lists) == 2
    assert lists[1] in nodes(lists[0]["content"])
    assert [texts(node) for node in found if node.get("tag") == "summary"] == ["3 examples"]


def test_the_index_has_rights_and_revision_and_where_updates_are(tmp_path: Path) -> None:
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(cited=records.source(license=None)),), ())
    files = exported(run, tmp_path / "made.zip", download_url="https://example.org/z.zip")
    index = files["index.json"]
    assert index["revision"] == "run-1"
    assert index["attribution"].startswith("Private copy")
    assert index["indexUrl"] == "https://example.org/z.zip.index.json"
    assert json.loads((tmp_path / "made.zip.index.json").read_text()) == index
    check("dictionary-index-schema.json")(index)
    (term, *_) = files["term_bank_1.json"]
    assert "private copy" in texts(term[5][0]["content"])
