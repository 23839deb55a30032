"""Counts the headwords of a text: a book (.epub), subtitles (.srt) or plain text.

simplemma (the extra ``text``) reduces word forms to headwords.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TextIO

from dictcrawler.errors import ExtraMissing, KeywordListError, UnknownPage
from dictcrawler.parsing import markup
from dictcrawler.plan import word_list
from dictcrawler.plan.list_file import NoWordList, opened
from dictcrawler.text import normalize

LARGEST_CHAPTER = 64 * 2**20
"""Most bytes of one unzipped chapter of a book."""

_CHAPTERS = (".xhtml", ".html", ".htm")
# The number of a subtitle, and its time line.
_NO_SPEECH = re.compile(r"^\s*(?:\d+|\d+:\d\d:\d\d[,.]\d+\s*-->.*)\s*$", re.MULTILINE)
_MARKS = re.compile(r"</?[a-zA-Z][^>]*>|\{\\[^}]*\}")
# Surrogates represent bytes that are not UTF-8. UTF-16 without a mark would become words of one letter.
LONGEST_LINE = 16 << 20
"""In characters. A whole book in one line is shorter."""
_NOT_UTF8 = re.compile("[\0\ud800-\udfff]")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


def count(path: str, language: str = "en", known: str | None = None) -> Counter[str]:
    """How often each headword occurs in a file, without the words of the list ``known`` and their forms.

    :raises ExtraMissing: when simplemma is not installed.
    :raises KeywordListError: when a file cannot be read.
    """
    headword = _lemmatizer(path, language)
    counts: Counter[str] = Counter()
    for text in _texts(path):
        counts.update(headword(word) for word in _WORD.findall(normalize(text)))
    if not counts:
        raise KeywordListError(f"{path}: there is no word in it")
    for keyword in _known(known):
        if keyword.normalized is not None:
            _leave_out(counts, keyword.normalized, headword)
    return counts


def _known(words: str | None) -> Iterable[word_list.Keyword]:
    """The words of a list; one in another encoding is refused, since its words would be crawled all the same."""
    return () if words is None else word_list.mostly_words(word_list.read(words), words, normalize)


def _leave_out(counts: Counter[str], word: str, headword: Callable[[str], str]) -> None:
    for form in (word, headword(word)):
        counts.pop(form, None)
        counts.pop(form.lower(), None)


class _Lemmatizer:
    def __init__(self, lemmatize: object, language: str) -> None:
        self._lemmatize, self._language = lemmatize, language
        self._found: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """The headword of a word. Contractions and possessives count as the word before the apostrophe."""
        if word not in self._found:
            bare = word.removesuffix("'s")
            made = self._lemmatize(bare, lang=self._language)  # type: ignore[operator]  # a function of an extra
            # Keep the capital only if simplemma knows the word with one, as it does names.
            self._found[word] = made if made[:1].isupper() and len(made) > 1 and not made.isupper() else made.lower()
        return "I" if word == "I" else self._found[word]


def _lemmatizer(path: str, language: str) -> _Lemmatizer:
    try:
        import simplemma  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraMissing(path, "simplemma", "text") from error
    try:
        simplemma.lemmatize("a", lang=language)
    except ValueError as error:
        raise KeywordListError(f"language {language!r}: {error}; write a code such as en or de") from error
    return _Lemmatizer(simplemma.lemmatize, language)


def _texts(path: str) -> Iterator[str]:
    """The text of a file, in pieces that never end inside a word."""
    if path.lower().endswith(".epub"):
        yield from _chapters(path)
        return
    try:
        with opened(path) as stream:
            yield from _plain(stream, is_subtitles=path.lower().endswith(".srt"))
    except NoWordList as error:
        problem = str(error).partition(";")[0]
        raise KeywordListError(f"{path}: {problem}; use a .txt, .srt or .epub file") from error
    except (OSError, EOFError, zlib.error) as error:
        raise KeywordListError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines of a text; a device or a damaged file may have one without an end."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise NoWordList(f"it has a line of more than {LONGEST_LINE >> 20} million characters and is not text")
        yield line


def _plain(lines: TextIO, *, is_subtitles: bool) -> Iterator[str]:
    stream = _lines(lines)
    while piece := "".join(islice(stream, 1000)):
        spoken = _MARKS.sub(" ", _NO_SPEECH.sub(" ", piece)) if is_subtitles else piece
        if _NOT_UTF8.search(spoken):
            raise NoWordList("it has bytes that are not UTF-8 text: save it as UTF-8")
        yield spoken


def _chapters(path: str) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as book:
            for page in book.infolist():
                if page.filename.lower().endswith(_CHAPTERS):
                    yield _chapter(path, book, page)
    except OSError as error:
        raise KeywordListError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, UnknownPage) as error:
        raise KeywordListError(f"{path}: cannot be read as a book ({error}); save it as .txt") from error


def _chapter(path: str, book: zipfile.ZipFile, page: zipfile.ZipInfo) -> str:
    with book.open(page) as stream:
        body = io.BytesIO(stream.read(LARGEST_CHAPTER + 1)).getvalue()
    if len(body) > LARGEST_CHAPTER:
        raise KeywordListError(f"{path}: {page.filename} is larger than {LARGEST_CHAPTER} bytes")
    return markup.text(markup.document(body.decode("utf-8", "replace")))
