"""Selections, removals and the rules for text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.parsing import markup


def test_a_match_inside_a_match_is_removed_with_it_and_a_double_match_once() -> None:
    root = markup.document("<p>a<b class=x>b<i class=x>c</i></b><i class='x y'>d</i>e</p>")
    markup.remove(root, ".x, .y, i")
    assert markup.text(root) == "ae"


def test_a_missing_element_is_named_with_its_place() -> None:
    root = markup.document("<div id=entry class='big box'></div>")
    with pytest.raises(MarkupError, match=r"no element 'h1' in <div entry big box>"):
        markup.one(markup.one(root, "div"), "h1")


def test_blocks_part_words_and_inline_elements_do_not() -> None:
    root = markup.document("<div>one<p>two</p>th<b>r</b>ee<br>four</div>")
    assert markup.text(root) == "one two three four"


def test_a_dropped_element_leaves_one_space_and_none_before_punctuation() -> None:
    root = markup.document(
        "<p>a glass of wine <i class=GL>(= one)</i>, please<i class=SEP>: </i>now <i class=GL>x</i></p>"
    )
    assert markup.text(root, drop=frozenset({"GL", "SEP"})) == "a glass of wine, please now"


def test_elements_that_print_nothing_are_not_text() -> None:
    root = markup.document("<p>a\u200bb\u00a0\u00a0c\ufeff\x00<script>x</script><style>y</style><!-- z -->e\u0301</p>")
    assert markup.text(root) == "ab c\u00e9"


PIECES = (
    "<p>", "</p>", "<td>", "<br>", "<span>", "</span>", "<b class=SEP>", "<p class=SEP>", "<i class=GL>", "</b>",
    "</i>", "<script>x</script>", "<svg><template>x</template></svg>", "<!-- x -->", "one", "two ", " ", ".",
    "\u200b", "e\u0301",
)  # fmt: skip


@given(pieces=st.lists(st.sampled_from(PIECES)))
def test_the_fast_path_to_a_text_agrees_or_returns_nothing(pieces: list[str]) -> None:
    root = markup.document("".join(pieces))
    dropped = frozenset({"SEP"})
    before = [markup.text(node, drop=dropped) for node in root.css("*")]
    whole = markup.text(root)
    markup.prepare(root)
    assert markup.clean(markup.prepared_text(root)) == whole
    for node in root.css(".SEP"):
        markup.mark_dropped(node)
    for node in root.css(".GL"):
        markup.mark_apart(node)
    assert [markup.text(node, drop=dropped) for node in root.css("*")] == before
    for node, said in zip(root.css("*"), before, strict=True):
        quick = markup.quick_text(node)
        assert quick == said if quick is not None else node.css_first(".SEP .SEP, .SEP:empty, .GL, script, template")


def test_removing_an_element_from_itself_leaves_nothing() -> None:
    node = markup.one(markup.document("<p class=x>a<b class=x>c</b></p>"), "p")
    markup.remove(node, ".x")
    assert markup.text(node) == ""


def test_a_page_of_many_tags_nested_beyond_all_measure_is_refused() -> None:
    with pytest.raises(UnknownPage, match="nested too deep"):
        markup.document("<b>" * (markup.MANY_TAGS + 1) + "x")
    assert markup.text(markup.document("<b></b>" * markup.MANY_TAGS + "x")) == "x"


def test_text_nested_beyond_all_measure_is_refused_as_a_page() -> None:
    root = markup.document("<div>" * 5000 + "x")
    with pytest.raises(UnknownPage, match="nested too deep"):
        markup.text(root)


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ('<link rel="canonical" href="https://x.example/dictionary/hi?q=1">', "/dictionary/hi"),
        ('<link rel="canonical" href="hi_2">', "/dictionary/hi_2"),
        ('<link rel="canonical"><meta property="og:url" content="/y/z">', "/y/z"),
        ('<link rel="canonical" href="http://[x"><meta property="og:url" content="/y/z">', "/y/z"),
        ("<title>x</title>", ""),
    ],
)
def test_the_path_that_a_page_declares_is_returned_when_there_is_one(head: str, path: str) -> None:
    assert markup.own_path(markup.document(head), "https://x.example/dictionary/hi") == path


def test_the_reading_of_a_word_has_nothing_that_is_not_printed() -> None:
    root = markup.document("<b><ruby>食<rt>た</rt></ruby>べる<style>b{color:red}</style><!-- x --></b>")
    markup.prepare(root)
    assert markup.reading(markup.one(root, "b")) == "たべる"
