"""Lines of format 1.0 as lines of 1.1 (docs/feed-format.md, "Versions").

A value that needs the page stays absent: ``source.structure``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dictcrawler.feeds.format import encode_line
from dictcrawler.feeds.hashing import content_hash, with_sense_keys
from dictcrawler.model import Entry

_OLD = b'"schema_version":"1.0"'
_decode_entry = msgspec.json.Decoder(Entry).decode


def is_old(line: bytes) -> bool:
    """Whether a line of ``entries.jsonl`` or ``changes.jsonl`` holds an entry of format 1.0."""
    # `encode_line` writes the version first, and a JSON string cannot contain an unescaped quotation mark.
    return _OLD in line


def lifted(line: bytes) -> bytes:
    """A line with its entry in format 1.1: frequency values as strings, sense keys, the hash of both.

    :raises msgspec.DecodeError: when it is no JSON.
    :raises msgspec.ValidationError: when it is not what format 1.0 says.
    """
    if not is_old(line):
        return line
    record = msgspec.json.decode(line)
    if "entry" in record:
        record["entry"] = msgspec.to_builtins(_entry(record["entry"]))
        record["content_hash"] = record["entry"]["content_hash"]
        return encode_line(record)
    return encode_line(_entry(record))


def _entry(record: dict[str, Any]) -> Entry:
    record["schema_version"] = "1.1"
    for mark in record.get("frequency", ()):
        if isinstance(mark.get("value"), int):
            mark["rank"], mark["value"] = mark["value"], str(mark["value"])
    entry = with_sense_keys(_decode_entry(msgspec.json.encode(record)))
    return msgspec.structs.replace(entry, content_hash=content_hash(entry))
