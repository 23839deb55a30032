"""The error boundary around a word: an unexpected error while a word is looked up costs that word alone.

No other place in the project catches `Exception`. Errors outside a word, of the store, of the kept pages and of
the operator's proxy are not caught and end the run: no word could be kept after them.
"""

from __future__ import annotations

import logging
import traceback
from typing import Self

from msgspec.structs import replace

from dictcrawler.errors import LockedError, ParserDefect, ProxyUnauthorized, ReadingError, StoreError
from dictcrawler.feeds.withholding import MOST_DEFECTS, MOST_DEFECTS_SHARE
from dictcrawler.model import DEFECT, Lookup, Status
from dictcrawler.storage.kept_pages import NotKept
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

LONGEST_REASON = 300
"""Characters of an error that the word's outcome quotes."""

MOST_IN_A_ROW = 20
"""After this many words in a row that hit a defect, no further word is looked up."""

_PASSING = (LockedError, NotKept, ProxyUnauthorized, ReadingError, StoreError)


class Boundary:
    """Turns an unexpected error into the error text of its word's outcome, and counts the words. One object a crawl.

    ``passing`` are further errors that end the run. ``stopped`` is the reason why no further word is
    looked up, after too many defects.
    """

    def __init__(self, passing: tuple[type[Exception], ...] = ()) -> None:
        self._passing = (*_PASSING, *passing)
        self._words = 0
        self._in_a_row = 0
        self.defects = 0
        self.stopped: str | None = None

    def around(self, word: str) -> Caught:
        """A context for the lookup of one word."""
        return Caught(self, word)

    def is_of_the_word(self, error: BaseException | None) -> bool:
        """Whether an error costs its word alone, not the run."""
        return isinstance(error, Exception) and not isinstance(error, self._passing)

    def finished(self, lookup: Lookup) -> None:
        """Count a word, once its outcome is complete: it may have hit defects at several places."""
        if self.stopped is not None:
            return
        self._words += 1
        if (lookup.error or "").startswith(DEFECT):
            self._in_a_row += 1
            self.defects += 1
            self._stop_if_too_many()
        else:
            self._in_a_row = 0

    def not_looked_up(self) -> str:
        """The error of a word that is skipped because of ``stopped``."""
        return f"{DEFECT}not looked up: {self.stopped}"

    def defect(self, word: str, error: BaseException) -> str:
        """The error of a word whose lookup raised ``error``; it is logged."""
        trace = error.traceback if isinstance(error, ParserDefect) else "".join(traceback.format_exception(error))
        name = str(error) if isinstance(error, ParserDefect) else f"{type(error).__name__}: {error}"
        # The error may quote the page. Half of a surrogate pair in it would make logging itself fail.
        printed = trace.encode("utf-8", "backslashreplace").decode()
        logger.error("a defect on %r\n%s", word, printed)
        return f"{DEFECT}{printable(name[:LONGEST_REASON])}"

    def _stop_if_too_many(self) -> None:
        is_share = self.defects > MOST_DEFECTS and self.defects > MOST_DEFECTS_SHARE * self._words
        if self._in_a_row >= MOST_IN_A_ROW or is_share:
            how_many = f"{self._in_a_row} words in a row" if not is_share else f"{self.defects} of {self._words} words"
            self.stopped = f"{how_many} hit a defect of the program; the log has the tracebacks"
            logger.error("nothing more is looked up: %s", self.stopped)


class Caught:
    """The context in which one word is looked up; ``defect`` is set when an error ended it."""

    def __init__(self, boundary: Boundary, word: str) -> None:
        self._boundary = boundary
        self._word = word
        self.defect: str | None = None

    def __enter__(self) -> Self:
        """Enter the context."""
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Catch the errors that cost the word alone; all others propagate."""
        if error is None or not self._boundary.is_of_the_word(error):
            return False
        self.defect = self._boundary.defect(self._word, error)
        return True


def spoilt(lookup: Lookup, defect: str) -> Lookup:
    """A lookup after a defect while its answer was being checked or stored: the answer is lost."""
    return replace(lookup, status=Status.PARSE_ERROR, entries=(), entry_ids=(), pages=(), error=defect)
