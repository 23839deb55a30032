"""The pages for looking words up: search, a word in all dictionaries, one entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dictcrawler.browse import entry_view
from dictcrawler.browse.entry_view import EntryView
from dictcrawler.browse.index import TEXT, Choice, Hit, Query, WordOutcome
from dictcrawler.browse.library import Book
from dictcrawler.exports.folding import folded
from dictcrawler.model import Entry

PAGE = 40
"""Words on one page of results."""
_MOST_PAGES = 25
_NEIGHBOURS = 4
_SIMILAR = 6
_KINDS = ("pos", "level", "label")


@dataclass(slots=True)
class FoundWord:
    """A word of the results: where it is found, the best reason first."""

    word: str
    reason: int
    snippet: str
    entries: list[tuple[Book, Hit]] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        """Whether the text is a headword or form, or the beginning of one, and not merely in the entry's texts."""
        return self.reason < TEXT

    @property
    def places(self) -> dict[Book, str]:
        """The dictionaries that have it, each with the parts of speech."""
        found: dict[Book, dict[str, None]] = {}
        for book, hit in self.entries:
            found.setdefault(book, {}).update(dict.fromkeys(hit.parts_of_speech))
        return {book: ", ".join(parts) for book, parts in found.items()}


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results. ``similar`` are words of similar spelling, if nothing has the text as its name."""

    words: Sequence[FoundWord]
    page: int
    has_more: bool
    similar: Sequence[str]
    outcomes: Sequence[tuple[Book, WordOutcome]]


@dataclass(frozen=True, slots=True)
class Side:
    """The entries of a word in one dictionary."""

    book: Book
    entries: Sequence[EntryView]


def search(books: Sequence[Book], query: Query, page: int) -> Results:
    """Search all books and group the results by word."""
    page = min(max(page, 1), _MOST_PAGES)
    wanted = page * PAGE + 1
    found: dict[str, FoundWord] = {}
    for book in books:
        for hit in book.index.search(query, wanted):
            _add(found, book, hit)
    ranked = sorted(found.values(), key=lambda each: (each.reason, each.entries[0][1].folded if each.is_named else ""))
    is_named = any(each.is_named for each in ranked)
    # A text of several words that occurs in an entry is spelt correctly.
    is_right = is_named or (ranked and " " in query.text.strip())
    similar = () if is_right or not query.text.strip() else _similar(books, query.text)
    return Results(
        words=ranked[(page - 1) * PAGE : page * PAGE],
        page=page,
        has_more=len(ranked) > page * PAGE and page < _MOST_PAGES,
        similar=similar,
        outcomes=()
        if is_named
        else [(book, each) for book in books for each in book.index.outcomes(query.text.strip())],
    )


def sides(books: Sequence[Book], word: str) -> list[Side]:
    """The entries of a word, dictionary by dictionary; those that have none are left out."""
    found = [(book, book.index.entries(word)) for book in books]
    words = _words(books, (entry for _, entries in found for entry in entries))
    return [Side(book, _views(book, entries, words)) for book, entries in found if entries]


def entry(books: Sequence[Book], feed: str, entry_id: str) -> Side | None:
    """One entry by its id or the id of one of its senses; without ``feed``, from the first book that has it."""
    for book in books:
        found = book.index.entry(entry_id) if feed in ("", book.name) else None
        if found is not None:
            return Side(book, _views(book, [found], _words(books, [found])))
    return None


def neighbours(books: Sequence[Book], word: str) -> tuple[list[str], list[str]]:
    """The headwords before and after a word, from all books together."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for book in books:
        earlier, later = book.index.neighbours(word, _NEIGHBOURS)
        before |= {folded(each): each for each in earlier}
        after |= {folded(each): each for each in later}
    return [before[key] for key in sorted(before)[-_NEIGHBOURS:]], [after[key] for key in sorted(after)[:_NEIGHBOURS]]


def choices(books: Sequence[Book]) -> dict[str, list[Choice]]:
    """The values for the filters, over all books, the commonest first."""
    found: dict[str, list[Choice]] = {}
    for kind in _KINDS:
        counts: dict[str, int] = {}
        for choice in (choice for book in books for choice in book.index.choices(kind)):
            counts[choice.value] = counts.get(choice.value, 0) + choice.entries
        found[kind] = [Choice(value, counts[value]) for value in sorted(counts, key=lambda it: (-counts[it], it))]
    return found


def samples(books: Sequence[Book], count: int) -> list[str]:
    """Some words to begin with."""
    words = {folded(word): word for book in books for word in book.index.sample(count)}
    chosen = sorted(words)[:: max(1, len(words) // count)]
    return [words[key] for key in chosen[:count]]


def _add(found: dict[str, FoundWord], book: Book, hit: Hit) -> None:
    known = found.setdefault(hit.folded, FoundWord(hit.headword, hit.reason, hit.snippet))
    known.entries.append((book, hit))
    if hit.reason < known.reason:
        known.reason, known.snippet = hit.reason, hit.snippet


def _similar(books: Sequence[Book], text: str) -> list[str]:
    ranked = sorted((each for book in books for each in book.index.similar(text.strip(), _SIMILAR)), reverse=True)
    return list(dict.fromkeys(word for _, word in ranked))[:_SIMILAR]


def _words(books: Sequence[Book], entries: Iterable[Entry]) -> dict[str, bool]:
    """The words of the entries' relations that can be looked up here."""
    _, texts = entry_view.targets(entries)
    spelt = {word for book in books for word in book.index.spelt(texts)}
    return {text: folded(text) in spelt for text in texts}


def _views(book: Book, entries: Sequence[Entry], words: dict[str, bool]) -> list[EntryView]:
    ids, _ = entry_view.targets(entries)
    known = book.index.known(ids)
    return [entry_view.view(book.name, each, known, words) for each in entries]
