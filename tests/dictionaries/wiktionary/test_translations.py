"""Translations: read only on request, each at the sense that it is about."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec import structs

from dictcrawler.dictionaries import wiktionary
from dictcrawler.dictionaries.wiktionary import translations
from dictcrawler.dictionaries.wiktionary.translations import Table
from dictcrawler.model import Definition, LexicalEntry, Sense, Translation
from dictcrawler.parsing.page import EntryPage

URL = "https://en.wiktionary.org/wiki/wendle"
ASKED = wiktionary.with_translations(wiktionary.DICTIONARY)


def heading(level: int, title: str) -> str:
    return f'<div class="mw-heading"><h{level} id="{title.replace(" ", "_")}">{title}</h{level}></div>'


def table(gloss: str, *lines: str) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return (
        f'<div class="NavFrame"><div class="NavHead">{gloss}</div><div class="NavContent">'
        f'<table class="translations"><tr><td><ul>{items}</ul></td></tr></table></div></div>'
    )


def word(lang: str, text: str, latin: str = "") -> str:
    tr = f' (<span lang="{lang}-Latn" class="tr Latn">{latin}</span>)' if latin else ""
    return f'<span lang="{lang}"><a href="/wiki/{text}">{text}</a></span>{tr}'


def page(content: str) -> str:
    return f'<html><body><div id="mw-content-text">{heading(2, "English")}{content}</div></body></html>'


def noun(tables: str, *definitions: str) -> str:
    items = "".join(f"<li>{text}</li>" for text in definitions)
    line = '<p><strong class="headword" lang="en">wendle</strong></p>'
    return heading(3, "Noun") + line + f"<ol>{items}</ol>" + heading(4, "Translations") + tables


def entry(html: str) -> LexicalEntry:
    read = ASKED.parse(page(html), URL)
    assert isinstance(read, EntryPage)
    return read.entries[0].content


def texts(content: LexicalEntry) -> list[list[str]]:
    return [[translation.text for translation in sense.translations or ()] for sense in content.senses]


def test_a_line_is_read_with_language_transliteration_and_labels() -> None:
    qualified = '<span class="ib-brac">(</span><span class="ib-content">rare</span><span class="ib-brac">)</span>'
    masculine = '<span class="gender"><abbr title="masculine gender">m</abbr></span>'
    link = '<span class="tpos"><a class="extiw" href="https://ko.wiktionary.org/wiki/x">(ko)</a></span>'
    content = entry(
        noun(
            table(
                "a lamp",
                f"Korean: {word('ko', '물', 'mul')} {link}",
                f"Russian: {qualified} {word('ru', 'вода', 'voda')} {masculine}, {word('ru', 'водица')}",
                f"Norwegian: <dl><dd>Bokmål: {word('nb', 'vann')}</dd><dd>Nynorsk: {word('nn', 'vatn')}</dd></dl>",
            ),
            "A lamp.",
        )
    )
    found = [
        (translation.lang, translation.text, translation.transliteration, [label.text for label in translation.labels])
        for translation in content.senses[0].translations or ()
    ]
    assert found == [
        ("ko", "물", "mul", []),
        ("ru", "вода", "voda", ["rare", "m"]),
        ("ru", "водица", None, []),
        ("nb", "vann", None, []),
        ("nn", "vatn", None, []),
    ]


def test_each_table_goes_to_the_sense_that_its_gloss_is_about() -> None:
    tables = table("boat on a river", f"German: {word('de', 'Kahn')}") + table(
        "slow turn", f"German: {word('de', 'Dreh')}"
    )
    assert texts(entry(noun(tables, "A slow turning.", "A flat boat for rivers."))) == [["Dreh"], ["Kahn"]]


def test_a_table_whose_gloss_matches_no_definition_goes_to_the_next_sense_with_the_gloss_as_label() -> None:
    tables = table("slow turn", f"German: {word('de', 'Dreh')}") + table("vessel", f"German: {word('de', 'Kahn')}")
    content = entry(noun(tables, "A slow turning.", "A flat boat."))
    assert texts(content) == [["Dreh"], ["Kahn"]]
    (kahn,) = content.senses[1].translations or ()
    assert [label.text for label in kahn.labels] == ["vessel"]


def test_unchecked_translations_are_left_out() -> None:
    tables = table("Translations to be checked", f"German: {word('de', 'Kahn')}")
    assert texts(entry(noun(tables, "A boat."))) == [[]]


def test_without_the_argument_senses_have_no_translations_at_all() -> None:
    html = page(noun(table("boat", f"German: {word('de', 'Kahn')}"), "A boat."))
    read = wiktionary.DICTIONARY.parse(html, URL)
    assert isinstance(read, EntryPage)
    assert read.entries[0].content.senses[0].translations is None
    assert wiktionary.DICTIONARY.parser != ASKED.parser


def test_another_language_has_translations_too() -> None:
    scots = wiktionary.with_translations(wiktionary.in_language("Scots"))
    html = page(noun(table("boat", f"German: {word('de', 'Kahn')}"), "A boat.")).replace("English", "Scots")
    read = scots.parse(html, URL)
    assert isinstance(read, EntryPage)
    assert texts(read.entries[0].content) == [["Kahn"]]


def test_translations_beside_a_part_of_speech_belong_to_the_one_before_them() -> None:
    beside = heading(3, "Translations") + table("boat", f"German: {word('de', 'Kahn')}")
    assert texts(entry(noun("", "A boat.") + beside)) == [["Kahn"]]


def test_translations_below_another_section_belong_to_the_entry_and_those_of_an_entry_below_it_do_not() -> None:
    notes = heading(4, "Usage notes") + "<p>Rare.</p>"
    inner = heading(5, "Translations") + table("boat", f"German: {word('de', 'Kahn')}")
    verb = heading(4, "Verb") + heading(5, "Translations") + table("to turn", f"German: {word('de', 'drehen')}")
    assert texts(entry(noun("", "A boat.") + notes + inner + verb)) == [["Kahn"]]


def test_translations_are_read_without_the_box_around_them() -> None:
    line = f"<li>German: {word('de', 'Kahn')}</li>"
    bare = f'<table class="translations" data-gloss="boat"><tr><td><ul>{line}</ul></td></tr></table>'
    assert texts(entry(noun(bare, "A turn.", "A boat."))) == [[], ["Kahn"]]
    assert texts(entry(noun(f"Of all senses:<ul>{line}</ul>", "A boat."))) == [["Kahn"]]


def test_a_transliteration_of_a_word_that_nobody_has_filled_in_is_no_translation() -> None:
    line = 'Korean: <span lang="ko-Latn" class="tr Latn">mul</span>'
    assert texts(entry(noun(table("boat", line), "A boat."))) == [[]]


SUBPAGE = page(
    heading(3, "Noun") + heading(4, "Translations") + table("boat", f"German: {word('de', 'Kahn')}")
    + heading(3, "Verb") + heading(4, "Translations") + table("to turn", f"German: {word('de', 'drehen')}")
)  # fmt: skip


def test_a_page_that_points_to_a_subpage_is_continued_there_and_joined_with_it() -> None:
    pointer = '<p>For translations, see <a href="/wiki/wendle/translations#Noun">wendle/translations § Noun</a>.</p>'
    elsewhere = '<a href="/wiki/other/translations">another word</a>'
    main = ASKED.parse(page(noun(pointer + elsewhere, "A slow turning.", "A boat.")), URL)
    assert isinstance(main, EntryPage)
    assert main.continued_at == (f"{URL}/translations",)
    sub = ASKED.parse(SUBPAGE, f"{URL}/translations")
    assert isinstance(sub, EntryPage)
    assert ASKED.joined is not None
    joined = ASKED.joined(main, [sub])
    assert texts(joined.entries[0].content) == [[], ["Kahn"]]
    assert joined.attribution == "Wiktionary contributors: wendle; Wiktionary contributors: wendle/translations"


def test_of_two_etymologies_each_has_its_own_translations() -> None:
    sense = Sense(id="x#1", labels=(), definitions=(Definition(text="a boat", definition_type="full"),), examples=())
    main = ASKED.parse(page(noun("", "A boat.")), URL)
    sub = ASKED.parse(SUBPAGE, f"{URL}/translations")
    assert isinstance(main, EntryPage)
    assert isinstance(sub, EntryPage)

    def numbered(read: EntryPage, number: str) -> EntryPage:
        first = read.entries[0]
        content = structs.replace(first.content, homograph_number=number, senses=first.content.senses or (sense,))
        return dataclasses.replace(read, entries=(dataclasses.replace(first, content=content),))

    assert ASKED.joined is not None
    assert texts(ASKED.joined(numbered(main, "1"), [numbered(sub, "2")]).entries[0].content) == [[]]
    assert texts(ASKED.joined(numbered(main, "2"), [numbered(sub, "2")]).entries[0].content) == [["Kahn"]]


@pytest.mark.parametrize("gloss", ["", "the of"])
def test_a_table_without_a_word_of_its_own_is_about_the_first_sense(gloss: str) -> None:
    senses = [
        Sense(id=f"x#{number}", labels=(), definitions=(Definition(text=text, definition_type="full"),), examples=())
        for number, text in enumerate(("a turn", "a boat"))
    ]
    translation = Translation(lang="de", text="Kahn", labels=())
    first, second = translations.attach(senses, [Table(gloss, (translation,))])
    assert [translation.text for translation in first.translations or ()] == ["Kahn"]
    assert second.translations == ()
