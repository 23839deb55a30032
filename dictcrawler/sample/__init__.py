"""The sample site: invented dictionary entries, served in a real dictionary's own markup.

A module of this package with a function ``pages`` is the sample of the dictionary with the same name, and so is what
another package declares by the entry point ``dictcrawler.samples``;
:mod:`dictcrawler.sample.site` serves any of them. The entries are :class:`~dictcrawler.model.LexicalEntry` records. The
pages are made from them, so they are also the result that a parser of those pages must produce.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import cast

from dictcrawler import installed
from dictcrawler.errors import ArgumentError
from dictcrawler.sample.pages import SamplePages

GROUP = "dictcrawler.samples"
"""The entry point by which another package declares the sample of its dictionary: its name, and its ``pages``."""


def names() -> tuple[str, ...]:
    """The dictionaries that have a sample, sorted, those of other packages included."""
    return tuple(sorted(_own() | installed.named(GROUP, _own()).keys()))


def _own() -> frozenset[str]:
    return frozenset(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def load(name: str, words: int = 0) -> SamplePages:
    """The sample pages of a dictionary, with this many generated words besides the hand-written ones.

    :raises ArgumentError: when the dictionary has no sample, or the number is negative or too great.
    """
    if name not in names():
        raise ArgumentError("dictionary", f"{name!r} has no sample pages", ", ".join(names()))
    pages = _maker(name)(words)
    if not isinstance(pages, SamplePages):
        raise TypeError(f"the sample of {name} does not make SamplePages")
    return pages


def _maker(name: str) -> Callable[[int], object]:
    if name in _own():
        maker: Callable[[int], object] = import_module(f"{__name__}.{name}").pages
        return maker
    return cast(Callable[[int], object], installed.loaded(installed.named(GROUP, _own())[name], _own()))
