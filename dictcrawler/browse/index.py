"""Queries to the index of one run: which entries match a text, and which words are near it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from dictcrawler.browse import index_queries as sql
from dictcrawler.browse.excerpts import excerpt
from dictcrawler.errors import DictcrawlerError
from dictcrawler.exports.folding import folded
from dictcrawler.model import Entry

HEADWORD, FORM, BEGINNING, TEXT = range(4)
"""Why an entry was found, the best reason first."""

_LEAST_FOR_TEXTS = 3
"""The fewest letters for which definitions and examples are searched too: ``a`` is in nearly all of them."""
_MOST_RANKED = 300
"""How many entries found by their texts are ranked. A common word is in all entries, and ranking means reading each."""
_MOST_PARAMETERS = 500
_LEAST_LIKENESS = 0.6
_TRIGRAM = 3
_MOST_TRIGRAMS = 8
_LONGEST_SLIPPED = 17
_LAST = "\U0010ffff"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Query:
    """A query: a text, filters, or both. ``level`` is a scheme and a value: ``cefr B1``."""

    text: str = ""
    part_of_speech: str = ""
    level: str = ""
    label: str = ""

    @property
    def has_filter(self) -> bool:
        """Whether a filter is set."""
        return bool(self.part_of_speech or self.level or self.label)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a text nor a filter."""
        return not (self.text.strip() or self.has_filter)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. ``snippet`` is the matching text with the match marked, else the first definition."""

    reason: int
    id: str
    headword: str
    folded: str
    homograph_number: str | None
    parts_of_speech: tuple[str, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter can have, and how many entries have it."""

    value: str
    entries: int


@dataclass(frozen=True, slots=True)
class WordOutcome:
    """The outcome of a word, and the dictionary's suggestions."""

    status: str
    suggestions: tuple[str, ...]


class Index:
    """An open index. Not for several threads at once.

    :raises DictcrawlerError: from every method, when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._database.row_factory = sqlite3.Row

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def search(self, query: Query, most: int) -> list[Hit]:
        """At most ``most`` entries: by headword, by form, by the beginning of a headword, by their texts."""
        found: dict[str, Hit] = {}
        for hit in self._hits(query, most):
            found.setdefault(hit.id, hit)
            if len(found) == most:
                break
        return list(found.values())

    def entries(self, word: str) -> list[Entry]:
        """The entries with this headword, ignoring case and diacritics; else those with this form."""
        rows = self._all(sql.ENTRIES, folded(word)) or self._all(sql.ENTRIES_BY_FORM, folded(word))
        return [self._entry(row) for row in rows]

    def entry(self, entry_id: str) -> Entry | None:
        """The entry with this id, or the entry of the sense with this id."""
        rows = self._all(sql.ENTRY, entry_id) or self._all(sql.ENTRY_BY_SENSE, entry_id)
        return self._entry(rows[0]) if rows else None

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that belong to an entry or a sense."""
        wanted = set(ids)
        return set(self._among(sql.KNOWN_ENTRIES, wanted)) | set(self._among(sql.KNOWN_SENSES, wanted))

    def spelt(self, words: Iterable[str]) -> set[str]:
        """Those of the folded words that are the headword of an entry."""
        return set(self._among(sql.KNOWN_WORDS, {folded(word) for word in words}))

    def neighbours(self, word: str, count: int) -> tuple[list[str], list[str]]:
        """The headwords before and after a word, in the alphabetical order of folded letters."""
        before, after = (self._all(query, folded(word), count) for query in (sql.BEFORE, sql.AFTER))
        return [row["word"] for row in reversed(before)], [row["word"] for row in after]

    def choices(self, kind: str) -> list[Choice]:
        """The values for the filter ``pos``, ``level`` or ``label``, the commonest first."""
        return [Choice(row["value"], row["entries"]) for row in self._all(sql.CHOICES, kind)]

    def similar(self, word: str, most: int) -> list[tuple[float, str]]:
        """Headwords with a similar spelling, each with a similarity from 0 to 1, the most similar first."""
        wanted = folded(word)
        # One letter extra, missing, wrong or swapped with the next: all other letters stay. In a longer word, two such
        # slips still leave some three letters in a row.
        rests = [wanted, *(wanted[:at] + wanted[at + 1 :] for at in range(min(len(wanted), _LONGEST_SLIPPED)))]
        rows = self._all(sql.SLIPPED.format(values=_parameters(rests)), *rests)
        trigrams = list(dict.fromkeys(wanted[at : at + _TRIGRAM] for at in range(len(wanted) - _TRIGRAM + 1)))
        # Each one means reading all words that contain it; a few from all over the text are enough.
        trigrams = trigrams[:: -(-len(trigrams) // _MOST_TRIGRAMS) or 1]
        if trigrams and len(rows) < most:
            rows += self._all(sql.SIMILAR, " OR ".join(map(_quoted, trigrams)))
        likeness = {(SequenceMatcher(None, wanted, row["folded"]).ratio(), row["word"]) for row in rows}
        return sorted((each for each in likeness if each[0] > _LEAST_LIKENESS), reverse=True)[:most]

    def outcomes(self, word: str) -> list[WordOutcome]:
        """The outcomes of the lines of the word list with this word."""
        rows = self._all(sql.OUTCOMES, word, word.casefold())
        return [
            WordOutcome(row["status"], tuple(msgspec.json.decode(row["suggestions"], type=list[str]))) for row in rows
        ]

    def sample(self, count: int) -> list[str]:
        """Some headwords from all over the list, always the same ones."""
        step = max(1, self._all(sql.COUNT)[0]["count"] // count)
        return [row["word"] for row in self._all(sql.SAMPLE, step, count)]

    def _hits(self, query: Query, most: int) -> Iterator[Hit]:
        condition, values = _filter(query)
        wanted = folded(query.text.strip())
        if not wanted:
            yield from self._named(BEGINNING, sql.FILTERED.format(condition=condition), *values, most)
            return
        yield from self._named(HEADWORD, sql.WITH_HEADWORD.format(condition=condition), wanted, *values, most)
        with_form = sql.FILTERED.format(condition=f"{sql.OF_FORM} {condition}")
        yield from self._named(FORM, with_form, wanted, *values, most)
        beginning = sql.BEGINNING_WITH.format(condition=condition)
        yield from self._named(BEGINNING, beginning, wanted, wanted + _LAST, *values, most)
        words = _WORD.findall(wanted)
        if words and len(max(words, key=len)) >= _LEAST_FOR_TEXTS:
            yield from self._in_texts(words, condition, values, most)

    def _named(self, reason: int, query: str, *values: object) -> Iterator[Hit]:
        return (_hit(reason, row) for row in self._all(query, *values))

    def _in_texts(self, words: Sequence[str], condition: str, values: Sequence[str], most: int) -> Iterator[Hit]:
        """Entries whose texts contain all the words; entries that match only by the beginning of a word come last."""
        whole = " ".join(map(_quoted, words))
        found = self._numbers(sql.IN_TEXTS.format(condition=condition), whole, *values, _MOST_RANKED)
        if len(found) < _MOST_RANKED:
            found = self._numbers(sql.RANKED_IN_TEXTS.format(condition=condition), whole, *values, most)
        if len(found) < most:
            found += self._numbers(sql.IN_TEXTS.format(condition=condition), f"{whole}*", *values, most)
        yield from self._excerpted(list(dict.fromkeys(found))[:most], words)

    def _excerpted(self, numbers: Sequence[int], words: Sequence[str]) -> Iterator[Hit]:
        """The entries with these numbers, each with an excerpt around the words."""
        for portion in _portions(numbers):
            rows = self._all(sql.NUMBERED.format(values=_parameters(portion)), *portion)
            ids = [row["id"] for row in rows]
            texts: dict[str, list[str]] = {each: [] for each in ids}
            for query in (sql.DEFINITIONS, sql.EXAMPLES):
                for row in self._all(query.format(values=_parameters(ids)), *ids):
                    texts[row["entry_id"]].append(row["text"])
            hits = {row["number"]: _hit(TEXT, row, excerpt(texts[row["id"]], words)) for row in rows}
            yield from (hits[number] for number in portion)

    def _numbers(self, query: str, *values: object) -> list[int]:
        return [row["number"] for row in self._all(query, *values)]

    def _among(self, query: str, values: Iterable[str]) -> Iterator[str]:
        for portion in _portions(values):
            yield from (row[0] for row in self._all(query.format(values=_parameters(portion)), *portion))

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from error

    def _entry(self, row: sqlite3.Row) -> Entry:
        try:
            return msgspec.json.decode(row["json"], type=Entry)
        except msgspec.DecodeError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> DictcrawlerError:
        return DictcrawlerError(f"the index {self._path} is damaged ({error}): remove it and start again to rebuild it")


_Value = TypeVar("_Value")


def _portions(values: Iterable[_Value]) -> Iterator[tuple[_Value, ...]]:
    """As many at a time as a statement may have parameters."""
    rest = iter(values)
    while portion := tuple(islice(rest, _MOST_PARAMETERS)):
        yield portion


def _parameters(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _hit(reason: int, row: sqlite3.Row, snippet: str = "") -> Hit:
    return Hit(
        reason=reason,
        id=row["id"],
        headword=row["headword"],
        folded=row["headword_folded"],
        homograph_number=row["homograph_number"],
        parts_of_speech=tuple(msgspec.json.decode(row["parts_of_speech"], type=list[str])),
        snippet=snippet or row["snippet"] or "",
    )


def _filter(query: Query) -> tuple[str, list[str]]:
    """The SQL condition for the filters, and its values."""
    conditions, values = [], []
    if query.part_of_speech:
        conditions.append(sql.OF_PART)
        values.append(query.part_of_speech)
    if query.level:
        scheme, _, value = query.level.partition(" ")
        conditions.append(sql.OF_LEVEL)
        values += [scheme, value]
    if query.label:
        conditions.append(sql.OF_LABEL)
        values.append(query.label)
    return " ".join(conditions), values


def _quoted(word: str) -> str:
    """A string of FTS5's query language (https://sqlite.org/fts5.html, section 3.1): nothing in it is an operator."""
    return '"' + word.replace('"', '""') + '"'
