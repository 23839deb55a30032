"""``export stardict``: opened by sdcv, and by pyglossary's reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dictcrawler import exports, feeds
from dictcrawler.exports import Request
from dictcrawler.model import InflectedForm
from tests.support import records, trying
from tests.support.consumers import answer, installed, script

NAMES = ("longman", "macmillan", "oxford", "wiktionary")


def exported(run: Path, path: Path, **options: Any) -> Path:
    return exports.export("stardict", [run], path, Request(options=options)).path


def looked_up(folder: Path, word: str) -> list[dict[str, str]]:
    """What sdcv finds for exactly that word; it treats ``--`` as a word too, and answers that first."""
    command = (installed("sdcv"), "--non-interactive", "--json-output", "--exact-search", "--data-dir", folder)
    found: list[dict[str, str]] = json.loads(answer(*command, "--", word).splitlines()[-1])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_pyglossary_reads_every_word_with_its_forms_and_definitions(
    tmp_path: Path, sample_data: Path, name: str
) -> None:
    run = sample_data / "feeds" / name
    folder = exported(run, tmp_path / "made")
    (information,) = folder.glob("*.ifo")
    read = json.loads(script("read_stardict.py", information))
    articles = {words[0]: (words[1:], text) for words, text in read["entries"]}
    entries = list(feeds.read_entries(run))
    assert articles.keys() == {entry.headword for entry in entries}
    for entry in entries:
        forms, text = articles[entry.headword]
        assert {form.text for form in entry.inflected_forms} - {entry.headword} <= set(forms)
        assert text.count('class="headword"') == sum(each.headword == entry.headword for each in entries)


def test_sdcv_shows_all_homographs_and_finds_a_form(tmp_path: Path, sample_data: Path) -> None:
    folder = exported(sample_data / "feeds" / "macmillan", tmp_path / "made")
    (love,) = looked_up(folder, "love")
    for entry in feeds.read_entries(sample_data / "feeds" / "macmillan"):
        if entry.headword == "love":
            assert all(sense.definitions[0].text in love["definition"] for sense in entry.senses)
    (loved,) = looked_up(folder, "loved")
    assert loved["word"] == "love"
    assert loved["definition"] == love["definition"]


def test_sdcv_finds_hard_words_and_every_case_of_a_word(tmp_path: Path) -> None:
    words = ("zorb", "Zorb", "ZORB", "zor", "zorbs", "Émile", "émile")
    cases = tuple(
        records.entry(
            cited=trying.CLOSED,
            id=f"invented:main:case{number}",
            headword=word,
            hyphenation=None,
            senses=(),
            relations=(),
            inflected_forms=(InflectedForm(text=f"form {number}", labels=()),),
        )
        for number, word in enumerate(words)
    )
    run = records.feed(tmp_path / "feed", "run-1", (*trying.entries(), *cases), ())
    folder = exported(run, tmp_path / "made")
    for entry in (*trying.entries(), *cases):
        found = {each["word"]: each["definition"] for each in looked_up(folder, entry.headword)}
        assert f'id="{entry.id.replace("#", "%23")}"' in found[entry.headword]
    for number, word in enumerate(words):
        assert [each["word"] for each in looked_up(folder, f"form {number}")] == [word]


def test_forms_can_be_left_out_and_words_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    long = records.entry(id="invented:main:long", headword="z" * 256, hyphenation=None, senses=(), relations=())
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(), long), ())
    made = exports.export("stardict", [run], tmp_path / "made", Request(options={"no-forms": True}))
    assert made.left_out == {"words longer than 255 bytes": 1}
    assert sorted(file.name.rpartition(".")[2] for file in made.files) == ["css", "dict", "idx", "ifo"]
    information = (made.path / "invented-main.ifo").read_text(encoding="utf-8")
    assert "wordcount=1\n" in information
    assert "synwordcount" not in information


def test_the_dictionary_states_its_rights(tmp_path: Path) -> None:
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(cited=trying.CLOSED),), ())
    folder = exported(run, tmp_path / "made")
    assert "\ndescription=Private copy for personal study" in (folder / "invented-main.ifo").read_text()
    assert "private copy" in (folder / "invented-main.dict").read_text()
