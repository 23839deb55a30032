"""The rows of an entry and of a lookup, for the tables of ``schema.sql``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from dictcrawler import feeds
from dictcrawler.exports.export import Feed
from dictcrawler.exports.folding import folded
from dictcrawler.model import Box, Entry, Example, InflectedForm, Label, Lookup, Pronunciation, Sense, Translation

Value = str | int | float | None

# Fields that a label of a whole entry does not have.
_NO_OWNER: dict[str, Value] = dict.fromkeys(("sense_id", "example_id", "form_id", "pronunciation_id", "translation_id"))


class Rows:
    """Rows waiting for insertion: numbered in the order they come, inserted some thousands at a time."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._numbers: dict[str, int] = {}
        self._waiting: dict[str, list[dict[str, Value]]] = {}
        self._count = 0

    def add(self, table: str, **columns: Value) -> int:
        """Queue a row and return its number in the table. The rows of a table all have the same columns."""
        self._numbers[table] = number = self._numbers.get(table, 0) + 1
        self._waiting.setdefault(table, []).append(columns)
        self._count += 1
        return number

    def flush(self, *, most: int = 0) -> None:
        """Insert the queued rows if there are more than ``most``."""
        if self._count <= most:
            return
        for table, rows in self._waiting.items():
            names = ", ".join(rows[0])
            values = ", ".join(f":{name}" for name in rows[0])
            # The names come from our own schema, never from a feed.
            self._database.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608
        self._waiting.clear()
        self._count = 0


def add_run(rows: Rows, feed: Feed) -> int:
    """Queue the row of a run and return its number."""
    run = feed.manifest
    return rows.add(
        "runs",
        run=run.run,
        dictionary=run.dictionary,
        edition=run.edition,
        lang=feed.lang,
        started_at=_time(run.started_at),
        finished_at=_time(run.finished_at),
        reason=run.reason,
        keywords=run.keywords,
        unique_keywords=run.unique_keywords,
        entries=run.entries,
        mean_text_coverage=run.mean_text_coverage,
        statuses=_json(run.statuses),
        warnings=_json(run.warnings),
        fill_rates=_json(run.fill_rates),
        changes=_json(run.changes),
        arguments=_json(run.arguments),
        files=_json(run.files),
        code_version=run.code_version,
        previous_run=run.previous_run,
        rights=feed.rights.notice,
        license=feed.rights.licence,
        is_private=not feed.rights.is_open,
    )


def add_entry(rows: Rows, run_id: int, entry: Entry) -> None:
    """Queue the rows of an entry, of its senses and of everything in them."""
    source = entry.source
    rows.add(
        "entries",
        id=entry.id,
        run_id=run_id,
        dictionary=entry.dictionary,
        edition=entry.edition,
        lang=entry.lang,
        headword=entry.headword,
        headword_folded=folded(entry.headword),
        hyphenation=entry.hyphenation,
        homograph_number=entry.homograph_number,
        parts_of_speech=_json(entry.parts_of_speech),
        raw_parts_of_speech=_json(entry.raw_parts_of_speech),
        etymology=_joined(etymology.description for etymology in entry.etymologies),
        content_hash=entry.content_hash,
        url=source.url,
        retrieved_from=source.retrieved_from,
        archived_at=_time(source.archived_at),
        fetched_at=_time(source.fetched_at),
        revision=source.revision,
        rights=source.rights,
        license=source.license,
        attribution=source.attribution,
        layout=source.layout,
        parser=source.parser,
        text_coverage=source.text_coverage,
        structure=source.structure,
        warnings=_json(source.warnings),
        json=feeds.encode_line(entry).decode().rstrip("\n"),
    )
    for frequency in entry.frequency:
        rows.add(
            "frequencies",
            entry_id=entry.id,
            scheme=frequency.scheme,
            value=frequency.value,
            rank=frequency.rank,
            max=frequency.max,
        )
    _add_labels(rows, entry.id, entry.labels)
    for pronunciation in entry.pronunciations:
        _add_pronunciation(rows, entry.id, pronunciation)
    for form in entry.inflected_forms:
        _add_form(rows, entry.id, form)
    for position, sense in enumerate(entry.senses, 1):
        _add_sense(rows, entry.id, position, sense)
    for box in entry.boxes:
        _add_box(rows, entry.id, box)
    for relation in entry.relations:
        rows.add(
            "relations",
            entry_id=entry.id,
            sense_id=relation.from_,
            type=relation.type,
            text=relation.text,
            transliteration=relation.transliteration,
            target_id=relation.to,
            url=relation.url,
            heading=relation.group,
        )


def add_lookup(rows: Rows, run_id: int, lookup: Lookup) -> None:
    """Queue the row of a lookup."""
    rows.add(
        "lookups",
        run_id=run_id,
        dictionary=lookup.dictionary,
        line=lookup.line,
        keyword=lookup.keyword,
        normalized=lookup.normalized,
        status=lookup.status.value,
        entry_ids=_json(lookup.entry_ids),
        suggestions=_json(lookup.suggestions),
        requested_url=lookup.requested_url,
        final_url=lookup.final_url,
        http_status=lookup.http_status,
        attempts=lookup.attempts,
        error=lookup.error,
        fetched_at=_time(lookup.fetched_at),
        checked_at=_time(lookup.checked_at),
        stale_since=_time(lookup.stale_since),
        duplicate_of=lookup.duplicate_of,
    )


def _add_sense(rows: Rows, entry_id: str, position: int, sense: Sense) -> None:
    rows.add(
        "senses",
        id=sense.id,
        sense_key=sense.sense_key,
        entry_id=entry_id,
        position=position,
        number=sense.number,
        parent_id=sense.parent,
        indicator=sense.indicator,
        variant=sense.variant,
        contributor=sense.contributor,
        definition=_joined(definition.text for definition in sense.definitions),
        definition_type=next((definition.definition_type for definition in sense.definitions), None),
        usage=_joined(definition.usage for definition in sense.definitions if definition.usage),
    )
    _add_labels(rows, entry_id, sense.labels, sense_id=sense.id)
    for example in sense.examples:
        _add_example(rows, entry_id, example, sense_id=sense.id)
    for translation in sense.translations or ():
        _add_translation(rows, entry_id, sense.id, translation)


def _add_translation(rows: Rows, entry_id: str, sense_id: str, translation: Translation) -> None:
    number = rows.add(
        "translations",
        entry_id=entry_id,
        sense_id=sense_id,
        lang=translation.lang,
        text=translation.text,
        transliteration=translation.transliteration,
    )
    _add_labels(rows, entry_id, translation.labels, sense_id=sense_id, translation_id=number)


def _add_box(rows: Rows, entry_id: str, box: Box) -> None:
    number = rows.add("boxes", entry_id=entry_id, kind=box.kind, title=box.title, text=box.text)
    for example in box.examples:
        _add_example(rows, entry_id, example, box_id=number)


def _add_example(
    rows: Rows, entry_id: str, example: Example, *, sense_id: str | None = None, box_id: int | None = None
) -> None:
    number = rows.add(
        "examples",
        entry_id=entry_id,
        sense_id=sense_id,
        box_id=box_id,
        text=example.text,
        transliteration=example.transliteration,
        pattern=example.pattern,
        gloss=example.gloss,
        citation=example.citation,
    )
    _add_labels(rows, entry_id, example.labels, sense_id=sense_id, example_id=number)


def _add_form(rows: Rows, entry_id: str, form: InflectedForm) -> None:
    number = rows.add(
        "forms",
        entry_id=entry_id,
        text=form.text,
        text_folded=folded(form.text),
        transliteration=form.transliteration,
        tag=form.tag,
    )
    _add_labels(rows, entry_id, form.labels, form_id=number)
    for pronunciation in form.pronunciations:
        _add_pronunciation(rows, entry_id, pronunciation, form_id=number)


def _add_pronunciation(rows: Rows, entry_id: str, pronunciation: Pronunciation, *, form_id: int | None = None) -> None:
    """One row a transcription; a recording without a transcription gets a row too."""
    for each in pronunciation.transcriptions or (None,):
        number = rows.add(
            "pronunciations",
            entry_id=entry_id,
            form_id=form_id,
            text=each.text if each else None,
            scheme=each.scheme if each else None,
            sound_file=pronunciation.sound_file,
            sound_page=pronunciation.sound_page,
        )
        _add_labels(rows, entry_id, pronunciation.labels, form_id=form_id, pronunciation_id=number)


def _add_labels(rows: Rows, entry_id: str, labels: Iterable[Label], **owner: Value) -> None:
    for label in labels:
        rows.add("labels", entry_id=entry_id, **(_NO_OWNER | owner), type=label.type, text=label.text)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None
