"""The scripts in docs/operating.md for backup and restore, run as printed there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from dictcrawler import feeds
from tests.support.gate import Gate, wait_until
from tests.support.kept import files, problems
from tests.support.server import ROOT, Handler, Serve, crawl, scrapy

FREE = 15
WORDS = [f"word{number:06}" for number in range(1, 31)]


def run_printed(beginning: str, data: Path, backup: Path) -> None:
    [script] = re.findall(
        rf"^```sh\n(# {beginning}.*?)^```", (ROOT / "docs/operating.md").read_text(), flags=re.MULTILINE | re.DOTALL
    )
    variables = {"DICTCRAWLER_DATA": str(data), "BACKUP": str(backup)}
    done = subprocess.run(
        ["sh", "-c", script], env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_crawl_backed_up_while_it_runs_destroyed_and_restored_continues(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    gate = Gate(dictionary_pages, free=FREE)
    server = serve(gate.answer)
    data, backup = tmp_path / "data", tmp_path / "backup"
    given = ("source=live", f"base_url={server.url}/us/dictionary/american/{{keyword}}", f"word={','.join(WORDS)}")
    settings = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "STORE_BATCH_SIZE": 1}
    earlier = crawl(data, *given[:2], "word=hi", settings=settings)
    assert earlier.status == 0, earlier.log
    options = [part for each in given for part in ("-a", each)]
    options += [
        part for name, value in {**settings, "DROPPED_WORDS_LIMIT": 1}.items() for part in ("-s", f"{name}={value}")
    ]
    process = scrapy("crawl", "macmillan", *options, data=data)
    try:
        wait_until(lambda: gate.is_reached and any(file.stat().st_size for file in data.glob("pages/*/*.open")))
        run_printed("Back up", data, backup)
    finally:
        process.kill()
        process.communicate(timeout=60)
        gate.free = 1_000
    shutil.rmtree(data)
    assert [lookup.keyword for lookup in feeds.read_lookups(backup / "feeds/macmillan")] == ["hi"]
    run_printed("Restore", data, backup)
    before = len(server.paths())
    resumed = crawl(data, *given, settings={**settings, "DROPPED_WORDS_LIMIT": 1})
    assert resumed.status == 0, resumed.log
    assert [lookup.status.value for lookup in feeds.read_lookups(resumed.feed)] == ["found"] * len(WORDS)
    # Some answers were in the backup; those in progress when it was made are requested again.
    pages = [path for path in server.paths()[before:] if "word" in path]
    assert len(pages) == len(set(pages)) < len(WORDS)
    assert problems(*files(data)) == 0
    reparse = scrapy("reparse", "macmillan", "--processes", "1", data=data)
    _, log = reparse.communicate(timeout=60)
    assert reparse.returncode == 0, log
    assert "were not kept" not in log
