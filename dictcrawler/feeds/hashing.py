"""Identifies content: the hash of an entry and the keys of its senses."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TypeVar

import msgspec

from dictcrawler.model import LexicalEntry, Sense, digest_of

_CANONICAL = msgspec.json.Encoder(order="sorted")
_KEY_DIGITS = 16
_Entry = TypeVar("_Entry", bound=LexicalEntry)


def content_hash(content: LexicalEntry) -> str:
    """``sha256:`` and the digest of the canonical JSON of the lexical content.

    That JSON is a line of ``entries.jsonl`` without ``schema_version``, ``content_hash`` and
    ``source``, as ``json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))``
    writes it, in UTF-8.
    """
    fields = {name: getattr(content, name) for name in LexicalEntry.__struct_fields__}
    canonical = _CANONICAL.encode(LexicalEntry(**fields))
    return digest_of(canonical)


def with_sense_keys(entry: _Entry) -> _Entry:
    """The entry with a ``sense_key`` on each sense.

    The key is the beginning of the SHA-256 of the sense's definitions and of the phrase that it is about, else of its
    indicator, labels and first example. A key that another sense of the entry has already gets a suffix (``~2``).
    Examples and labels can be added and senses inserted above without another key.
    """
    seen: Counter[str] = Counter()
    senses = []
    for sense in entry.senses:
        key = _key(sense)
        seen[key] += 1
        senses.append(msgspec.structs.replace(sense, sense_key=key if seen[key] == 1 else f"{key}~{seen[key]}"))
    return msgspec.structs.replace(entry, senses=tuple(senses))


def _key(sense: Sense) -> str:
    said = [sense.variant or "", *(definition.text for definition in sense.definitions)]
    if not sense.definitions:
        said += [sense.indicator or "", *(label.text for label in sense.labels)]
        said += [example.text for example in sense.examples[:1]]
    return hashlib.sha256("\n".join(said).casefold().encode()).hexdigest()[:_KEY_DIGITS]
