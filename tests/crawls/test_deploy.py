"""The files in deploy/ and the instructions of docs/operating.md, checked by systemd, by a shell and against the
code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds, settings
from dictcrawler.feeds import figures
from dictcrawler.model import Status
from dictcrawler.plan import arguments
from dictcrawler.runs.verdict import MEANINGS, ExitStatus
from tests.support.server import ROOT, Serve

DEPLOY = ROOT / "deploy"
UNITS = (
    "dictcrawler@.service", "dictcrawler@.timer", "dictcrawler-failed@.service", "dictcrawler-prune.service",
    "dictcrawler-prune.timer", "dictcrawler-worker.service",
)  # fmt: skip
MANUAL = ROOT / "docs/operating.md"
REFERENCE = ROOT / "docs/reference.md"
MOST_EXPOSED = 15
"""Tenths of the exposure level of systemd-analyze, from 0 (nothing) to 100; the service needs 11 today."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with the paths of a program and a folder that exist."""
    for name in UNITS:
        unit = (DEPLOY / name).read_text()
        for program in ("scrapy", "python"):
            unit = unit.replace(f"/opt/dictcrawler/.venv/bin/{program}", sys.executable)
        unit = unit.replace("/opt/dictcrawler", str(ROOT))
        (tmp_path / name).write_text(unit)
    return tmp_path


def _analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong_in_the_units(installed: Path) -> None:
    done = _analyze(installed, "verify", *(f"./{name}" for name in UNITS))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", [UNITS[0], "dictcrawler-prune.service"])
def test_the_services_are_exposed_as_little_as_they_can_be(installed: Path, unit: str) -> None:
    done = _analyze(installed, "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", f"./{unit}")
    assert done.returncode == 0, done.stdout


def _environment(file: Path) -> dict[str, str]:
    """The assignments of an environment file or a crontab."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.MULTILINE))


def _run(line: str, tmp_path: Path, environment: dict[str, str]) -> feeds.RunManifest:
    """Run a command line of deploy/ in a shell, with this project in place of /opt/dictcrawler; returns the run it
    made."""
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


def _table(page: Path, row: str) -> list[tuple[str, str]]:
    """The first two cells of the matching rows of a page."""
    return re.findall(row, page.read_text(), re.MULTILINE)


def test_the_reference_lists_every_exit_status() -> None:
    reported = {int(status): meaning for status, meaning in _table(REFERENCE, r"^\| ([0-9]+) \| (.+) \|$")}
    assert reported == {int(status): meaning for status, meaning in MEANINGS.items()}


def test_the_manual_states_the_limits_in_the_settings() -> None:
    reported = {name: float(default) for name, default in _table(MANUAL, r"^\| `([A-Z_]+)` \| ([0-9.]+) \|")}
    assert {name for name in dir(settings) if name.endswith("_LIMIT")} < set(reported)
    assert reported == {name: getattr(settings, name) for name in reported}


def test_the_reference_lists_every_argument_and_every_setting_with_its_default() -> None:
    listed = {name for name, _ in _table(REFERENCE, r"^\| `([a-z_]+)=(\S*)` \|")}
    assert listed == {*arguments.NAMES, arguments.LANGUAGE, arguments.TRANSLATIONS}
    defaults = dict(_table(REFERENCE, r"^\| `([A-Z_]+)` \| (?:`(.+)`|empty) \|"))
    own = (ROOT / "dictcrawler/settings.py").read_text().partition("# Scrapy's project")[0]
    elsewhere = {name for name in dir(settings) if name.endswith("_LIMIT")} | {"RUN_PART"}
    assert defaults.keys() == set(re.findall(r"^([A-Z_]+) = ", own, re.MULTILINE)) - elsewhere
    from_the_environment = {"CONTACT", "DATA_DIR", "STORE_URL"}
    for name in defaults.keys() - from_the_environment:
        assert defaults[name] == str(getattr(settings, name)), name


def test_the_unit_restarts_exactly_the_statuses_that_can_continue() -> None:
    unit = (DEPLOY / UNITS[0]).read_text()
    restarted = re.findall(r"^RestartForceExitStatus=(.*)$", unit, re.MULTILINE)
    goes_on = [str(int(status)) for status, meaning in MEANINGS.items() if meaning.startswith("stopped")]
    assert restarted == [" ".join(goes_on)]


def test_the_unit_takes_a_published_run_with_failed_words_for_no_failure() -> None:
    (status,) = re.findall(r"^SuccessExitStatus=(.*)$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    assert MEANINGS[ExitStatus(int(status))].startswith("published, but some words failed")


def _after(unit: str, number: int, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command that a unit starts after a crawl, with the shell as systemd calls it."""
    line = re.findall(r"^ExecStopPost=-(.*)$", (DEPLOY / unit).read_text(), re.MULTILINE)[number]
    words = shlex.split(line.replace("$$", "$").replace(".venv/bin/python", sys.executable))
    words = [word.replace("/opt/dictcrawler", str(ROOT)) for word in words]
    env = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_after_a_crawl_figures_are_written_to_the_configured_folder_or_not_at_all(
    sample_data: Path, tmp_path: Path
) -> None:
    environment = {"DICTCRAWLER_DATA": str(sample_data)}
    done = _after(UNITS[0], 0, environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    file = tmp_path / "metrics" / "dictcrawler.prom"
    assert _after(UNITS[0], 0, environment | {"PROMETHEUS_FILE": str(file)}).returncode == 0
    assert 'dictcrawler_newest_words{feed="macmillan",status="found"} 13' in file.read_text()
    assert file.stat().st_mode & 0o004


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(("status", "reported"), [("0", "0"), ("4", "0"), ("8", "8"), ("TERM", "255"), ("", "255")])
def test_after_a_crawl_the_monitor_is_notified_of_its_end(serve: Serve, status: str, reported: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="OK")

    server = serve(answer)
    assert _after(UNITS[0], 1, {"PING_URL": f"{server.url}/id", "EXIT_STATUS": status}).returncode == 0
    assert server.paths() == [f"/id/{reported}"]
    assert _after(UNITS[0], 1, {"EXIT_STATUS": status}).returncode == 0
    assert len(server.paths()) == 1


def test_the_alerts_ask_for_figures_that_are_written() -> None:
    rules = (DEPLOY / "prometheus-alerts.yml").read_text()
    requested = set(re.findall(r"dictcrawler_(\w+)", rules))
    assert requested <= set(figures.METRICS)
    assert (
        len(re.findall(r"^ +- alert: ", rules, re.MULTILINE)) == len(re.findall(r"^ +expr: ", rules, re.MULTILINE)) == 7
    )
    statuses = {status for group in re.findall(r'status=~"([^"]+)"', rules) for status in group.split("|")}
    assert statuses == {status.value for status in Status if not status.is_answer}
