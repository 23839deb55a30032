"""The one boundary around a word: whatever goes wrong while one word is looked up costs that word alone.

Nothing else in the project stops any `Exception`. What fails outside of a word, the store and the kept
pages pass through and end the run: no word could be kept then.
"""

from __future__ import annotations

import logging
import traceback
from typing import Self

from msgspec.structs import replace

from dictcrawler.errors import LockedError, ParserDefect, ReadingError, StoreError
from dictcrawler.feeds.withholding import MOST_DEFECTS, MOST_DEFECTS_SHARE
from dictcrawler.model import DEFECT, Lookup, Status
from dictcrawler.storage.kept_pages import NotKept
from dictcrawler.text import printable

logger = logging.getLogger(__name__)

LONGEST_REASON = 300
"""Characters of an error that the word's outcome repeats."""

MOST_IN_A_ROW = 20
"""After so many words in a row that hit a defect, nothing more is looked up."""

_PASSING = (LockedError, NotKept, ReadingError, StoreError)


class Boundary:
    """Turns what nobody expected into the outcome of the word it happened to, and counts it. One object a crawl.

    ``passing`` are further errors that are the whole run's. ``stopped`` is the reason why nothing more is
    looked up, once there were too many defects.
    """

    def __init__(self, passing: tuple[type[Exception], ...] = ()) -> None:
        self._passing = (*_PASSING, *passing)
        self._words = 0
        self._in_a_row = 0
        self.defects = 0
        self.stopped: str | None = None

    def around(self, unanswered: Lookup) -> Caught:
        """What is done for one word; ``unanswered`` is its lookup as it is known so far."""
        return Caught(self, unanswered)

    def is_of_the_word(self, error: BaseException | None) -> bool:
        """Whether an error costs its word alone."""
        return isinstance(error, Exception) and not isinstance(error, self._passing)

    def answered(self) -> None:
        """Count a word that was looked up without a defect."""
        self._words += 1
        self._in_a_row = 0

    def not_looked_up(self, unanswered: Lookup) -> Lookup:
        """The outcome of a word once ``stopped``."""
        return replace(unanswered, status=Status.PARSE_ERROR, error=f"{DEFECT}not looked up: {self.stopped}")

    def defect(self, unanswered: Lookup, error: BaseException) -> Lookup:
        """The outcome of a word that an error happened to."""
        trace = error.traceback if isinstance(error, ParserDefect) else "".join(traceback.format_exception(error))
        name = str(error) if isinstance(error, ParserDefect) else f"{type(error).__name__}: {error}"
        # The text of an error may quote the page: half of a surrogate pair would fail the log itself.
        printed = trace.encode("utf-8", "backslashreplace").decode()
        logger.error("a defect on %r\n%s", unanswered.normalized, printed)
        self._words += 1
        self._in_a_row += 1
        self.defects += 1
        self._stop_if_too_many()
        return replace(
            unanswered,
            status=Status.PARSE_ERROR,
            entries=(),
            entry_ids=(),
            pages=(),
            error=f"{DEFECT}{printable(name[:LONGEST_REASON])}",
        )

    def _stop_if_too_many(self) -> None:
        is_share = self.defects > MOST_DEFECTS and self.defects > MOST_DEFECTS_SHARE * self._words
        if self.stopped is None and (self._in_a_row >= MOST_IN_A_ROW or is_share):
            how_many = f"{self._in_a_row} words in a row" if not is_share else f"{self.defects} of {self._words} words"
            self.stopped = f"{how_many} hit a defect of the program; the log has the tracebacks"
            logger.error("nothing more is looked up: %s", self.stopped)


class Caught:
    """The block in which one word is looked up; ``outcome`` is the word's, if an error ended the block."""

    def __init__(self, boundary: Boundary, unanswered: Lookup) -> None:
        self._boundary = boundary
        self._unanswered = unanswered
        self.outcome: Lookup | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Keep what is the word's; anything else goes on."""
        if error is None or not self._boundary.is_of_the_word(error):
            return False
        self.outcome = self._boundary.defect(self._unanswered, error)
        return True
