"""A dictionary of another package, declared by its entry point alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.server import ROOT, Handler, Serve

MODULE = """
from dataclasses import replace
from dictcrawler.dictionaries import macmillan

DICTIONARY = replace(macmillan.DICTIONARY, name="acme", title="Acme Dictionary")
"""
ENTRY_POINTS = """\
[dictcrawler.dictionaries]
acme = acme_dictionary:DICTIONARY
gone = acme_dictionary:NOTHING
macmillan = acme_dictionary:DICTIONARY
"""


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "dictcrawler", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{folder}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_dictionary_of_another_package_is_crawled_shown_and_named(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    (tmp_path / "acme_dictionary.py").write_text(MODULE)
    about = tmp_path / "acme_dictionary-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-dictionary\nVersion: 1\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    mirror = f"{serve(dictionary_pages).url}/us/dictionary/american/{{keyword}}"
    given = ("-a", f"base_url={mirror}", "-a", "word=hi", "-s", "DOWNLOAD_DELAY=0")
    status, output = run(tmp_path, "crawl", "acme", *given)
    assert status == 0, output
    assert (tmp_path / "data" / "feeds" / "acme" / "latest").exists()
    status, output = run(tmp_path, "show", "hi")
    assert (status, "a friendly word" in output) == (0, True), output
    assert "acme" in run(tmp_path, "crawl", "--help")[1]
    status, output = run(tmp_path, "crawl", "gone", *given)
    assert (status, "cannot be loaded from acme_dictionary:NOTHING" in output) == (2, True), output
    assert "Traceback" not in output
    status, output = run(tmp_path, "crawl", "macmillan", *given)
    assert status == 0, output
    assert (tmp_path / "data" / "feeds" / "macmillan" / "latest").exists()
