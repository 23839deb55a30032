"""A program on a terminal of its own, and the final content of the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
from pathlib import Path

_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(\r)|(\n)|([^\r\n\x1b]+)")


def run(command: list[str], cwd: Path, env: dict[str, str], columns: int = 100) -> tuple[int, str]:
    """Run a program to its end on a terminal; returns its exit status and its whole output."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execvpe(  # noqa: S606 - our own command
            command[0], command, env | {"TERM": "xterm-256color", "COLUMNS": str(columns)}
        )
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    written = b"".join(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), written.decode()


def screen(written: str, columns: int = 100) -> list[str]:
    """The lines left on the screen, without text that a carriage return or an escape sequence overwrote."""
    lines, row, column = [""], 0, 0
    for code, letter, carriage_return, line_feed, text in _TOKEN.findall(written):
        if carriage_return:
            column = 0
        elif line_feed:
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif letter == "A":
            row = max(0, row - int(code or 1))
        elif letter == "K":
            lines[row] = "" if code == "2" else lines[row][:column]
        for character in text:
            if column == columns:
                row, column = row + 1, 0
                lines += [""] * (row + 1 - len(lines))
            lines[row] = lines[row][:column].ljust(column) + character + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux: the other end is closed
        return b""
