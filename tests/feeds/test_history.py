"""``python -m dictcrawler runs | status | prune`` over a folder of published runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from dictcrawler import feeds
from dictcrawler.cli.main import main
from dictcrawler.errors import FeedError
from dictcrawler.feeds import changes, history
from dictcrawler.model import Change
from tests.support import forked, records


def publish(data: Path, days_ago: int, *, reason: str | None = None, latest: bool = False) -> Path:
    """An invented run that finished this many days ago."""
    finished = (datetime.now(UTC) - timedelta(days=days_ago)).replace(microsecond=0)
    feed = data / "feeds" / "invented"
    folder = feed / finished.strftime("%Y%m%dT%H%M%SZ")
    records.published(folder, (), ())
    manifest = feeds.read_run(folder)
    started = finished - timedelta(minutes=2)
    reported = msgspec.structs.replace(manifest, started_at=started, finished_at=finished, reason=reason)
    (folder / feeds.RUN).write_bytes(msgspec.json.encode(reported))
    if latest:
        (feed / feeds.LATEST).symlink_to(folder.name)
    return folder


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.run("dictcrawler", *arguments, "--data", str(data), env=os.environ)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for days_ago in (30, 20, 12):
        publish(tmp_path, days_ago, latest=days_ago == 12)
    publish(tmp_path, 3, reason="not one word was answered")
    return tmp_path


def test_runs_are_listed_with_their_time_words_changes_and_verdict(data: Path) -> None:
    lines = run(data, "runs").stdout.splitlines()
    assert lines[0] == "invented"
    assert [line.rpartition("; ")[2] for line in lines[1:]] == [
        "complete",
        "complete",
        "latest",
        "withheld: not one word was answered",
    ]
    assert all("120 s" in line and "1 found" in line for line in lines[1:])


def test_the_changes_of_a_run_are_listed_with_their_cause_in_words(tmp_path: Path) -> None:
    folder = publish(tmp_path, 3)
    changed = msgspec.structs.replace(feeds.read_run(folder), changes={"removed/words": 20})
    (folder / feeds.RUN).write_bytes(msgspec.json.encode(changed))
    assert "20 removed: its word left the list" in run(tmp_path, "runs").stdout


def test_every_cause_of_a_change_has_its_sentence() -> None:
    assert set(changes.CAUSES) == set(typing.get_args(typing.get_type_hints(Change)["cause"]))


def test_status_fails_exactly_when_the_latest_complete_run_is_too_old(data: Path) -> None:
    assert run(data, "status").returncode == 0
    assert run(data, "status", "--max-age", "13d").returncode == 0
    too_old = run(data, "status", "--max-age", "8d")
    assert (too_old.returncode, "12 d 0 h old, too old" in too_old.stdout) == (5, True)
    assert run(data, "status", "--max-age", "soon").returncode == 2
    nothing = run(data / "elsewhere", "status", "--max-age", "8d")
    assert (nothing.returncode, "no feed" in nothing.stderr) == (4, True)


def test_prune_keeps_the_newest_runs_and_always_the_latest(data: Path) -> None:
    def kept() -> list[int]:
        folders = [path for path in (data / "feeds" / "invented").iterdir() if not path.is_symlink()]
        ages = [datetime.now(UTC) - feeds.read_run(folder).finished_at for folder in folders]
        return sorted(age.days for age in ages)

    reported = run(data, "prune", "--keep", "1", "--dry-run")
    assert reported.stdout.count("would remove") == 2
    assert kept() == [3, 12, 20, 30]
    assert run(data, "prune", "--keep", "1").stdout.count("removed") == 2
    assert kept() == [3, 12]
    assert run(data, "prune", "--keep", "0").returncode == 2


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def stop_half_way(folder: Path) -> None:
    (folder / feeds.RUN).unlink()
    raise KeyboardInterrupt


@pytest.mark.parametrize("stopped", [stop, stop_half_way])
def test_a_run_whose_removal_was_stopped_is_no_run_and_the_next_prune_removes_the_rest(
    data: Path, monkeypatch: pytest.MonkeyPatch, stopped: Callable[[Path], None]
) -> None:
    feed = data / "feeds" / "invented"
    oldest = history.runs(feed)[0]
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", stopped)
        with pytest.raises(KeyboardInterrupt):
            history.remove(oldest)
    assert list(feed.glob(".*.removed"))
    assert len(run(data, "runs").stdout.splitlines()) == 1 + 3
    assert "in all: 0 runs" in run(data, "prune", "--keep", "3", "--dry-run").stdout
    assert list(feed.glob(".*.removed"))
    assert "in all: 0 runs" in run(data, "prune", "--keep", "3").stdout
    assert not list(feed.glob(".*"))
    assert len(history.runs(feed)) == 3


def test_a_pruned_run_in_the_chain_of_changes_advises_to_take_the_whole_feed(data: Path) -> None:
    feed = data / "feeds" / "invented"
    latest = feeds.resolve(feed)
    reported = msgspec.structs.replace(feeds.read_run(latest), previous_run="20200101T000000Z")
    (latest / feeds.RUN).write_bytes(msgspec.json.encode(reported))
    with pytest.raises(FeedError, match=r"was removed.*take the whole feed"):
        list(feeds.changes_since(feed, "20190101T000000Z"))
    (latest / feeds.RUN).write_bytes(msgspec.json.encode(msgspec.structs.replace(reported, previous_run=None)))
    with pytest.raises(FeedError, match="take the whole feed"):
        list(feeds.changes_since(feed, "20190101T000000Z"))


@pytest.mark.parametrize("previous", ["itself", "..", "../other", "/etc"])
def test_runs_that_lead_back_to_themselves_or_out_of_the_feed_are_an_error(data: Path, previous: str) -> None:
    latest = feeds.resolve(data / "feeds" / "invented")
    manifest = feeds.read_run(latest)
    reported = msgspec.structs.replace(manifest, previous_run=latest.name if previous == "itself" else previous)
    (latest / feeds.RUN).write_bytes(msgspec.json.encode(reported))
    with pytest.raises(FeedError, match=r"lead back to it|is not the name of a run"):
        list(feeds.changes_since(data / "feeds" / "invented", "20200101T000000Z"))


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("runs", "oxford\n"),
        ("status", "oxford: the latest run is"),
        ("show apple", "Oxford Learner's Dictionaries"),
        ("prune --keep 1 --dry-run", "in all: 0 runs"),
        ("forget oxford apple", "changed "),
    ],
)
def test_a_feed_that_cannot_be_read_hides_no_other(
    sample_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, shown: str
) -> None:
    data = Path(shutil.copytree(sample_data, tmp_path / "data", symlinks=True))
    (data / "feeds/macmillan/latest/run.json").write_text('{"run": 1}', encoding="utf-8")
    assert main([*command.split(), "--data", str(data)]) == 4
    captured = capsys.readouterr()
    assert shown in captured.out
    assert "macmillan" in captured.err


def test_a_pipe_in_a_feed_of_somebody_else_stops_no_command(sample_data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(sample_data, tmp_path / "data", symlinks=True))
    (data / "feeds/foreign/run").mkdir(parents=True)
    (data / "feeds/foreign/latest").symlink_to("run")
    os.mkfifo(data / "feeds/foreign/run/run.json")
    entries = data / "feeds/macmillan/latest/entries.jsonl"
    entries.unlink()
    os.mkfifo(entries)
    for command in (("status",), ("show", "apple")):
        done = run(data, *command)
        assert done.returncode == 4
        assert "foreign/run/run.json: not a regular file" in done.stderr
        assert "Oxford" in done.stdout or "oxford" in done.stdout


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero")
@pytest.mark.parametrize("command", ["words /dev/zero", "parse macmillan /dev/zero --url https://dictionary.example/x"])
def test_a_file_without_an_end_is_refused(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main(command.split()) == 4
    assert "/dev/zero: " in capsys.readouterr().err
