"""From a page to finished, citable entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from dictcrawler.errors import UnknownPage
from dictcrawler.parsing.page import EntryPage, MissPage
from dictcrawler.reading import citation
from dictcrawler.reading.normalize import NOT_HASHED, normalize
from tests.support import records

FETCH = citation.Provenance(
    retrieved_from="https://archive.example/page",
    fetched_at=records.NOON,
    payload_digest=f"sha256:{'a' * 64}",
    archived_at=datetime(2018, 5, 1, tzinfo=UTC),
)


def page() -> EntryPage:
    parsed = records.parse("entry", records.URL)
    assert isinstance(parsed, EntryPage)
    return parsed


def test_an_entry_cites_its_page_its_fetch_and_its_dictionary() -> None:
    (entry,) = citation.cite(page(), records.DICTIONARY, FETCH)
    assert msgspec.to_builtins(entry.source) == {
        "url": records.URL,
        "retrieved_from": "https://archive.example/page",
        "archived_at": "2018-05-01T00:00:00Z",
        "fetched_at": "2026-11-23T12:00:00Z",
        "payload_digest": f"sha256:{'a' * 64}",
        "layout": "invented-1",
        "parser": "invented/1",
        "revision": "7",
        "rights": "© an inventor",
        "license": "CC0-1.0",
        "attribution": "an inventor",
        "text_coverage": 0.99,
        "warnings": ("unknown-class:zig",),
    }


def test_the_content_of_an_entry_is_the_parsers_and_not_hashed_yet() -> None:
    (entry,) = citation.cite(page(), records.DICTIONARY, FETCH)
    assert {name: getattr(entry, name) for name in records.content().__struct_fields__} == msgspec.structs.asdict(
        records.content()
    )
    assert entry.content_hash == NOT_HASHED


def test_reading_a_page_is_parsing_citing_and_normalizing_it() -> None:
    found = citation.read(records.DICTIONARY, "entry", records.URL, FETCH)
    assert found == tuple(normalize(entry) for entry in citation.cite(page(), records.DICTIONARY, FETCH))
    assert isinstance(found, tuple)
    assert found[0].parts_of_speech == ("noun",)


def test_reading_a_miss_gives_the_miss() -> None:
    found = citation.read(records.DICTIONARY, "miss", records.URL, FETCH)
    assert found == MissPage(suggestions=("zorb",), layout="invented-1")


def test_reading_an_unknown_page_is_an_error() -> None:
    with pytest.raises(UnknownPage):
        citation.read(records.DICTIONARY, "odd", records.URL, FETCH)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 23, 12),  # noqa: DTZ001 - the naive time that must be refused
        datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC),
    ],
)
def test_a_time_that_is_not_in_utc_of_whole_seconds_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="not a time in UTC of whole seconds"):
        citation.Provenance(retrieved_from="x", fetched_at=moment, payload_digest="x")
    with pytest.raises(ValueError, match="not a time in UTC of whole seconds"):
        citation.Provenance(retrieved_from="x", fetched_at=records.NOON, payload_digest="x", archived_at=moment)
