"""Notes that Anki exports as text: fields separated by a tab, or by the separator that the file's head names.

Anki's manual describes the head under "Text files": lines such as ``#separator:semicolon`` and ``#tags column:3``.
"""

from __future__ import annotations

import csv
import re

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
_HEAD = re.compile(r"#(?P<name>[a-z ]+):\s*(?P<value>.*?)\s*$", re.IGNORECASE)
_COLUMN = re.compile(r"\d{1,4}", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")


class Notes:
    """Finds the word in each line: its first field. A line without a separator is a word as a whole."""

    def __init__(self) -> None:
        self._separator: str | None = None
        self._is_html = False
        self._other_columns: set[int] = set()

    def read_head(self, line: str) -> None:
        """Read a line that begins with ``#``. One that is not part of Anki's head is a comment."""
        head = _HEAD.match(line.strip())
        if head is None:
            return
        name, value = head["name"].lower(), head["value"]
        if name == "separator":
            self._separator = _SEPARATORS.get(value.lower(), value[:1] or "\t")
        elif name == "html":
            self._is_html = value.lower() == "true"
        elif name.endswith(" column") and _COLUMN.fullmatch(value):
            self._other_columns.add(int(value))

    def word(self, line: str) -> str:
        """The first field of the line that belongs to the note: not its tags, deck or number."""
        if self._separator is None:
            word, tab, _ = line.strip().partition("\t")
            return word if tab else line
        try:
            fields = next(csv.reader([line], delimiter=self._separator), [line])
        except csv.Error:
            fields = line.split(self._separator)
        field = next((field for place, field in enumerate(fields, 1) if place not in self._other_columns), "")
        return _TAG.sub("", field) if self._is_html else field
