"""The sample pages as text: addresses, layouts, sizes, consistency; no network and no parser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from dictcrawler import sample
from dictcrawler.errors import ArgumentError
from dictcrawler.model import LexicalEntry
from dictcrawler.sample.macmillan import american, british
from dictcrawler.sample.pages import Document, Redirect, SamplePages
from dictcrawler.sample.writing import slug_of

SEED = "hi apple banana call feel hello bye like love environmental buzz ambition determine".split()
WRITTEN = [page for data in (american, british) for page in data.PAGES]
HASH_OF_SOME_WORDS = """
import hashlib
from dictcrawler import sample
pages = sample.load("macmillan", 70)
text = "".join(pages.reply(f"/us/dictionary/american/{word}", {}).text for word in list(pages.words())[-70:])
truth = repr([pages.truth(f"word{number:06}") for number in range(1, 71)])
print(hashlib.sha256((text + truth).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def pages() -> SamplePages:
    return sample.load("macmillan", 120)


def document(pages: SamplePages, path: str) -> str:
    reply = pages.reply(path, {})
    assert isinstance(reply, Document)
    return reply.text


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def plain(html: str) -> str:
    text = re.sub(r"(?s)<script.*?</script>|<!--.*?-->|<[^>]+>", "", html)
    return text.replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def test_the_seed_words_are_all_there_each_with_an_entry_of_that_headword(pages: SamplePages) -> None:
    for word in SEED:
        assert [entry.headword for entry in pages.truth(word)][:1] == [word]


@pytest.mark.parametrize("word", ["call", "feel", "like", "love", "buzz"])
def test_a_word_with_homographs_has_the_entries_of_all_its_pages(pages: SamplePages, word: str) -> None:
    numbers = {entry.homograph_number for entry in pages.truth(word) if entry.headword == word}
    assert {"1", "2"} <= numbers


def test_the_bare_word_need_not_be_served_by_its_first_homograph(pages: SamplePages) -> None:
    assert pages.truth("call")[0].id == "macmillan:american:call_2"
    canonical = '<link rel="canonical" href="https://www.macmillandictionary.com/us/dictionary/american/call_2" />'
    assert canonical in document(pages, "/us/dictionary/american/call")


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page[0].id)
def test_everything_in_the_records_is_printed_on_the_page(pages: SamplePages, page: tuple[LexicalEntry, ...]) -> None:
    _, edition, slug = page[0].id.split(":")
    html = document(pages, f"/dictionary/{edition}/{slug}")
    printed = " ".join(plain(html).split())
    for entry in page:
        for sense in entry.senses:
            assert f'id="{sense.id.partition("#")[2]}"' in html
            for definition in sense.definitions:
                assert definition.text in printed
            for example in sense.examples:
                assert example.text.rstrip(".!?") in printed
                assert (example.pattern or "") in printed
                assert (example.gloss or "") in printed
            for text in filter(None, (sense.variant, sense.indicator, *(label.text for label in sense.labels))):
                assert text in printed
        for relation in entry.relations:
            assert relation.text in printed
        for sound in entry.pronunciations:
            assert f'data-src-mp3="{sound.sound_file}"' in html


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page[0].id)
def test_no_id_occurs_twice_and_the_examples_fill_the_gaps_between_the_senses(
    pages: SamplePages, page: tuple[LexicalEntry, ...]
) -> None:
    _, edition, slug = page[0].id.split(":")
    html = document(pages, f"/dictionary/{edition}/{slug}")
    ids = re.findall(rf' (?:id|ID)="{re.escape(slug)}__(\d+)"', html)
    assert ids
    assert sorted(map(int, ids)) == list(range(1, len(ids) + 1))


def test_every_page_is_as_large_as_a_real_one(pages: SamplePages) -> None:
    sizes = [len(document(pages, f"/us/dictionary/american/{slug_of(word)}").encode()) for word in pages.words()]
    assert min(sizes) >= 40_000
    assert max(sizes) <= 100_000


def test_the_records_have_every_feature_that_a_parser_must_read() -> None:
    entries = [entry for page in WRITTEN for entry in page]
    senses = [sense for entry in entries for sense in entry.senses]
    examples = [example for sense in senses for example in sense.examples]
    relations = {relation.type for entry in entries for relation in entry.relations}
    kinds = {definition.definition_type for sense in senses for definition in sense.definitions}
    assert {
        "counterpart",
        "synonym",
        "see_also",
        "phrase",
        "phrasal_verb",
        "derived",
        "main_entry",
        "homograph",
        "related",
    } <= relations
    assert {"full", "same_as", "form_of"} <= kinds
    assert {"collocations", "metaphor", "usage"} <= {box.kind for entry in entries for box in entry.boxes}
    assert {"grammar", "register", "region", "domain", "restriction"} <= {
        label.type for sense in senses for label in sense.labels
    }
    assert any(sense.contributor for sense in senses)
    assert any(sense.variant for sense in senses)
    assert any(sense.indicator for sense in senses)
    assert any(definition.usage for sense in senses for definition in sense.definitions)
    assert any(example.pattern and example.gloss for example in examples)
    assert any(example.gloss and not example.pattern for example in examples)
    assert any(len(entry.pronunciations) > 1 for entry in entries)
    assert any(sound.sound_file and not sound.transcriptions for entry in entries for sound in entry.pronunciations)


def test_ids_are_unique_and_every_sub_sense_names_a_sense_of_its_entry() -> None:
    entries = [entry for page in WRITTEN for entry in page]
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        own = [sense.id for sense in entry.senses]
        assert len(set(own)) == len(own)
        assert {sense.parent for sense in entry.senses} <= {None, *own}


def test_the_records_are_clean_text() -> None:
    for page in WRITTEN:
        for text in strings(msgspec.to_builtins(page)):
            assert text == " ".join(text.split())


def test_an_inflected_form_is_sent_to_its_lemma(pages: SamplePages) -> None:
    assert pages.reply("/us/dictionary/american/loves", {}) == Redirect("/us/dictionary/american/love_1", 301)
    assert pages.truth("loves") == pages.truth("love_1")


def test_a_missing_word_is_sent_to_the_spelling_page_of_its_edition(pages: SamplePages) -> None:
    assert pages.reply("/us/dictionary/american/jumblish", {}) == Redirect("/us/spellcheck/american/?q=jumblish")
    assert pages.reply("/dictionary/british/jumblish", {}) == Redirect("/spellcheck/british/?q=jumblish")
    assert pages.truth("jumblish") == ()


def test_the_spelling_page_lists_the_suggestions_in_the_layout_of_its_edition(pages: SamplePages) -> None:
    last = pages.reply("/us/spellcheck/american/", {"q": "ambishun"})
    older = pages.reply("/spellcheck/british/", {"q": "luve"})
    assert isinstance(last, Document)
    assert isinstance(older, Document)
    assert pages.suggestions("ambishun")[0] == "ambition"
    assert re.findall(r'direct/\?q=([^"]+)"', last.text) == list(pages.suggestions("ambishun"))
    assert 'class="display-list"' in last.text
    assert re.findall(r'direct/\?q=([^"]+)"', older.text) == list(pages.suggestions("luve", "british"))
    assert 'id="didyoumean"' in older.text


def test_a_requested_word_with_markup_in_it_is_printed_as_text(pages: SamplePages) -> None:
    reply = pages.reply("/us/spellcheck/american/", {"q": "<script>x</script>"})
    assert isinstance(reply, Document)
    assert "<script>x" not in reply.text


def test_the_related_block_is_printed_twice_in_the_last_layout(pages: SamplePages) -> None:
    assert document(pages, "/us/dictionary/american/love_2").count('class="related-entries-content"') == 2


def test_the_older_layout_has_its_own_header_and_the_last_one_its_own(pages: SamplePages) -> None:
    older = document(pages, "/dictionary/british/love")
    last = document(pages, "/us/dictionary/american/love")
    assert 'id="headbar"' in older
    assert "big-title" not in older
    assert "big-title" in last
    assert 'id="headbar"' not in last
    assert "<title>LOVE (verb) American English definition and synonyms | Macmillan Dictionary</title>" in last


def test_generated_words_exist_up_to_the_requested_number(pages: SamplePages) -> None:
    assert list(pages.words())[-1] == "word000120"
    assert pages.truth("word000120")
    assert isinstance(pages.reply("/us/dictionary/american/word000121", {}), Redirect)
    assert isinstance(pages.reply("/us/dictionary/american/word000000", {}), Redirect)
    assert pages.truth("word000121") == ()


def test_each_tenth_generated_word_has_two_pages_that_name_each_other(pages: SamplePages) -> None:
    first, second = pages.truth("word000010")
    assert (first.id, second.id) == ("macmillan:american:word000010_1", "macmillan:american:word000010_2")
    assert second.id in {relation.to for relation in first.relations if relation.type == "homograph"}
    assert pages.truth("word000010_2") == (second,)
    assert isinstance(pages.reply("/us/dictionary/american/word000011_1", {}), Redirect)


def test_no_generated_page_keeps_the_name_of_its_prototype(pages: SamplePages) -> None:
    for number in range(1, 121):
        html = document(pages, f"/us/dictionary/american/word{number:06}")
        assert "word000000" not in html.lower()
        assert f"WORD{number:06} (" in html


def test_generated_words_are_the_same_in_every_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", HASH_OF_SOME_WORDS],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert len(runs[0].strip()) == 64


@pytest.mark.parametrize("words", [-1, 1_000_000])
def test_a_number_of_words_out_of_range_is_refused(words: int) -> None:
    with pytest.raises(ArgumentError, match="out of range"):
        sample.load("macmillan", words)


def test_a_dictionary_without_sample_pages_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"'klingon' has no sample pages; allowed: .*macmillan"):
        sample.load("klingon")
