"""If a dictionary has both a parser and a sample, each tests the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import msgspec
import pytest

from dictcrawler import dictionaries, sample
from dictcrawler.dictionaries import Dictionary
from dictcrawler.parsing.page import EntryPage, MissPage, Page
from dictcrawler.sample.pages import Document, Redirect, SamplePages

# Generated words besides the hand-written ones, if a sample has them.
GENERATED = {"macmillan": 61}


def cases() -> Iterator[Any]:
    for name in sorted(set(dictionaries.names()) & set(sample.names())):
        pages = sample.load(name, GENERATED.get(name, 0))
        for edition in dictionaries.load(name).editions:
            for word in pages.words():
                if pages.truth(word, edition):
                    yield pytest.param(name, edition, word, id=f"{name}-{edition}-{word}")


def parsed(dictionary: Dictionary, pages: SamplePages, url: str) -> Page:
    """The page at the end of the site's redirects."""
    parts = urlsplit(url)
    reply = pages.reply(parts.path, dict(parse_qsl(parts.query)))
    if isinstance(reply, Redirect):
        return parsed(dictionary, pages, urljoin(url, reply.location))
    assert isinstance(reply, Document)
    return dictionary.parse(reply.text, url)


def entry_page(dictionary: Dictionary, pages: SamplePages, url: str) -> EntryPage:
    page = parsed(dictionary, pages, url)
    assert isinstance(page, EntryPage)
    return page


@pytest.mark.parametrize(("name", "edition", "word"), list(cases()))
def test_the_parser_reads_the_records_that_the_pages_were_made_from(
    name: str, edition: str, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "dictcrawler.parsing")
    dictionary, pages = dictionaries.load(name), sample.load(name, GENERATED.get(name, 0))
    url = dictionary.editions[edition].addresses[0].format(slug=dictionary.slug(word))
    first = entry_page(dictionary, pages, url)
    read = [first, *(entry_page(dictionary, pages, other) for other in first.homographs)]
    entries = [entry for page in read for entry in page.entries]
    assert [msgspec.to_builtins(entry.content) for entry in entries] == [
        msgspec.to_builtins(entry) for entry in pages.truth(word, edition)
    ]
    assert min(entry.text_coverage for entry in entries) >= 0.98, caplog.text
    assert {warning for entry in entries for warning in entry.warnings} == set()


@pytest.mark.parametrize("name", sorted(set(dictionaries.names()) & set(sample.names())))
@pytest.mark.parametrize("word", ["bananna", "xqzv"])
def test_the_parser_reads_a_miss_and_its_suggestions(name: str, word: str) -> None:
    dictionary, pages = dictionaries.load(name), sample.load(name)
    for edition, declared in dictionary.editions.items():
        page = parsed(dictionary, pages, declared.addresses[0].format(slug=word))
        assert isinstance(page, MissPage)
        assert page.suggestions == pages.suggestions(word, edition)
