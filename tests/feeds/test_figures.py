"""The state of feeds for monitors: JSON lines, and Prometheus' text format."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dictcrawler.__main__ import main
from dictcrawler.feeds import LATEST, RUN, figures
from tests.support import weeks

SAMPLE = re.compile(
    r'(dictcrawler_\w+)\{(\w+="(?:[^"\\\n]|\\[\\n"])*"(?:,\w+="(?:[^"\\\n]|\\[\\n"])*")*)\} ([0-9.e+]+)'
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    weeks.three(tmp_path / "feeds" / "invented", 40)
    return tmp_path


def printed(capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_status_in_json_has_the_run_that_readers_get_and_the_newest_one(
    data: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["status", "--data", str(data), "--json"]) == 0
    (feed,) = printed(capfdbinary)
    assert feed["latest"]["run"] == "20261108T020000Z"  # type: ignore[index]
    newest = feed["newest"]
    assert isinstance(newest, dict)
    assert (newest["run"], newest["verdict"]) == ("20261115T020000Z", "withheld")
    assert newest["reason"].startswith("20 of 40 words that run 20261108T020000Z found are lost")
    assert newest["words"] == {"blocked": 20, "found": 20}


def test_status_reports_that_the_newest_run_was_withheld(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(data), "--max-age", "8d"]) == 5
    out = capsys.readouterr().out
    assert re.search(r"invented: the latest run is \d+ d \d+ h old, too old\n", out)
    assert "invented: the newest run, 20261115T020000Z, was withheld: 20 of 40 words" in out


def test_runs_in_json_are_a_line_each_the_oldest_first(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["runs", "--data", str(data), "--json"]) == 0
    runs = printed(capfdbinary)
    assert [run["verdict"] for run in runs] == ["complete", "latest", "withheld"]
    assert [run["keywords"] for run in runs] == [41, 43, 40]


def test_figures_for_prometheus_are_in_its_format_and_true(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "new" / "dictcrawler.prom"
    assert main(["status", "--data", str(data), "--prometheus", str(file)]) == 0
    text = file.read_text()
    samples = [line for line in text.splitlines() if not line.startswith("# ")]
    assert [line for line in samples if not SAMPLE.fullmatch(line)] == []
    found = {(name, labels): float(value) for name, labels, value in SAMPLE.findall(text)}
    feed = 'feed="invented"'
    assert found["dictcrawler_newest_withheld", feed] == 1
    assert found["dictcrawler_newest_words", f'{feed},status="blocked"'] == 20
    latest = datetime.fromtimestamp(found["dictcrawler_latest_finished_timestamp_seconds", feed], UTC)
    assert latest.date().isoformat() == "2026-11-08"
    assert found["dictcrawler_newest_text_coverage_ratio", feed] == 0.6
    assert [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")] == [
        f"dictcrawler_{name}" for name in figures.METRICS
    ]
    assert [path.name for path in file.parent.iterdir()] == ["dictcrawler.prom"]


def test_a_label_cannot_break_out_of_its_quotes() -> None:
    text = figures.prometheus([figures.FeedFigures(feed='a"} 1\nb\\', problem="damaged")])
    assert 'dictcrawler_feed_readable{feed="a\\"} 1\\nb\\\\"} 0\n' in text


def test_a_damaged_feed_is_a_figure_of_its_own_and_does_not_hide_the_others(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(data / "feeds" / "invented", data / "feeds" / "damaged", symlinks=True)
    (data / "feeds" / "damaged" / LATEST / RUN).write_text("{")
    weeks.publish(data / "feeds" / "never", weeks.BEGIN, [weeks.entry("amber")], [weeks.Outcome("amber")], "withheld")
    file = tmp_path / "x.prom"
    assert main(["status", "--data", str(data), "--prometheus", str(file), "--max-age", "8d"]) == 4
    text = file.read_text()
    assert [re.findall(rf'readable{{feed="{name}"}} (\d)', text) for name in ("damaged", "invented", "never")] == [
        ["0"], ["1"], ["0"],
    ]  # fmt: skip
    captured = capsys.readouterr()
    assert "invented: the latest run is" in captured.out
    assert "damaged: " in captured.err
    assert "run.json: not JSON" in captured.err
    assert "never: no run is latest: readers get nothing" in captured.err


def test_a_file_that_node_exporter_would_not_read_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["status", "--data", str(data), "--prometheus", str(tmp_path / "x.txt")])
    assert "does not end in .prom" in capsys.readouterr().err


def test_figures_that_cannot_be_written_are_an_error(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(data), "--prometheus", "/proc/x.prom"]) == 4
    assert "/proc/x.prom: cannot be written" in capsys.readouterr().err
