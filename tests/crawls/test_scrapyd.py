"""A real Scrapyd: the project is deployed to it as an egg, crawls as its job and leaves the feed in the right place."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dictcrawler import feeds
from tests.support.server import ROOT

BIN = ROOT / os.environ.get("SCRAPYD_ENV", ".venv-scrapyd") / "bin"
DEPLOYED = ("dictcrawler", "pyproject.toml", "README.md", "LICENSE", "requirements.in", "scrapy.cfg", "setup.py")
CONFIGURATION = """\
[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
max_proc = 2
poll_interval = 0.2
"""

# `make test` names the environment; a plain pytest run may not have it.
pytestmark = pytest.mark.skipif(
    "SCRAPYD_ENV" not in os.environ and not BIN.exists(), reason="no .venv-scrapyd; `make test` makes it"
)


@dataclass(frozen=True)
class Scrapyd:
    """A running daemon: its address, its folder, the data folder of its jobs."""

    url: str
    folder: Path
    data: Path

    def ask(self, call: str, **form: str) -> dict[str, object]:
        """Post a form to one of its web services, or send a GET without a form."""
        body = urllib.parse.urlencode(form).encode() if form else None
        with urllib.request.urlopen(f"{self.url}{call}", body, timeout=30) as response:
            answer: dict[str, object] = json.load(response)
        assert answer["status"] == "ok", answer
        return answer

    def run(self, **form: str) -> str:
        """Schedule a crawl and wait for its end; returns the log of its job."""
        job = self.ask("schedule.json", project="dictcrawler", spider="macmillan", **form)["jobid"]
        until(lambda: job in self._finished(), f"job {job} to end")
        return (self.folder / f"logs/dictcrawler/macmillan/{job}.log").read_text()

    def _finished(self) -> list[object]:
        jobs = self.ask("listjobs.json?project=dictcrawler")["finished"]
        assert isinstance(jobs, list)
        return [job["id"] for job in jobs]


def until(is_so: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Repeat the request until it succeeds, at most for this long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, because building an egg leaves files behind."""
    copy = tmp_path_factory.mktemp("project")
    for name in DEPLOYED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def scrapyd(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Scrapyd]:
    """A daemon with the project deployed to it by the commands of docs/operating.md."""
    folder = tmp_path_factory.mktemp("scrapyd")
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "scrapyd.conf").write_text(CONFIGURATION.format(port=port))
    log = folder / "daemon.log"
    # Not the environment of the tests: a PYTHONPATH would let a job import modules that the egg lacks.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "DICTCRAWLER_DATA": str(data)}
    with log.open("wb") as out:
        daemon = subprocess.Popen([BIN / "scrapyd"], cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        until(lambda: daemon.poll() is not None or f"Site starting on {port}" in log.read_text(), "Scrapyd to start")
        assert daemon.poll() is None, log.read_text()
        running = Scrapyd(f"http://127.0.0.1:{port}/", folder, data)
        _deploy(project, running.url)
        yield running
    finally:
        daemon.terminate()
        daemon.wait(timeout=30)


def _deploy(project: Path, url: str) -> None:
    target = project / "scrapy.cfg"
    target.write_text(target.read_text().replace("http://127.0.0.1:6800/", url))
    done = subprocess.run([BIN / "scrapyd-deploy"], cwd=project, capture_output=True, text=True, check=False)
    assert '"status": "ok"' in done.stdout, done.stdout + done.stderr


def test_the_deployed_egg_has_every_file_of_the_package(scrapyd: Scrapyd, project: Path) -> None:
    (egg,) = (scrapyd.folder / "eggs").rglob("*.egg")
    package = {str(path.relative_to(project)) for path in (project / "dictcrawler").rglob("*") if path.is_file()}
    assert package <= set(zipfile.ZipFile(egg).namelist())


def test_a_scheduled_crawl_leaves_its_feed_in_the_data_folder(scrapyd: Scrapyd, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("love\nhi\nbananna\n")
    log = scrapyd.run(source="sample", words=str(words), setting="STORE_BATCH_SIZE=1")
    run = feeds.read_run(scrapyd.data / "feeds/macmillan")
    assert run.statuses == {"found": 2, "not_in_dictionary": 1}, log
    assert {entry.headword for entry in feeds.read_entries(scrapyd.data / "feeds/macmillan")} >= {"love", "hi"}


def test_a_job_without_words_is_refused_and_the_daemon_logs_its_exit_status(scrapyd: Scrapyd) -> None:
    log = scrapyd.run(source="sample")
    assert "data/keywords/seed.txt" in log
    assert "Process died: exitstatus=2" in (scrapyd.folder / "daemon.log").read_text()
