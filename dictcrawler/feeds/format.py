"""The files of a published run and the format of their lines (docs/feed-format.md)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dictcrawler.model import Lookup, Record

ENTRIES = "entries.jsonl"
LOOKUPS = "lookups.jsonl"
CHANGES = "changes.jsonl"
WORDS = "words.index"
RUN = "run.json"
LATEST = "latest"

_ENCODER = msgspec.json.Encoder()
# Characters that `str.splitlines` and others take for line ends, though JSON does not (RFC 8259, section 7).
_LINE_ENDS = {character.encode(): f"\\u{ord(character):04x}".encode() for character in "\x85\u2028\u2029"}


NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are no JSON, or JSON nested a thousand deep."""


def encode_line(record: Record | Mapping[str, object]) -> bytes:
    """One line of a feed: strict JSON in UTF-8, with its only line end at its end.

    A lookup is written without its entries, which have their own file, and without its pages.
    """
    if isinstance(record, Lookup) and (record.entries or record.pages):
        record = msgspec.structs.replace(record, entries=(), pages=())
    line = _ENCODER.encode(record)
    if not line.isascii():
        for end, escaped in _LINE_ENDS.items():
            # The last byte alone is rare in a line, and is found much faster.
            if end[-1:] in line:
                line = line.replace(end, escaped)
    return line + b"\n"
