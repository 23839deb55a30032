"""The dictionaries: one module each, found by their name.

A module or package in here is one dictionary. It is pure: functions of ``(html, url)`` and
of keywords, without Scrapy, without Twisted, without I/O. Its ``DICTIONARY`` declares it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, wraps
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from dictcrawler.errors import ArgumentError, UnknownPage
from dictcrawler.parsing.page import EntryPage, Page
from dictcrawler.parsing.publishable import publishable

GROUP = "dictcrawler.dictionaries"
"""The entry point by which another package declares a dictionary: its name, and its ``Dictionary``."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a dictionary: its BCP 47 language tag and its addresses.

    ``addresses`` are URL templates with ``{slug}``, the usual one first; the others are
    where a web archive may have kept the same entry.
    """

    lang: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundTerms:
    """Whose a recording is: the SPDX identifier of its licence, as printed where there is none, and the author."""

    license: str | None
    license_url: str | None
    author: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """What the rest of the project needs to know of one dictionary.

    ``slug`` turns a keyword into the last part of its address and raises
    :class:`~dictcrawler.errors.InvalidKeyword`; ``parse`` reads a page; ``canary`` is a word
    that is certainly in it; ``closed`` is the reason why its site no longer answers, ``closed_on``
    the last day on which it did: later captures of an archive are none of the dictionary.
    ``max_age`` is how long an answer of the living site counts as fresh.

    ``retry_slug`` gives the one other address to ask when the first proves a miss, if there is
    one; the word then counts as redirected. ``in_language`` gives the dictionary as it reads another
    language of its pages, under an edition of its own, and raises
    :class:`~dictcrawler.errors.ArgumentError`. ``with_translations`` gives the dictionary as it reads the
    translations too; ``joined`` gives a page with what the pages hold that it is continued at.
    ``needs_contact``: its site's rules want to know who asks, so nobody is asked without the operator's
    CONTACT. ``names_authors``: whom a page names as its authors, they want to be named with each entry.
    ``sound_hosts`` are further servers that the recordings lie on; ``sound_terms`` reads the page that a
    recording has of its own.
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
        """This dictionary as it reads another language of its pages, or translations too.

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
        """The edition that is read unless another is asked for: the first one declared."""
        return next(iter(self.editions))


def _publishable(parse: Callable[[str, str], Page]) -> Callable[[str, str], Page]:
    """The parser, of whose pages `publishable` keeps what can be published.

    To it a page is unknown whose elements are nested deeper than Python's stack.
    """

    @wraps(parse)
    def parse_publishable(html: str, url: str) -> Page:
        try:
            return publishable(parse(html, url))
        except RecursionError as error:
            raise UnknownPage(f"elements are nested too deep to be read: {url}") from error

    return parse_publishable


def names() -> tuple[str, ...]:
    """The names of all dictionaries, sorted, those of other packages included."""
    return tuple(sorted({*_own(), *installed()}))


def _own() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(__path__)}


@cache
def installed() -> Mapping[str, EntryPoint]:
    """The dictionaries of other packages, by name. None of them takes the place of one of ours."""
    return {each.name: each for each in entry_points(group=GROUP) if each.name not in _own()}


def load(name: str) -> Dictionary:
    """The dictionary of that name.

    :raises ArgumentError: when there is none.
    """
    if name not in names():
        raise ArgumentError("dictionary", f"{name!r} is not known", ", ".join(names()))
    if name in installed():
        return _of_package(name, installed()[name])
    dictionary = import_module(f"{__name__}.{name}").DICTIONARY
    if not isinstance(dictionary, Dictionary):
        raise TypeError(f"{__name__}.{name}.DICTIONARY is not a Dictionary")
    return dictionary


def _of_package(name: str, entry_point: EntryPoint) -> Dictionary:
    """The dictionary that an entry point names.

    :raises ArgumentError: when the package has none by that name.
    """
    try:
        dictionary = entry_point.load()
    except (ImportError, AttributeError) as error:
        raise ArgumentError(
            "dictionary", f"{name!r} cannot be loaded from {entry_point.value}: {error}", ", ".join(sorted(_own()))
        ) from error
    if not isinstance(dictionary, Dictionary) or dictionary.name != name:
        problem = f"{entry_point.value} is not a Dictionary named {name!r}"
        raise ArgumentError("dictionary", problem, "an entry point such as acme = acme_dictionary:DICTIONARY")
    return dictionary
