"""A deck for Anki (https://apps.ankiweb.net): importing a later run updates the notes and keeps their review
history."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.exports.export import Export, Feed
from dictcrawler.exports.format import Extra, Format, Option
from dictcrawler.exports.formats.anki.modified import modified
from dictcrawler.exports.formats.anki.note_types import CLOZE, ENTRY, SENSE, NoteType, model
from dictcrawler.exports.formats.anki.notes import Content, cloze_notes, entry_note, sense_notes, spoken
from dictcrawler.exports.recordings import Recordings
from dictcrawler.exports.zipped import member, new_archive, write_member
from dictcrawler.model import Entry

if TYPE_CHECKING:
    import genanki

_NOTE_TYPES = {"entry": ENTRY, "sense": SENSE, "cloze": CLOZE}
_NO_EXAMPLE = "senses without an example that has the word in it"
_CHUNK = 1 << 20


def write(export: Export, path: Path) -> None:
    """Write the package: a collection of Anki's in a zip file."""
    collection = path.with_name("collection.anki2")
    media: dict[str, Path] = {}
    with closing(sqlite3.connect(collection)) as database:
        _write_collection(export, database, media)
        database.commit()
    with new_archive(path) as archive:
        _pack(archive, "collection.anki2", collection)
        write_member(archive, "media", [json.dumps(dict(enumerate(media))).encode()])
        for number, file in enumerate(media.values()):
            _pack(archive, str(number), file, compressed=False)
    collection.unlink()
    export.added.update({"recordings": len(media)} if media else {})


def _pack(archive: zipfile.ZipFile, name: str, path: Path, *, compressed: bool = True) -> None:
    with member(archive, name, compressed=compressed) as packed, path.open("rb") as stored:
        while chunk := stored.read(_CHUNK):
            packed.write(chunk)


def _write_collection(export: Export, database: sqlite3.Connection, media: dict[str, Path]) -> None:
    """Write decks and notes, note by note: genanki's own decks keep all of their notes in memory."""
    import genanki  # noqa: PLC0415 - an extra

    moment = max(feed.manifest.finished_at for feed in export.feeds).timestamp()
    cursor = database.cursor()
    decks = {feed.name: _deck(feed, _NOTE_TYPES[export.options["card"]]) for feed in export.feeds}
    ids = count(int(moment * 1000))
    genanki.Package(list(decks.values())).write_to_db(cursor, moment, ids)
    for feed in export.feeds:
        # Anki updates a note only from a later one.
        times = modified(feed)
        for position, (entry, content) in enumerate(_contents(export, feed, media)):
            _note(content, position).write_to_db(cursor, times.time(entry.id), decks[feed.name].deck_id, ids)


def _deck(feed: Feed, kind: NoteType) -> genanki.Deck:
    import genanki  # noqa: PLC0415 - an extra

    # genanki wants ids of decks of this size; they must never change.
    digest = hashlib.sha256(f"dictcrawler deck {feed.name}".encode()).digest()
    number = (1 << 30) + int.from_bytes(digest[:8]) % (1 << 30)
    deck = genanki.Deck(number, feed.title, feed.rights.notice)
    deck.add_model(model(kind))
    return deck


def _contents(export: Export, feed: Feed, media: dict[str, Path]) -> Iterator[tuple[Entry, Content]]:
    recordings = Recordings(feed, export.left_out, personal=export.options["personal"])
    for entry in export.entries(feed):
        found = list(recordings.of(entry))
        media |= {recording.name: recording.path for recording in found}
        export.has_closed_recordings |= not all(recording.sound.is_open for recording in found)
        yield from ((entry, content) for content in _notes(export, entry, spoken(found)))


def _notes(export: Export, entry: Entry, recording: str) -> Iterator[Content]:
    kind, one_way = export.options["card"], export.options["one-way"]
    if kind == "entry":
        yield entry_note(entry, recording, one_way=one_way)
    elif kind == "sense":
        yield from sense_notes(entry, recording, one_way=one_way)
    else:
        made = list(cloze_notes(entry, recording))
        export.left_out.update({_NO_EXAMPLE: len(entry.senses) - len(made)} if len(made) < len(entry.senses) else {})
        yield from made


def _note(content: Content, position: int) -> genanki.Note:
    import genanki  # noqa: PLC0415 - an extra

    fields = [content.fields[name] for name in content.kind.fields]
    guid = genanki.guid_for("dictcrawler", content.kind.name, content.key)
    return genanki.Note(model(content.kind), fields, tags=list(content.tags), guid=guid, due=position)


def _card(text: str) -> str:
    if text not in _NOTE_TYPES:
        raise ValueError(f"{text!r} is not one of {', '.join(_NOTE_TYPES)}")
    return text


FORMAT = Format(
    summary="deck for Anki",
    write=write,
    suffix=".apkg",
    takes_several=True,
    extra=Extra(name="anki", module="genanki"),
    options=(
        Option(
            name="card",
            metavar="entry|sense|cloze",
            read=_card,
            default="entry",
            help="a note for each entry (the default), for each sense, or for each sense a gap in its examples",
        ),
        Option(name="one-way", help="no cards from the meaning to the word"),
        Option(name="personal", help="embed recordings too that may not be passed on: the deck is then a private copy"),
    ),
)
