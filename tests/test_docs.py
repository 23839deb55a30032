"""The docs name existing files and limits. ``make docs`` checks the links between their pages."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/decisions").glob("*.md")]
PLACES = ("", "dictcrawler", "docs", "docs/lesson")
MADE_UP = {"spiders/mydict.py"}
FILE = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.py)`")
LIMIT = re.compile(r"`(?:dictcrawler\.)?((?:[a-z_]+\.)+)([A-Z]+(?:_[A-Z]+)+)`")
POINTER = re.compile(r"docs/(?:decisions/[0-9]{4}|[a-z0-9/-]+\.(?:md|svg|ipynb))")


def test_every_module_that_the_docs_name_exists() -> None:
    for page in set(PAGES) - {ROOT / "CHANGELOG.md"}:
        for name in set(FILE.findall(page.read_text(encoding="utf-8"))) - MADE_UP:
            assert any((ROOT / place / name).exists() for place in PLACES), f"{page.name}: {name}"


def test_every_limit_that_the_docs_name_by_its_module_is_there() -> None:
    named = set(LIMIT.findall((ROOT / "docs/security.md").read_text(encoding="utf-8")))
    assert named
    for module, limit in named:
        assert hasattr(import_module(f"dictcrawler.{module.rstrip('.')}"), limit), f"{module}{limit}"


def test_every_page_of_the_docs_that_the_code_refers_to_exists() -> None:
    modules = [
        *(ROOT / "dictcrawler").rglob("*.py"),
        *(ROOT / "deploy").iterdir(),
        ROOT / "Makefile",
        ROOT / "setup.py",
    ]
    for module in modules:
        for page in POINTER.findall(module.read_text(encoding="utf-8")):
            assert list(ROOT.glob(f"{page}*")), f"{module}: {page}"
