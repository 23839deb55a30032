"""Workers of a cluster that are killed, stopped, frozen or cut off: nothing is lost, nothing is published twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from dictcrawler import feeds
from tests.support.gate import wait_until
from tests.support.machines import Machines, Site, contents
from tests.support.server import Serve, crawl

WORDS = int(os.environ.get("CLUSTER_WORDS", "120"))
FAST = {"DOWNLOAD_DELAY": 0, "RETRY_BACKOFF": 0.01}


@pytest.fixture
def site(serve: Serve) -> Site:
    return _served(Site("macmillan", WORDS), serve)


def _served(site: Site, serve: Serve) -> Site:
    site.url = serve(site.answer).url
    return site


ALONE: dict[str, dict[str, list[object]]] = {}
REQUESTS: dict[str, Counter[str]] = {}


def alone(tmp_path: Path, site: Site, words: list[str]) -> dict[str, list[object]]:
    """The feed that a single machine publishes from the same list; crawled once."""
    if site.dictionary in ALONE:
        return ALONE[site.dictionary]
    place = tmp_path / f"{site.dictionary}-alone.txt"
    place.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    given = ("source=live", f"base_url={site.base_url}", f"words={place}")
    done = crawl(tmp_path / f"{site.dictionary}-alone", *given, dictionary=site.dictionary, settings=FAST)
    assert done.status in (0, 4, 5), done.log
    ALONE[site.dictionary] = contents(done.feed / "latest")
    REQUESTS[site.dictionary] = site.requests("dictcrawler/")
    return ALONE[site.dictionary]


def alone_requests(tmp_path: Path, site: Site, words: list[str]) -> Counter[str]:
    """How often a single machine requests each path for it."""
    alone(tmp_path, site, words)
    return REQUESTS[site.dictionary]


@pytest.mark.parametrize("seed", range(int(os.environ.get("CLUSTER_KILLS", "2"))))
def test_a_killed_worker_loses_nothing_and_the_feed_is_that_of_one_machine(
    seed: int, made: Machines, site: Site, serve: Serve, tmp_path: Path
) -> None:
    draw = random.Random(seed)  # noqa: S311 - which moment, no secret
    other = _served(Site("longman", WORDS), serve)
    sites, lists = (site, other), {each.dictionary: each.list for each in (site, other)}
    for each in sites:
        made.begin(each, lists[each.dictionary], size=WORDS // 2)
    for name in ("beta", "gamma"):
        made.start(name)
    # Each has a dictionary: the publisher, which is not killed, gets only the slices that they leave.
    wait_until(lambda: len(_holders(made, sites)) == 2, 120)
    made.start("alpha", "--publish")
    moment = draw.randrange(WORDS)
    wait_until(lambda: len(site.requested) + len(other.requested) > moment, 120)
    wait_until(lambda: bool(_holders(made, sites)) or made.states("longman") == ["complete"], 120)
    victim = draw.choice(_holders(made, sites) or ["beta"])
    held = {each.dictionary: made.slices_of(victim, each.dictionary) for each in sites}
    made.signal(victim, signal.SIGKILL)
    killed = time.monotonic()
    for name, slices in held.items():
        wait_until(lambda name=name, slices=slices: made.are_taken_over(name, slices), 60)  # type: ignore[misc]
    seconds, more = time.monotonic() - killed, 0
    for each in sites:
        made.wait(each.dictionary, seconds=150 + WORDS)
        # Only one worker requests from a host at a time; the killed one's last request may be in progress when it ends.
        assert each.overlaps() <= 1
        late = [who for began, _, who, _ in each.requested if who == victim and began > killed + 0.5]
        assert late == [], "the crawl of a killed worker ends with it"
    for each in sites:
        more += sum((each.requests() - alone_requests(tmp_path, each, lists[each.dictionary])).values())
        feed = tmp_path / "alpha/feeds" / each.dictionary
        assert [path.name for path in feed.glob("2*")] == [(feed / "latest").resolve().name], "published once"
        assert contents(feed / "latest") == alone(tmp_path, each, lists[each.dictionary])
    # For `make cluster-kill`.
    slices, overlaps = sum(map(len, held.values())), sum(each.overlaps() for each in sites)
    print(  # noqa: T201 - the program's result
        f"kill {seed}: {slices} slices went to others in {seconds:.1f} s, {more} requests more, {overlaps} overlaps"
    )


def _holders(made: Machines, sites: tuple[Site, ...]) -> list[str]:
    """Workers, other than the publisher, that are sending requests."""
    found = {made.holder(each.dictionary) for each in sites} - {None, "alpha"}
    requested = Counter(who for each in sites for _, _, who, _ in each.requested)
    return sorted(name for name in found if name is not None and requested[name] > 5)


def test_workers_that_are_restarted_one_after_the_other_give_their_slices_back(made: Machines, site: Site) -> None:
    site.slowness = 0.05
    made.begin(site, site.list)
    for name in ("alpha", "beta"):
        made.start(name, machine="one")
    wait_until(lambda: len(made.query("dictcrawler_queue", "select name from dictcrawler_members")) == 2)
    named = {name for (name,) in made.query("dictcrawler_queue", "select name from dictcrawler_members")}
    assert named == {f"one-{worker.pid}" for worker in made.workers.values()}, "two workers of one machine"
    for number, name in enumerate(("alpha", "beta")):
        requested = len(site.requested)
        wait_until(lambda requested=requested: len(site.requested) > requested + 15, 60)  # type: ignore[misc]
        made.signal(name, signal.SIGTERM)
        assert made.workers.pop(name).wait(30) == 0, made.log(name)
        made.start(f"{name}-again", *(["--publish"] if number else []), machine="one")
    made.wait("macmillan")
    assert site.asked_twice() <= 20
    assert site.overlaps() == 0
    assert "words left" not in made.logs(), "to be stopped is no failure"


def test_a_frozen_worker_changes_nothing_when_it_comes_back(made: Machines, site: Site) -> None:
    site.slowness = 0.1
    made.begin(site, site.list[:60], size=30)
    made.start("alpha")
    wait_until(lambda: len(site.requested) > 10, 60)
    made.signal("alpha", signal.SIGSTOP)
    made.start("beta", "--publish")
    wait_until(lambda: any(who == "beta" for _, _, who, _ in site.requested), 60)
    first = min(began for began, _, who, _ in site.requested if who == "beta")
    # The crawl of the frozen worker continues by itself until it notices that its worker sends no signs of life.
    assert [who for began, _, who, _ in site.requested if who == "alpha" and began > first] == []
    made.signal("alpha", signal.SIGCONT)
    made.wait("macmillan")
    [done] = made.states("macmillan")
    assert done == "complete"
    assert site.overlaps() == 0


def test_a_reparse_on_two_machines_ends_in_the_entries_of_the_crawl(made: Machines, site: Site, tmp_path: Path) -> None:
    made.has_shared_folder = True
    first = made.begin(site, site.list, size=WORDS)
    made.start("alpha", "--publish")
    made.wait("macmillan")
    feed = tmp_path / "shared/feeds/macmillan"
    before, requested = contents(feed / "latest"), len(site.requested)
    made.signal("alpha", signal.SIGKILL)
    out = made.cluster("reparse", "macmillan", "--words", str(WORDS // 4))
    assert "4 slices" in out
    made.has_shared_folder = False
    made.start("gamma")
    wait_until(lambda: "alpha has kept further pages" in made.log("gamma"), 60)
    made.signal("gamma", signal.SIGKILL)
    made.has_shared_folder = True
    made.start("alpha", "--publish")
    made.start("beta", "--publish")
    wait_until(lambda: made.holder("macmillan") is not None or made.states("macmillan")[-1] == "complete", 60)
    made.signal("alpha", signal.SIGKILL)
    made.wait("macmillan")
    assert made.states("macmillan") == ["complete", "complete"]
    assert contents(feed / "latest") == before
    again = feeds.read_run(feed)
    assert (again.previous_run, again.changes, again.arguments["reparse"].split()[0]) == (first, {}, first)
    assert len(site.requested) == requested, "nothing was requested"
    assert "were not there" not in made.logs()


def test_a_reparse_of_pages_that_are_on_two_machines_reads_each_where_it_is(
    made: Machines, site: Site, tmp_path: Path
) -> None:
    # As long as a machine's name in files can be, and longer than the name of a queue.
    far = "beta-at-the-other-end-of-a-longest-name."[:39] + "1"
    first = made.begin(site, site.list, "--per-host", "2", size=WORDS // 2)
    made.start("alpha", "--publish", "-s", f"REPORTS_DIR={tmp_path / 'reports'}")
    made.start("beta", machine=far)
    made.wait("macmillan")
    by = Counter(who for _, _, who, _ in site.requested)
    assert min(by["alpha"], by["beta"]) > WORDS // 4
    feed = tmp_path / "alpha/feeds/macmillan"
    before = contents(feed / "latest")
    made.signal("beta", signal.SIGTERM)
    made.workers.pop("beta").wait(30)
    begun = made.command("cluster", "reparse", "macmillan", name="alpha")
    assert "1 slices" in begun.stdout, begun.stderr
    wait_until(lambda: f"{far} has kept further pages" in made.log("alpha"), 60)
    # Its own worker may take the slice once more before the job for the other machine is there.
    wait_until(lambda: f"pages that another machine has kept: reparse@{far[-32:]}" in made.cluster("status"), 60)
    made.start("beta", machine=far)
    made.wait("macmillan")
    assert contents(feed / "latest") == before
    assert feeds.read_run(feed).previous_run == first
    assert len(list((tmp_path / "reports").glob("macmillan-2*.html"))) == 2
    read_by_the_reparse = "select count(*) from answers where run = (select max(id) from runs)"
    assert made.query("macmillan", read_by_the_reparse) == [(WORDS,)]


def test_a_wall_that_one_machine_meets_stops_all(made: Machines, site: Site, tmp_path: Path) -> None:
    site.wall_after = 50
    made.begin(site, site.list, size=30)
    made.start("alpha", "--publish")
    made.start("beta")
    made.wait("macmillan")
    # Those that were in progress, and no slice after that.
    assert len(site.requested) <= 50 + 20
    run = feeds.read_run(next((tmp_path / "alpha/feeds/macmillan").glob("2*")))
    assert run.statuses["blocked"] >= WORDS - 70
