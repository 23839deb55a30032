"""Another wrapper around any element of an entry changes nothing: parts are found at any depth of layout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dictcrawler import dictionaries
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage

HERE = Path(__file__).parent
_TOKEN = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
# Where HTML allows no wrapper, or the wrapper itself would change what is printed.
_NOT_WRAPPED = frozenset("table tbody tr td li p script style".split())
_EMPTY = frozenset("br img input link meta hr".split())
FIXTURES = [
    ("longman", "glimble", "dictentry"),
    ("longman", "business-entry", "dictentry"),
    ("longman", "head-forms", "dictentry"),
    ("oxford", "oald10-entry", 'class="entry"'),
    ("oxford", "oald10-homograph", 'class="entry"'),
    ("oxford", "oald9-entry", 'class="entry"'),
    ("oxford", "first-of-several", 'class="entry"'),
]


def wrapped(html: str, scope: str) -> Iterator[str]:
    """The page with one element inside ``scope`` in a wrapper, once for each element."""
    tokens = _TOKEN.findall(html)
    beginning = next(position for position, token in enumerate(tokens) if scope in token)
    for first, last in _elements(tokens):
        if first > beginning:
            yield "".join(
                [*tokens[:first], '<span class="newlayout">', *tokens[first : last + 1], "</span>", *tokens[last + 1 :]]
            )


def _elements(tokens: list[str]) -> Iterator[tuple[int, int]]:
    opened: list[tuple[str, int]] = []
    for position, token in enumerate(tokens):
        tag = _TAG.match(token)
        if not tag or tag[2] in _EMPTY or token.endswith("/>"):
            continue
        if not tag[1]:
            opened.append((tag[2], position))
            continue
        name, beginning = opened.pop()
        assert name == tag[2], "a fixture closes each element that it opens"
        if name not in _NOT_WRAPPED:
            yield beginning, position


def contents(name: str, html: str, url: str) -> list[LexicalEntry]:
    page = dictionaries.load(name).parse(html, url)
    assert isinstance(page, EntryPage)
    return [entry.content for entry in page.entries]


@pytest.mark.parametrize(("name", "case", "scope"), FIXTURES)
def test_an_unknown_wrapper_changes_nothing_in_the_result(name: str, case: str, scope: str) -> None:
    folder = HERE / name / case
    html = (folder / "page.html").read_text(encoding="utf-8")
    url = json.loads((folder / "case.json").read_text(encoding="utf-8"))["url"]
    expected = contents(name, html, url)
    pages = list(wrapped(html, scope))
    assert len(pages) > 20
    assert [page for page in pages if contents(name, page, url) != expected] == []
