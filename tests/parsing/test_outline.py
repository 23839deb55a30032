"""An outline agrees with the tree about each element, in content and in measure."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.model import Example, LexicalEntry, Sense
from dictcrawler.parsing import coverage, markup
from dictcrawler.parsing.outline import Element, Kind, Kinds, Outline, outline, parts_of

_MARKS = frozenset({"mark"})


def kind_of(value: str) -> Kind:
    names = tuple(value.split())
    return Kind(
        names=names,
        role=names[0] if names and names[0].startswith("r") else None,
        is_hidden="hidden" in names,
        hidden_in=frozenset({"around"}) if "sometimes" in names else frozenset(),
        is_block="block" in names,
        holds_blocks="body" in names,
        is_inline="block" not in names,
        unknown=("odd",) if "odd" in names else (),
        is_noted="odd" in names or "noted" in names,
        is_transparent=names == ("word",),
    )


def read(html: str) -> Outline:
    node = markup.document(f"<div id='top'>{html}</div>").css_first("#top")
    assert node is not None
    return outline(node, Kinds(kind_of))


def words(found: Outline) -> list[str]:
    return found.visible.split()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("one <b>two</b>three", "one twothree"),
        ("one<p>two</p>three", "one two three"),
        ('one<span class="block">two</span>three', "one two three"),
        ('<span class="body">one<i>two</i></span>three', "one two three"),
        ('one<span class="hidden">x</span>two', "one two"),
        ('one<span class="hidden">x</span>.', "one."),
        ('<span class="hidden">x</span>one<span class="hidden">x</span>', "one"),
        ('one<span class="mark">(</span>two<span class="mark">)</span>', "one two"),
        ('o<span class="word">n</span>e', "one"),
        ("one<!-- x --><script>x</script>two", "onetwo"),
        ('one<i></i>two<i class="hidden"></i>', "onetwo"),
        ("a\0b", "ab"),
        ("10<sup>3</sup>", "10³"),
    ],
)
def test_a_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert read(html).top.text(_MARKS) == text


def test_the_visible_words_exclude_hidden_text_and_separate_blocks() -> None:
    found = read(
        'one<span class="block">two</span>three <span class="hidden">x <b>y</b></span>'
        '<i class="around">four<b class="sometimes">z</b></i><b class="sometimes">five</b><script>x</script>'
    )
    assert words(found) == ["one", "two", "three", "fourfive"]


def test_noted_elements_are_listed_and_those_of_unknown_class_only_where_they_may_be_content() -> None:
    found = read('<b class="odd">x</b><i class="hidden"><b class="odd">y</b><b class="noted">z</b></i>')
    assert [element.text() for element in found.noted] == ["x", "z"]
    assert [element.text() for element in found.every("noted")] == ["z"]


@pytest.mark.parametrize(
    ("html", "has_others"),
    [
        ("<b class='counted'>x</b><i class='hidden'><a class='word counted' id='y'>y</a></i><script>x</script>", False),
        ("<button><b class='counted'>x</b></button>", True),
        ("<button class='counted'>x</button>", True),
    ],
)
def test_an_outline_lists_what_may_count_and_says_where_more_may(html: str, *, has_others: bool) -> None:
    node = markup.document(f"<div id='top' class='counted'>{html}</div>").css_first("#top")
    assert node is not None
    found = outline(node, Kinds(kind_of, lambda value: "counted" in value))
    assert found.has_others == has_others
    if not has_others:
        assert found.counted == [each.attributes for each in node.css(".counted")]


def test_a_word_that_is_only_marked_is_part_of_the_text_around_it() -> None:
    html = '<b class="r1">a <a class="word">b</a> <a class="word">c<i class="r2">d</i></a>e</b>'
    (element,) = read(html).top.elements()
    first, inner, last = element.children
    assert (first, last) == ("a b c", "e")
    assert isinstance(inner, Element)
    assert inner.text() == "d"


def test_parts_are_sorted_by_their_roles_and_keep_their_order() -> None:
    html = '<b class="r1">0</b><b class="r2">1</b><b class="r1">2</b>'
    found = parts_of(read(html).top.elements())
    assert [part.text() for part in found.of("r1")] == ["0", "2"]
    assert [part.text() for part in found.of_any("r2", "r1", "r3")] == ["0", "1", "2"]
    assert found.of("r3") == found.of_any("r3") == []


def test_a_missing_required_element_is_named() -> None:
    with pytest.raises(MarkupError, match=r"\.headword"):
        read("<b>x</b>").top.one("headword")


def test_kinds_keep_no_long_value_and_no_endless_number_of_them() -> None:
    kinds = Kinds(kind_of)
    assert kinds["r" * 101].names == ("r" * 101,)
    assert not kinds
    for number in range(5000):
        assert kinds[f"r{number}"].role == f"r{number}"
    assert len(kinds) < 5000


def test_elements_nested_too_deep_are_refused() -> None:
    with pytest.raises(UnknownPage):
        read("<b>" * 9_000)


ENTRY = LexicalEntry(
    id="x",
    dictionary="x",
    edition="x",
    lang="en",
    headword="x",
    parts_of_speech=(),
    raw_parts_of_speech=("noun",),
    labels=(),
    frequency=(),
    pronunciations=(),
    inflected_forms=(),
    etymologies=(),
    senses=(),
    relations=(),
    boxes=(),
)
TEXTS = st.lists(st.text("abB’é ß-.1\n\u200b\u0301", max_size=8))


@given(visible=TEXTS, landed=TEXTS, both=TEXTS)
def test_the_share_of_a_text_that_landed_is_the_ratio_of_its_words(
    visible: list[str], landed: list[str], both: list[str]
) -> None:
    examples = tuple(Example(text=text, labels=()) for text in map(markup.clean, [*landed, *both]) if text)
    sense = Sense(id="x", number="2a", labels=(), definitions=(), examples=examples)
    entries = [replace(ENTRY, senses=(sense,))]
    text = coverage.APART.join([*visible, *both])
    assert coverage.share(text, entries) == coverage.ratio(coverage.words(text), coverage.landed(entries))


def test_words_keep_no_long_token_and_no_endless_number_of_them() -> None:
    long = "\u00e4-" * 60
    assert coverage.words(f"{long} a")["\u00e4"] == 60
    assert long not in coverage._WORDS_OF
    assert coverage.words(" ".join(f"w{number}" for number in range(25_000))).total() == 25_000
    assert len(coverage._WORDS_OF) <= 20_000


@given(
    base=st.sampled_from(["https://x.example/a/b?c#d", "http://x.example:80/", "x", ""]),
    href=st.text("/a.:#?-x%", max_size=9),
)
def test_an_absolute_address_is_that_of_the_standard_library(base: str, href: str) -> None:
    for link in (href, f"https://y.example{href}", f"/{href}"):
        with suppress(ValueError):
            assert markup.absolute(base, link) == urljoin(base, link)
