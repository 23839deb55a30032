"""Reads a word list as a stream of keywords: one outcome for each line, whatever its bytes.

The list is never in memory as a whole. A line that cannot be a keyword is an outcome too
and does not affect the other lines. Duplicates are recognised elsewhere, by the
dictionary's slug, since only the dictionary knows which spellings share an address.
"""

from __future__ import annotations

import csv
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from dictcrawler.errors import InvalidKeyword, KeywordListError
from dictcrawler.plan import spreadsheet
from dictcrawler.plan.anki_text import Notes
from dictcrawler.plan.list_file import HOW_TO_SAVE, STANDARD_INPUT, NoWordList, look_out, opened
from dictcrawler.text import normalize, printable

LONGEST_KEYWORD = 1_000
"""Most characters of a keyword (so at most 4,000 bytes of UTF-8); a longer one is a problem."""

LONGEST_LINE = 100_000
"""Most characters of a line of text, including notes after its keyword."""

LONGEST_ROW = 1_000_000
"""Most characters of a row of a table, including its other columns."""

LONGEST_QUOTE = 60
"""Most characters of a line that an error message quotes."""

KEYWORD_COLUMNS = ("word", "keyword", "headword")

MOST_INVALID = 0.5
"""A list is refused when more than this share of its lines is invalid …"""

ENOUGH_INVALID = 10
"""… and more than this many of them are."""

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_SEP = re.compile(r"sep=([,;|\t])\n", re.IGNORECASE)

# Surrogates represent bytes that are not UTF-8, U+FFFD a character that another program could not decode.
_PROBLEMS = (
    (re.compile("[\ud800-\udfff]"), "bytes that are not UTF-8"),
    (re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"), "a control character"),
    (re.compile("\ufffd"), "a replacement character (U+FFFD): the list was decoded wrongly"),
)


class Keyword(msgspec.Struct, frozen=True):
    r"""One line of the list: ``text`` as in the list, ``normalized`` as it is looked up.

    Exactly one of ``normalized`` and ``problem`` is ``None``. With a problem, ``text`` is
    printable (``caf\xe9``) and cut where the line was too long.
    """

    line: int
    text: str
    normalized: str | None
    problem: str | None


class KeywordLine(msgspec.Struct, frozen=True):
    """One line of the word list as stored in the ledger; one with a ``problem`` is not looked up.

    ``slug`` is ``None`` when the line can be no address."""

    line: int
    text: str
    normalized: str
    slug: str | None
    problem: str | None


class Digest:
    """Passes keywords through and computes their sha256, which is complete once they are exhausted.

    The digest covers the normalized keywords, one a line. Comments, blank lines, the file's
    encoding and compression do not count; a plain UTF-8 list has the sha256 of its own file.
    """

    def __init__(self, keywords: Iterable[Keyword]) -> None:
        self._keywords = keywords
        self._sha256 = hashlib.sha256()

    def __iter__(self) -> Iterator[Keyword]:
        for keyword in self._keywords:
            self._sha256.update(f"{keyword.normalized or keyword.text}\n".encode())
            yield keyword

    def hexdigest(self) -> str:
        """The digest of the keywords passed through so far."""
        return self._sha256.hexdigest()


def read(
    words: str,
    *,
    column: str | None = None,
    is_checked: bool = True,
    interrupt: Callable[[], None] = look_out,
) -> Iterator[Keyword]:
    """The keywords of a file, or of standard input when ``words`` is ``-``.

    Text has one keyword a line, up to the first tab. Blank lines and lines that begin with ``#`` are skipped,
    except that Anki's own head (``#separator:semicolon``) is obeyed. ``.csv`` and ``.tsv`` have one keyword a row, in
    ``column`` or in the only column named word, keyword or headword (in any case); a ``.csv`` may use
    semicolons. Standard input is a CSV table when ``column`` is set. Any of them may be gzipped, and be
    UTF-8, or UTF-16 or UTF-32 with a byte-order mark. ``.xlsx`` is read like a table (extra ``xlsx``).

    A list that is not text is refused, unless ``is_checked`` is false. ``interrupt`` is called repeatedly
    and may raise to stop the reading.

    :raises KeywordListError: on the first ``next`` when there is no keyword at all or the file has
        another format, later when it has a NUL byte or breaks off. The message names the file, the line and
        the remedy.
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
        raise KeywordListError(f"{place}: cannot be read ({reason}); use a whole text, .csv or .tsv file") from error
    if not last:
        raise KeywordListError(f"{name}: there is no keyword in it; write one on each line")


def inline(words: str) -> Iterator[Keyword]:
    """The keywords of an argument such as ``hi,apple``; ``line`` counts the places between the commas, from 1.

    :raises KeywordListError: when there is no keyword.
    """
    found = False
    for line, text in enumerate(words.split(","), 1):
        for keyword in _outcome(line, text):
            found = True
            yield keyword
    if not found:
        raise KeywordListError(f"{words!r}: there is no keyword in it; separate them by commas")


def passed(words: Iterable[str]) -> list[Keyword]:
    """The keywords of a Python list; ``line`` is the position in it, from 1.

    :raises KeywordListError: when ``words`` is a single string, is empty, or has an item that is not a word.
    """
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise KeywordListError(f"{words!r} is not a list of words; write one such as ['hi', 'apple']")
    keywords = [_passed(line, text) for line, text in enumerate(words, 1)]
    if not keywords:
        raise KeywordListError("there is no word in the list; write one such as ['hi', 'apple']")
    return keywords


def _passed(line: int, text: object) -> Keyword:
    """One word of a list. Unlike a blank line of a file, a blank word is a mistake: its answer would be missing."""
    if not isinstance(text, str):
        raise KeywordListError(f"word {line} of the list is {text!r}, a {type(text).__name__} and not a text")
    found = next(_outcome(line, text), None)
    if found is None:
        raise KeywordListError(f"word {line} of the list is blank ({text!r}); leave it out")
    return found


def mostly_words(keywords: Iterable[Keyword], words: str, slug: Callable[[str], str]) -> Iterator[Keyword]:
    """Pass the keywords through, and refuse a list in which most lines cannot be words of the dictionary.

    Such a list has another encoding or another format. ``words`` is its name, ``slug`` the dictionary's rule.

    :raises KeywordListError: at the end of such a list; the message quotes the first bad line.
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
        bad = f"{invalid} of its {count} lines cannot be words, the first is {first}"
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
    """The lines of a list, limited in length, with the number of the last one read."""

    def __init__(self, stream: TextIO, interrupt: Callable[[], None], *, is_checked: bool) -> None:
        self._stream = stream
        self._is_checked = is_checked
        self._interrupt = interrupt
        self._put_back = ""
        self.number = 0

    def first(self) -> str:
        """The first line; `next` will return it again."""
        self._put_back = self.next(LONGEST_ROW)
        self.number = 0
        return self._put_back

    def next(self, longest: int) -> str:
        """The next line with its line end, or the first ``longest`` + 1 characters of a longer line."""
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
    """Feeds the lines of a table to `csv.reader`; a row longer than `LONGEST_ROW` raises `csv.Error`.

    After such an error `csv.reader` continues with the next line.
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
        """The cells of the next row, ``None`` at the end; ``first_line`` and ``text`` are its line number and text.

        :raises csv.Error: when the row is malformed; the next one can still be read.
        """
        self.first_line, self.text, self._length = self._lines.number + 1, "", 0
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise csv.Error(f"not a row of a table ({error}), lines {self.first_line}-{self._lines.number}") from error


def _delimiter(words: str, column: str | None) -> str | None:
    """The separator of the list's columns; ``None`` for plain text."""
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
    rows = _Rows(lines, _separator(lines, delimiter))
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


def _separator(lines: _Lines, delimiter: str) -> str:
    """The separator of a table's columns, from its first line.

    Spreadsheets write semicolons in a CSV file where the comma is the decimal separator, tabs in "Unicode text". A
    first line such as ``sep=;`` is Excel's way to name the separator.
    """
    header = lines.first()
    if named := _SEP.fullmatch(header):
        lines.next(LONGEST_ROW)
        return named[1]
    return next((each for each in (delimiter, ";", "\t") if each in header), delimiter)


def _sheet(words: str, column: str | None) -> Iterator[Keyword]:
    """The keywords of a spreadsheet. If it has several columns, the first row names them."""
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
    """The index of the keyword column in a row."""
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
    """The keyword of a line; nothing for a blank line."""
    if len(text) > LONGEST_KEYWORD:
        yield Keyword(line, printable(text[:LONGEST_KEYWORD]), None, f"longer than {LONGEST_KEYWORD} characters")
    elif problem := _signs_of_damage(text):
        yield Keyword(line, printable(text), None, problem)
    elif normalized := normalize(text):
        yield Keyword(line, text, normalized, None)


def _signs_of_damage(text: str) -> str:
    """The problems with single characters of a line; empty when there are none."""
    if text.isascii() and text.isprintable():
        return ""
    return "; ".join(problem for pattern, problem in _PROBLEMS if pattern.search(text))
