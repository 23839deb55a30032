"""A run of several machines begins once and is published once, whichever process dies in between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dictcrawler.version import __version__
from tests.support import forked, postgres
from tests.support.gate import wait_until
from tests.support.machines import QUICK, Machines, Site, machines
from tests.support.server import ROOT, Serve

WORDS = 120
STEPS = (
    "dictcrawler.storage.shared_runs:SharedRuns.begin_publishing",
    "dictcrawler.feeds.writer:begin",
    "dictcrawler.feeds.writer:write_lookups",
    "dictcrawler.feeds.writer:commit",
    "dictcrawler.feeds.writer:make_latest",
    "dictcrawler.storage.ledger:Ledger.finish",
)


@pytest.fixture
def site(serve: Serve) -> Site:
    site = Site("macmillan", WORDS)
    site.url = serve(site.answer).url
    return site


def published(folder: Path) -> list[str]:
    """The runs in a feed; none is half-written, and the latest is one of them."""
    assert list(folder.glob(".*")) == []
    found = sorted(path.name for path in folder.glob("2*"))
    assert (folder / "latest").resolve().name in found
    return found


def test_a_publisher_may_die_at_any_step(made: Machines, site: Site, tmp_path: Path) -> None:
    # A machine that is alone may quickly assume that another one is dead.
    made.beat = ("--beat", "0.2", "--stall", "1")
    run = made.begin(site, site.list[:3])
    for step in STEPS:
        made.start("alpha", "--publish", before=step.replace(":", "."))
        assert made.workers.pop("alpha").wait(60) == -9, made.log("alpha")
        assert made.states("macmillan")[-1] in ("shared", "publishing")
    made.start("alpha", "--publish")
    made.wait("macmillan")
    assert published(tmp_path / "alpha/feeds/macmillan") == [run]


def test_of_two_who_begin_one_list_at_once_one_does(made: Machines, site: Site, tmp_path: Path) -> None:
    words = ",".join(site.list[:5])
    given = ("-a", "source=live", "-a", f"base_url={site.base_url}", "-a", f"word={words}", *QUICK)
    begin = ("dictcrawler", "cluster", "crawl", "macmillan", *given)
    both = [forked.start(*begin, env=made.environment(name)) for name in ("one", "other")]
    outputs = [process.communicate(timeout=120) for process in both]
    assert sorted(process.wait() for process in both) == [0, 75], outputs
    refused = made.command("crawl", "macmillan", "-a", "source=sample", "-a", "word=hi")
    assert refused.returncode == 75, refused.stderr
    assert "several machines are working on the run" in refused.stderr
    assert "waits for: a worker: none is alive" in made.cluster("status")
    made.start("alpha", "--publish")
    made.wait("macmillan")
    assert len(published(tmp_path / "alpha/feeds/macmillan")) == 1
    # The next run's publisher must see this one.
    made.signal("alpha", 9)
    made.begin(site, site.list[:4], "-a", "refresh=all")
    made.start("beta", "--publish")
    wait_until(lambda: "the previous run" in made.log("beta"), 60)
    run = str(made.status()["runs"][0]["run"])
    assert run in made.cluster("cancel", run)
    assert made.states("macmillan") == ["complete", "abandoned"]


def test_the_database_may_freeze_die_and_come_back(tmp_path: Path, site: Site) -> None:
    site.slowness = 0.1
    with postgres.running() as own, machines(tmp_path, own) as made:
        run = made.begin(site, site.list, size=60)
        made.start("alpha", "--publish")
        made.start("beta")
        wait_until(lambda: len(site.requested) > 20, 90)
        with own.frozen():
            requested = len(site.requested)
            # A crawl has no connection to wait for between two batches; it can request at most a batch in that time.
            wait_until(lambda: len(site.requested) > requested, 30)
        own.kill()
        own.start()
        made.wait("macmillan")
        assert published(tmp_path / "alpha/feeds/macmillan") == [run]
        assert site.overlaps() == 0
        made.end()


def test_another_version_is_refused_and_both_are_named(made: Machines) -> None:
    made.cluster("init")
    made.query("dictcrawler_queue", "update dictcrawler_versions set dictcrawler = '9.9' returning 1")
    for command in (["worker"], ["status"], ["crawl", "macmillan", "-a", "source=sample"]):
        output = made.cluster(*command, status=2)
        assert f"the cluster is of dictcrawler 9.9, this machine has {__version__}" in output
    made.cluster("init")
    made.query(
        "dictcrawler_queue",
        "insert into dictcrawler_members values ('gamma', '9.9', 'crawl', 1, 30, now()) returning 1",
    )
    assert f"the worker gamma runs dictcrawler 9.9, this machine has {__version__}" in made.cluster("init", status=2)


@pytest.mark.parametrize(
    ("arguments", "status", "output"),
    [
        (["--help"], 0, "init"),
        (["worker", "--help"], 0, "--publish"),
    ],
)
def test_help_needs_no_extra_and_the_rest_names_it(arguments: list[str], status: int, output: str) -> None:
    program = "import sys; sys.modules['procrastinate'] = None; from dictcrawler.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "cluster", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    assert output in done.stdout + done.stderr


@pytest.mark.parametrize(
    "store", ["sqlite:///x.sqlite", "postgresql+psycopg://u@h/dictcrawler_{dictionary}", "nonsense"]
)
def test_a_store_that_cannot_be_shared_is_refused_with_a_right_one(store: str) -> None:
    done = forked.run("dictcrawler", "cluster", "status", "--store", store, env=os.environ)
    assert done.returncode == 2, done.stderr
    assert "STORE_URL" in done.stderr
    assert "Traceback" not in done.stderr
