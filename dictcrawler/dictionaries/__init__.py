"""The dictionaries: one module each, found by name.

Each module or package in here is one dictionary and declares it as ``DICTIONARY``. It is pure: functions of ``(html,
url)`` and of keywords, without Scrapy, Twisted or I/O.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, wraps
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from dictcrawler import installed as packages
from dictcrawler.errors import ArgumentError, UnknownPage
from dictcrawler.parsing.page import EntryPage, Page
from dictcrawler.parsing.publishable import publishable

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "dictcrawler.dictionaries"
"""The entry point by which another package adds a dictionary: its name, and the path of its ``Dictionary`` object."""


TITLES: Mapping[str, str] = {
    "longman": "Longman Dictionary of Contemporary English",
    "macmillan": "Macmillan Dictionary",
    "oxford": "Oxford Learner's Dictionaries",
    "wiktionary": "Wiktionary",
}
"""The titles of our own dictionaries, for callers that need no parser: loading one takes half the time of `show`."""


class Edition(msgspec.Struct, frozen=True):
    """One edition of a dictionary: its BCP 47 language tag and its addresses.

    ``addresses`` are URL templates with ``{slug}``, the usual one first. At the others a web archive may have kept the
    same entry.
    """

    lang: str
    addresses: tuple[str, ...]


class SoundTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The author of a recording and its licence: an SPDX identifier, or the printed name where SPDX has none."""

    license: str | None
    license_url: str | None
    author: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Everything that the rest of the project knows about one dictionary.

    ``slug`` turns a keyword into the last part of its address and raises :class:`~dictcrawler.errors.InvalidKeyword`.
    ``parse`` reads a page. ``canary`` is a word that is certainly in the dictionary. ``closed`` is the reason why its
    site no longer answers, and ``closed_on`` the last day on which it did: later captures of a web archive do not show
    the dictionary. ``max_age`` is how long an answer of the living site counts as fresh.

    ``retry_slug`` returns the one other slug to try when the first is a miss, if there is one; the word then counts as
    redirected. ``in_language`` returns this dictionary for another language of its pages, as an edition of its own; it
    raises :class:`~dictcrawler.errors.ArgumentError`. ``with_translations`` returns this dictionary with translations
    read too. ``joined`` merges a page with its continuation pages. ``needs_contact``: the site's rules require a
    contact address, so nothing is requested without the operator's CONTACT. ``names_authors``: the licence requires
    attribution, so each entry carries the page's authors. ``sound_hosts`` are further hosts that serve the recordings;
    ``sound_terms`` reads the page about one recording.
    """

    name: str
    title: str
    parser: str
    editions: Mapping[str, Edition]
    slug: Callable[[str], str]
    parse: Callable[[str, str], Page]
    hosts: tuple[str, ...]
    rights: str
    canary: str
    license: str | None = None
    closed: str | None = None
    closed_on: date | None = None
    max_age: timedelta = timedelta(days=30)
    retry_slug: Callable[[str], str | None] | None = None
    with_translations: Callable[[Dictionary], Dictionary] | None = None
    joined: Callable[[EntryPage, Sequence[EntryPage]], EntryPage] | None = None
    in_language: Callable[[str], Dictionary] | None = None
    needs_contact: bool = False
    names_authors: bool = True
    sound_hosts: tuple[str, ...] = ()
    sound_terms: Callable[[str], SoundTerms] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "editions", MappingProxyType(dict(self.editions)))
        object.__setattr__(self, "parse", _publishable(self.parse))

    def viewed(self, language: str | None = None, *, translations: bool = False) -> Dictionary:
        """This dictionary for another language of its pages, or with translations too.

        :raises ArgumentError: when it has no other languages, or no translations.
        """
        found = self
        if language is not None:
            if self.in_language is None:
                raise ArgumentError("language", f"{self.title} has one language", "none for this dictionary")
            found = self.in_language(language)
        if translations:
            if found.with_translations is None:
                raise ArgumentError("translations", f"{self.title} has none", "none for this dictionary")
            found = found.with_translations(found)
        return found

    @property
    def default_edition(self) -> str:
        """The edition that is read by default: the first one declared."""
        return next(iter(self.editions))


def _publishable(parse: Callable[[str, str], Page]) -> Callable[[str, str], Page]:
    """Wrap a parser: `publishable` checks the pages that it returns.

    A page with elements nested deeper than Python's stack counts as an unknown page.
    """

    @wraps(parse)
    def parse_publishable(html: str, url: str) -> Page:
        try:
            return publishable(parse(html, url))
        except RecursionError as error:
            raise UnknownPage(f"elements are nested too deep to be read: {url}") from error

    return parse_publishable


def title(name: str) -> str:
    """A dictionary's title; for one that is not installed, its name."""
    if name in TITLES:
        return TITLES[name]
    return load(name).title if name in names() else name


def names() -> tuple[str, ...]:
    """The names of all dictionaries, sorted, with those that other packages add."""
    return tuple(sorted({*_own(), *installed()}))


def _own() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(__path__)}


@cache
def installed() -> Mapping[str, EntryPoint]:
    """The dictionaries of other packages, by name. None of them can replace one of ours."""
    return packages.named(GROUP, _own())


def load(name: str) -> Dictionary:
    """The dictionary of that name.

    :raises ArgumentError: when there is none.
    """
    if name not in _own():
        return _of_package(name)
    dictionary = import_module(f"{__name__}.{name}").DICTIONARY
    if not isinstance(dictionary, Dictionary):
        raise TypeError(f"{__name__}.{name}.DICTIONARY is not a Dictionary")
    return dictionary


def _of_package(name: str) -> Dictionary:
    """Load the dictionary that an entry point names.

    :raises ArgumentError: when there is none of that name, or its package does not have the dictionary.
    """
    if name not in installed():
        raise ArgumentError("dictionary", f"{name!r} is not known", ", ".join(names()))
    entry_point = installed()[name]
    dictionary = packages.loaded(entry_point, _own())
    if not isinstance(dictionary, Dictionary) or dictionary.name != name:
        problem = f"{entry_point.value} is not a Dictionary named {name!r}"
        raise ArgumentError("dictionary", problem, "an entry point such as acme = acme_dictionary:DICTIONARY")
    return dictionary
