"""A disk that is full, read-only or missing stops a crawl soon and with an error, and loses nothing stored."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from dictcrawler import feeds
from tests.support.gate import Gate, wait_until
from tests.support.server import ROOT, Handler, Serve, crawl, scrapy

MIRROR = "/us/dictionary/american/{keyword}"
REFUSED = 2
STORE_FAILED = 7
LIST = ",".join(f"word{number:06}" for number in range(1, 121))


@pytest.mark.parametrize(
    ("obstacle", "kind", "status"),
    [
        (".", "file", REFUSED),
        ("store", "file", REFUSED),
        ("store/macmillan.sqlite", "folder", REFUSED),
        ("store/macmillan.sqlite", "file", STORE_FAILED),
        ("feeds", "file", REFUSED),
        ("feeds/macmillan", "file", REFUSED),
        ("feeds/macmillan/latest", "folder", STORE_FAILED),
    ],
)
def test_an_obstacle_is_named_and_once_it_is_gone_the_same_command_completes(
    tmp_path: Path, obstacle: str, kind: str, status: int
) -> None:
    data = tmp_path / "data"
    place = data / obstacle
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir() if kind == "folder" else place.write_text("this is no database\n" * 200)
    stopped = crawl(data, "source=sample", "word=hi,love")
    assert stopped.status == status, stopped.log
    assert str(place) in stopped.log
    assert "Traceback" not in stopped.log
    assert stopped.out.splitlines()[-1].startswith(f"exit status {status}: ")
    place.rmdir() if kind == "folder" else place.unlink()
    done = crawl(data, "source=sample", "word=hi,love")
    assert done.status == 0, done.log
    assert feeds.verify(done.feed).statuses == {"found": 2}


def test_a_store_that_cannot_grow_stops_the_crawl_within_seconds_though_the_site_is_silent(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    gate = Gate(dictionary_pages)
    server = serve(gate.answer)
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={LIST}")
    settings = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "STORE_BATCH_SIZE": 1}
    options = [part for each in given for part in ("-a", each)]
    options += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    process = scrapy("crawl", "macmillan", *options, data=tmp_path)
    wait_until(lambda: gate.is_reached and bool(_answered(tmp_path)))
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, 0))
    began = time.monotonic()
    gate.free += 2
    out, log = process.communicate(timeout=60)
    # 5 s are promised; a machine that runs other tests meanwhile takes longer.
    assert time.monotonic() - began < 10
    assert process.returncode == STORE_FAILED, log
    assert "Traceback" not in log
    assert out.splitlines()[-1].startswith("exit status 7: ")
    gate.free = 10_000
    stored = _answered(tmp_path)
    requested = len(server.requests)
    done = crawl(tmp_path, *given, settings=settings)
    assert done.status == 0, done.log
    assert set(done.statuses.values()) == {"found"}
    again = {path.rpartition("/")[2] for _, path, _ in server.requests[requested:]}
    assert stored
    assert stored.isdisjoint(again)


def _answered(data: Path) -> set[str]:
    with closing(sqlite3.connect(f"file:{data}/store/macmillan.sqlite?mode=ro", uri=True)) as connection:
        return {slug for (slug,) in connection.execute("SELECT slug FROM answers")}


IN_A_SMALL_ROOM = """
set -e
mount -t tmpfs -o size={size} none "$DATA" || exit 99
set +e
{first}
"$@"; echo "status $?"
{then}
"$@"; echo "status $?"
exec {python} -c "from dictcrawler import feeds; print(feeds.verify('$DATA/feeds/macmillan').statuses)"
"""


@pytest.mark.parametrize(
    ("size", "first", "then", "status"),
    [
        ("200k", ":", 'mount -o remount,size=64m "$DATA"', STORE_FAILED),
        ("64m", 'mount -o remount,ro "$DATA"', 'mount -o remount,rw "$DATA"', REFUSED),
    ],
    ids=["full", "read-only"],
)
def test_a_file_system_that_cannot_be_written_stops_the_crawl_and_costs_nothing(
    tmp_path: Path, size: str, first: str, then: str, status: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    done = _in_a_mount_of_its_own(
        data, IN_A_SMALL_ROOM.format(size=size, first=first, then=then, python=sys.executable)
    )
    statuses = [line for line in done.stdout.splitlines() if line.startswith(("status", "{"))]
    assert statuses == [f"status {status}", "status 0", "{'found': 2, 'not_in_dictionary': 120}"], (
        done.stdout + done.stderr
    )
    assert "Traceback" not in done.stderr


def _in_a_mount_of_its_own(data: Path, script: str) -> subprocess.CompletedProcess[str]:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is missing: no file system of our own to fill")
    command = [unshare, "--map-root-user", "--mount", "sh", "-c", script, "sh", sys.executable, "-m", "scrapy", "crawl"]
    words = data.with_name("words.txt")
    words.write_text(f"hi,love,{LIST}".replace(",", "\n"))
    done = subprocess.run(
        [*command, "macmillan", "-a", "source=sample", "-a", f"words={words}"],
        cwd=ROOT,
        env=os.environ | {"DICTCRAWLER_DATA": str(data), "DATA": str(data), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("mounting is not allowed here")
    return done
