r"""Text from outside, made safe for a terminal and a log: what would not print is spelt (``\x1b``)."""

from __future__ import annotations

import logging
import re

# How Python's "surrogateescape" writes the bytes 0x80-0xff (PEP 383).
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
# Controls, line and paragraph ends, what turns the direction of text (CVE-2021-42574), halves of a pair.
_NOT_PRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd]")


def printable(text: str) -> str:
    r"""What would not print is spelt as in Python; a byte that is not UTF-8 as ``\xe9``."""
    return _NOT_PRINTABLE.sub(_spelt, text)


class PrintableFormatter(logging.Formatter):
    """Formats as another formatter does; nothing in a record can move the cursor or look like a record of its own.

    Further lines, as a traceback has them, are indented.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """One record, of one or more lines."""
        return "\n    ".join(map(printable, self._inner.format(record).split("\n")))


def _spelt(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code in _ESCAPED_BYTES:
        return f"\\x{code - _ESCAPED_BYTES.start + 0x80:02x}"
    return match[0].encode("unicode_escape").decode("ascii")
