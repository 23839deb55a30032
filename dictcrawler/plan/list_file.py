"""A word list's file as text: found out what it is, unzipped, decoded, and read so that it can be interrupted.

A file that is no text is refused here, by its first bytes or by a NUL byte anywhere in it: read line by line it
would be thousands of words that no dictionary has.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, TextIO

STANDARD_INPUT = "-"
LONGEST_SILENCE = 600.0
"""Seconds for which a pipe or a terminal may say nothing."""

BETWEEN_LOOKS = 0.2
"""Seconds between two looks whether the reading is to stop."""

HOW_TO_SAVE = "save it as UTF-8 text, one word a line, or as .csv"

_GZIP_MAGIC = b"\x1f\x8b"
_ENCODINGS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive, as .xlsx, .docx and .ods are"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document, as .xls and .doc are"),
    (b"\x7fELF", "a program (ELF)"),
    (b"MZ\x90\0", "a program of Windows"),
    (b"\xfe\xed\xfa", "a program of macOS"),
    (b"\xcf\xfa\xed\xfe", "a program of macOS"),
    (b"\xca\xfe\xba\xbe", "a program of Java or macOS"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"LZIP", "compressed with lzip"),
    (b"\x5d\0\0", "compressed with lzma"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"\x04\x22\x4d\x18", "compressed with lz4"),
    (b"\x1f\x9d", "compressed with compress"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"!<arch>\n", "an ar archive, as .deb is"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"OTTO", "a font"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"RIFF", "a sound, a film or an image"),
    (b"OggS", "a sound or a film"),
    (b"ID3", "a sound"),
    (b"WARC/1.", "a WARC file: crawl it with source=warc"),
)
# Text, but not one word a line. Behind a byte-order mark and white space.
_DOCUMENT = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:
        (?P<markup><(?:!doctype|html|head|body|\?xml|!--|rss|svg|table)\b)
      | (?P<json>\{\s*"|\[\s*["\[{])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DOCUMENTS = {"markup": "an HTML or XML document", "json": "JSON"}


class NoWordList(Exception):
    """Why a file cannot be a word list; whoever knows its name adds it."""


def look_out() -> None:
    """What is called while a list is read, when nothing can interrupt it."""


@contextmanager
def opened(words: str, *, is_checked: bool = True, interrupt: Callable[[], None] = look_out) -> Iterator[TextIO]:
    """The list as text, its line ends made one; bytes that are not UTF-8 become surrogates.

    ``interrupt`` is called again and again, while nothing comes too, and may raise to end the reading.

    :raises NoWordList: when its first bytes are those of something else; not unless ``is_checked``.
    """
    with ExitStack() as stack:
        binary: io.BufferedReader | gzip.GzipFile = stack.enter_context(_bytes(words, interrupt))
        head = binary.peek(512)
        if words.lower().endswith(".gz") or (words == STANDARD_INPUT and head.startswith(_GZIP_MAGIC)):
            binary = stack.enter_context(gzip.open(binary))
            head = binary.peek(512)
        if is_checked:
            _refuse_foreign(head)
        encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), None)
        text = io.TextIOWrapper(binary, encoding or "utf-8-sig", "replace" if encoding else "surrogateescape")
        # The bytes below are closed by the stack.
        stack.callback(text.detach)
        yield text


def _refuse_foreign(head: bytes) -> None:
    if head.startswith(_GZIP_MAGIC):
        raise NoWordList("line 1: it is compressed with gzip, but not named .gz (or compressed twice); unzip it")
    found = next((name for magic, name in _SIGNATURES if head.startswith(magic)), None)
    document = _DOCUMENT.match(head)
    if document is not None and document.lastgroup is not None:
        found = _DOCUMENTS[document.lastgroup]
    if found is not None:
        raise NoWordList(f"line 1: it is no word list but {found}; {HOW_TO_SAVE}")


def _bytes(words: str, interrupt: Callable[[], None]) -> io.BufferedReader:
    if words == STANDARD_INPUT:
        if not _has_descriptor(sys.stdin.buffer):
            # A stand-in of a test or a notebook: it never blocks, and stays open.
            return io.BufferedReader(io.BytesIO(sys.stdin.buffer.read()))
        return io.BufferedReader(_Patient(os.dup(sys.stdin.fileno()), interrupt))
    # Else opening a pipe that nobody writes to would never come to an end.
    return io.BufferedReader(_Patient(os.open(words, os.O_RDONLY | os.O_NONBLOCK), interrupt))


def _has_descriptor(stream: BinaryIO) -> bool:
    try:
        stream.fileno()
    except OSError:
        return False
    return True


class _Patient(io.RawIOBase):
    """Reads a descriptor and looks in between whether it is to stop; closes it."""

    def __init__(self, descriptor: int, interrupt: Callable[[], None]) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._interrupt = interrupt
        # Only what is no file can keep us waiting.
        self._may_wait = not stat.S_ISREG(os.fstat(descriptor).st_mode)

    def readable(self) -> bool:
        """It is, always."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes, once there are some.

        :raises TimeoutError: when there are none for too long.
        """
        self._interrupt()
        self._wait()
        return os.readv(self._descriptor, [buffer])  # type: ignore[list-item]  # a buffer, whatever the io module hands over

    def _wait(self) -> None:
        until = time.monotonic() + LONGEST_SILENCE
        while self._may_wait and not select.select([self._descriptor], (), (), BETWEEN_LOOKS)[0]:
            self._interrupt()
            if time.monotonic() > until:
                raise TimeoutError(None, f"nothing came for {LONGEST_SILENCE:g} s")

    def close(self) -> None:
        """Close the descriptor too, once."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()
