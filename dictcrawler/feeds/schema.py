"""JSON Schema (2020-12) of each kind of published line and of the manifest, generated from the model.

Stricter than the model itself when it reads: an optional scalar is absent, never
``null``, and a list is always present, except a sense's translations.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from dictcrawler.feeds.sharing import Structure
from dictcrawler.model import SCHEMA_VERSION, Change, Entry, Lookup, Record, RunManifest

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {"entry": Entry, "lookup": Lookup, "change": Change, "run": RunManifest, "structure": Structure}
)

_NULL = {"type": "null"}
# Entries and pages are in a lookup only until it is stored; no published line has them.
_NEVER_PUBLISHED = {"Lookup": ("entries", "pages")}
# Not set by parsers but by `dictcrawler.feeds.hashing`; every published line has it.
_ALWAYS_PUBLISHED = {"Sense": ("sense_key",)}


def schema(kind: str) -> dict[str, Any]:
    """The schema of a line of ``entries.jsonl``, of ``lookups.jsonl``, or of ``run.json``.

    ``kind`` is one of `KINDS`.
    """
    generated = msgspec.json.schema(KINDS[kind])
    name = KINDS[kind].__name__
    definitions = {title: _published(title, definition) for title, definition in generated["$defs"].items()}
    used = _reachable(name, definitions)
    return {
        "$schema": DIALECT,
        "$id": f"urn:dictcrawler:schema:{SCHEMA_VERSION}:{kind}",
        "title": name,
        "$ref": generated["$ref"],
        "$defs": {title: definition for title, definition in definitions.items() if title in used},
    }


def text(kind: str) -> str:
    """The schema as text, as printed and as kept in ``docs/schema``."""
    return msgspec.json.format(msgspec.json.encode(schema(kind)).decode(), indent=2) + "\n"


def _published(title: str, definition: dict[str, Any]) -> dict[str, Any]:
    """The definition of an object in its published form; other definitions unchanged."""
    if "properties" not in definition:
        return definition
    hidden = _NEVER_PUBLISHED.get(title, ())
    always = _ALWAYS_PUBLISHED.get(title, ())
    properties = {name: value for name, value in definition["properties"].items() if name not in hidden}
    return definition | {
        "description": inspect.cleandoc(definition["description"]),
        "properties": {name: _never_null(value) for name, value in properties.items()},
        "required": [
            name for name, value in properties.items() if name in always or _NULL not in value.get("anyOf", ())
        ],
    }


def _never_null(value: dict[str, Any]) -> dict[str, Any]:
    value = {key: inner for key, inner in value.items() if key != "default"}
    if "anyOf" not in value:
        return value
    choices = [choice for choice in value.pop("anyOf") if choice != _NULL]
    return value | (choices[0] if len(choices) == 1 else {"anyOf": choices})


def _reachable(name: str, definitions: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(definitions[name]))
    return found


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
