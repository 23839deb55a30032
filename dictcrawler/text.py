r"""Text from outside: the normal form of a word, and a form that is safe for a terminal and a log."""

from __future__ import annotations

import logging
import re
import unicodedata

# How Python's "surrogateescape" writes the bytes 0x80-0xff (PEP 383).
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
UNSAFE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
"""For a class of a regular expression: control characters but tab and line feed, line and paragraph separators,
bidirectional controls (CVE-2021-42574), lone surrogates."""
_NOT_PRINTABLE = re.compile(f"[\t\n{UNSAFE}\ufffd]")

_SPACES = re.compile(r"\s+")
# Invisible characters: copied along with a word, they must not make it another word.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")


def normalize(text: str) -> str:
    """NFC, trimmed, single spaces, straight apostrophes, no invisible characters; case unchanged.

    A dictionary's slug rule decides about case; only it knows whether "Polish" is "polish".
    """
    if text.isascii() and text.isalnum():
        # Most words; the rest takes ten times as long.
        return text
    text = _INVISIBLE.sub("", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


def printable(text: str) -> str:
    r"""Escape unprintable characters as Python does, and a byte that is not UTF-8 as ``\xe9``."""
    return _NOT_PRINTABLE.sub(_spelt, text)


class PrintableFormatter(logging.Formatter):
    """Wraps a formatter and escapes its output: a record can neither move the cursor nor imitate another record.

    Further lines, such as those of a traceback, are indented.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, of one or more lines."""
        return "\n    ".join(map(printable, self._inner.format(record).split("\n")))


def _spelt(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _ESCAPED_BYTES:
        return f"\\x{code - _ESCAPED_BYTES.start + 0x80:02x}"
    return match[0].encode("unicode_escape").decode("ascii")
