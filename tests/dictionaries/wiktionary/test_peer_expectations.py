"""The expectations of WiktionaryParser's public test suite, with invented words in the markup of its pages.

Its results are definitions, examples, transcriptions and recordings of one language (MIT licence; nothing is copied).
"""

from __future__ import annotations

import json
from pathlib import Path

from dictcrawler import dictionaries
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing.page import EntryPage

HERE = Path(__file__).parent


def entry(folder: str) -> LexicalEntry:
    case = json.loads((HERE / folder / "case.json").read_text(encoding="utf-8"))
    wiktionary = dictionaries.load("wiktionary").viewed(case["language"])
    page = wiktionary.parse((HERE / folder / "page.html").read_text(encoding="utf-8"), case["url"])
    assert isinstance(page, EntryPage)
    return page.entries[0].content


def test_a_latin_quotation_has_its_translation_and_its_source() -> None:
    content = entry("latin_quotation_2018")
    assert [sense.definitions[0].text for sense in content.senses] == ["I lamp", "seem"]
    usage, quotation = content.senses[0].examples
    assert (usage.text, usage.gloss, usage.citation) == ("Lampasne eum?", "Do you lamp him?", None)
    assert quotation.text == "Nihil lampas, nihil luces."
    assert quotation.gloss == "You lamp nothing, you light nothing."
    assert quotation.citation == "106 BCE – 43 BCE, Nemo, In Lampadem"


def test_a_latin_word_has_its_transcriptions_and_its_recording() -> None:
    said, recorded = entry("latin_quotation_2018").pronunciations
    assert [transcription.text for transcription in said.transcriptions] == ["ˈlam.poː", "ˈɫam.poː"]
    assert recorded.sound_file is not None
    assert recorded.sound_file.endswith("/La-cls-blorf.ogg.mp3")
    assert recorded.sound_page == "https://commons.wikimedia.org/wiki/File:La-cls-blorf.ogg"
    assert [[label.text for label in way.labels] for way in (said, recorded)] == [["Classical"], ["Classical"]]


def test_ancient_greek_has_a_pronunciation_a_period_and_the_folded_summary_is_not_repeated() -> None:
    ways = entry("greek_sounds_by_period").pronunciations
    assert [(way.transcriptions[0].text, way.labels[0].text) for way in ways] == [
        ("lam.pí.aː", "5th BCE Attic"),
        ("lamˈpi.a", "1st CE Egyptian"),
    ]


def test_a_page_saved_after_its_scripts_ran_has_the_same_greek_sounds() -> None:
    case = json.loads((HERE / "greek_sounds_by_period" / "case.json").read_text(encoding="utf-8"))
    html = (HERE / "greek_sounds_by_period" / "page.html").read_text(encoding="utf-8")
    folded = html.replace('class="vsShow" style="display:none"', 'class="vsShow" style="display: block"')
    folded = folded.replace('<div class="vsHide">', '<div class="vsHide" style="display: none">')
    assert folded != html
    page = dictionaries.load("wiktionary").viewed(case["language"]).parse(folded, case["url"])
    assert isinstance(page, EntryPage)
    assert page.entries[0].content.pronunciations == entry("greek_sounds_by_period").pronunciations


def test_a_greek_headword_line_and_its_alternative_forms_keep_transliterations_and_dialects() -> None:
    content = entry("greek_sounds_by_period")
    assert [label.text for label in content.labels] == ["f", "first declension"]
    forms = [(form.text, form.tag, form.transliteration) for form in content.inflected_forms]
    assert forms == [
        ("lampíā", "romanization", None),
        ("λαμπῐ́ᾱς", "genitive", None),
        ("λαμπίη", "alternative form", "lampíē"),
    ]
    assert [label.text for label in content.inflected_forms[-1].labels] == ["Ionic", "Epic"]
