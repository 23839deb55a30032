"""Elements counted by their attributes are those that the selectors find in the tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dictcrawler.dictionaries.longman.counts import COUNTS
from dictcrawler.parsing import markup, selectors
from dictcrawler.parsing.selectors import Selectors, each_once

_CLASSES = [
    "Sense",
    "Subsense",
    "sense",
    "Box",
    "EXAMPLE",
    "GramExa",
    "RunOn",
    "Entry",
    "DEF",
    "SYN",
    "exa",
    "x",
    "\u017fYN",
]
_TAGS = [
    *(f"<{tag} class='{name}'>" for tag in ("b", "div") for name in _CLASSES),
    "<b class='SYN OPP'>",
    "<b class='a\u00a0SYN'>",
    "<b class='x\x1cSYN'>",
    "<i class='brefile' data-src-mp3='x'>",
    "<i class='brefile amefile' data-src-mp3>",
    "<i class='amefile'>",
    "</b>",
    "</div>",
    "</i>",
]


@settings(deadline=None)
@given(tags=st.lists(st.sampled_from(_TAGS), max_size=14), doctype=st.sampled_from(["", "<!doctype html>"]))
def test_each_selector_counts_what_it_matches(tags: list[str], doctype: str) -> None:
    page = markup.document(doctype + "".join(tags))
    counted = Selectors(COUNTS.selectors).count(page, [found.attributes for found in page.css("*")])
    assert counted == {name: len(each_once(page, css)) for name, css in COUNTS.selectors.items()}


@pytest.mark.parametrize("css", ["b", ".x > .y", "li.x", ".x, [y]", ":is(.x, b)", ".x:not(:is(.y, .z) *, :has(.y))"])
def test_a_selector_of_any_form_counts_what_it_matches(css: str) -> None:
    page = markup.document("<ul class='y'><li class=x>1<b class='x z' y=1>2<i class=X y>3</i></b></li></ul><b>4</b>")
    counted = Selectors({"one": css}).count(page, [found.attributes for found in page.css("*")])
    assert counted == {"one": len(each_once(page, css))}


def test_the_tree_is_searched_only_for_what_attributes_do_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def noticed(node: markup.Node, css: str) -> list[markup.Node]:
        searched.append(css)
        return each_once(node, css)

    monkeypatch.setattr(selectors, "each_once", noticed)
    page = markup.document("<b class=SYN>a</b><b class=Collocate>b</b>")
    Selectors(COUNTS.selectors).count(page, [found.attributes for found in page.css("*")])
    assert searched == [".Collocate:not(:has(.EXAMPLE, .COLLEXA, .THESEXA))"]
