"""What deploy/ and docs/operating.md tell operators to install, held to systemd, to a shell and to the code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dictcrawler import feeds, settings
from dictcrawler.runs.verdict import MEANINGS
from tests.support.server import ROOT

DEPLOY = ROOT / "deploy"
UNITS = ("dictcrawler@.service", "dictcrawler@.timer")
MANUAL = ROOT / "docs/operating.md"
MOST_EXPOSED = 15
"""Tenths of the exposure level of systemd-analyze, from 0 (nothing) to 100; 11 is what the service needs today."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with the paths of a program and a folder that are there."""
    for name in UNITS:
        unit = (DEPLOY / name).read_text()
        unit = unit.replace("/opt/dictcrawler/.venv/bin/scrapy", sys.executable).replace("/opt/dictcrawler", str(ROOT))
        (tmp_path / name).write_text(unit)
    return tmp_path


def _analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong_in_the_units(installed: Path) -> None:
    done = _analyze(installed, "verify", *(f"./{name}" for name in UNITS))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_the_service_is_exposed_as_little_as_it_can_be(installed: Path) -> None:
    done = _analyze(
        installed, "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", f"./{UNITS[0]}"
    )
    assert done.returncode == 0, done.stdout


def _environment(file: Path) -> dict[str, str]:
    """The assignments of an environment file or a crontab."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.MULTILINE))


def _run(line: str, tmp_path: Path, environment: dict[str, str]) -> feeds.RunManifest:
    """Run a command line of deploy/ in a shell, with this project in the place of /opt/dictcrawler; the run it made."""
    (tmp_path / "macmillan.txt").write_text("hi\nlove\n")
    line = line.replace("/opt/dictcrawler", str(ROOT)).replace("/etc/dictcrawler", str(tmp_path))
    line = line.replace(".venv/bin/scrapy", f"{shlex.quote(sys.executable)} -m scrapy")
    done = subprocess.run(
        ["sh", "-c", f"{line} -a source=sample"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment, "DICTCRAWLER_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return feeds.read_run(tmp_path / "data/feeds/macmillan")


def test_the_command_of_the_service_crawls(tmp_path: Path) -> None:
    (line,) = re.findall(r"^ExecStart=/opt/dictcrawler/(.*)$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    environment = _environment(DEPLOY / "dictcrawler.env") | _environment(DEPLOY / "macmillan.env")
    run = _run(line.replace("%i", "macmillan"), tmp_path, environment)
    assert run.statuses == {"found": 2}


def test_the_line_of_the_crontab_crawls(tmp_path: Path) -> None:
    crontab = DEPLOY / "dictcrawler.cron"
    (line,) = re.findall(r"^(?:[0-9*]+ ){5}dictcrawler (.*)$", crontab.read_text(), re.MULTILINE)
    assert _run(line, tmp_path, _environment(crontab)).statuses == {"found": 2}


def test_the_service_may_write_where_its_environment_puts_the_data() -> None:
    state = re.search(r"^StateDirectory=(.*)$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    assert state is not None
    for file in ("dictcrawler.env", "dictcrawler.cron"):
        assert _environment(DEPLOY / file)["DICTCRAWLER_DATA"] == f"/var/lib/{state[1]}"


def _table(row: str) -> list[tuple[str, str]]:
    """The first two cells of the manual's rows that look like this."""
    return re.findall(row, MANUAL.read_text(), re.MULTILINE)


def test_the_manual_tells_every_exit_status() -> None:
    told = {int(status): meaning for status, meaning in _table(r"^\| ([0-9]+) \| (.+) \|$")}
    assert told == {int(status): meaning for status, meaning in MEANINGS.items()}


def test_the_manual_tells_the_limits_that_the_settings_have() -> None:
    told = {name: float(default) for name, default in _table(r"^\| `([A-Z_]+)` \| ([0-9.]+) \|")}
    assert len(told) == 4
    assert told == {name: getattr(settings, name) for name in told}


def test_the_unit_begins_again_exactly_what_goes_on() -> None:
    unit = (DEPLOY / UNITS[0]).read_text()
    restarted = re.findall(r"^RestartForceExitStatus=(.*)$", unit, re.MULTILINE)
    goes_on = [str(int(status)) for status, meaning in MEANINGS.items() if meaning.startswith("stopped")]
    assert restarted == [" ".join(goes_on)]
