"""How durations and due words are worded."""

from __future__ import annotations

import pytest

from dictcrawler.runs.forecast import counted, duration, forecast


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h 00 min"), (10_020, "2 h 47 min"),
     (86_400, "1 d 0 h"), (1_000_000, "11 d 13 h")],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_only_outcomes_that_occurred_are_counted_in_words() -> None:
    assert counted({"not_in_dictionary": 1_200, "found": 13, "blocked": 0}) == "13 found, 1,200 not in dictionary"


@pytest.mark.parametrize(
    ("due", "delay", "text"),
    [
        (9_200, 1, "10,000 words, 9,200 of them due: at least 2 h 33 min at one page a second"),
        (9_200, 2.5, "10,000 words, 9,200 of them due: at least 6 h 23 min at a page every 2.5 s"),
        (9_200, 0, "10,000 words, 9,200 of them due: as fast as possible, 8 at once"),
        (0, 1, "10,000 words, none of them due: nothing is requested"),
    ],
)
def test_a_forecast_states_what_is_due_and_how_long_it_takes_at_this_pace(due: int, delay: float, text: str) -> None:
    assert forecast(due, 10_000, delay, 8) == text
