"""The progress of a crawl: on a terminal, and in a log."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from aiohttp import web

from tests.support import terminal
from tests.support.server import ROOT, Handler, Serve, crawl

RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[[\w.]+\] [A-Z]+: ")


@pytest.mark.parametrize("columns", [100, 60])
def test_a_terminal_is_left_with_the_log_and_the_summary_and_nothing_of_the_bar(tmp_path: Path, columns: int) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "macmillan", "-a", "source=sample", "-s", "DOWNLOAD_DELAY=0"]
    env = os.environ | {"DICTCRAWLER_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    status, written = terminal.run(command, ROOT, env, columns)
    assert status == 0, written
    assert "━" in written
    assert " of 13 words" in written
    left = terminal.screen(written, columns)
    assert not [line for line in left if "━" in line or "of 13 words" in line]
    assert [line for line in left if RECORD.search(line) and not RECORD.match(line)] == []
    assert re.search(r"INFO: published .*: 13 found", " ".join(left).replace("  ", " "))
    assert "".join(left).endswith("exit status 0: complete: every word was answered, the feed is published")
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1


def test_with_a_folder_for_reports_a_crawl_leaves_the_page_of_its_run_there(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", settings={"REPORTS_DIR": tmp_path / "new" / "reports"})
    (report,) = (tmp_path / "new" / "reports").iterdir()
    assert report.name == f"macmillan-{done.manifest.run}.html"
    assert "13 words of 13 found" in report.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_costs_no_feed(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()

    async def without_reports(request: web.Request) -> web.StreamResponse:
        if reports.is_dir():
            reports.rmdir()
            reports.touch()
        return await dictionary_pages(request)

    given = ("source=live", f"base_url={serve(without_reports).url}/us/dictionary/american/{{keyword}}", "word=hi")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 0, "REPORTS_DIR": reports})
    assert done.status == 0
    assert done.statuses == {"hi": "found"}
    assert "could not be written" in done.log


def test_a_log_reports_progress_in_words(tmp_path: Path) -> None:
    log = crawl(tmp_path, "source=sample").log
    assert "INFO: 13 words, 13 of them due: as fast as possible, 16 at once\n" in log
    assert re.search(r"INFO: 13 of 13 words, [\d.]+ a second, 0 s left: 13 found\n", log)
    assert "{" not in log
    assert "━" not in log
