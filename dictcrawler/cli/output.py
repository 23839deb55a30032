"""What a command writes: lines for programs, text for terminals, complaints."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from dictcrawler.text import printable


def print_lines(lines: Iterable[bytes]) -> None:
    """Write lines of a feed to standard output, as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(lines)
    sys.stdout.buffer.flush()


def forgiving(out: TextIO) -> TextIO:
    """The stream, which now spells out what its encoding does not have (phonetic letters in Latin-1)."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
    return out


def say(text: str, *, flush: bool = False) -> None:
    """Write one line to standard output; what it quotes may come from anywhere, so it stays one line."""
    print(printable(text), file=forgiving(sys.stdout), flush=flush)


def complain(problem: object) -> None:
    """Write a problem to standard error; it may quote a feed from anywhere, so control characters are spelt out."""
    print(f"dictcrawler: {printable(str(problem))}", file=sys.stderr)


def forget_standard_output() -> None:
    """Whoever read our output has gone: let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
