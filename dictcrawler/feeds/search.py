"""One word in a published run: found by a scan of bytes, so that hardly a line is decoded."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import groupby

import msgspec

from dictcrawler.feeds.reader import matching, resolve
from dictcrawler.model import Entry, Lookup
from dictcrawler.text import normalize


@dataclass(frozen=True, slots=True)
class Found:
    """What a run knows of a word: the questions about it and its entries."""

    lookups: tuple[Lookup, ...]
    entries: tuple[Entry, ...]


def find(path: str | os.PathLike[str], word: str) -> Found:
    """The lookups that asked for the word and the entries they led to or that have it as headword.

    Upper and lower case are the same here, and so are straight and typographic apostrophes.

    :raises FeedError: when ``path`` is no feed or a line that seems to match is bad.
    """
    run = resolve(path)
    wanted = _same(word)
    spelt = _spelt(wanted)
    lookups = tuple(
        lookup
        for lookup in matching(run, Lookup, b'"(?:keyword|normalized)":"' + spelt + b'"')
        if wanted in (_same(lookup.keyword), _same(lookup.normalized))
    )
    ids = {entry_id for lookup in lookups for entry_id in lookup.entry_ids}
    alternatives = [b'headword":"' + spelt, *(b'id":' + _escaped(entry_id)[:-1] for entry_id in sorted(ids))]
    entries = tuple(
        entry
        for entry in matching(run, Entry, b'"(?:' + b"|".join(alternatives) + b')"')
        if entry.id in ids or _same(entry.headword) == wanted
    )
    return Found(lookups, entries)


def _same(text: str) -> str:
    return normalize(text).lower()


def _spelt(word: str) -> bytes:
    """A pattern of the bytes of a word in a feed: case ignored, anything for what is not ASCII."""
    parts = (
        re.escape(msgspec.json.encode("".join(run))[1:-1]) if ascii_only else rb"[\x80-\xff]+"
        for ascii_only, run in groupby(word, str.isascii)
    )
    return b"(?i:" + b"".join(parts).replace(b"'", b"(?:'|\xe2\x80\x99)") + b")"


def _escaped(text: str) -> bytes:
    return re.escape(msgspec.json.encode(text))
