"""The documents about the feed agree with the model."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from dictcrawler import feeds, model
from dictcrawler.feeds import schema, sharing
from dictcrawler.model import Record, Status
from dictcrawler.reading.normalize import normalize
from tests.support import records

DOCS = Path(__file__).parents[2] / "docs"
ENTRY = normalize(records.entry())
ADDED = model.Change(
    type="added", id=ENTRY.id, cause="content", content_hash=ENTRY.content_hash, fields=(), entry=ENTRY
)
SAMPLES = {
    "change": ADDED,
    "entry": ENTRY,
    "lookup": records.lookup(),
    "run": records.manifest(),
    "structure": sharing.structure(ENTRY),
}
# These are used inside the crawl only.
UNPUBLISHED = {(model.Lookup, "entries"), (model.Lookup, "pages")}


def published_classes() -> Iterator[type[Record]]:
    for value in vars(model).values():
        if (
            isinstance(value, type)
            and issubclass(value, Record)
            and value
            not in (
                Record,
                model.LexicalEntry,
                model.PageState,
            )
        ):
            yield value


def documented(title: str) -> list[str]:
    text = (DOCS / "feed-format.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, f"no section of {title}"
    return re.findall(r"^\| `(\w+)`", section[1], re.MULTILINE)


@pytest.mark.parametrize("kind", list(published_classes()), ids=lambda kind: kind.__name__)
def test_every_field_of_every_class_is_documented_in_the_order_of_the_feed(kind: type[Record]) -> None:
    fields = [field for field in kind.__struct_encode_fields__ if (kind, field) not in UNPUBLISHED]
    tag = [kind.__struct_config__.tag_field] if kind.__struct_config__.tag_field else []
    assert documented(kind.__name__) == [*tag, *fields]


def test_every_status_is_documented() -> None:
    assert documented("Status") == list(Status)


@pytest.mark.parametrize("kind", schema.KINDS)
def test_the_schema_in_the_documents_is_the_one_of_the_model(kind: str) -> None:
    assert (DOCS / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8") == schema.text(kind)


@pytest.mark.parametrize("kind", schema.KINDS)
def test_a_published_line_satisfies_the_schema(kind: str) -> None:
    made = schema.schema(kind)
    Draft202012Validator.check_schema(made)
    line = json.loads(feeds.encode_line(SAMPLES[kind]))
    Draft202012Validator(made).validate(line)
    assert set(line) >= set(made["$defs"][made["title"]]["required"])


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("entry", {"homograph_number": None}),
        ("entry", {"headword": ""}),
        ("entry", {"headline": "zorb"}),
        ("entry", {"schema_version": "2.0"}),
        ("entry", {"parts_of_speech": ["zig"]}),
        ("lookup", {"duplicate_of": None}),
        ("lookup", {"status": "lost"}),
        ("lookup", {"entries": []}),
        ("run", {"words_sha256": "abc"}),
        ("structure", {"schema_version": "1.0"}),
        ("structure", {"senses": json.loads(feeds.encode_line(ENTRY))["senses"]}),
        ("entry", json.loads(feeds.encode_line(sharing.structure(ENTRY)))),
    ],
)
def test_a_line_that_breaks_a_rule_does_not_satisfy_the_schema(kind: str, change: dict[str, Any]) -> None:
    line = json.loads(feeds.encode_line(SAMPLES[kind])) | change
    with pytest.raises(ValidationError):
        Draft202012Validator(schema.schema(kind)).validate(line)


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_list_is_required_and_no_value_may_be_null(kind: str) -> None:
    made = schema.schema(kind)
    assert "null" not in json.dumps(made)
    for definition in made["$defs"].values():
        lists = {name for name, value in definition.get("properties", {}).items() if value.get("type") == "array"}
        # Translations are present only in a run that includes them.
        assert lists - {"translations"} <= set(definition.get("required", ()))


def test_the_canonical_hash_of_the_documents_is_the_one_in_the_feed() -> None:
    line = json.loads(feeds.encode_line(SAMPLES["entry"]))
    reported = line.pop("content_hash")
    del line["schema_version"], line["source"]
    canonical = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    assert reported == "sha256:" + hashlib.sha256(canonical).hexdigest()
    assert 'json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")' in (
        DOCS / "feed-format.md"
    ).read_text(encoding="utf-8")


def test_a_required_field_is_documented_without_and_an_optional_one_with_a_question_mark() -> None:
    text = (DOCS / "feed-format.md").read_text(encoding="utf-8")
    for kind in schema.KINDS:
        for title, definition in schema.schema(kind)["$defs"].items():
            section = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
            for name in definition.get("properties", {}):
                kind_of_value = re.search(rf"^\| `{name}`[^|]*\| ([^|]*) \|", section, re.MULTILINE)
                assert kind_of_value
                assert kind_of_value[1].endswith("?") == (name not in definition["required"]), f"{title}.{name}"


def test_a_list_may_be_left_out_in_python_and_is_in_every_line_all_the_same() -> None:
    bare = model.LexicalEntry(
        id="invented:main:zorb", dictionary="invented", edition="main", lang="en", headword="zorb"
    )
    line = json.loads(feeds.encode_line(bare))
    lists = {"parts_of_speech", "raw_parts_of_speech", "labels", "frequency", "pronunciations", "inflected_forms",
             "etymologies", "senses", "relations", "boxes"}  # fmt: skip
    assert {name for name, value in line.items() if value == []} == lists
