"""Keys that stay with a sense, whatever happens around it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dictcrawler.feeds.changes import between
from dictcrawler.feeds.format import encode_line
from dictcrawler.feeds.hashing import with_sense_keys
from dictcrawler.model import Sense
from dictcrawler.reading.normalize import normalize
from tests.support import records


def numbered(*senses: Sense) -> tuple[Sense, ...]:
    """Senses whose ids count their positions, as Wiktionary's do."""
    return tuple(msgspec.structs.replace(sense, id=f"p{n}", parent=None) for n, sense in enumerate(senses, 1))


def test_a_sense_that_moves_keeps_its_key_and_is_named_as_moved(tmp_path: Path) -> None:
    first, second = records.entry().senses
    inserted = msgspec.structs.replace(first, definitions=(msgspec.structs.replace(first.definitions[0], text="new"),))
    old = normalize(records.entry(senses=numbered(first, second), relations=()))
    new = normalize(records.entry(senses=numbered(inserted, first, second), relations=()))
    assert [sense.sense_key for sense in new.senses[1:]] == [sense.sense_key for sense in old.senses]
    earlier = tmp_path / "entries.jsonl"
    earlier.write_bytes(encode_line(old))
    [change] = between(earlier, [encode_line(new)], lambda _: True)
    assert [(moved.from_, moved.to) for moved in change.moved] == [("p1", "p2"), ("p2", "p3")]


def test_another_example_or_label_leaves_the_key_and_another_definition_does_not() -> None:
    [sense, *_] = records.entry().senses
    [definition, *_] = sense.definitions
    fewer = msgspec.structs.replace(sense, examples=(), labels=())
    other = msgspec.structs.replace(sense, definitions=(msgspec.structs.replace(definition, text="else"),))
    keys = [with_sense_keys(records.entry(senses=(each,))).senses[0].sense_key for each in (sense, fewer, other)]
    assert keys[0] == keys[1] != keys[2]


def test_two_equal_senses_have_keys_of_their_own() -> None:
    [sense, *_] = records.entry().senses
    keyed = with_sense_keys(records.entry(senses=numbered(sense, sense)))
    assert keyed.senses[1].sense_key == f"{keyed.senses[0].sense_key}~2"
