"""Parses the bytes of a page, and defines the messages between the crawl and the process that parses.

The crawl sends a task (`dictcrawler.reading.process`), the other process answers (`dictcrawler.reading.worker`).
A frame is a length of four bytes, then MessagePack. No answer is ever executed; it is checked against
the types of `dictcrawler.parsing.page`.
"""

from __future__ import annotations

import fcntl
import os
import re
import traceback
from contextlib import suppress

import msgspec

from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import (
    MarkupError,
    PageError,
    ParserDefect,
    TruncatedPage,
    UnknownPage,
    WallPage,
    WrongPage,
)
from dictcrawler.net import charsets
from dictcrawler.parsing.page import EntryPage, MissPage, Page

READY = b""
"""The first reply, to no task: the process has started."""
OUT_OF_MEMORY = 70
"""The exit status of a reading process that has exceeded its memory (``EX_SOFTWARE`` of BSD sysexits)."""
LENGTH_BYTES = 4
PIPE_BYTES = 2**20
"""Size of the pipe to the process, where the system lets us set it (Linux). The usual 64 KiB are less than a page:
the process would wait until the crawl has time to send the rest."""

# The exceptions of a defective parser. They cost one word, with a traceback in the log, not the run.
PARSER_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_BEGINNING = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_END = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
_USUAL_END = 1024
"""Characters at the end of a page that are searched first for its end tag."""
_MOST_REPLACED = 0.01


class Reading(msgspec.Struct, frozen=True):
    """A parsed page, and the warnings about the decoding of its bytes."""

    page: Page
    warnings: tuple[str, ...] = ()


def read(dictionary: Dictionary, body: bytes, content_type: str | None, url: str) -> Reading:
    """Parse the bytes of a page.

    :raises TruncatedPage: for a page that may be the dictionary's but has no end tag of ``body`` or ``html``.
    :raises PageError: when the parser refuses it, or when it is not text.
    """
    decoded = charsets.decode(body, content_type)
    # Counting takes twelve times as long as looking for one.
    if "\ufffd" in decoded.text and decoded.text.count("\ufffd") > _MOST_REPLACED * len(decoded.text):
        raise UnknownPage(f"more than {_MOST_REPLACED:.0%} of its characters cannot be decoded: {url}")
    is_cut_off = not _has_end(decoded.text)
    try:
        page = dictionary.parse(decoded.text, url)
    except (UnknownPage, MarkupError) as error:
        if is_cut_off and _BEGINNING.match(decoded.text):
            raise TruncatedPage(f"the page ends before its end tag: {url}") from error
        raise
    if is_cut_off:
        raise TruncatedPage(f"the page ends before its end tag: {url}")
    return Reading(page, decoded.warnings)


def _has_end(text: str) -> bool:
    return (_END.search(text, max(0, len(text) - _USUAL_END)) or _END.search(text)) is not None


class Task(msgspec.Struct, frozen=True):
    """One page to parse. The answer carries the same ``number``."""

    body: bytes
    content_type: str | None
    url: str
    number: int = 0


class Entries(msgspec.Struct, frozen=True, tag=True):
    """A page with entries."""

    page: EntryPage
    warnings: tuple[str, ...]


class Miss(msgspec.Struct, frozen=True, tag=True):
    """The dictionary's own "not found" page."""

    page: MissPage
    warnings: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A `PageError`: the name of its class and its text."""

    error: str
    text: str


class Defect(msgspec.Struct, frozen=True, tag=True):
    """An exception that no parser should raise, with its traceback."""

    text: str
    traceback: str


Reply = Entries | Miss | Refused | Defect
_PAGE_ERRORS: dict[str, type[PageError]] = {
    error.__name__: error for error in (MarkupError, TruncatedPage, UnknownPage, WallPage, WrongPage)
}


def reply(dictionary: Dictionary, task: Task) -> Reply:
    """The reply of the reading process to a task."""
    try:
        reading = read(dictionary, task.body, task.content_type, task.url)
    except PageError as error:
        return Refused(type(error).__name__, str(error))
    except PARSER_DEFECTS as error:
        return Defect(f"{type(error).__name__}: {error}", traceback.format_exc())
    if isinstance(reading.page, EntryPage):
        return Entries(reading.page, reading.warnings)
    return Miss(reading.page, reading.warnings)


def reading_of(found: Reply) -> Reading:
    """The reading in a reply.

    :raises PageError: the error with which the parser refused the page.
    :raises ParserDefect: when the parser itself failed.
    """
    match found:
        case Refused(error, text):
            # Not by its constructor: `MarkupError` takes other arguments.
            kind = _PAGE_ERRORS.get(error, PageError)
            raise kind.__new__(kind, text)
        case Defect(text, trace):
            raise ParserDefect(text, trace)
        case Entries(page, warnings) | Miss(page, warnings):
            return Reading(page, warnings)


def frame(message: bytes) -> bytes:
    """A message, preceded by its length."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def wide_pipe() -> tuple[int, int]:
    """A pipe: the descriptors to read from and to write to."""
    ends = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # A system may refuse a user who has many pipes: then the pipe keeps its usual size.
        with suppress(OSError):
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return ends
