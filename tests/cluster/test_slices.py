"""Slices of archives, with defects, and on a machine whose clock is wrong or stood still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import cast

import pytest

from dictcrawler import feeds
from dictcrawler.crawling.lease import Lease
from dictcrawler.errors import SliceLost
from dictcrawler.lookup.boundary import MOST_IN_A_ROW
from dictcrawler.storage.slices import Slice, Slices
from tests.support.machines import QUICK, Machines, Site
from tests.support.server import ROOT, Serve
from tests.support.wayback import EXPECTED, WORDS, WaybackMachine

DEFECTIVE = """
import sys
if any('"kind":"slice"' in argument for argument in sys.orig_argv):
    from dictcrawler.lookup.asker import Asker
    def fail(*_):
        raise ZeroDivisionError("a defect")
    Asker._status = fail
"""


@pytest.fixture
def site(serve: Serve) -> Site:
    site = Site("macmillan", 60, slowness=0)
    site.url = serve(site.answer).url
    return site


def published(tmp_path: Path) -> feeds.RunManifest:
    return feeds.read_run(next((tmp_path / "alpha/feeds/macmillan").glob("2*")))


def test_the_slices_of_an_archive_use_the_index_that_the_run_has_read(
    made: Machines, serve: Serve, tmp_path: Path
) -> None:
    archive = WaybackMachine()
    url = serve(archive.answer).url
    given = {"source": "archive", "archive": f"{url}/web/", "index": f"{url}/cdx/search/cdx", "word": WORDS}
    pairs = [part for name, value in given.items() for part in ("-a", f"{name}={value}")]
    index = ("-s", "ARCHIVE_INDEX_MIN_WORDS=1")
    made.cluster("crawl", "macmillan", *pairs, *QUICK, *index, "--words", "6")
    in_bulk = [query for query in archive.queries if "matchType" in query]
    assert in_bulk, "the beginning reads it"
    archive.queries.clear()
    made.start("alpha", "--publish", *index)
    made.start("beta", *index)
    made.wait("macmillan")
    assert archive.queries == [], "and nobody else asks it"
    lookups = feeds.read_lookups(tmp_path / "alpha/feeds/macmillan/latest")
    assert {each.keyword: each.status.value for each in lookups} == EXPECTED


def test_a_slice_stops_after_twenty_defects_and_the_run_is_withheld(made: Machines, site: Site, tmp_path: Path) -> None:
    (tmp_path / "defective").mkdir()
    (tmp_path / "defective/sitecustomize.py").write_text(DEFECTIVE, encoding="utf-8")
    made.more["PYTHONPATH"] = f"{tmp_path / 'defective'}:{ROOT}"
    made.begin(site, site.list, size=60)
    requested = len(site.requested)
    made.start("alpha", "--publish", "-s", "CONCURRENT_REQUESTS=1")
    made.wait("macmillan", "withheld")
    run = published(tmp_path)
    assert (run.statuses["parse_error"], run.keywords) == (60, 60)
    assert f"{MOST_IN_A_ROW} words in a row hit a defect" in (run.reason or "")
    assert len(site.requested) - requested < 60, "the rest of a slice is not requested"


def test_a_machine_a_year_ahead_ends_its_slices_and_its_answers_are_due_by_the_databases_clock(
    made: Machines, site: Site, tmp_path: Path
) -> None:
    library = files("libfaketime") / "vendor/libfaketime/src/libfaketime.so.1"
    made.more |= {"LD_PRELOAD": str(library), "FAKETIME": "+400d"}
    made.start("alpha", "--publish")
    made.more.clear()
    made.begin(site, site.list[:20], size=20)
    made.wait("macmillan")
    now = datetime.now(UTC)
    [(first, last, at)] = made.query("macmillan", "select min(due_at), max(due_at), max(answered_at) from answers")
    assert datetime.fromisoformat(at) > now + timedelta(days=399), "its clock was wrong indeed"
    assert datetime.fromisoformat(first) > now
    assert datetime.fromisoformat(last) < now + timedelta(days=200)
    assert abs(published(tmp_path).finished_at - now) < timedelta(minutes=2)
    assert "words left" not in made.logs()


def test_a_lease_ends_on_time_even_if_nobody_checked_it_meanwhile() -> None:
    class Seen:
        def time_left(self, _mine: Slice, silence: timedelta) -> timedelta:
            return silence - timedelta(seconds=5)

    now = 100.0
    lease = Lease(cast(Slices, Seen()), Slice("run", 1, 9, attempt=1), 20, clock=lambda: now)
    with pytest.raises(SliceLost):
        lease.refuse_over()
    lease.renew()
    now += 14.9
    lease.refuse_over()
    # The machine slept: its clock continues.
    now += 3600
    with pytest.raises(SliceLost):
        lease.refuse_over()
