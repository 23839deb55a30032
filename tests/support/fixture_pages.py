"""A page in the form that the fixtures of a dictionary have in ``expected.json``.

As a program it prints the parser's result for a case, for a person to compare with the page field by field: ``python -m
tests.support.fixture_pages NAME/CASE``; with ``--write`` it writes that into the case's ``expected.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec

from dictcrawler import dictionaries
from dictcrawler.parsing.page import MissPage, Page

CASES = Path(__file__).parents[1] / "dictionaries"


def as_json(page: Page) -> dict[str, Any]:
    if isinstance(page, MissPage):
        return {"not_in_dictionary": True, "layout": page.layout, "suggestions": list(page.suggestions)}
    return {
        "layout": page.layout,
        "canonical_url": page.canonical_url,
        "homographs": list(page.homographs),
        "entries": [json.loads(msgspec.json.encode(entry.content)) for entry in page.entries],
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.fixture_pages")
    parser.add_argument("case", metavar="NAME/CASE")
    parser.add_argument("--write", action="store_true", help="into expected.json, to be compared with page.html by eye")
    requested = parser.parse_args()
    folder = CASES / requested.case
    page = json.dumps(as_json(_read(folder)), ensure_ascii=False, indent=2)
    if requested.write:
        (folder / "expected.json").write_text(f"{page}\n", encoding="utf-8")
    else:
        print(page)  # noqa: T201


def _read(folder: Path) -> Page:
    reported = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    dictionary = dictionaries.load(folder.parent.name)
    if "language" in reported and dictionary.in_language is not None:
        dictionary = dictionary.in_language(reported["language"])
    return dictionary.parse((folder / "page.html").read_text(encoding="utf-8"), reported["url"])


if __name__ == "__main__":
    main()
