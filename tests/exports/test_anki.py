"""``export anki``: the decks as Anki's own library imports them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dictcrawler import exports, feeds
from dictcrawler.errors import ExportRefused
from dictcrawler.exports import Request
from dictcrawler.exports.formats.anki.note_types import CLOZE, ENTRY, SENSE
from dictcrawler.feeds.hashing import with_sense_keys
from dictcrawler.feeds.sounds import Sound, folder_of
from dictcrawler.model import Entry, Example
from dictcrawler.storage.sounds import SoundStore
from tests.support import records, trying, weeks
from tests.support.consumers import script

NAMES = ("longman", "macmillan", "oxford", "wiktionary")
NOTHING = {"updated": 0, "duplicate": 0, "conflicting": 0, "first_field_match": 0, "missing_notetype": 0,
           "missing_deck": 0}  # fmt: skip


def exported(runs: list[Path], path: Path, **options: Any) -> Path:
    request = Request(options={name.replace("_", "-"): value for name, value in options.items()})
    return exports.export("anki", runs, path, request).path


def imported(*packages: Path) -> Any:
    return json.loads(script("import_anki.py", *packages))


def feed_of(folder: Path, *entries: Entry) -> Path:
    return records.feed(folder, "run-1", entries, ())


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_all_four_dictionaries_are_imported_once_and_again_without_a_change(tmp_path: Path, sample_data: Path) -> None:
    package = exported([sample_data / "feeds" / name for name in NAMES], tmp_path / "all.apkg")
    report = imported(package, package)
    assert report["imports"] == [{"new": 100, **NOTHING}, {"new": 0, **NOTHING, "duplicate": 100}]
    assert report["problems"] == []
    assert set(report["decks"]) == {
        "Default", "Longman (english)", "Macmillan (american)", "Oxford (english)", "Wiktionary (english)",
    }  # fmt: skip
    answers = {card["id"]: plain(card["answer"]) for card in report["cards"] if card["template"] == "Word to meaning"}
    for name in NAMES:
        for entry in feeds.read_entries(sample_data / "feeds" / name):
            for sense in entry.senses:
                texts = [as_html(each.text) for each in (*sense.definitions, *sense.examples)]
                assert [text for text in texts if text not in answers[entry.id]] == []


def as_html(text: str) -> str:
    """The text, escaped for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("card", ["entry", "sense"])
def test_a_later_run_updates_only_what_changed_and_cards_keep_their_history(tmp_path: Path, card: str) -> None:
    words = ("amber", "brook", "cedar")
    before = [weeks.entry(word) for word in words]
    after = [weeks.entry("amber", "a corrected meaning"), *before[1:], weeks.entry("newcomer")]
    first = weeks.publish(tmp_path, weeks.BEGIN, before, [*map(weeks.Outcome, words)])
    second = weeks.publish(tmp_path, weeks.BEGIN + weeks.WEEK, after, [*map(weeks.Outcome, (*words, "newcomer"))])
    old, new = (exported([run], tmp_path / f"{run.name}.apkg", card=card) for run in (first, second))
    report = imported(old, new)
    assert report["imports"] == [{"new": 3, **NOTHING}, {"new": 1, **NOTHING, "updated": 1, "duplicate": 2}]
    assert report["notes"] == 4
    (known,) = [each for each in report["cards"] if each["reps"] == 7]
    assert (known["word"], known["due"]) == ("amber", 99)
    assert "a corrected meaning" in known["answer"]
    assert report["problems"] == []


def test_a_sense_that_is_inserted_above_another_takes_neither_its_card_nor_its_history(tmp_path: Path) -> None:
    old = weeks.entry("amber", "the old meaning")
    moved = msgspec.structs.replace(old.senses[0], id="invented:main:amber#2", number="2")
    added = weeks.entry("amber", "the added meaning").senses[0]
    new = msgspec.structs.replace(old, senses=(added, moved), content_hash=f"sha256:{'2' * 64}")
    outcomes = [weeks.Outcome("amber")]
    packages = []
    for week, entry in enumerate((old, new)):
        run = weeks.publish(tmp_path, weeks.BEGIN + week * weeks.WEEK, [with_sense_keys(entry)], outcomes)
        packages.append(exported([run], tmp_path / f"{week}.apkg", card="sense"))
    report = imported(*packages)
    assert report["imports"][1] == {"new": 1, **NOTHING, "updated": 1}
    (known,) = [card for card in report["cards"] if card["reps"] == 7]
    assert "the old meaning" in known["answer"]


def test_when_older_runs_are_gone_nothing_that_changed_is_missed(tmp_path: Path) -> None:
    runs = []
    for week, meaning in enumerate(("first", "second", "second")):
        entries = [weeks.entry("amber", f"the {meaning} meaning"), weeks.entry("brook")]
        outcomes = [*map(weeks.Outcome, ("amber", "brook"))]
        runs.append(weeks.publish(tmp_path, weeks.BEGIN + week * weeks.WEEK, entries, outcomes))
    first = exported(runs[:1], tmp_path / "first.apkg")
    shutil.rmtree(runs[0])
    shutil.rmtree(runs[1])
    report = imported(first, exported(runs[2:], tmp_path / "last.apkg"))
    assert report["imports"][1]["updated"] == 2
    assert all("second" in card["answer"] for card in report["cards"] if card["word"] == "amber")


def test_cards_go_both_ways_and_the_clue_has_neither_examples_nor_phrases(tmp_path: Path) -> None:
    run = feed_of(tmp_path / "feed", records.entry())
    cards = {card["template"]: card for card in imported(exported([run], tmp_path / "made.apkg"))["cards"]}
    clue = plain(cards["Meaning to word"]["question"])
    assert "a large ball" in clue
    assert "café zorb" not in clue
    assert "the zorb" not in clue
    assert "zorb" in plain(cards["Meaning to word"]["answer"])
    assert plain(cards["Word to meaning"]["question"]) == "zorb1"
    assert cards["Word to meaning"]["tags"] == [
        "dictionary::invented", "grammar::countable", "register::informal", "stars::2",
    ]  # fmt: skip
    one = imported(exported([run], tmp_path / "one.apkg", one_way=True))
    assert [card["template"] for card in one["cards"]] == ["Word to meaning"]


def test_a_gap_is_made_of_the_word_and_its_forms_only(tmp_path: Path) -> None:
    sense = records.content().senses[0]
    examples = tuple(Example(text=text, labels=()) for text in
                     ("Zorbs & a zorb.", "He zorbed <all> day; {{c2::no}}.", "No such word."))  # fmt: skip
    entry = records.entry(senses=(msgspec.structs.replace(sense, examples=examples),), relations=())
    run = feed_of(tmp_path / "feed", entry)
    made = exports.export("anki", [run], tmp_path / "made.apkg", Request(options={"card": "cloze"}))
    (card,) = imported(made.path)["cards"]
    assert plain(card["question"]).startswith("[...] &amp; a [...].")
    assert plain(card["answer"]).startswith("Zorbs &amp; a zorb.")
    none = records.entry(senses=(msgspec.structs.replace(sense, examples=examples[1:]),), relations=())
    made = exports.export(
        "anki", [feed_of(tmp_path / "other", none)], tmp_path / "n.apkg", Request(options={"card": "cloze"})
    )
    assert made.left_out["senses without an example that has the word in it"] == 1


def test_difficult_words_survive_and_no_text_is_run_as_a_command(tmp_path: Path) -> None:
    run = feed_of(tmp_path / "feed", *trying.entries())
    report = imported(exported([run], tmp_path / "made.apkg"))
    assert report["problems"] == []
    cards = {card["word"]: card for card in report["cards"] if card["template"] == "Word to meaning"}
    assert cards["sixty"]["answer"].count('class="sense"') == 60
    assert trying.LONG in cards["long"]["answer"]
    assert cards["senseless"]["question"]
    markup = cards["naïveté 日本語 👩‍👩‍👧‍👦"]
    assert "&lt;script&gt;" in markup["answer"]
    assert "<script>" not in markup["answer"]
    assert markup["sounds"] == []
    assert all("private copy" in card["answer"] for card in report["cards"])
    assert report["decks"]["Invented (main)"].startswith("Private copy")


def fetched(data: Path, *, licence: str | None, body: bytes = b"ID3" + bytes(100)) -> Path:
    """The recording of the invented word, as ``dictcrawler sounds`` leaves it; the feed's folder."""
    entry = records.entry()
    with SoundStore(folder_of(data, "invented", "")) as store:
        file, digest = store.keep(body, "mp3")
        url = str(entry.pronunciations[0].sound_file)
        sound = Sound(
            url=url,
            status="fetched",
            file=file,
            sha256=digest,
            bytes=len(body),
            fetched_at=records.NOON,
            license=licence,
            author="A. <Speaker>",
            rights="© a publisher",
        )
        store.record(sound)
    return records.feed(data / "feeds" / "invented", "run-1", (entry,), ())


def test_an_open_recording_is_embedded_and_credited(tmp_path: Path) -> None:
    made = exports.export("anki", [fetched(tmp_path, licence="CC-BY-SA-3.0")], tmp_path / "made.apkg")
    assert made.counts["recordings"] == 1
    assert made.is_open
    report = imported(made.path)
    (name,) = report["media"]
    assert [card["sounds"] for card in report["cards"]] == [[name], [name]]
    assert "A. &lt;Speaker&gt; · CC-BY-SA-3.0" in report["cards"][0]["answer"]


def test_a_closed_recording_is_embedded_in_a_personal_copy_only(tmp_path: Path) -> None:
    run = fetched(tmp_path, licence=None)
    without = exports.export("anki", [run], tmp_path / "without.apkg")
    assert without.left_out == {"recordings that may not be passed on (--personal takes them into your own copy)": 1}
    assert imported(without.path)["media"] == []
    with pytest.raises(ExportRefused, match="may not be passed on"):
        exports.export("anki", [run], tmp_path / "x.apkg", Request(shareable=True, options={"personal": True}))
    own = exports.export("anki", [run], tmp_path / "own.apkg", Request(options={"personal": True}))
    assert len(imported(own.path)["media"]) == 1
    assert not own.is_open
    assert "all-rights-reserved" in own.card.read_text(encoding="utf-8")


def test_a_damaged_or_missing_recording_is_counted(tmp_path: Path) -> None:
    run = fetched(tmp_path, licence="CC0-1.0")
    (file,) = (tmp_path / "sounds").rglob("*.mp3")
    file.write_bytes(b"half")
    damaged = exports.export("anki", [run], tmp_path / "damaged.apkg")
    assert damaged.left_out == {
        "recordings whose file is damaged (dictcrawler sounds -a refresh=all fetches them again)": 1
    }
    shutil.rmtree(tmp_path / "sounds")
    missing = exports.export("anki", [run], tmp_path / "missing.apkg")
    assert missing.left_out == {"recordings that were not fetched (dictcrawler sounds fetches them)": 1}


def test_the_note_types_are_the_same_for_ever() -> None:
    assert [(kind.id, len(kind.fields), len(kind.templates)) for kind in (ENTRY, SENSE, CLOZE)] == [
        (1_764_374_401, 9, 2),
        (1_764_374_402, 9, 2),
        (1_764_374_403, 8, 1),
    ]
