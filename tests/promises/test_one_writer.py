"""Two crawls never write to one store or one feed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, repeat
from pathlib import Path

import pytest

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.storage import locks
from tests.support import forked
from tests.support.gate import wait_until
from tests.support.postgres import Postgres
from tests.support.server import crawl, scrapy

LOCKED = 75
NOT_ONE_FOUND = 5
STARTS = int(os.environ.get("STARTS", "6"))


@pytest.fixture
def silent_site() -> Iterator[socket.socket]:
    """A site that never answers: a crawl of it runs until it is killed."""
    with socket.create_server(("127.0.0.1", 0)) as site:
        site.settimeout(60 + 5 * STARTS)
        yield site


def _start(data: Path, site: socket.socket, *more: str) -> subprocess.Popen[str]:
    mirror = f"base_url=http://127.0.0.1:{site.getsockname()[1]}/us/dictionary/american/{{keyword}}"
    given = ("-a", "source=live", "-a", mirror, "-a", "word=hi,love", "-s", "DOWNLOAD_TIMEOUT=600", *more)
    return scrapy("crawl", "macmillan", *given, data=data)


@contextmanager
def _at_work(data: Path, site: socket.socket, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A crawl that holds the store."""
    holder = _start(data, site, *more)
    try:
        with site.accept()[0]:
            yield holder
    finally:
        holder.kill()
        holder.communicate()


def test_of_many_starts_at_once_exactly_one_crawls_and_the_others_name_it(
    tmp_path: Path, silent_site: socket.socket
) -> None:
    started = [_start(tmp_path, silent_site) for _ in range(STARTS)]
    try:
        with silent_site.accept()[0]:
            wait_until(lambda: sum(process.poll() is None for process in started) == 1, seconds=60 + 5 * STARTS)
            (holder,) = (process for process in started if process.poll() is None)
        refused = [process for process in started if process is not holder]
        assert [process.returncode for process in refused] == [LOCKED] * (STARTS - 1)
        for process in refused:
            out, log = process.communicate()
            assert f"process {holder.pid} on " in log
            assert "Traceback" not in log
            assert out.splitlines()[-1].startswith("exit status 75: refused: another crawl")
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_a_killed_holder_blocks_nobody(tmp_path: Path, silent_site: socket.socket) -> None:
    with _at_work(tmp_path, silent_site) as holder:
        assert crawl(tmp_path, "source=sample", "word=hi").status == LOCKED
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(10)
        assert crawl(tmp_path, "source=sample", "word=hi").status == 0


def test_another_edition_waits_for_the_store_and_another_store_for_the_feed(
    tmp_path: Path, silent_site: socket.socket
) -> None:
    with _at_work(tmp_path, silent_site):
        other_edition = crawl(tmp_path, "source=sample", "word=hi", "edition=british")
        other_store = crawl(
            tmp_path, "source=sample", "word=hi", settings={"STORE_URL": f"sqlite:///{tmp_path}/other.sqlite"}
        )
        assert "macmillan.sqlite.lock" in other_edition.log
        assert "macmillan.lock" in other_store.log
    assert (other_edition.status, other_store.status) == (LOCKED, LOCKED)


def test_a_lock_is_refused_within_a_process_too_and_released_completely(tmp_path: Path) -> None:
    one, other = tmp_path / "one.lock", tmp_path / "other.lock"
    with locks.hold(other), pytest.raises(LockedError, match=f"process {os.getpid()} on .* since 20"):
        locks.hold(one, other)
    locks.hold(one, other).close()


def test_crawls_of_two_feeds_with_stores_of_their_own_may_run_at_once_and_no_prune_beside_them(
    tmp_path: Path, silent_site: socket.socket
) -> None:
    other = f"sqlite:///{tmp_path}/other.sqlite"
    given = ("prune", "--keep", "1", "--store", other, "--data", str(tmp_path))
    with _at_work(tmp_path, silent_site):
        british = ("source=sample", "word=hi", "edition=british")
        assert crawl(tmp_path, *british, settings={"STORE_URL": other}).status == NOT_ONE_FOUND
        assert crawl(tmp_path, *british, "refresh=all", settings={"STORE_URL": other}).status == NOT_ONE_FOUND
        refused = forked.run("dictcrawler", *given, env=os.environ)
    assert (refused.returncode, "macmillan.pages.lock" in refused.stderr) == (LOCKED, True)
    assert "in all: 0 runs, 0 files" in refused.stdout
    done = forked.run("dictcrawler", *given, env=os.environ)
    assert (done.returncode, "in all: 1 runs" in done.stdout) == (0, True)


@pytest.fixture
def store(server: Postgres) -> str:
    return f"{server.new_database()}?schema={{dictionary}}"


def test_machines_that_share_a_store_name_the_one_at_work_and_continue_when_it_dies(
    tmp_path: Path, silent_site: socket.socket, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DICTCRAWLER_MACHINE", "alpha")
    here = {"STORE_URL": store}
    with _at_work(tmp_path / "alpha", silent_site, "-s", f"STORE_URL={store}") as holder:
        refused = crawl(tmp_path / "beta", "source=sample", "word=hi", settings=here)
        assert refused.status == LOCKED, refused.log
        assert re.search(rf"\(alpha, process {holder.pid} since 20..-.*holds the feed macmillan in ", refused.log)
        assert "Traceback" not in refused.log
        other = crawl(tmp_path / "beta", "source=sample", "word=hi", "edition=british", settings=here)
        assert other.status == NOT_ONE_FOUND, other.log
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(10)
        assert crawl(tmp_path / "beta", "source=sample", "word=hi", settings=here).status == 0
    names = {path.name.removesuffix(".warc.gz").split("-", 3)[3] for path in (tmp_path / "beta/pages").rglob("*.gz")}
    assert names == {"alpha"}, "a file of kept pages names its machine"


@pytest.mark.parametrize("kind", ["files", "server"])
def test_runs_share_the_pages_of_their_dictionary_and_a_prune_has_them_alone(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    # Without files in common, two machines can only learn of each other from the server.
    here = there = tmp_path
    # Other stores, so that only the pages are shared.
    stores: Iterator[str] = (f"sqlite:///{tmp_path}/{number}.sqlite" for number in count())
    if kind == "server":
        stores = repeat(request.getfixturevalue("store").replace("{dictionary}", "wiktionary"))
        there = tmp_path / "elsewhere"
    with locks.hold_prune(next(stores), here, "wiktionary", "wiktionary"):
        # The first run of a feed, which has no folder that the prune could know.
        with pytest.raises(LockedError, match=rf"process {os.getpid()} .*pages"):
            locks.hold_run(next(stores), there, "wiktionary", "wiktionary-de")
        locks.hold_run(next(stores), there, "macmillan", "macmillan").close()
    first = locks.hold_run(next(stores), here, "wiktionary", "wiktionary-de")
    locks.hold_run(next(stores), there, "wiktionary", "wiktionary-fr").close()
    with first, pytest.raises(LockedError, match="another crawl"):
        locks.hold_prune(next(stores), there, "wiktionary", "wiktionary")
    locks.hold_prune(next(stores), there, "wiktionary", "wiktionary", "wiktionary-de").close()


def test_a_run_that_cannot_share_the_pages_holds_nothing(tmp_path: Path) -> None:
    obstacle = tmp_path / "store/wiktionary.pages.lock"
    obstacle.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"wiktionary\.pages\.lock: cannot be locked"):
        locks.hold_run(f"sqlite:///{tmp_path}/store.sqlite", tmp_path, "wiktionary", "wiktionary")
    locks.hold(tmp_path / "store/wiktionary.lock").close()
