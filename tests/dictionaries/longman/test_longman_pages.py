"""Beyond the field-by-field comparison: how a change of the page changes the result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from dictcrawler.dictionaries import longman
from dictcrawler.errors import MarkupError, UnknownPage, WallPage
from dictcrawler.model import LexicalEntry
from dictcrawler.parsing import markup
from dictcrawler.parsing.page import EntryPage, MissPage

HERE = Path(__file__).parent
URL = "https://www.ldoceonline.com/dictionary/glimble"


def page(case: str) -> str:
    return (HERE / case / "page.html").read_text(encoding="utf-8")


def entries(html: str) -> EntryPage:
    read = longman.DICTIONARY.parse(html, URL)
    assert isinstance(read, EntryPage)
    return read


def with_one_span_emptied(html: str) -> Iterator[str]:
    for position in range(len(markup.document(html).css(".dictionary span"))):
        root = markup.document(html)
        emptied = root.css(".dictionary span")[position]
        while emptied.first_child is not None:
            emptied.first_child.decompose()
        assert root.html
        yield root.html


def coverage(html: str) -> dict[str, float]:
    return {entry.content.id: entry.text_coverage for entry in entries(html).entries}


def test_an_unread_block_lowers_the_coverage_of_its_own_entry_only() -> None:
    before = coverage(page("glimble"))
    lost = '<span class="DEF"> to take a short look</span><span class="NEWBLOCK">words that no field knows</span>'
    after = coverage(page("glimble").replace('<span class="DEF"> to take a short look</span>', lost))
    assert after.pop("longman:english:glimble__20") < before.pop("longman:english:glimble__20")
    assert after == before


def test_a_run_on_shares_the_coverage_of_its_main_entry() -> None:
    found = coverage(page("glimble"))
    assert found["longman:english:glimble:glimblement"] == found["longman:english:glimble"] < 1


def test_corpus_examples_are_in_boxes_and_never_among_the_examples_of_a_sense() -> None:
    main = entries(page("glimble")).entries[0].content
    in_senses = {example.text for sense in main.senses for example in sense.examples}
    in_corpus = {example.text for box in main.boxes if box.kind == "corpus_examples" for example in box.examples}
    assert in_corpus == {"I saw a star glimble.", "It never glimbled again.", "The pond glimbled with frogs."}
    assert in_senses.isdisjoint(in_corpus)


def test_all_ids_of_a_page_are_different() -> None:
    contents = [entry.content for entry in entries(page("glimble")).entries]
    ids = [content.id for content in contents] + [sense.id for content in contents for sense in content.senses]
    assert len(set(ids)) == len(ids)


def test_a_child_entry_and_its_main_entry_name_each_other() -> None:
    contents = {entry.content.id: entry.content for entry in entries(page("glimble")).entries}
    main = contents["longman:english:glimble"]
    below = [relation.to for relation in main.relations if relation.to]
    assert below
    for child in below:
        assert [relation.to for relation in contents[child].relations if relation.type == "main_entry"] == [main.id]


def test_the_release_number_in_an_audio_address_does_not_change_the_entry() -> None:
    newer = page("glimble").replace("version=1.2.91", "version=1.3.00")
    assert newer != page("glimble")
    assert entries(newer).entries == entries(page("glimble")).entries


def test_a_miss_is_recognised_by_the_final_address_or_by_the_address_the_page_gives_itself() -> None:
    assert isinstance(longman.parse(page("miss-with-suggestions"), URL), MissPage)
    assert isinstance(longman.parse(page("bare-miss"), "https://www.ldoceonline.com/spellcheck/english/?q=x"), MissPage)


def test_a_miss_without_either_address_is_no_miss() -> None:
    with pytest.raises(UnknownPage):
        longman.parse(page("bare-miss"), URL)


def test_an_error_page_at_the_address_of_misses_is_no_miss() -> None:
    with pytest.raises(UnknownPage):
        longman.parse(page("server-error"), "https://www.ldoceonline.com/spellcheck/english/?q=glimble")


@pytest.mark.parametrize(
    "wall",
    [
        '<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1"></script>',
        '<form action="https://www.ldoceonline.com/consent/save"></form>',
        '<form action="/login"><input type="password"></form>',
    ],
)
def test_a_page_of_walls_alone_is_a_wall(wall: str) -> None:
    with pytest.raises(WallPage):
        longman.parse(f"<html><body>{wall}</body></html>", URL)


@pytest.mark.parametrize("path", ["/dictionary/glimble", "/spellcheck/english/?q=glimble"])
def test_a_login_form_on_a_page_of_the_dictionary_that_is_not_understood_is_no_wall(path: str) -> None:
    own = f'<html><head><link rel="canonical" href="{path}"></head><body>{{}}<main>A new layout.</main></body></html>'
    with pytest.raises(UnknownPage):
        longman.parse(own.format('<form action="/login"><input type="password"></form>'), URL)
    with pytest.raises(WallPage):
        longman.parse(own.format('<form id="challenge-form"></form>'), URL)


def test_a_wall_s_script_on_an_entry_page_is_no_wall() -> None:
    script = '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script></body>'
    assert entries(page("glimble").replace("</body>", script)).entries == entries(page("glimble")).entries


def test_an_entry_without_its_headword_is_left_out_and_named_and_the_others_are_read() -> None:
    whole = {entry.content.id for entry in entries(page("glimble")).entries}
    reasons = set()
    for html in with_one_span_emptied(page("glimble")):
        read = entries(html)
        reasons.update(read.left_out)
        assert bool(read.left_out) == any("left-out" in entry.warnings for entry in read.entries)
        assert read.left_out or {entry.content.id for entry in read.entries} <= whole
        for entry in read.entries:
            msgspec.json.decode(msgspec.json.encode(entry.content), type=LexicalEntry)
    assert any("HWD" in reason for reason in reasons)


def test_a_verb_table_finds_its_verb_beside_an_entry_without_a_head() -> None:
    headless = '<span class="dictentry"><span class="Entry"><span class="DEF">nothing above</span></span></span>'
    html = page("verb-table").replace('"lemma">trelve<', '"lemma">to trelve<')
    alone, beside = (
        entries(html),
        entries(html.replace('<span class="dictentry">', f'{headless}<span class="dictentry">', 1)),
    )
    assert [len(entry.content.inflected_forms) for entry in alone.entries] == [0, 5]
    assert [entry.content for entry in beside.entries] == [entry.content for entry in alone.entries]
    assert "Head" in beside.left_out[0]


def test_a_headword_that_no_address_can_hold_confirms_no_other_address() -> None:
    for word, address in (("qad", URL.replace("glimble", "qad")), ("qad+", URL)):
        html = page("heads-of-many-kinds").replace(">qad</h1>", f">{word}</h1>")
        assert entries(html).canonical_url == address


def test_the_error_of_a_page_with_one_unreadable_entry_is_that_of_the_entry() -> None:
    with pytest.raises(MarkupError, match="Head"):
        entries(page("headless"))


def test_repeated_ids_become_unique_and_the_relations_follow_them() -> None:
    contents = [entry.content for entry in entries(page("head-forms")).entries]
    below = [relation.to for relation in contents[0].relations if relation.type == "derived"]
    assert below == [content.id for content in contents[1:]]
    assert len(set(below)) == 2


def test_a_hidden_word_is_read_neither_as_a_text_nor_as_a_word_that_is_missing() -> None:
    shown = page("grammar-box")
    unseen = '<span class="am-default">Buy lamps</span><span style="display:none">hidden</span>'
    hidden = shown.replace("I dranate lamps.", f'I {unseen}<span class="NOTE">x</span>dranate lamps.')
    assert hidden != shown
    assert entries(hidden).entries == entries(shown).entries
