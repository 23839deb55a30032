"""The changes of a run: entries added, changed and removed since the previous run.

An entry is identified by its id, its content by its ``content_hash``. The store replaces the line
of an entry only when that hash changes, so equal hashes mean equal lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from dictcrawler.feeds.lifting import is_old, lifted
from dictcrawler.model import Change, Entry, LexicalEntry, MovedSense


class _Known(msgspec.Struct, gc=False):
    """The part of an earlier entry that is kept in memory; its line is read again when needed."""

    content_hash: str
    payload: str
    offset: int
    is_old: bool


class _SourceHead(msgspec.Struct):
    payload_digest: str


class _EntryHead(msgspec.Struct):
    id: str
    content_hash: str
    source: _SourceHead


CAUSES: Final[Mapping[str, str]] = {
    "content": "the page changed",
    "parser": "our reading of the same page changed",
    "words": "its word left the list",
    "request": "it was removed on request",
}
"""A sentence for each cause of a change, for reports and tables."""


def described(kind: str) -> str:
    """A kind of change of ``run.json`` in words: ``removed/words`` is "removed: its word left the list"."""
    change, _, cause = kind.partition("/")
    return f"{change}: {CAUSES.get(cause, cause)}"


class Migration(msgspec.Struct):
    """The number of entries whose only change is an older format in the earlier run."""

    entries: int = 0


def between(
    earlier: Path, now: Iterable[bytes], is_kept: Callable[[str], bool], migration: Migration | None = None
) -> Iterator[Change]:
    """The changes from the entries of a file to the current entry lines: current entries first, then the removed.

    ``is_kept(id)``: the store still has this entry. An entry missing from the run but still stored was
    dropped because its word left the list, not because the page changed.
    """
    migration = migration or Migration()
    before = _read(earlier)
    pages_before = {known.payload for known in before.values()}
    pages_now: set[str] = set()
    decode = msgspec.json.Decoder(_EntryHead).decode
    with earlier.open("rb") as file:
        for line in now:
            head = decode(line)
            pages_now.add(head.source.payload_digest)
            known = before.pop(head.id, None)
            if known is None:
                yield _added(line, _cause(same_page=head.source.payload_digest in pages_before))
            elif known.content_hash != head.content_hash:
                file.seek(known.offset)
                yield _changed(lifted(file.readline()), line)
            else:
                migration.entries += known.is_old
    for entry_id, known in before.items():
        yield Change(
            type="removed",
            id=entry_id,
            cause="words" if is_kept(entry_id) else _cause(same_page=known.payload in pages_now),
            previous_hash=known.content_hash,
            fields=(),
        )


def _read(entries: Path) -> dict[str, _Known]:
    decode = msgspec.json.Decoder(_EntryHead).decode
    known = {}
    offset = 0
    with entries.open("rb") as file:
        for line in file:
            # Compared in today's format: a new format alone does not count as a change.
            head = decode(lifted(line))
            known[head.id] = _Known(head.content_hash, head.source.payload_digest, offset, is_old(line))
            offset += len(line)
    return known


def _cause(*, same_page: bool) -> Literal["content", "parser"]:
    """The cause of a changed entry: our reading of the same page, or the page."""
    return "parser" if same_page else "content"


def _added(line: bytes, cause: Literal["content", "parser"]) -> Change:
    entry = msgspec.json.decode(line, type=Entry)
    return Change(type="added", id=entry.id, cause=cause, content_hash=entry.content_hash, fields=(), entry=entry)


def _changed(earlier: bytes, line: bytes) -> Change:
    old, new = msgspec.json.decode(earlier, type=Entry), msgspec.json.decode(line, type=Entry)
    return Change(
        type="changed",
        id=new.id,
        cause=_cause(same_page=old.source.payload_digest == new.source.payload_digest),
        content_hash=new.content_hash,
        previous_hash=old.content_hash,
        fields=tuple(name for name in LexicalEntry.__struct_fields__ if getattr(old, name) != getattr(new, name)),
        moved=tuple(_moved(old, new)),
        entry=new,
    )


def _moved(old: Entry, new: Entry) -> Iterator[MovedSense]:
    """The senses with the same content under another id."""
    before = {sense.sense_key: sense.id for sense in old.senses}
    for sense in new.senses:
        was = before.get(sense.sense_key)
        if was is not None and was != sense.id and sense.sense_key is not None:
            yield MovedSense(sense_key=sense.sense_key, from_=was, to=sense.id)
