"""The benchmarks run, in small; no test checks their figures: a test must not depend on the clock."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import crawls, fresh, measure, plot, stages
from benchmarks.crawls import WAYS, Case
from tests.support.server import ROOT


def test_every_part_leaves_its_figures_and_every_way_to_crawl_reads_the_same_entries(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.bench", "--words", "8", "--rounds", "1", "--quick"]
    done = subprocess.run([*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    labels = [row["label"] for row in results["rows"]]
    assert all(any(way.label in label for label in labels) for way in WAYS)
    assert {line.split(":")[0].split(",")[0] for line in labels} >= {
        "ms to read a page", "start-up", fresh.MISSES, "reparse", "peak of memory in MiB",
    }  # fmt: skip
    assert all(row["least"] <= row["median"] <= row["most"] for row in results["rows"])
    read = [row for row in results["rows"] if row["label"].startswith("ms to read a page: ")]
    assert len(read) == 4
    assert all(row["least"] > 0 for row in read)
    assert (tmp_path / "wall.svg").read_text().startswith("<?xml")
    assert (tmp_path / "table.md").read_text().count("\n| ") == len(labels) + 1


def test_the_picture_is_drawn_from_the_figures_beside_it(tmp_path: Path) -> None:
    plot.draw(list(plot.saved(plot.RESULTS)), tmp_path / plot.PICTURE.name)
    assert (tmp_path / plot.PICTURE.name).read_bytes() == plot.PICTURE.read_bytes()


def test_a_way_that_reads_an_entry_otherwise_fails_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [{"headword": "word000001", "senses": []}]
    monkeypatch.setattr(crawls, "_read", lambda way, _: said if way.name == "fastest" else [{**said[0], "stars": 3}])
    with pytest.raises(measure.Failed, match="otherwise than another way"):
        crawls.rounds(Case(2, 0, 2, ("plain_scrapy", "fastest")), 1, lambda _: None)


def test_each_stage_of_a_page_is_measured() -> None:
    names = [name for name, _ in stages.measured(rounds=1)]
    assert names[0] == "decompress"
    assert names[-1] == "store, one transaction"
    assert len(names) == 13
