"""The defaults of a crawl's arguments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError
from dictcrawler.plan import arguments

MACMILLAN = dictionaries.load("macmillan")


@pytest.mark.parametrize("contact", ["me", "you@localhost", "ftp://example.org/", "a@b.org) (x", "https://", "a b@c.o"])
def test_a_contact_that_no_site_could_write_to_is_refused(contact: str) -> None:
    with pytest.raises(ArgumentError, match="CONTACT"):
        arguments.require_contact(arguments.read(MACMILLAN, {}), contact)


@pytest.mark.parametrize("contact", ["", "mailto:you@example.org", "you@lab.example.org", "https://example.org/me?a=b"])
def test_a_mail_or_web_address_is_a_contact(contact: str) -> None:
    arguments.require_contact(arguments.read(MACMILLAN, {}), contact)


def test_an_archive_is_read_up_to_the_day_on_which_the_dictionarys_site_closed() -> None:
    assert arguments.read(MACMILLAN, {}).before == datetime(2023, 6, 30, 23, 59, 59, tzinfo=UTC)


def test_an_archive_is_read_up_to_today_when_the_dictionary_lives() -> None:
    earliest = datetime.now(UTC).date()
    read_up_to = arguments.read(replace(MACMILLAN, closed_on=None), {}).before
    assert earliest <= read_up_to.date() <= datetime.now(UTC).date()
    assert read_up_to.timetz().isoformat() == "23:59:59+00:00"


@pytest.mark.parametrize(
    ("dictionary", "given", "source"),
    [
        ("macmillan", {}, "archive"),
        ("oxford", {}, "live"),
        ("oxford", {"before": "2020-01-01"}, "archive"),
        ("oxford", {"archive": "https://archive.example/web/"}, "archive"),
        ("macmillan", {"base_url": "http://mirror.example/{keyword}"}, "live"),
        ("macmillan", {"warc": "*.warc.gz"}, "warc"),
    ],
)
def test_a_closed_site_is_read_in_an_archive_unless_an_argument_implies_a_source(
    dictionary: str, given: dict[str, str], source: str
) -> None:
    assert arguments.read(dictionaries.load(dictionary), given).source == source
