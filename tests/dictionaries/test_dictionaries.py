"""Dictionaries are found by their names."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError


def test_every_package_is_a_dictionary_of_its_own_name() -> None:
    assert {"longman", "macmillan", "oxford", "wiktionary"} <= set(dictionaries.names())
    assert [dictionaries.load(name).name for name in dictionaries.names()] == list(dictionaries.names())


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(ArgumentError, match=r"'webster' is not known; allowed: .*macmillan"):
        dictionaries.load("webster")


def test_a_package_that_declares_something_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.py").write_text("DICTIONARY = 'odd'\n", encoding="utf-8")
    monkeypatch.setattr(dictionaries, "__path__", [*dictionaries.__path__, str(tmp_path)])
    with pytest.raises(TypeError, match="odd"):
        dictionaries.load("odd")


def test_a_dictionary_without_other_languages_or_translations_refuses_them() -> None:
    macmillan = dictionaries.load("macmillan")
    assert macmillan.viewed(None, translations=False) is macmillan
    with pytest.raises(ArgumentError, match="has one language"):
        macmillan.viewed("fr", translations=False)
    with pytest.raises(ArgumentError, match="has none"):
        macmillan.viewed(None, translations=True)


def test_wiktionary_is_viewed_in_another_language_and_with_its_translations() -> None:
    wiktionary = dictionaries.load("wiktionary")
    viewed = wiktionary.viewed("fr", translations=True)
    assert viewed.parser == f"{wiktionary.parser}+translations"
    assert list(viewed.editions) == ["fr"]


def test_the_dictionary_of_another_package_must_have_the_name_of_its_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = replace(dictionaries.load("macmillan"), name="acme")
    monkeypatch.setattr(dictionaries, "installed", lambda: {name: entry_point(name) for name in ("acme", "other")})
    monkeypatch.setattr(dictionaries.macmillan, "ACME", acme, raising=False)
    assert dictionaries.load("acme") is acme
    with pytest.raises(ArgumentError, match="is not a Dictionary named 'other'"):
        dictionaries.load("other")


def entry_point(name: str) -> EntryPoint:
    return EntryPoint(name, "dictcrawler.dictionaries.macmillan:ACME", "dictcrawler.dictionaries")
