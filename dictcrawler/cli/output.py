"""The output of commands: lines for programs, text for terminals, error messages."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from dictcrawler.text import UNSAFE, printable

if TYPE_CHECKING:
    from typing_extensions import Buffer


_UNSAFE = re.compile(f"[{UNSAFE}]")


def print_lines(lines: Iterable[bytes]) -> None:
    r"""Write lines of JSON to standard output, the control characters in them as ``\u001b``: the same JSON."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(map(_harmless, lines))
    sys.stdout.buffer.flush()


def _harmless(line: bytes) -> bytes:
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", line.decode()).encode()


def forgiving(out: TextIO) -> TextIO:
    """Make the stream escape characters that its encoding lacks (phonetic letters in Latin-1), and return it."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    return out


def say(text: str, *, flush: bool = False) -> None:
    """Write one line to standard output. Line breaks and control characters in quoted text are escaped."""
    print(printable(text), file=forgiving(sys.stdout), flush=flush)


def tell(text: str) -> None:
    """Write one line about work to standard output. If that fails (a closed pipe, a full disk), the work continues."""
    try:
        say(text, flush=True)
    except OSError as error:
        forget_standard_output()
        if not isinstance(error, BrokenPipeError):
            complain(f"standard output cannot be written: {error}")


def complain(problem: object) -> None:
    """Write an error message to standard error. Control characters in quoted text are escaped."""
    print(f"dictcrawler: {printable(str(problem))}", file=sys.stderr)


def forget_standard_output() -> None:
    """Redirect standard output to nowhere after writing has failed, so that Python's final flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Careless(io.FileIO):
    """A descriptor to which writing never fails: output that cannot be written is dropped."""

    def write(self, text: Buffer) -> int:
        """Write, and count everything as written."""
        try:
            return super().write(text)
        except OSError:
            return memoryview(text).nbytes


def open_streams() -> None:
    """Make the standard streams usable, whatever the process was started with.

    A closed one (``>&-``) is replaced by the null device: otherwise the next opened file would take its number, and the
    messages. A message that standard error does not take is dropped: it must not change how the command ends.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number: this one.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor
    encoding = getattr(sys.stderr, "encoding", "utf-8")
    raw = io.BufferedWriter(_Careless(2, "w", closefd=False))
    sys.stderr = io.TextIOWrapper(raw, encoding, errors="backslashreplace", line_buffering=True)
