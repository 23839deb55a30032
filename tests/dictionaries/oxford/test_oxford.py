"""Beyond the fixture pages: the addresses, the refusals, and broken pages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from dictcrawler.dictionaries.oxford import DICTIONARY
from dictcrawler.errors import InvalidKeyword, UnknownPage, WallPage
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage, MissPage

URL = "https://www.oxfordlearnersdictionaries.com/definition/english/wibbet_2"
SENSE = '<ol class="sense_single"><li class="sense" id="s1"><span class="def">a small weight</span></li></ol>'


def page(entry: str, *, before: str = "", after: str = "") -> str:
    return f'{before}<div id="entryContent"><div class="entry" id="wibbet_2">{entry}</div></div>{after}'


def read(html: str, url: str = URL) -> EntryPage:
    found = DICTIONARY.parse(html, url)
    assert isinstance(found, EntryPage)
    return found


@pytest.mark.parametrize(
    ("keyword", "slug"),
    [
        ("love", "love"),
        ("Love", "love"),
        ("ice cream", "ice-cream"),
        ("  ice   cream ", "ice-cream"),
        ("don't panic", "don-t-panic"),
        ("don’t panic!", "don-t-panic"),
        ("vice-versa", "vice-versa"),
        ("first - time", "first-time"),
        ("café", "cafe"),
        ("à la carte", "a-la-carte"),
        ("the school run", "the-school-run"),
        ("-ish", "ish"),
        ("snake_case", "snake-case"),
        ("911", "911"),
    ],
)
def test_a_keyword_becomes_the_last_part_of_its_address(keyword: str, slug: str) -> None:
    assert DICTIONARY.slug(keyword) == slug


@pytest.mark.parametrize("keyword", ["", "   ", "?!", "—", "любовь", "愛"])
def test_a_keyword_without_latin_letters_or_digits_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidKeyword):
        DICTIONARY.slug(keyword)


def test_both_editions_are_requested_by_entry_address_and_never_by_search() -> None:
    assert DICTIONARY.default_edition == "english"
    addresses = [address for edition in DICTIONARY.editions.values() for address in edition.addresses]
    assert addresses == [
        "https://www.oxfordlearnersdictionaries.com/definition/english/{slug}",
        "https://www.oxfordlearnersdictionaries.com/definition/english/{slug}_1",
        "https://www.oxfordlearnersdictionaries.com/definition/american_english/{slug}",
        "https://www.oxfordlearnersdictionaries.com/definition/american_english/{slug}_1",
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<title>Just a moment...</title>",
        "<title>Attention Required! | Cloudflare</title>",
        '<div class="g-recaptcha"></div>',
        '<form action="https://consent.example.org/save"></form>',
        '<form action="/account/login" method="post"></form>',
    ],
)
def test_a_page_in_place_of_the_dictionarys_is_a_wall_and_not_a_miss(html: str) -> None:
    with pytest.raises(WallPage):
        DICTIONARY.parse(html, URL)


@pytest.mark.parametrize("path", ["/definition/english/glim", "/customPageNotFound"])
def test_a_login_form_on_a_page_of_the_dictionary_that_is_not_understood_is_no_wall(path: str) -> None:
    own = f'<meta property="og:url" content="https://www.oxfordlearnersdictionaries.com{path}"><main>New.</main>'
    with pytest.raises(UnknownPage):
        DICTIONARY.parse(f'{own}<form action="/account/login"></form>', URL)
    with pytest.raises(WallPage):
        DICTIONARY.parse(f'{own}<form action="/?__cf_chl_f_tk=x"></form>', URL)
    elsewhere = own.replace(path, "/account/login")
    with pytest.raises(WallPage):
        DICTIONARY.parse(f'{elsewhere}<form action="/account/login"></form>', URL)


@pytest.mark.parametrize("html", ["", "<title>Maintenance</title><p>Back soon</p>", "<p>Word not found</p>"])
def test_a_page_without_evidence_is_neither_an_entry_nor_a_miss(html: str) -> None:
    with pytest.raises(UnknownPage):
        DICTIONARY.parse(html, URL)


def test_the_suggestion_box_alone_proves_a_miss() -> None:
    assert DICTIONARY.parse('<div id="didyoumean"></div>', URL) == MissPage(suggestions=(), layout="not-found")


def test_an_entry_beside_a_login_form_is_still_an_entry() -> None:
    assert read(page(SENSE, after='<form action="/account/login"></form>')).entries


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (SENSE.replace(' id="s1"', ""), "a sense of oxford:english:wibbet_2"),
        (
            '<div class="idioms"><span class="idm-g"><span class="idm">wibbet it</span></span></div>',
            r"idiom\) of oxford",
        ),
        ('<div class="idioms"><span class="idm-g" id="i1"></span></div>', "i1"),
    ],
    ids=["a sense without id", "an idiom without id", "an idiom without its phrase"],
)
def test_a_part_that_cannot_be_named_is_left_out_with_the_reason_and_the_rest_is_read(part: str, reason: str) -> None:
    found = read(page(f"{SENSE}{part}"))
    (entry,) = found.entries
    assert [sense.id for sense in entry.content.senses] == ["oxford:english:wibbet_2#s1"]
    assert entry.warnings[-1] == "left-out"
    assert re.search(reason, found.left_out[0])


def test_an_entry_with_only_unnamed_parts_is_refused_with_the_list_of_them() -> None:
    with pytest.raises(UnknownPage, match="a sense of oxford:english:wibbet_2"):
        DICTIONARY.parse(page(SENSE.replace(' id="s1"', "")), URL)


def test_one_bad_entry_of_a_page_does_not_cost_the_others() -> None:
    bad = '<div class="entry" id="wobbet"><h1 class="headword">wobbet</h1></div>'
    found = read(page(SENSE).replace('<div id="entryContent">', f'<div id="entryContent">{bad}'))
    assert [entry.content.id for entry in found.entries] == ["oxford:english:wibbet_2"]
    assert "wobbet" in found.left_out[0]


def test_each_reason_is_listed_once_however_many_entries_are_bad() -> None:
    bad = '<div class="entry" id="wobbet"><h1 class="headword">wobbet</h1></div>'
    found = read(page(SENSE).replace('<div id="entryContent">', f'<div id="entryContent">{bad * 9}'))
    assert [reason.count("wobbet") for reason in found.left_out] == [1] * 9


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ('<h1 class="headword">wibbet</h1>', URL),
        ("<p>an unheard-of layout</p>", URL),
        (SENSE, "https://www.oxfordlearnersdictionaries.com/definition/academic/wibbet"),
        (SENSE, "https://www.oxfordlearnersdictionaries.com/topic/weights"),
    ],
    ids=["no sense", "no layout", "no edition of ours", "no entry's address"],
)
def test_an_entry_that_cannot_be_placed_or_is_empty_is_unknown(entry: str, url: str) -> None:
    with pytest.raises(UnknownPage):
        DICTIONARY.parse(page(entry), url)


def test_a_headword_that_is_not_printed_is_taken_from_the_address_with_a_warning() -> None:
    (entry,) = read(page(SENSE)).entries
    assert (entry.content.headword, entry.content.homograph_number) == ("wibbet", "2")
    assert entry.warnings == ("headword-from-address",)


def test_an_entry_without_its_own_id_is_named_by_its_address() -> None:
    (entry,) = read(page(SENSE).replace(' id="wibbet_2"', "")).entries
    assert entry.content.id == "oxford:english:wibbet_2"


def test_the_place_a_page_marks_as_its_own_beats_the_requested_address() -> None:
    own = (
        '<ul class="list-col"><li><a class="selected" href="/definition/american_english/wibbet_2">wibbet</a></li></ul>'
    )
    found = read(page(SENSE, after=own))
    assert found.canonical_url == "https://www.oxfordlearnersdictionaries.com/definition/american_english/wibbet_2"
    assert (found.entries[0].content.edition, found.entries[0].content.lang) == ("american_english", "en-US")


def test_a_canonical_link_that_is_no_entry_address_is_passed_over() -> None:
    assert read(page(SENSE, before='<link rel="canonical" href="/customPageNotFound">')).canonical_url == URL


def test_a_headword_that_no_address_can_hold_confirms_no_other_address() -> None:
    head = '<h1 class="headword">{}</h1>'
    other = page(head + SENSE, before='<link rel="canonical" href="/definition/english/wobbet_1">')
    for word, slug in (("wobbet", "wobbet_1"), ("wobbet+", "wibbet_2")):
        found = read(other.replace('id="wibbet_2"', 'id="wobbet_1"').format(word))
        assert found.canonical_url == URL.replace("wibbet_2", slug)
        assert [entry.content.id for entry in found.entries] == [f"oxford:english:{slug}"]


def test_a_text_in_an_unknown_part_lowers_the_coverage_and_is_named() -> None:
    (entry,) = read(page(f'{SENSE}<div class="novelty">unheard-of words</div>')).entries
    assert entry.text_coverage == 0.5
    assert "unknown-class:novelty" in entry.warnings


def test_advertising_and_buttons_are_not_content() -> None:
    noise = '<div id="ring-links-box">Join us</div><div class="pron-link">Check it</div><a class="link-right">jump</a>'
    (entry,) = read(page(SENSE + noise)).entries
    assert entry.text_coverage == 1


def test_words_that_only_style_sets_apart_are_counted_apart() -> None:
    topics = '<span class="topic-g"><span class="topic_name">Carts</span><span class="topic_cefr">a1</span></span>'
    sense = SENSE.replace('<li class="sense"', '<li class="sense" cefr="a1"').replace("</li>", f"{topics}</li>")
    (entry,) = read(page(sense)).entries
    assert entry.text_coverage == 1


def test_a_label_is_typed_by_its_words_and_otherwise_stays_a_usage_label() -> None:
    printed = "(old use, especially US English, law, usually disapproving, wibbety)"
    (entry,) = read(page(SENSE.replace("<span", f'<span class="labels">{printed}</span> <span', 1))).entries
    assert [(label.text, label.type) for label in entry.content.senses[0].labels] == [
        ("old use", "register"),
        ("especially US English", "region"),
        ("law", "domain"),
        ("usually disapproving", "register"),
        ("wibbety", "usage"),
    ]


def test_a_label_inside_a_pronunciation_belongs_to_it() -> None:
    markup = '<div class="phons_br"><span class="labels">(strong form)</span> <span class="phon">/wɪb/</span></div>'
    (entry,) = read(page(markup + SENSE)).entries
    (pronunciation,) = entry.content.pronunciations
    assert [label.text for label in pronunciation.labels] == ["BrE", "strong form"]
    assert [found.text for found in pronunciation.transcriptions] == ["wɪb"]


def test_empty_elements_leave_nothing_behind() -> None:
    empty = (
        '<div class="variants"><span class="v"></span></div><span class="use">()</span><span class="dis-g"> </span>'
        '<span class="inflections">(<span></span>)</span><span class="xrefs"><span class="prefix"> </span>'
        '<span class="xr-g"></span></span><aside class="phrasal_verb_links"><span class="xr-g"></span></aside>'
        '<span class="phonetics"><div class="phons_br"></div>'
        '<div class="phons_n_am"><span class="phon">//</span></div></span>'
        '<div class="symbols"><span class="ox9ksym_z9"></span></div><span class="unbox" unbox="colloc"></span>'
        '<span class="un"></span>'
    )
    in_sense = '<span class="inflections">()</span><ul class="examples"><li><span class="x"></span></li></ul></li>'
    (entry,) = read(page(empty + SENSE.replace("</li>", in_sense))).entries
    content = entry.content
    assert (content.senses[0].labels, content.senses[0].examples) == ((), ())
    assert (content.inflected_forms, content.labels, content.relations, content.pronunciations) == ((), (), (), ())
    assert [(box.kind, box.title, box.text) for box in content.boxes] == [("colloc", None, None), ("note", None, None)]


def test_several_examples_of_a_page_may_share_one_list_with_other_text() -> None:
    items = '<ul class="examples"><li>no sentence</li><li><span class="x">A wibbet fell.</span></li></ul></li>'
    (entry,) = read(page(SENSE.replace("</li>", items))).entries
    assert [example.text for example in entry.content.senses[0].examples] == ["A wibbet fell."]


def test_an_item_that_holds_another_list_gives_each_sentence_once() -> None:
    inner = '<ul><li><span class="x">A wibbet fell.</span></li><li><span class="x">It broke.</span></li></ul>'
    sense = sense_with(f'<ul class="examples"><li>{inner}</li></ul>').senses[0]
    assert [example.text for example in sense.examples] == ["A wibbet fell.", "It broke."]


def test_a_pointer_that_names_no_word_is_no_definition() -> None:
    pointer = '<ol class="sense_single"><li class="sense" id="s1"><span class="xrefs">{}</span></li></ol>'
    head = '<h1 class="headword">wibbet</h1>'
    (named,) = read(page(head + pointer.format('<span class="prefix">see</span> wobbet'))).entries
    assert named.content.senses[0].definitions[0].definition_type == "see"
    (blank,) = read(page(head + pointer.format("<i></i>"))).entries
    assert blank.content.senses[0].definitions == ()


def sense_with(part: str) -> LexicalEntry:
    return read(page(SENSE.replace("</li>", f" {part}</li>"))).entries[0].content


def test_a_sense_in_a_sense_is_its_sub_sense() -> None:
    content = sense_with('<ol><li class="sense" id="s2"><span class="def">a tiny one</span></li></ol>')
    assert [(sense.id[-2:], sense.parent) for sense in content.senses] == [("s1", None), ("s2", content.senses[0].id)]


def test_an_idiom_in_a_sense_is_an_entry() -> None:
    idiom = (
        '<span class="idm-g" id="i1"><span class="idm">wib it</span> <ol><li class="sense" id="s3"></li></ol></span>'
    )
    assert [(relation.type, relation.text) for relation in sense_with(idiom).relations] == [("idiom", "wib it")]
    beside = f'<div class="idioms">{idiom.replace("i1", "i2").replace("wib it", "wob it")}</div>'
    main, *both = (entry.content for entry in read(page(SENSE.replace("</li>", f"{idiom}</li>") + beside)).entries)
    assert [relation.to for relation in main.relations] == [content.id for content in both]
    assert [content.headword for content in both] == ["wib it", "wob it"]


@pytest.mark.parametrize(
    ("printed", "labels"),
    [
        ('<span class="v">wibble</span>, <span class="v">wob</span> <span class="labels">(US)</span>', ["US", "US"]),
        ('<span class="v">wibble</span> <span class="labels">(UK)</span>, <span class="v">wob</span>', ["UK"]),
    ],
    ids=["after all forms", "between forms"],
)
def test_labels_printed_after_all_forms_hold_for_all_of_them(printed: str, labels: list[str]) -> None:
    (entry,) = read(page(f'<div class="variants">(also {printed})</div>{SENSE}')).entries
    forms = entry.content.inflected_forms
    assert [form.text for form in forms] == ["wibble", "wob"]
    assert [label.text for form in forms for label in form.labels] == labels


def test_a_pronunciation_before_all_forms_is_that_of_none_and_lowers_the_coverage() -> None:
    said = '<div class="phons_br"><span class="phon">/wɪb/</span></div>'
    (entry,) = read(page(f'<div class="variants">(also {said} <span class="v">wibble</span>)</div>{SENSE}')).entries
    (form,) = entry.content.inflected_forms
    assert (form.text, form.pronunciations) == ("wibble", ())
    assert entry.text_coverage < 1


def test_forms_and_pronunciations_of_one_sense_are_labelled_with_it() -> None:
    plural = '<div class="inflections">(plural <span class="inflected_form">wibben</span>)</div>'
    pronunciation = '<div class="phons_br"><span class="phon">/wiːb/</span></div>'
    variant = f'<div class="variants">(also <span class="v">wibble</span> {pronunciation})</div>'
    content = sense_with(f'<span class="num">2</span>{plural}{pronunciation}{variant}')
    assert [(label.text, label.type) for label in content.senses[0].labels] == [("plural wibben", "grammar")]
    assert [[label.text for label in found.labels] for found in content.pronunciations] == [
        ["BrE", "sense 2"],
        ["BrE", "wibble"],
    ]


def test_a_box_is_read_completely_whatever_wraps_its_paragraphs() -> None:
    paragraphs = '<span class="body"><span class="p">One.</span></span><span class="body">Two.</span> Three.'
    content = sense_with(
        f'<span class="unbox" unbox="grammar"><span class="box_title">Points</span>{paragraphs}</span>'
    )
    assert [(box.kind, box.title, box.text) for box in content.boxes] == [("grammar", "Points", "One. Two. Three.")]


def test_a_link_without_its_usual_frame_is_a_cross_reference() -> None:
    (relation,) = sense_with('<span class="xrefs"><a href="/definition/english/wobbet">wobbet</a></span>').relations
    assert (relation.text, relation.url) == ("wobbet", URL.replace("wibbet_2", "wobbet"))


@pytest.mark.parametrize(
    ("label", "type_"),
    [
        ("BrE", "region"),
        ("NAmE also", "region"),
        ("Scottish", "region"),
        ("stressed", "usage"),
        ("phonetics", "domain"),
    ],
)
def test_the_type_of_a_label_is_looked_up(label: str, type_: str) -> None:
    (found,) = sense_with(f'<span class="labels">({label})</span>').senses[0].labels
    assert (found.text, found.type) == (label, type_)


def test_a_blank_symbol_is_no_frequency() -> None:
    symbols = '<div class="symbols"><span class="opal_symbol">{}</span></div>'
    for printed, values in (("W", ["W"]), ("", [])):
        head = f'<div class="webtop"><h1 class="headword">wibbet</h1>{symbols.format(printed)}</div>'
        (entry,) = read(page(head + SENSE)).entries
        assert [mark.value for mark in entry.content.frequency] == values


def test_however_deep_elements_are_nested_the_page_is_read_or_refused() -> None:
    found = (Path(__file__).parent / "oald10-entry/page.html").read_text()
    before, mark, after = found.partition('class="entry"')
    ends = set()
    for depth in range(700, sys.getrecursionlimit() + 100, 3):
        opened = after.replace(">", ">" + "<div>" * depth, 1)
        try:
            ends.add(type(DICTIONARY.parse(before + mark + opened, URL)))
        except UnknownPage as error:
            ends.add(str(error).partition(":")[0])
    assert ends == {EntryPage, "elements are nested too deep to be read"}
