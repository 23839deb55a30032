"""A good entry is never lost because of a bad one beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.model import LexicalEntry, Relation
from dictcrawler.parsing.page import EntryPage, ParsedEntry
from dictcrawler.parsing.publishable import LEFT_OUT, each, publishable
from tests.support import records

GOOD = records.content()
EMPTY = structs.replace(GOOD, id="invented:main:empty", senses=(), relations=(), boxes=())


def page(*contents: LexicalEntry) -> EntryPage:
    entries = tuple(ParsedEntry(content=content, text_coverage=1, warnings=()) for content in contents)
    return EntryPage(entries=entries, canonical_url=records.URL, homographs=(), layout="invented-1")


def test_a_page_of_good_entries_stays_as_it_is() -> None:
    assert publishable(page(GOOD)) == page(GOOD)


def test_an_entry_without_content_is_left_out_and_named() -> None:
    read = publishable(page(EMPTY, GOOD))
    assert isinstance(read, EntryPage)
    assert [(entry.content, entry.warnings) for entry in read.entries] == [(GOOD, (LEFT_OUT,))]
    assert read.left_out == ("invented:main:empty: no sense, no relation, no box",)


def test_a_page_of_which_nothing_is_left_is_refused_with_the_reasons() -> None:
    with pytest.raises(UnknownPage, match="empty: no sense, no relation, no box"):
        publishable(page(EMPTY))


def test_a_repeated_entry_id_gets_a_suffix_and_so_do_the_ids_of_its_senses() -> None:
    relation = Relation(type="synonym", text="ball", from_=GOOD.senses[0].id)
    other = structs.replace(GOOD, headword="zorb!", relations=(relation,))
    read = publishable(page(GOOD, other, GOOD))
    assert isinstance(read, EntryPage)
    first, second = (entry.content for entry in read.entries)
    assert first == GOOD
    assert second.id == "invented:main:zorb_1~2"
    assert second.senses[0].id == "invented:main:zorb_1~2#1"
    assert second.relations[0].from_ == "invented:main:zorb_1~2#1"


def test_a_repeated_sense_id_gets_a_suffix_and_its_sub_senses_follow_it() -> None:
    sense = structs.replace(GOOD.senses[0], parent=None)
    below = structs.replace(sense, id=f"{sense.id}a", parent=sense.id)
    read = publishable(page(structs.replace(GOOD, senses=(sense, below, sense, below))))
    assert isinstance(read, EntryPage)
    ids = [(found.id.rpartition("#")[2], found.parent) for found in read.entries[0].content.senses]
    assert ids == [("1", None), ("1a", sense.id), ("1~2", None), ("1a~2", f"{sense.id}~2")]


def test_a_part_that_cannot_be_read_leaves_the_others_and_its_reason() -> None:
    def read(part: str) -> str:
        if part == "bad":
            raise MarkupError(".id", part)
        return part.upper()

    left_out: list[str] = []
    assert list(each(read, ("one", "bad", "two"), left_out)) == ["ONE", "TWO"]
    assert left_out == ["no element '.id' in bad"]
    reported = replace(page(GOOD), left_out=tuple(left_out))
    read_page = publishable(reported)
    assert isinstance(read_page, EntryPage)
    assert read_page.entries[0].warnings == (LEFT_OUT,)
