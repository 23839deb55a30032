"""A lookup before its outcome is known.

It has no status, and it is no `Lookup`: neither the pipelines nor the store accept it, so it cannot pass for one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.net.fetched import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The question: a word, and where it is looked up. The last three fields are those of the last page, if any."""

    keyword: str
    line: int
    normalized: str
    dictionary: str
    edition: str
    requested_url: str
    run: str
    final_url: str | None = None
    http_status: int | None = None
    fetched_at: datetime | None = None

    def located(self, fetched: Fetched | None) -> Unanswered:
        """The same question with the address, the status and the time of a page."""
        if fetched is None:
            return self
        return replace(self, final_url=fetched.url, http_status=fetched.status, fetched_at=fetched.fetched_at)

    def refused(self, status: Status, error: str, url: str | None, http_status: int | None) -> Lookup:
        """The outcome when a page could not be fetched from ``url``."""
        return replace(self, final_url=url, http_status=http_status).answered(status, error=error)

    def answered(
        self,
        status: Status,
        *,
        error: str | None = None,
        entries: tuple[Entry, ...] = (),
        suggestions: tuple[str, ...] = (),
    ) -> Lookup:
        """The outcome."""
        return Lookup(
            keyword=self.keyword,
            line=self.line,
            normalized=self.normalized,
            dictionary=self.dictionary,
            edition=self.edition,
            status=status,
            entry_ids=tuple(entry.id for entry in entries),
            suggestions=suggestions,
            requested_url=self.requested_url,
            final_url=self.final_url,
            http_status=self.http_status,
            attempts=0,
            error=error,
            fetched_at=self.fetched_at,
            run=self.run,
            entries=entries,
        )
