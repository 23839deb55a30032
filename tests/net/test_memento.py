"""Times and addresses as archives write them, and texts that look alike but are neither."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dictcrawler.net.memento import Replay, memento_datetime, moment_of, replay_anywhere, replay_of, timestamp_of

PREFIX = "https://web.archive.example/web/"


def test_a_timestamp_is_a_moment_in_utc_and_back() -> None:
    assert timestamp_of(datetime(2023, 5, 20, 10, 0, tzinfo=UTC)) == "20230520100000"
    assert moment_of("20230520100000") == datetime(2023, 5, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "timestamp",
    [
        "20210230000000",
        "20201301000000",
        "2020",
        "",
        "20200101000060",
        "２０２００１０１００００００",
        "-2020010100000",
    ],
)
def test_a_timestamp_that_is_not_a_date_gives_none(timestamp: str) -> None:
    assert moment_of(timestamp) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "yesterday",
        "Mon, 01 Jan 99999 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -0100",
        "Mon, 32 Jan 2020 00:00:00 GMT",
    ],
)
def test_a_memento_datetime_out_of_range_gives_none(header: str) -> None:
    assert memento_datetime(header) is None


def test_a_replay_is_taken_apart() -> None:
    page = "http://www.site.example:80/dictionary/hi?x=1"
    assert replay_of(f"{PREFIX}20230520100000id_/{page}", PREFIX) == Replay("20230520100000", page)
    assert replay_of(f"{PREFIX}2023/{page}", PREFIX) == Replay("2023", page)
    assert replay_of(f"https://other.example/web/2023id_/{page}", PREFIX) is None
    assert replay_anywhere(f"https://other.example/web/2023id_/{page}") == Replay("2023", page)
    assert replay_anywhere(page) is None
