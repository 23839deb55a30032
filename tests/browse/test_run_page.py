"""The page of a run: an operator sees in a minute how it went."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dictcrawler import feeds
from dictcrawler.__main__ import main
from dictcrawler.browse import advice, rendering, run_page
from dictcrawler.browse.charts import columns, lines
from dictcrawler.browse.run_report import RunReport
from dictcrawler.feeds import withholding
from dictcrawler.feeds.comparison import Comparison, Picture, Share
from dictcrawler.feeds.soundness import Limits
from dictcrawler.model import Status
from tests.support import records, weeks


class Seen(HTMLParser):
    """The visible text of a page, and the resources it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self.feed(page)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return weeks.three(tmp_path_factory.mktemp("data") / "feeds" / "invented")


def gathered(run: Path) -> tuple[RunReport, Seen]:
    report = run_page.gather(run)
    return report, Seen(run_page.as_file(report))


def test_a_run_with_failures_shows_how_many_failed_why_and_what_to_do(runs: tuple[Path, Path, Path]) -> None:
    _, page = gathered(runs[1])
    assert "357 words of 403 found, 2 missing, 44 failed." in page.text
    assert "Run of 8 November 2026, 02:00 UTC ✓ latest" in page.text
    assert (
        "20 words network error: no answer arrived through the network. Check the connection and the site." in page.text
    )
    assert "20 × no connection: the server refused it" in page.text
    assert "4 × neither an entry nor a miss: …" in page.text
    assert "zorb, orb" in page.text
    assert "'-': not 1 to 100 letters and digits" in page.text


def test_words_that_failed_and_keep_their_entries_are_listed(tmp_path: Path) -> None:
    stale = records.lookup(status=Status.NETWORK_ERROR, stale_since=records.NOON)
    lost = records.lookup(status=Status.NETWORK_ERROR, line=2, entry_ids=())
    feed = records.feed(tmp_path / "invented", "run-1", (records.entry(),), (stale, lost))
    _, page = gathered(feed)
    assert "1 failed word keeps its entries of an earlier run; the feed marks them as stale." in page.text


def test_the_worst_entries_are_those_whose_coverage_or_structure_is_lowest(tmp_path: Path) -> None:
    entries = [
        weeks.entry(name, text_coverage=0.9 + n / 1_000, structure=1.0) for n, name in enumerate(weeks.words(60))
    ]
    entries += [
        weeks.entry("hollow", text_coverage=1.0, structure=0.2),
        weeks.entry("whole", text_coverage=1.0, structure=1.0),
    ]
    run = weeks.publish(tmp_path / "invented", weeks.BEGIN, entries, [weeks.Outcome(each.headword) for each in entries])
    report, page = gathered(run)
    assert [head.headword for head in report.reading.worst] == ["hollow", *weeks.words(19)]
    assert "1 of 62 entries were read" not in page.text
    assert "2 of 62 entries were read to the last word of their page." in page.text
    assert "61 of 62 entries have every part that was counted on their page." in page.text


def test_faults_of_the_program_and_entries_of_another_format_are_listed(tmp_path: Path) -> None:
    feed = records.feed(tmp_path / "invented", "run-1", (records.entry(),), (records.lookup(),))
    manifest = msgspec.structs.replace(feeds.read_run(feed), defects=2, migrated=3, previous_run="run-0")
    (feed / feeds.LATEST / feeds.RUN).write_bytes(msgspec.json.encode(manifest))
    _, page = gathered(feed)
    assert "2 words hit a fault of dictcrawler itself." in page.text
    assert "3 entries differ from run run-0 in the format only." in page.text


def test_a_withheld_run_shows_why_what_readers_get_instead_and_what_to_do(runs: tuple[Path, Path, Path]) -> None:
    report, page = gathered(runs[2])
    assert report.verdict == "withheld"
    assert f"Withheld: 200 of 400 words that run {runs[1].name} found are lost (limit 5%)." in page.text
    assert f"Readers still get run {runs[1].name}" in page.text
    assert "publish with -s LOST_WORDS_LIMIT=1" in page.text
    assert "200 words blocked" in page.text


def test_changes_show_the_words_that_differ(runs: tuple[Path, Path, Path]) -> None:
    report, page = gathered(runs[1])
    changed = next(each for each in report.changes.shown if each.headword == "brook")
    assert changed.differences is not None
    [definition] = changed.differences
    assert definition.place == "sense 1, definition"
    kinds = {kind: [piece.text for piece in definition.pieces if piece.kind == kind] for kind in ("removed", "added")}
    assert kinds == {"removed": [], "added": [" small", " now", "better "]}
    assert [name for name, _ in page.tags].count("ins") > 3
    assert "+ added newcomer invented:main:newcomer" in page.text
    assert "− removed ember invented:main:ember" in page.text


def test_when_the_earlier_run_was_pruned_the_page_names_the_changed_fields_and_that_run(tmp_path: Path) -> None:
    first, second, _ = weeks.three(tmp_path / "invented", 40)
    shutil.rmtree(first)
    report, page = gathered(second)
    assert report.before is None
    assert f"Run {first.name}, with the earlier texts, was pruned" in page.text
    assert "Fields: senses" in page.text
    assert not [name for name, _ in page.tags if name in ("ins", "del")]


def test_a_page_is_one_small_file_that_loads_nothing(runs: tuple[Path, Path, Path]) -> None:
    for run in runs:
        html = run_page.as_file(run_page.gather(run))
        assert len(html.encode()) < 200_000
        page = Seen(html)
        assert {name for name, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form"} == set()
        assert not [attributes for _, attributes in page.tags if attributes.keys() & {"src", "style", "onload"}]
        assert "url(http" not in html
        assert "@import" not in html


def test_a_page_of_a_hundred_thousand_words_stays_below_a_megabyte(tmp_path: Path) -> None:
    names = weeks.words(20_000)
    feed = tmp_path / "invented"
    weeks.publish(feed, weeks.BEGIN, [weeks.entry(name, "old " * 100) for name in names[:500]], ())
    run = weeks.publish(
        feed,
        weeks.BEGIN + weeks.WEEK,
        [weeks.entry(name, "new " * 100, text_coverage=0.5, warnings=(f"odd:{name}",)) for name in names[:500]],
        [weeks.Outcome(name, status, "x" * 100) for name, status in zip(names, list(Status) * 2_000, strict=False)],
    )
    assert 50_000 < len(run_page.as_file(run_page.gather(run)).encode()) < 1_000_000


def test_every_outcome_has_a_meaning_and_every_failure_something_to_do() -> None:
    assert set(advice.STATUSES) == set(Status)
    for status, reported in advice.STATUSES.items():
        assert (reported.group == "found") == status.has_entries
        assert (reported.group == "missing") == (status.is_answer and not status.has_entries)
        assert bool(reported.action) == (reported.group != "found")


def comparison(**changes: Any) -> Comparison:
    whole = Picture(100, 1.0, {"senses": 1.0}, 1.0, 8.0)
    share = Share(1, 100)
    alike: dict[str, Any] = {
        "words_before": 100,
        "dropped": 0,
        "found_before": 100,
        "found_dropped": 0,
        "lost": 0,
        "found_again": 100,
        "elsewhere": 0,
        "one_entry_before": share,
        "one_entry": share,
        "before": whole,
        "now": whole,
    }
    return Comparison(run_before="before", **(alike | changes))


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"dropped": 50}, "DROPPED_WORDS_LIMIT"),
        ({"dropped": 20, "found_before": 20, "found_dropped": 20}, "DROPPED_WORDS_LIMIT"),
        ({"lost": 50}, "LOST_WORDS_LIMIT"),
        ({"found_before": 1, "lost": 1, "found_again": 0}, "LOST_WORDS_LIMIT"),
        ({"one_entry": Share(50, 100)}, "ONE_ENTRY_LIMIT"),
        ({"now": Picture(80, 1.0, {"senses": 1.0})}, "LOST_ENTRIES_LIMIT"),
        ({"now": Picture(100, 0.5, {"senses": 1.0})}, "TEXT_COVERAGE_LIMIT"),
        ({"now": Picture(100, 1.0, {"senses": 1.0}, 0.5)}, "STRUCTURE_LIMIT"),
        ({"now": Picture(100, 1.0, {"senses": 0.2})}, "FILL_RATE_LIMIT"),
        ({"elsewhere": 50}, "LOST_WORDS_LIMIT"),
        ({"now": Picture(100, 1.0, {"senses": 1.0}, 1.0, 4.0)}, "LOST_PARTS_LIMIT"),
    ],
)
def test_every_reason_to_withhold_a_run_has_its_own_advice(changes: dict[str, object], setting: str) -> None:
    found, limits = comparison(**changes), Limits()
    reason = withholding.lacks_words(found, limits) or withholding.worse(found, limits)
    assert reason is not None
    assert f"-s {setting}=1" in reason
    assert f"-s {setting}=1" in advice.on_withheld(reason)


def test_a_run_without_an_answer_has_its_own_advice() -> None:
    for statuses in ({"blocked": 100}, {"invalid_keyword": 1}, {"invalid_keyword": 3, "http_error": 1}):
        reason = withholding.no_answer(records.manifest(statuses=statuses))
        assert reason is not None
        assert "stopped every word" in advice.on_withheld(reason)


def test_a_chart_has_columns_as_high_as_its_numbers_and_the_numbers_in_a_table() -> None:
    chart = columns("Title", "Summary", ["a", "b"], {"found": [3, 10], "failed": [1, 0]})
    heights = {bar.title: bar.height for bar in chart.bars}
    assert heights["a: 3 found"] * 10 == pytest.approx(heights["b: 10 found"] * 3)
    assert [tick.label for tick in chart.y_ticks] == ["0", "5", "10"]
    assert chart.table.headers == ("", "found", "failed")
    assert chart.table.rows == (("a", "3", "1"), ("b", "10", "0"))


def test_a_line_passes_over_a_run_without_the_number_and_the_axis_begins_near_the_numbers() -> None:
    chart = lines("Title", "", ["a", "b", "c"], {"x": [98.0, None, 99.0], "never": [None, None, None]}, lowest=95)
    (line,) = chart.lines
    assert [title for _, _, title in line.points] == ["a: 98 x", "c: 99 x"]
    assert line.points[0][1] > line.points[1][1]
    assert [tick.label for tick in chart.y_ticks] == ["95", "96", "97", "98", "99"]
    assert chart.table.rows == (("a", "98"), ("b", "–"), ("c", "99"))


def test_the_command_writes_the_page_and_prints_its_path(
    runs: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    assert main(["report", str(runs[2]), "-o", str(file)]) == 0
    assert f"{file}: withheld, " in capsys.readouterr().out
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_means_the_latest_run_of_that_feed(
    runs: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "invented", "--data", str(runs[0].parents[2]), "-o", "-"]) == 0
    assert runs[1].name in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argument", "problem"),
    [("nowhere", "there is no feed here"), ("entries.jsonl", "the report is of a run's folder")],
)
def test_a_path_that_is_not_a_run_is_refused_and_the_right_one_described(
    runs: tuple[Path, Path, Path], argument: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(runs[0] / argument), "-o", "-"]) == 4
    assert problem in capsys.readouterr().err


def test_a_damaged_feed_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, *_ = weeks.three(tmp_path / "invented", 20)
    lines = (run / feeds.LOOKUPS).read_bytes().splitlines(keepends=True)
    (run / feeds.LOOKUPS).write_bytes(b"".join([*lines[:3], b"{\n"]))
    assert main(["report", str(run), "-o", "-"]) == 4
    assert "lookups.jsonl, line 4: not JSON" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_named(
    runs: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(runs[0]), "-o", str(tmp_path / "no" / "page.html")]) == 4
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JAVASCRIPT:x", "java\tscript:x", "data:text/html,x", "file:///etc/passwd", "//x.example/",
     "https://", "https://x\n.example/", "http:\\\\x", "vbscript:x", "\x01javascript:x", " javascript:x", "https://x:0/"],
)  # fmt: skip
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    macro = rendering.environment().from_string('{% from "parts.html" import address %}{{ address(url) }}')
    assert "href" not in macro.render(url=address)
    assert 'href="https://x.example/a?b=1"' in macro.render(url="https://x.example/a?b=1")
