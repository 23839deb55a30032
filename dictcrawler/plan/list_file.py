"""Opens a word list's file as text: detects its format, unzips and decodes it; the reading can be interrupted.

A file that is not text is refused here, by its first bytes or by any NUL byte. Read line by line, it
would yield thousands of words that no dictionary has.
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
"""Seconds to wait for the next bytes of a pipe or terminal."""

BETWEEN_LOOKS = 0.2
"""Seconds between two checks whether to stop reading."""

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
    (b"HTTP/1.", "a saved answer of a web server"),
    (b"MIME-Version:", "a saved message or web page"),
    (b"version https://git-lfs.github.com/", "a pointer of Git LFS: fetch the file with git lfs pull"),
)
# Text, but not one word a line. A byte-order mark, white space and comments may come before it.
_DOCUMENT = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?(?:\s|\#[^\n]*\n)*(?:
        (?P<markup><(?:!doctype|html|head|body|\?xml|!--|rss|svg|table)\b)
      | (?P<json>\{\s*"|\[\s*["\[{])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_DOCUMENTS = {"markup": "an HTML or XML document", "json": "JSON"}


class NoWordList(Exception):
    """Why a file cannot be a word list. The caller adds the file's name."""


def look_out() -> None:
    """The default ``interrupt``: does nothing, so nothing interrupts the reading."""


@contextmanager
def opened(words: str, *, is_checked: bool = True, interrupt: Callable[[], None] = look_out) -> Iterator[TextIO]:
    """Open the list as text with LF line ends; bytes that are not UTF-8 become surrogates.

    ``interrupt`` is called repeatedly, also while waiting for input, and may raise to stop the reading.

    :raises NoWordList: when the first bytes are those of another format (only if ``is_checked``).
    """
    with ExitStack() as stack:
        binary: io.BufferedReader | gzip.GzipFile = stack.enter_context(_bytes(words, interrupt))
        head = binary.peek(512)
        if words.lower().endswith(".gz") or (words == STANDARD_INPUT and head.startswith(_GZIP_MAGIC)):
            binary = stack.enter_context(gzip.open(binary))
            head = binary.peek(512)
        encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), None)
        if is_checked:
            _refuse_foreign(head.decode(encoding, "ignore").encode() if encoding else head)
        text = io.TextIOWrapper(binary, encoding or "utf-8-sig", "replace" if encoding else "surrogateescape")
        # The stack closes the binary stream below.
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
        raise NoWordList(f"line 1: it is not a word list but {found}; {HOW_TO_SAVE}")


def _bytes(words: str, interrupt: Callable[[], None]) -> io.BufferedReader:
    if words == STANDARD_INPUT:
        if not _has_descriptor(sys.stdin.buffer):
            # A test's or notebook's replacement of stdin: it never blocks, and stays open.
            return io.BufferedReader(io.BytesIO(sys.stdin.buffer.read()))
        return io.BufferedReader(_Patient(os.dup(sys.stdin.fileno()), interrupt))
    # O_NONBLOCK: without it, opening a pipe without a writer would block for ever.
    return io.BufferedReader(_Patient(os.open(words, os.O_RDONLY | os.O_NONBLOCK), interrupt))


def _has_descriptor(stream: BinaryIO) -> bool:
    try:
        stream.fileno()
    except OSError:
        return False
    return True


class _Patient(io.RawIOBase):
    """Reads a descriptor, checks in between whether to stop, and closes it."""

    def __init__(self, descriptor: int, interrupt: Callable[[], None]) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._interrupt = interrupt
        # Only pipes and terminals can block; a regular file never does.
        self._may_wait = not stat.S_ISREG(os.fstat(descriptor).st_mode)

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next bytes, once some are available.

        :raises TimeoutError: when none arrive for `LONGEST_SILENCE` seconds.
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
        """Close the descriptor too, once only."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()
