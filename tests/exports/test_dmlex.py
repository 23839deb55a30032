"""``export dmlex``: valid by the standard's own schemas; anything lost is counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from xmlschema import XMLSchema11

from dictcrawler import exports, feeds
from dictcrawler.model import Definition, Entry, Example, Label, Relation, Sense
from tests.support import records
from tests.support.consumers import schema

NAMES = ("longman", "macmillan", "oxford", "wiktionary")
NAMESPACE = {"d": "http://docs.oasis-open.org/lexidma/ns/dmlex-1.0"}
# The official XSD selects all parts of speech of an entry as one field of a key, but such a field may occur only once.
FAULT_OF_THE_SCHEMA = re.compile(r"field selects multiple values")


@cache
def json_schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema("dmlex/JSON/dmlex_no-crosslingual.schema.json").read_text()))


@cache
def xml_schema() -> XMLSchema11:
    return XMLSchema11(str(schema("dmlex/XML/dmlex_no-crosslingual.xsd")))


def exported(tmp_path: Path, run: Path) -> tuple[dict[str, Any], Path]:
    folder = exports.export("dmlex", [run], tmp_path / "made").path
    return json.loads((folder / "lexicon.json").read_text(encoding="utf-8")), folder


def feed_of(tmp_path: Path, *entries: Entry) -> Path:
    return records.feed(tmp_path / "feeds" / "invented", "run-1", entries, ())


def xml_errors(folder: Path) -> list[str]:
    return [str(error.reason) for error in xml_schema().iter_errors(str(folder / "lexicon.xml"))]


@pytest.mark.parametrize("name", NAMES)
def test_the_json_of_each_dictionary_is_valid_and_so_is_each_entry_alone(
    tmp_path: Path, sample_data: Path, name: str
) -> None:
    resource, _ = exported(tmp_path, sample_data / "feeds" / name)
    assert [str(error) for error in json_schema().iter_errors(resource)] == []
    assert [str(error) for entry in resource["entries"] for error in json_schema().iter_errors(entry)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_xml_of_each_dictionary_is_valid_apart_from_the_schemas_own_fault(
    tmp_path: Path, sample_data: Path, name: str
) -> None:
    _, folder = exported(tmp_path, sample_data / "feeds" / name)
    errors = xml_errors(folder)
    with_several = sum(
        len(set(entry.parts_of_speech)) > 1 for entry in feeds.read_entries(sample_data / "feeds" / name)
    )
    assert [error for error in errors if not FAULT_OF_THE_SCHEMA.search(error)] == []
    assert len(errors) == with_several


@pytest.mark.parametrize("name", NAMES)
def test_json_and_xml_have_the_same_content(tmp_path: Path, sample_data: Path, name: str) -> None:
    resource, folder = exported(tmp_path, sample_data / "feeds" / name)
    tree = etree.parse(folder / "lexicon.xml")
    for path, texts in {
        "//d:entry/d:headword/text()": [entry["headword"] for entry in resource["entries"]],
        "//d:definition/d:text/text()": [
            definition["text"]
            for entry in resource["entries"]
            for sense in entry.get("senses", ())
            for definition in sense.get("definitions", ())
        ],
        "//d:member/@ref": [member["ref"] for each in resource.get("relations", ()) for member in each["members"]],
        "//d:labelTag/@tag": [tag["tag"] for tag in resource["labelTags"]],
    }.items():
        assert tree.xpath(path, namespaces=NAMESPACE) == texts, path


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_feed_is_exported_or_counted(tmp_path: Path, sample_data: Path, name: str) -> None:
    run = sample_data / "feeds" / name
    made = exports.export("dmlex", [run], tmp_path / "made")
    resource = json.loads((made.path / "lexicon.json").read_text(encoding="utf-8"))
    entries = list(feeds.read_entries(run))
    found = resource["entries"]
    assert [entry["id"] for entry in found] == [entry.id for entry in entries]
    senses = [sense for entry in found for sense in entry.get("senses", ())]
    assert len(senses) == made.counts["senses"]
    examples = sum(len(sense.examples) for entry in entries for sense in entry.senses)
    kept = sum(len(sense.get("examples", ())) for sense in senses)
    assert examples == kept + made.left_out.get("repeated examples of a sense", 0)
    relations = [each for each in resource.get("relations", ()) if each["type"] != "subsensing"]
    outside = made.left_out.get("relations to words outside this export", 0)
    repeated = Counter(
        (each.type, each.from_ or entry.id, each.to) for entry in entries for each in entry.relations if each.to
    )
    assert len(relations) + outside + sum(repeated.values()) - len(repeated) == made.counts["relations"]
    parents = sum(sense.parent is not None for entry in entries for sense in entry.senses)
    assert len(resource.get("relations", ())) - len(relations) == parents


def test_values_that_must_be_unique_are_made_unique(tmp_path: Path) -> None:
    example = Example(text="twice", labels=())
    label, region = Label(text="north", type="usage"), Label(text="north", type="region")

    def sense(number: int) -> Sense:
        definitions = (Definition(text="the same", definition_type="full"),) * 2
        return Sense(
            id=f"invented:main:z#{number}",
            indicator="ball",
            labels=(label, region, label),
            definitions=definitions,
            examples=(example, example),
        )

    pronunciations = records.content().pronunciations * 2
    forms = records.content().inflected_forms * 2
    twice = [
        records.entry(
            id=f"invented:main:{number}", pronunciations=pronunciations, inflected_forms=forms, senses=(), relations=()
        )
        for number in range(2)
    ]
    entry = records.entry(id="invented:main:z", headword="z", senses=(sense(1), sense(2)), relations=())
    resource, folder = exported(tmp_path, feed_of(tmp_path, *twice, entry))
    assert [str(error) for error in json_schema().iter_errors(resource)] == []
    assert xml_errors(folder) == []
    assert [each.get("homographNumber") for each in resource["entries"]] == ["1", "2", "1"]
    first, second = resource["entries"][2]["senses"]
    assert first == {
        "id": "invented:main:z#1",
        "indicator": "ball",
        "labels": ["north", "north (region)"],
        "definitions": [{"text": "the same", "definitionType": "full"}],
        "examples": [{"text": "twice"}],
    }
    assert "indicator" not in second
    assert {"tag": "north (region)", "typeTag": "region"} in resource["labelTags"]


def test_relations_lead_to_members_of_the_document_and_the_others_are_counted(tmp_path: Path) -> None:
    first, second = "invented:main:zorb_1#1", "invented:main:zorb_1#1a"
    relations = (
        Relation(type="synonym", text="zorb", from_=first, to=first),
        Relation(type="synonym", text="zorb", from_=first, to=second, group="balls"),
        Relation(type="derived", text="zorbing", to="invented:main:zorbing_1"),
        Relation(type="see_also", text="ball"),
    )
    made = exports.export("dmlex", [feed_of(tmp_path, records.entry(relations=relations))], tmp_path / "made")
    resource = json.loads((made.path / "lexicon.json").read_text(encoding="utf-8"))
    assert resource["relations"] == [
        {
            "type": "subsensing",
            "members": [{"ref": first, "role": "supersense"}, {"ref": second, "role": "subsense"}],
        },
        {"type": "synonym", "description": "balls", "members": [{"ref": first}, {"ref": second}]},
    ]
    assert made.left_out["relations to words outside this export"] == 3
    assert xml_errors(made.path) == []


def test_rights_are_in_the_title_and_each_entry_has_its_credit(tmp_path: Path) -> None:
    resource, folder = exported(tmp_path, feed_of(tmp_path, records.entry(cited=records.source(license=None))))
    assert resource["title"].startswith("Invented (main). Private copy for personal study")
    credit = (
        "invented:main:zorb_1\tzorb\thttps://dictionary.example/en/zorb · revision 7 · an inventor · © an inventor\n"
    )
    assert (folder / "credits.txt").read_text(encoding="utf-8") == credit
