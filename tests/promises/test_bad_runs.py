"""A bad run replaces no good feed, and its exit status names the problem: a sample of ``programs/bad_runs.py``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.programs.bad_runs import BESIDE, PARTLY, STOPPED, WHOLE, WITHHELD, Bench, Way, bench


@pytest.fixture(scope="module")
def tried() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


@pytest.mark.parametrize(
    "way",
    [*WITHHELD, *BESIDE, *STOPPED, *WHOLE[::7], *PARTLY[::3]],
    ids=lambda way: way.name if isinstance(way, Way) else None,
)
def test_a_bad_run_leaves_the_feed_unchanged_or_keeps_failed_words_as_stale(tried: Bench, way: Way) -> None:
    assert tried.attempt(way).problem is None
