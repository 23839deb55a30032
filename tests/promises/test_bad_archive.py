"""A long list from an archive that answers badly in every way: one outcome for each word, and none ends as missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs.bad_archive import run
from tests.support.bad_archive import PASSING_WAYS, REPLAY_WAYS, THROTTLES, BadArchive

WORDS = [f"word{number:06}" for number in range(1, 81)]
RECOVERS = tuple(way for way in PASSING_WAYS if way not in THROTTLES)
NEVER_DOES = tuple(way for way in REPLAY_WAYS if way not in THROTTLES)
QUICK = {
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_TIMEOUT": 1,
    "RETRY_TIMES": 4,
    "RETRY_BACKOFF": 0.01,
    "ARCHIVE_INDEX_MIN_WORDS": 50,
    "ARCHIVE_INDEX_REST": 0.5,
}


@pytest.mark.parametrize("by_redirect", [True, False], ids=["as the Wayback Machine", "as pywb"])
def test_in_an_archive_that_recovers_every_word_ends_as_in_a_good_one(tmp_path: Path, *, by_redirect: bool) -> None:
    archive = BadArchive(WORDS, 1, replay_ways=RECOVERS, index_badness=0.8, by_redirect=by_redirect)
    result = run(tmp_path, archive, settings=QUICK)
    assert result.problem is None
    # A few captures are damaged, and the only ones of their pages.
    assert (result.status, result.outcomes["network_error"]) == (4, 0)
    assert result.outcomes["parse_error"] > 0
    assert sum(result.outcomes.values()) == len(WORDS)


def test_in_an_archive_that_does_not_no_word_that_it_has_is_filed_as_missing(tmp_path: Path) -> None:
    archive = BadArchive(WORDS, 2, replay_ways=NEVER_DOES, index_badness=0.8, badness=0.5, by_redirect=False)
    result = run(tmp_path, archive, is_hopeless=True, settings=QUICK)
    assert result.problem is None
    assert sum(result.outcomes.values()) == len(WORDS)
