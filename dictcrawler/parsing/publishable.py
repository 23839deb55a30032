"""Selects the entries of a page that can be published: those with content, with unique ids for entries and senses.

A good entry is never lost because of a bad one beside it. A parser reads the parts of a page one by one with `each`;
every parsed page then passes through `publishable` (`dictcrawler.dictionaries` calls it). Omitted parts are listed in
the page's ``left_out``, and from there in the lookup and the run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import count
from typing import TypeVar

from msgspec import structs

from dictcrawler.errors import MarkupError, UnknownPage
from dictcrawler.model import LexicalEntry, Sense
from dictcrawler.parsing.page import MissPage, Page, ParsedEntry

SAYS_NOTHING = "no sense, no relation, no box"
LEFT_OUT = "left-out"
"""The warning of a page's first entry when a part of the page was left out."""

_Part = TypeVar("_Part")
_Read = TypeVar("_Read")


def each(read: Callable[[_Part], _Read], parts: Iterable[_Part], left_out: list[str]) -> Iterator[_Read]:
    """The results of ``read`` for each part; a part that cannot be read adds the reason to ``left_out``."""
    for part in parts:
        try:
            yield read(part)
        except (MarkupError, UnknownPage) as error:
            left_out.append(str(error))


def publishable(page: Page) -> Page:
    """The page without entries that have no content, and with a suffix (``~2``) on each repeated id.

    :raises UnknownPage: when no entry is left.
    """
    if isinstance(page, MissPage):
        return page
    left_out = list(page.left_out)
    entries: dict[str, ParsedEntry] = {}
    for entry in page.entries:
        content = entry.content
        if not content.says_something:
            left_out.append(f"{content.id}: {SAYS_NOTHING}")
        elif content.id not in entries or entries[content.id].content != content:
            own_id = free_id(content.id, entries)
            entries[own_id] = dataclasses.replace(entry, content=under_id(content, own_id))
    if not entries:
        raise UnknownPage(f"no entry of {page.canonical_url} can be published: {'; '.join(left_out)}")
    first, *others = entries.values()
    if left_out and LEFT_OUT not in first.warnings:
        first = dataclasses.replace(first, warnings=(*first.warnings, LEFT_OUT))
    return dataclasses.replace(page, entries=(first, *others), left_out=tuple(left_out))


def under_id(content: LexicalEntry, own_id: str) -> LexicalEntry:
    """The entry with that id, and with unique ids on its senses; most have them already."""
    ids = [sense.id for sense in content.senses]
    if own_id == content.id and len(set(ids)) == len(ids):
        return content
    # A sense with a repeated id is followed by its own sub-senses: they refer to the latest sense of that id.
    latest: dict[str, str] = {}
    senses: dict[str, Sense] = {}
    for sense in content.senses:
        sense_id = free_id(_moved(sense.id, content.id, own_id), senses)
        parent = latest.get(sense.parent, sense.parent) if sense.parent else None
        latest[sense.id] = sense_id
        senses[sense_id] = structs.replace(sense, id=sense_id, parent=parent)
    relations = (
        structs.replace(relation, from_=_moved(relation.from_, content.id, own_id)) if relation.from_ else relation
        for relation in content.relations
    )
    return structs.replace(content, id=own_id, senses=tuple(senses.values()), relations=tuple(relations))


def _moved(sense_id: str, old: str, new: str) -> str:
    """The id of a sense after its entry's id has changed."""
    return new + sense_id.removeprefix(old) if sense_id.startswith(old) else sense_id


def free_id(wanted: str, taken: Container[str]) -> str:
    """The id, with a suffix (``~2``) when it is taken."""
    if wanted not in taken:
        return wanted
    return next(name for number in count(2) if (name := f"{wanted}~{number}") not in taken)
