"""Extensions from other packages: objects that they declare by an entry point of ours."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from dictcrawler.errors import ArgumentError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def named(group: str, own: Collection[str]) -> Mapping[str, EntryPoint]:
    """The entry points of a group, by name. None of them takes the place of one of our ``own``."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to load, and the reading process needs none

    return {each.name: each for each in entry_points(group=group) if each.name not in own}


def loaded(entry_point: EntryPoint, own: Collection[str]) -> object:
    """The object that an entry point names.

    :raises ArgumentError: when its package does not have it.
    """
    try:
        return entry_point.load()
    except (ImportError, AttributeError) as error:
        raise ArgumentError(
            "dictionary",
            f"{entry_point.name!r} cannot be loaded from {entry_point.value}: {error}",
            ", ".join(sorted(own)),
        ) from error
