"""The output of commands: lines for programs, text for terminals, error messages."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from dictcrawler.text import printable


def print_lines(lines: Iterable[bytes]) -> None:
    """Write lines of a feed to standard output unchanged."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(lines)
    sys.stdout.buffer.flush()


def forgiving(out: TextIO) -> TextIO:
    """Make the stream escape characters that its encoding lacks (phonetic letters in Latin-1), and return it."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    return out


def say(text: str, *, flush: bool = False) -> None:
    """Write one line to standard output. Line breaks and control characters in quoted text are escaped."""
    print(printable(text), file=forgiving(sys.stdout), flush=flush)


def complain(problem: object) -> None:
    """Write an error message to standard error. Control characters in quoted text are escaped."""
    print(f"dictcrawler: {printable(str(problem))}", file=sys.stderr)


def forget_standard_output() -> None:
    """Redirect standard output to nowhere after its reader has gone, so that Python's final flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
