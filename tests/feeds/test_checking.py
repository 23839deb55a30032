"""Records that a reader of the feed would refuse never get into the store."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from dictcrawler import settings
from dictcrawler.feeds import encode_line
from dictcrawler.feeds.checking import checked
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.reading.normalize import NOT_HASHED
from tests.support import records

GOOD = records.entry()
TWIN_SENSES = records.entry(senses=(*GOOD.senses[:1], *GOOD.senses[:1]))
SILENT = records.entry(senses=(), relations=(), boxes=())
OF_ANOTHER_SCHEMA = records.entry(lang=7)


def found(*entries: Entry, status: Status = Status.FOUND) -> Lookup:
    return records.lookup(entries=entries, entry_ids=tuple(entry.id for entry in entries), status=status)


def test_a_lookup_that_can_be_published_stays_as_it_is() -> None:
    assert checked(found(GOOD)).lookup == found(GOOD)


def test_a_checked_lookup_has_exactly_the_published_line() -> None:
    (entry,) = checked(found(GOOD)).entries
    assert (entry.id, entry.line) == (GOOD.id, encode_line(GOOD))


@pytest.mark.parametrize(
    ("lookup", "reason"),
    [
        pytest.param(found(TWIN_SENSES), "two senses with one id", id="two senses with one id"),
        pytest.param(found(SILENT), "no sense, no relation, no box", id="an entry that says nothing"),
        pytest.param(found(OF_ANOTHER_SCHEMA), "Expected `str`, got `int`", id="another schema"),
        pytest.param(found(replace(GOOD, content_hash=NOT_HASHED)), "matching regex", id="never normalized"),
        pytest.param(found(GOOD, GOOD), "two entries with one id", id="two entries with one id"),
        pytest.param(found(), "status found with 0 entries", id="found without an entry"),
        pytest.param(found(GOOD, status=Status.NOT_IN_DICTIONARY), "with 1 entries", id="a miss with an entry"),
    ],
)
def test_a_record_that_a_reader_would_refuse_fails_its_word_with_the_reason(lookup: Lookup, reason: str) -> None:
    assert checked(lookup).entries == ()
    refused = checked(lookup).lookup
    assert refused.error is not None
    assert reason in refused.error
    assert refused == replace(lookup, status=Status.PARSE_ERROR, error=refused.error, entries=(), entry_ids=())


def test_a_good_entry_is_kept_beside_one_that_a_reader_would_refuse() -> None:
    bad = replace(SILENT, id="invented:main:silent")
    kept = checked(found(bad, GOOD))
    assert [entry.id for entry in kept.entries] == [GOOD.id]
    error = "left out: invented:main:silent: no sense, no relation, no box"
    assert kept.lookup == replace(found(GOOD), error=error)


def test_every_lookup_is_normalized_before_it_is_checked_and_stored() -> None:
    in_order = sorted(settings.ITEM_PIPELINES, key=settings.ITEM_PIPELINES.__getitem__)
    assert [name.rpartition(".")[2] for name in in_order] == ["NormalizePipeline", "StorePipeline"]
