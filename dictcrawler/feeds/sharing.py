"""Prepares a published run for passing on, as far as its licence permits.

Under an open licence the entries are copied unchanged, with a NOTICE that names page, revision and
authors of each. When all rights are reserved, or the licence is unknown to us, no text of the
dictionary is copied: only facts about each entry (`Structure`), its address and its hashes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from dictcrawler.errors import ArgumentError, DictcrawlerError, FeedError
from dictcrawler.feeds import writer
from dictcrawler.feeds.format import ENTRIES, encode_line
from dictcrawler.feeds.reader import read_entries, verify
from dictcrawler.model import Digest, Entry, PartOfSpeech, Record, RelationType, RunManifest, Sense, Source, Text
from dictcrawler.text import printable

STRUCTURE = "structure.jsonl"
NOTICE = "NOTICE"

OPEN_LICENCES: Mapping[str, str] = MappingProxyType(
    {
        "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
        "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
        "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    }
)
"""SPDX identifiers of licences that let everyone pass the text on, and the URLs of their texts."""


class StructureSense(Record, frozen=True, kw_only=True):
    """A sense without its words: its place, and how many of each thing it has."""

    id: Text
    number: Text | None = None
    parent: Text | None = None
    labels: int
    definitions: int
    examples: int


class Structure(Record, frozen=True, kw_only=True, tag_field="structure_version", tag="1.0"):
    """One line of ``structure.jsonl``: the facts that may be published about an entry with all rights reserved.

    It is not an entry and must not be read as one. ``relations`` are counts by type; ``content_hash`` is that of the
    entry; ``source`` is its citation without the warnings, which may quote the page.
    """

    id: Text
    dictionary: Text
    edition: Text
    lang: Text
    headword: Text
    homograph_number: Text | None = None
    parts_of_speech: tuple[PartOfSpeech, ...]
    pronunciations: int
    inflected_forms: int
    etymologies: int
    senses: tuple[StructureSense, ...]
    relations: dict[RelationType, int]
    boxes: int
    content_hash: Digest
    source: Source


@dataclass(frozen=True, slots=True)
class Shared:
    """The result: the folder, its file of entries, their number, and the licence (``None``: no text is included)."""

    folder: Path
    file: str
    entries: int
    licence: str | None


def share(run: Path, out: Path) -> Shared:
    """Write the shareable parts of a published run into a new folder, completely or not at all.

    :raises FeedError: when the run is damaged, has no entries, or has them under several licences.
    :raises ArgumentError: when ``out`` exists already.
    :raises DictcrawlerError: when the folder cannot be written, or another process is writing it.
    """
    manifest = verify(run)
    if out.exists():
        raise ArgumentError("out", f"{out} exists already", "a folder that does not exist yet")
    try:
        with _partial(out) as partial:
            file, licence = _write(run, manifest, partial)
            partial.rename(out)
    except OSError as error:
        raise DictcrawlerError(f"{out}: cannot be written: {error}") from error
    return Shared(out, file, manifest.entries, licence)


@contextmanager
def _partial(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out`` to write into, always with the same name: remains of a killed run are deleted."""
    partial = out.with_name(f".{out.name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        # A kernel lock on the folder itself: it persists when the folder is renamed, and ends with the process.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with _removed_on_error(partial):
            for left_over in partial.iterdir():
                left_over.unlink()
            yield partial
    finally:
        os.close(descriptor)


@contextmanager
def _removed_on_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def structure(entry: Entry) -> Structure:
    """The entry without any text of the dictionary."""
    return Structure(
        id=entry.id,
        dictionary=entry.dictionary,
        edition=entry.edition,
        lang=entry.lang,
        headword=entry.headword,
        homograph_number=entry.homograph_number,
        parts_of_speech=entry.parts_of_speech,
        pronunciations=len(entry.pronunciations),
        inflected_forms=len(entry.inflected_forms),
        etymologies=len(entry.etymologies),
        senses=tuple(map(_sense, entry.senses)),
        relations=dict(sorted(Counter(relation.type for relation in entry.relations).items())),
        boxes=len(entry.boxes),
        content_hash=entry.content_hash,
        source=replace(entry.source, warnings=()),
    )


def _sense(sense: Sense) -> StructureSense:
    return StructureSense(
        id=sense.id,
        number=sense.number,
        parent=sense.parent,
        labels=len(sense.labels),
        definitions=len(sense.definitions),
        examples=len(sense.examples),
    )


def _write(run: Path, manifest: RunManifest, folder: Path) -> tuple[str, str | None]:
    """Write the files; returns the name of the file with the entries, and their licence if it is open."""
    first = next(read_entries(run), None)
    if first is None:
        raise FeedError(run, None, "there are no entries in this run, so there is nothing to pass on")
    licence = first.source.license if first.source.license in OPEN_LICENCES else None
    file = STRUCTURE if licence is None else ENTRIES
    entries = _under_one_licence(run, first.source.license)
    records: Iterable[Record] = map(structure, entries) if licence is None else entries
    writer.write_lines(folder / file, map(encode_line, records))
    notice = _reserved(manifest, first.source) if licence is None else _credits(manifest, first.source, licence, run)
    lines = ("\t".join(map(printable, cells)) for cells in notice)
    writer.write_lines(folder / NOTICE, (f"{line}\n".encode() for line in lines))
    return file, licence


def _under_one_licence(run: Path, licence: str | None) -> Iterator[Entry]:
    for number, entry in enumerate(read_entries(run), 1):
        if entry.source.license != licence:
            problem = f"{entry.id} is under {entry.source.license}, the entries before it under {licence}"
            raise FeedError(run / ENTRIES, number, problem)
        yield entry


def _reserved(manifest: RunManifest, source: Source) -> Iterator[tuple[str, ...]]:
    yield (f"About the entries of {manifest.dictionary} ({manifest.edition}), run {manifest.run}.",)
    yield (source.rights,)
    yield ("",)
    yield (f"{STRUCTURE} has no definition, no example and no other words of the dictionary but its headwords: each",)
    yield ("line names an entry, its structure, its address and, as hashes, the state in which",)
    yield ("the page was read. The lines are not entries; their schema is printed by: dictcrawler schema structure",)


def _credits(manifest: RunManifest, source: Source, licence: str, run: Path) -> Iterator[tuple[str, ...]]:
    """Lines as their cells: the terms, then for each entry its headword, address, revision, licence and authors."""
    yield (f"Entries of {manifest.dictionary} ({manifest.edition}), run {manifest.run}.",)
    yield (source.rights,)
    yield (f"They are passed on under {licence}: {OPEN_LICENCES[licence]}",)
    yield (
        "Changes: each page was divided into fields and its layout was left out; the wording is that of its authors.",
    )
    yield ("",)
    yield "headword", "address", "revision", "licence", "authors"
    for entry in read_entries(run):
        cited = entry.source
        authors = cited.attribution or "not named"
        yield entry.headword, cited.url, cited.revision or "not numbered", licence, authors
