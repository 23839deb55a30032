"""A page as the fixtures of a dictionary have it in ``expected.json``.

As a program it prints what the parser makes of a case, for a person to compare with the page
field by field: ``python -m tests.support.fixture_pages NAME/CASE``.
"""

from __future__ import annotations

import json
import sys
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


def main(case: str) -> None:
    folder = CASES / case
    told = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    dictionary = dictionaries.load(folder.parent.name)
    if "language" in told and dictionary.in_language is not None:
        dictionary = dictionary.in_language(told["language"])
    page = dictionary.parse((folder / "page.html").read_text(encoding="utf-8"), told["url"])
    print(json.dumps(as_json(page), ensure_ascii=False, indent=2))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
