"""A word list becomes a stream of keywords: one outcome for each line, whatever its bytes.

The list is never in memory as a whole; a line that can be no keyword is an outcome too
and never costs the rest of the list. Duplicates are recognised elsewhere, by the
dictionary's slug, since only the dictionary knows which spellings share an address.
"""

from __future__ import annotations

import csv
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from dictcrawler.errors import InvalidKeyword, KeywordListError
from dictcrawler.plan import spreadsheet
from dictcrawler.plan.anki_text import Notes
from dictcrawler.plan.list_file import HOW_TO_SAVE, STANDARD_INPUT, NoWordList, look_out, opened
from dictcrawler.text import normalize, printable

LONGEST_KEYWORD = 1_000
"""The characters a keyword may have (so at most 4,000 bytes of UTF-8); more is a problem."""

LONGEST_LINE = 100_000
"""The characters of a line of text, notes behind its keyword included."""

LONGEST_ROW = 1_000_000
"""The characters a row of a table may have, its other columns included."""

LONGEST_QUOTE = 60
"""Characters of a line that an error repeats."""

KEYWORD_COLUMNS = ("word", "keyword", "headword")

MOST_INVALID = 0.5
"""The share of a list's lines that may be invalid."""

ENOUGH_INVALID = 10
"""So many lines may be invalid whatever their share."""

_DELIMITERS = {".csv": ",", ".tsv": "\t"}

# Surrogates stand for bytes that are not UTF-8, U+FFFD for what another program could not decode.
_PROBLEMS = (
    (re.compile("[\ud800-\udfff]"), "bytes that are not UTF-8"),
    (re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"), "a control character"),
    (re.compile("\ufffd"), "a replacement character (U+FFFD): the list was decoded wrongly"),
)


@dataclass(frozen=True, slots=True)
class Keyword:
    r"""One line of the list: ``text`` as given, ``normalized`` as it is asked.

    Either ``normalized`` or ``problem`` is ``None``. The text beside a problem is made
    printable (``caf\xe9``) and cut where the line was too long.
    """

    line: int
    text: str
    normalized: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """One line of the word list as the ledger keeps it; ``slug`` is ``None`` exactly when ``problem`` says why."""

    line: int
    text: str
    normalized: str
    slug: str | None
    problem: str | None


class Digest:
    """Passes keywords on and takes their sha256 on the way; ready when they are exhausted.

    The digest is of the keywords as they are asked, one a line: comments, blank lines, the
    file's encoding and compression do not count, and a plain UTF-8 list has its own sha256.
    """

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._keywords = keywords
        self._sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[Keyword]:
        for keyword in self._keywords:
            self._sha256.update(f"{keyword.normalized or keyword.text}\n".encode())
            yield keyword

    def hexdigest(self) -> str:
        """The digest of the keywords passed on so far."""
        return self._sha256.hexdigest()


def read(
    words: str,
    *,
    column: str | None = None,
    is_checked: bool = True,
    interrupt: Callable[[], None] = look_out,
) -> Iterator[Keyword]:
    """The keywords of a file, or of standard input when ``words`` is ``-``.

    Text has one keyword a line, up to the first tab; blank lines and lines that begin with ``#`` are none,
    but Anki's own head (``#separator:semicolon``) is obeyed. ``.csv`` and ``.tsv`` have one a row, in
    ``column`` or in the only column named word, keyword or headword, whatever the case; a ``.csv`` may be
    separated by semicolons. Standard input is a CSV table when a column is named. All may be gzipped, and be
    UTF-8, or UTF-16 or UTF-32 with a byte-order mark. ``.xlsx`` is read like a table (extra ``xlsx``).

    Unless ``is_checked`` is false, a list that is no text is refused. ``interrupt`` is called again and
    again and may raise to end the reading.

    :raises KeywordListError: on the first ``next`` when there is no keyword at all or the file is
        of another kind, later when it has a NUL byte or breaks off; it names the file, the line and
        what to do.
    """
    if words.lower().endswith(spreadsheet.ENDING):
        yield from _sheet(words, column)
        return
    name = "standard input" if words == STANDARD_INPUT else words
    delimiter = _delimiter(words, column)
    last = 0
    try:
        with opened(words, is_checked=is_checked, interrupt=interrupt) as stream:
            lines = _Lines(stream, interrupt, is_checked=is_checked)
            keywords = _text(lines) if delimiter is None else _table(lines, delimiter, column)
            for keyword in keywords:
                last = keyword.line
                yield keyword
    except NoWordList as error:
        raise KeywordListError(f"{name}: {error}") from error
    except (OSError, EOFError, zlib.error) as error:
        place = f"{name}, after line {last}" if last else name
        reason = getattr(error, "strerror", None) or error
        raise KeywordListError(f"{place}: cannot be read ({reason}); give a whole text, .csv or .tsv file") from error
    if not last:
        raise KeywordListError(f"{name}: there is no keyword in it; write one on each line")


def inline(words: str) -> Iterator[Keyword]:
    """The keywords of an argument such as ``hi,apple``; ``line`` is the place between the commas.

    :raises KeywordListError: when there is none.
    """
    found = False
    for line, text in enumerate(words.split(","), 1):
        for keyword in _outcome(line, text):
            found = True
            yield keyword
    if not found:
        raise KeywordListError(f"{words!r}: there is no keyword in it; separate them by commas")


def passed(words: Iterable[str]) -> list[Keyword]:
    """The keywords of a program's list; ``line`` is the place in it, from 1.

    :raises KeywordListError: when it is one word and not a list, or has something in it that is no word.
    """
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise KeywordListError(f"{words!r} is not a list of words; write one such as ['hi', 'apple']")
    keywords = [_passed(line, text) for line, text in enumerate(words, 1)]
    if not keywords:
        raise KeywordListError("there is no word in the list; write one such as ['hi', 'apple']")
    return keywords


def _passed(line: int, text: object) -> Keyword:
    """A blank line of a file means nothing; a blank word of a list is a mistake, whose answer would be missing."""
    if not isinstance(text, str):
        raise KeywordListError(f"word {line} of the list is {text!r}, a {type(text).__name__} and not a text")
    found = next(_outcome(line, text), None)
    if found is None:
        raise KeywordListError(f"word {line} of the list is blank ({text!r}); leave it out")
    return found


def mostly_words(keywords: Iterable[Keyword], words: str, slug: Callable[[str], str]) -> Iterator[Keyword]:
    """The same keywords; a list most of whose lines can be no word of the dictionary is of another encoding or shape.

    ``words`` is its name, ``slug`` the dictionary's rule.

    :raises KeywordListError: at the end of such a list; it names the first bad line.
    """
    count, invalid, first = 0, 0, ""
    for keyword in keywords:
        count += 1
        problem = keyword.problem or _problem(slug, keyword.normalized or "")
        if problem is not None:
            invalid += 1
            first = first or f"line {keyword.line}: {keyword.text[:LONGEST_QUOTE]!r} ({problem})"
        yield keyword
    if invalid > max(ENOUGH_INVALID, MOST_INVALID * count):
        name = "standard input" if words == STANDARD_INPUT else words
        bad = f"{invalid} of its {count} lines can be no word, the first is {first}"
        raise KeywordListError(
            f"{name}: {bad}; {HOW_TO_SAVE}, or switch this check off with -s WORD_LIST_CHECKED=False"
        )


def _problem(slug: Callable[[str], str], word: str) -> str | None:
    try:
        slug(word)
    except InvalidKeyword as error:
        return str(error)
    return None


class _Lines:
    """The lines of a list, bounded, with the number of the last one."""

    def __init__(self, stream: TextIO, interrupt: Callable[[], None], *, is_checked: bool) -> None:
        self._stream = stream
        self._is_checked = is_checked
        self._interrupt = interrupt
        self._put_back = ""
        self.number = 0

    def first(self) -> str:
        """The first line, which `next` gives once more."""
        self._put_back = self.next(LONGEST_ROW)
        self.number = 0
        return self._put_back

    def next(self, longest: int) -> str:
        """The next line with its end, or the first ``longest`` characters (and one) of a longer line."""
        if self._put_back:
            line, self._put_back = self._put_back, ""
            self.number += 1
            return line
        line = rest = self._read(longest)
        while len(rest) > longest and not rest.endswith("\n"):
            rest = self._read(longest)
        self.number += line != ""
        return line

    def _read(self, longest: int) -> str:
        self._interrupt()
        text = self._stream.readline(longest + 1)
        if self._is_checked and "\0" in text:
            problem = "it has a NUL byte: the list is not text, or UTF-16 without its byte-order mark"
            raise NoWordList(f"line {self.number + 1}: {problem}; {HOW_TO_SAVE}")
        return text


class _Rows:
    """The lines of a table for `csv.reader`, bounded: a row that outgrows the bound is a `csv.Error`.

    `csv.reader` survives such an error and goes on with the next line.
    """

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self._lines = lines
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self._length = 0
        self.first_line = 0
        self.text = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line of the file, for `csv.reader`."""
        line = self._lines.next(LONGEST_ROW)
        if not line:
            raise StopIteration
        self._length += len(line)
        self.text = self.text or line[:LONGEST_KEYWORD].rstrip("\n")
        if self._length > LONGEST_ROW:
            raise csv.Error(f"longer than {LONGEST_ROW} characters")
        return line

    def next_row(self) -> list[str] | None:
        """The cells of the next row, ``None`` at the end; ``first_line`` and ``text`` tell of it.

        :raises csv.Error: when it is no row; the one after it can still be had.
        """
        self.first_line, self.text, self._length = self._lines.number + 1, "", 0
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise csv.Error(f"not a row of a table ({error}), lines {self.first_line}-{self._lines.number}") from error


def _delimiter(words: str, column: str | None) -> str | None:
    """What separates the columns of the list; ``None`` for plain text."""
    if words == STANDARD_INPUT:
        return None if column is None else ","
    delimiter = _DELIMITERS.get(Path(words.lower().removesuffix(".gz")).suffix)
    if delimiter is None and column is not None:
        raise KeywordListError(f"{words}: only a .csv or .tsv file has a column {column!r}; name one, or no column")
    return delimiter


def _text(lines: _Lines) -> Iterator[Keyword]:
    notes = Notes()
    while line := lines.next(LONGEST_LINE):
        if line.lstrip().startswith("#"):
            notes.read_head(line)
        else:
            yield from _outcome(lines.number, notes.word(line.removesuffix("\n")))


def _table(lines: _Lines, delimiter: str, column: str | None) -> Iterator[Keyword]:
    rows = _Rows(lines, _separator(lines.first(), delimiter))
    index = _index(_header(rows), column)
    while True:
        try:
            cells = rows.next_row()
        except csv.Error as error:
            yield Keyword(rows.first_line, printable(rows.text), None, str(error))
            continue
        if cells is None:
            return
        if len(cells) > index:
            yield from _outcome(rows.first_line, cells[index])
        elif cells:
            problem = f"the row has only {len(cells)} of the columns"
            yield Keyword(rows.first_line, printable(rows.text), None, problem)


def _separator(header: str, delimiter: str) -> str:
    """A semicolon where the head of a CSV file has no comma: spreadsheets write so in half of the world."""
    return ";" if delimiter == "," and ";" in header and "," not in header else delimiter


def _sheet(words: str, column: str | None) -> Iterator[Keyword]:
    """The keywords of a spreadsheet, whose first row names the columns if there are several."""
    rows = spreadsheet.rows(words)
    header = next(rows, (0, []))[1]
    if not header:
        raise KeywordListError(f"{words}: the first sheet is empty; write one keyword in each row")
    try:
        index = 0 if len(header) == 1 and column is None else _index([normalize(cell) for cell in header], column)
    except NoWordList as error:
        raise KeywordListError(f"{words}: {error}") from error
    if len(header) == 1 and column is None and normalize(header[0]).casefold() not in KEYWORD_COLUMNS:
        yield from _outcome(1, header[0])
    for number, cells in rows:
        yield from _outcome(number, cells[index] if len(cells) > index else "")


def _header(rows: _Rows) -> list[str]:
    try:
        cells = rows.next_row()
    except csv.Error as error:
        raise NoWordList(f"the first line must name the columns: {error}") from error
    return [printable(normalize(cell)) for cell in cells or ()]


def _index(header: list[str], column: str | None) -> int:
    """Where the keywords are in a row."""
    wanted = KEYWORD_COLUMNS if column is None else (column,)
    folded = {name.casefold() for name in wanted}
    found = [index for index, name in enumerate(header) if name.casefold() in folded]
    if len(found) != 1:
        how_many = "more than one column is" if found else "no column is"
        raise NoWordList(
            f"line 1: {how_many} named {' or '.join(wanted)}; choose by name one of its columns: {', '.join(header)}"
        )
    return found[0]


def _outcome(line: int, text: str) -> Iterator[Keyword]:
    """The one keyword of a line, or none when the line is blank."""
    if len(text) > LONGEST_KEYWORD:
        yield Keyword(line, printable(text[:LONGEST_KEYWORD]), None, f"longer than {LONGEST_KEYWORD} characters")
    elif problem := "; ".join(problem for pattern, problem in _PROBLEMS if pattern.search(text)):
        yield Keyword(line, printable(text), None, problem)
    elif normalized := normalize(text):
        yield Keyword(line, text, normalized, None)
