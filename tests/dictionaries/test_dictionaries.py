"""Dictionaries are found by their names."""

from __future__ import annotations

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
