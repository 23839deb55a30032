"""The recordings that were fetched for a dictionary: their files and authors, and the outcome of the others.

``data/sounds/<dictionary>/sounds.jsonl`` has one line for each recording that a feed names; the files lie beside it,
named by their content: ``3f/3fa9….mp3``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from dictcrawler.errors import FeedError
from dictcrawler.feeds.format import NOT_JSON
from dictcrawler.model import Entry, Instant, Pronunciation, Record, Text

SOUNDS: Final = "sounds.jsonl"
# Recordings are older than texts: all versions of the open Creative Commons licences are in use.
_OPEN = re.compile(r"CC0-1\.0|CC-BY(?:-SA)?-[1-4]\.\d|LicenseRef-public-domain")

SoundStatus = Literal[
    "fetched",
    "not_found",
    "not_archived",
    "not_a_sound",
    "blocked",
    "rate_limited",
    "disallowed",
    "http_error",
    "network_error",
    "too_large",
]
"""The outcome of a recording. ``not_a_sound``: the answer is not an audio file, whatever its declared type."""


class Sound(Record, frozen=True, kw_only=True):
    """One recording: its address and its outcome.

    ``file`` is relative to the folder of ``sounds.jsonl``; ``page`` names the recording's own page, from which
    ``license`` (SPDX where there is one), ``license_url`` and ``author`` are; ``rights`` is the dictionary's
    statement where there is no such page.
    """

    url: Text
    status: SoundStatus
    file: Text | None = None
    bytes: int | None = None
    media_type: Text | None = None
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None = None
    retrieved_from: Text | None = None
    archived_at: Instant | None = None
    fetched_at: Instant
    error: Text | None = None
    page: Text | None = None
    license: Text | None = None
    license_url: Text | None = None
    author: Text | None = None
    rights: Text

    @property
    def is_open(self) -> bool:
        """Whether everyone may pass the recording on."""
        return self.license is not None and _OPEN.fullmatch(self.license) is not None


def folder_of(data: Path, dictionary: str, source: str) -> Path:
    """The folder of a dictionary's recordings in a data folder; those of its sample site have one of their own."""
    return data / "sounds" / (f"{dictionary}-sample" if source == "sample" else dictionary)


def read_sounds(folder: Path) -> Iterator[Sound]:
    """The lines of a folder's list, the last one of a recording being what holds; none where there is no list.

    A line that was cut off, by a kill while it was written, is the last one and does not count.

    :raises FeedError: for any other line that is bad, which it names.
    """
    path = folder / SOUNDS
    decoder = msgspec.json.Decoder(Sound)
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield decoder.decode(line)
            except NOT_JSON as error:
                raise FeedError(path, number, f"not a recording's line: {error}") from error


def pronunciations_of(entry: Entry) -> Iterator[Pronunciation]:
    """The pronunciations of the headword, then those of its forms."""
    yield from entry.pronunciations
    for form in entry.inflected_forms:
        yield from form.pronunciations
