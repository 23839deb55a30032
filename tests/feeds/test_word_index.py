"""``words.index``: it finds the same words as a scan, and no content of the file leads to a wrong entry."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dictcrawler import feeds
from dictcrawler.errors import DictcrawlerError
from dictcrawler.feeds import search, word_index, writer
from dictcrawler.feeds.format import WORDS
from dictcrawler.feeds.soundness import Census
from dictcrawler.model import InflectedForm
from tests.support import records

WORDS_OF_ENTRIES = {"apple": ["apple"], "Polish": ["Polish"], "loves": ["love", "love affair"], "it's": ["it’s"]}
ASKED = ("apple", "APPLE", "polish", "loves", "love", "love affair", "it's", "it’s", "love-form", "none", "nothing")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published run: words with one entry, with several, with one of another headword, and without."""
    partial = writer.begin(tmp_path_factory.mktemp("feed"), "run")
    entries, lookups = [], []
    for line, (word, headwords) in enumerate((WORDS_OF_ENTRIES | {"nothing": []}).items(), 1):
        ids = tuple(f"invented:main:{headword}" for headword in headwords)
        forms = [InflectedForm(text=f"{headword}-form", labels=(), pronunciations=()) for headword in headwords]
        entries += [
            replace(records.entry(), id=entry_id, headword=headword, inflected_forms=(form,))
            for entry_id, headword, form in zip(ids, headwords, forms, strict=True)
        ]
        lookups.append(records.lookup(keyword=word, normalized=word, line=line, entry_ids=ids))
    with word_index.IndexWriter(partial) as index:
        census = Census()
        written = writer.write_entries(partial, census.count(map(feeds.encode_line, entries), index.entry))
        listed = writer.write_lookups(partial, index.lookup_lines(lookups))
        index.write(partial, written, listed, None)
    files = {feeds.ENTRIES: written, feeds.LOOKUPS: listed}
    manifest = records.manifest(run="run", entries=written.lines, keywords=listed.lines, files=files)
    return writer.commit(partial, manifest)


def answers(run: Path) -> list[search.Found]:
    return [search.find(run, word) for word in ASKED]


def test_the_index_finds_the_same_as_a_scan(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = run / WORDS
    stored = index.read_bytes()
    index.unlink()
    scanned = answers(run)
    index.write_bytes(stored)
    calls: Counter[str] = Counter()
    scan = search._scanned

    def counted(run: Path, wanted: str) -> search.Found:
        calls[wanted] += 1
        return scan(run, wanted)

    monkeypatch.setattr(search, "_scanned", counted)
    assert answers(run) == scanned
    assert set(calls) == {"none"}
    assert [bool(found.entries) for found in scanned] == [True] * 9 + [False] * 2


def test_lines_that_cannot_be_words_are_found_as_they_are_written_and_not_as_the_empty_word(tmp_path: Path) -> None:
    lookups = [records.lookup(keyword=f"?{line}", normalized="", line=line, entry_ids=()) for line in range(1, 101)]
    with word_index.IndexWriter(tmp_path) as index:
        listed = writer.write_lookups(tmp_path, index.lookup_lines(lookups))
        index.write(tmp_path, listed, listed, None)
    # In one bucket, a million records of the empty word would be 170 MiB.
    assert (tmp_path / WORDS).stat().st_size == len(word_index.HEAD) + 64 + 100 * 16


@given(data=st.data())
def test_a_hostile_index_leads_to_no_wrong_entry(run: Path, data: st.DataObject) -> None:
    index = run / WORDS
    stored = index.read_bytes()
    word = data.draw(st.sampled_from(ASKED))
    kind = data.draw(st.sampled_from(["bytes", "cut", "records", "empty"]))
    hostile = bytearray(stored)
    if kind == "bytes":
        for at in data.draw(st.lists(st.integers(0, len(stored) - 1), min_size=1, max_size=20)):
            hostile[at] = data.draw(st.integers(0, 255))
    elif kind == "cut":
        del hostile[data.draw(st.integers(1, len(stored) - 1)) :]
    elif kind == "records":
        key = word_index._key(word_index.folded(word))
        wrong = data.draw(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 2**56 - 1) | st.just(0)), max_size=5))
        made = sorted(key + bytes((place,)) + at.to_bytes(7, "big") for place, at in wrong)
        hostile[96:] = b"".join(made)
    else:
        hostile.clear()
    expected = search._scanned(run, word_index.folded(word))
    try:
        index.write_bytes(hostile)
        found = search.find(run, word)
    except DictcrawlerError:
        return
    finally:
        index.write_bytes(stored)
    assert set(found.lookups) <= set(expected.lookups)
    wanted = word_index.folded(word)
    ids = {entry_id for lookup in expected.lookups for entry_id in lookup.entry_ids}
    for entry in found.entries:
        texts = {word_index.folded(text) for text in (entry.headword, *(form.text for form in entry.inflected_forms))}
        assert wanted in texts or entry.id in ids
