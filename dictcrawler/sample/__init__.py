"""The sample site: invented dictionary entries, served in a real dictionary's own markup.

A module of this package with a function ``pages`` is the sample of the dictionary with the same name;
:mod:`dictcrawler.sample.site` serves any of them. The entries are :class:`~dictcrawler.model.LexicalEntry` records. The
pages are made from them, so they are also the result that a parser of those pages must produce.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from dictcrawler.errors import ArgumentError
from dictcrawler.sample.pages import SamplePages


def names() -> tuple[str, ...]:
    """The dictionaries that have a sample, sorted."""
    found = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(sorted(found))


def load(name: str, words: int = 0) -> SamplePages:
    """The sample pages of a dictionary, with this many generated words besides the hand-written ones.

    :raises ArgumentError: when the dictionary has no sample, or the number is negative or too great.
    """
    if name not in names():
        raise ArgumentError("dictionary", f"{name!r} has no sample pages", ", ".join(names()))
    pages = import_module(f"{__name__}.{name}").pages(words)
    if not isinstance(pages, SamplePages):
        raise TypeError(f"{__name__}.{name}.pages() does not make SamplePages")
    return pages
