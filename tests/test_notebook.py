"""How a notebook shows lookups and entries, also those of a feed from somebody else."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from dictcrawler import feeds
from dictcrawler.crawling.lookups import COLUMNS, Lookups
from dictcrawler.model import Entry, Lookup, Status
from tests.support.consumers import ENV


@pytest.fixture(scope="module")
def lookups(sample_data: Path) -> Lookups:
    """Those of the sample crawl, with their entries."""
    feed = sample_data / "feeds" / "macmillan"
    entries = {entry.id: entry for entry in feeds.read_entries(feed)}
    found = feeds.read_lookups(feed)
    return Lookups(replace(one, entries=tuple(entries[id_] for id_ in one.entry_ids)) for one in found)


def named(lookups: Lookups, keyword: str) -> Lookup:
    return next(lookup for lookup in lookups if lookup.keyword == keyword)


class Texts(HTMLParser):
    """The texts of a page, and the parts that a hostile one would smuggle in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name.startswith("on")]


def missed(lookup: Lookup) -> Lookup:
    return replace(lookup, keyword="bananna", status=Status.NOT_IN_DICTIONARY, entries=(), entry_ids=(),
                   suggestions=("banana",))  # fmt: skip


def test_in_text_a_result_is_one_short_line(lookups: Lookups) -> None:
    banana = named(lookups, "banana")
    assert repr(banana) == "<Lookup 'banana': found, 1 entry>"
    assert repr(banana.entries[0]) == "<Entry macmillan:american:banana: noun, 2 senses>"
    assert repr(missed(banana)) == "<Lookup 'bananna': not_in_dictionary>"
    assert repr(lookups) == "<13 lookups: 13 found>"
    assert repr(Lookups([banana, missed(banana)])) == "<2 lookups: 1 found, 1 not_in_dictionary>"
    assert repr(Lookups()) == "<no lookups>"


def test_everything_that_a_reader_wants_of_an_entry_is_laid_out(lookups: Lookups) -> None:
    entry = named(lookups, "banana").entries[0]
    shown = "\n".join(Texts(entry._repr_html_()).texts)
    wanted = [entry.headword, "/bəˈnænə/", "forms: banana, bananas", "see also: go bananas", entry.source.url]
    for sense in entry.senses:
        wanted += [definition.text for definition in sense.definitions]
        wanted += [example.text for example in sense.examples]
    assert [text for text in wanted if text not in shown] == []


def test_a_word_without_an_entry_is_shown_with_the_reason_and_suggestions(lookups: Lookups) -> None:
    shown = " ".join(Texts(missed(lookups[0])._repr_html_()).texts)
    assert shown == "bananna not in dictionary. Suggestions: banana."


def test_a_long_list_is_folded_and_its_end_counted(lookups: Lookups) -> None:
    assert lookups._repr_html_().count("<details>") == 13
    assert Lookups(lookups[:2])._repr_html_().count("<details open>") == 2
    many = Lookups(list(lookups) * 100)._repr_html_()
    assert many.count("<details>") == 50
    assert "… and 1,250 more" in many


def test_the_feed_of_somebody_else_brings_no_markup_and_no_other_address(lookups: Lookups) -> None:
    banana = named(lookups, "banana")
    entry = banana.entries[0]
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b[2J'
    source = replace(entry.source, url="javascript:alert(1)", rights=evil, license=evil)
    senses = tuple(
        replace(
            sense,
            number=evil,
            indicator=evil,
            definitions=tuple(replace(each, text=evil) for each in sense.definitions),
        )
        for sense in entry.senses
    )
    changed = replace(entry, headword=evil, lang=evil, senses=senses, source=source)
    html = Lookups(
        [replace(banana, keyword=evil, entries=(changed,)), missed(replace(banana, error=evil))]
    )._repr_html_()
    page = Texts(html)
    assert page.tags <= {"p", "b", "i", "div", "span", "sup", "small", "details", "summary"}
    assert page.addresses == []
    assert "\u202e" not in html
    assert "\x1b" not in html


def test_senses_that_name_each_other_as_parents_end(lookups: Lookups) -> None:
    entry = named(lookups, "banana").entries[0]
    one, two = entry.senses[:2]
    tangled: Entry = replace(entry, senses=(replace(one, parent=two.id), replace(two, parent=one.id)))
    assert all(sense.definitions[0].text in tangled._repr_html_() for sense in entry.senses)


def test_a_row_is_a_sense_and_each_word_has_one(lookups: Lookups) -> None:
    several = Lookups([named(lookups, "banana"), missed(lookups[0])])
    rows = list(several.rows())
    assert [(row["keyword"], row["number"], row["definition"]) for row in rows] == [
        ("banana", "1", "a long curved fruit with a thick yellow skin"),
        ("banana", "2", "the large tropical plant that this fruit grows on"),
        ("bananna", None, None),
    ]
    assert all(tuple(row) == COLUMNS for row in rows)
    assert {row["keyword"] for row in lookups.rows()} == {lookup.keyword for lookup in lookups}


def test_without_pandas_one_line_shows_the_command_to_install_it(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install .*\[notebook\]"):
        lookups.to_frame()


def test_with_pandas_there_is_a_frame(lookups: Lookups, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [str(place) for place in ENV.glob("lib/python3*/site-packages")]
    if not places:
        pytest.skip(f"{ENV} is missing; make test installs it")
    monkeypatch.setattr(sys, "path", [*sys.path, *places])
    frame = lookups.to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame[frame.keyword == "banana"].number.tolist() == ["1", "2"]
    assert frame.explode("examples").examples.str.contains("peeled a banana").sum() == 1
