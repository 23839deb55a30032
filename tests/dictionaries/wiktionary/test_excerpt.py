"""No tree is built of the languages after the wanted one, and the result is that of the whole page."""

from __future__ import annotations

import re

import pytest

from dictcrawler.dictionaries import wiktionary
from dictcrawler.dictionaries.wiktionary import excerpt
from dictcrawler.parsing.page import EntryPage, Page

URL = "https://en.wiktionary.org/wiki/lamp"
_HEAD = f'<!DOCTYPE html><title>lamp - Wiktionary</title><link rel="canonical" href="{URL}">'


def heading(language: str) -> str:
    name = f'<span class="mw-headline" id="{language}">{language}</span>'
    return f'<h2>{name}<span class="mw-editsection">[<a href="/w?a=1&amp;b=2">edit</a>]</span></h2>'


def section(language: str, gloss: str) -> str:
    word = '<p><strong class="headword" lang="en">lamp</strong></p>'
    return f'{heading(language)}<h3><span class="mw-headline" id="Noun">Noun</span></h3>{word}<ol><li>{gloss}</li></ol>'


def page(*sections: str) -> str:
    content = f'<div class="mw-parser-output">{"".join(sections)}</div>'
    return f'{_HEAD}<body><div id="mw-content-text">{content}</div><h2>Navigation</h2></body>'


def glosses(found: Page) -> list[str]:
    assert isinstance(found, EntryPage)
    return [sense.definitions[0].text for entry in found.entries for sense in entry.content.senses]


def whole(html: str, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The result without an excerpt."""
    with monkeypatch.context() as patched:
        patched.setattr(excerpt, "through", lambda *_: None)
        return wiktionary.parse(html, URL)


def test_the_page_ends_with_the_next_language(monkeypatch: pytest.MonkeyPatch) -> None:
    html = page(section("Translingual", "A symbol."), section("English", "A light."), section("Old English", "Leoht."))
    short = excerpt.through(html, "english")
    assert short == html[: html.index(heading("Old English")) + len(heading("Old English"))]
    assert wiktionary.parse(html, URL) == whole(html, monkeypatch)
    assert glosses(wiktionary.parse(html, URL)) == ["A light."]


@pytest.mark.parametrize("again", ["English", "<b>Eng</b>lish", "&#69;nglish", "<!-- > -->English"])
def test_a_second_section_of_the_language_is_read(again: str) -> None:
    html = page(section("English", "A light."), section("Dutch", "Een licht."), section(again, "A torch."))
    assert glosses(wiktionary.parse(html, URL)) == ["A light.", "A torch."]


@pytest.mark.parametrize(
    "damage",
    ["<table><tr><td>", "<div>", "<ul><li>", "<b>", "<!--", "<textarea>", "<template>", '<a title="', "</div>"],
)
def test_damage_before_the_next_language_changes_nothing(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    html = page(section("English", f"A light.</li></ol>{damage}"), section("Dutch", "Een licht."), '<p>-->"></p>')
    assert wiktionary.parse(html, URL) == whole(html, monkeypatch)


@pytest.mark.parametrize("name", ["mw-redirectedfrom", "noarticletext"])
def test_what_may_be_anywhere_on_the_page_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    html = page(section("English", "A light."), section("Dutch", f'Een licht.<span class="{name}">x</span>'))
    assert wiktionary.parse(html, URL) == whole(html, monkeypatch)


def test_a_page_that_names_itself_at_its_end_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    link = re.compile(r"<title>.*?</title><link[^>]*>")
    named = link.search(_HEAD)
    assert named is not None
    html = link.sub("", page(section("English", "A light."), section("Dutch", "Een licht."))) + named[0]
    assert wiktionary.parse(html, URL) == whole(html, monkeypatch)
