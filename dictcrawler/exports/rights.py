"""The terms of use of an export, and how its card and files state them."""

from __future__ import annotations

from dataclasses import dataclass

from dictcrawler.feeds.sharing import OPEN_LICENCES
from dictcrawler.model import Entry, Source

PRIVATE_COPY = "Private copy for personal study: all rights are reserved, do not pass it on."


@dataclass(frozen=True, slots=True)
class Rights:
    """The owner of the text, and the SPDX identifier of its licence if it has one."""

    statement: str
    licence: str | None

    @classmethod
    def of(cls, source: Source) -> Rights:
        """The rights that an entry's citation states."""
        return cls(source.rights, source.license)

    @property
    def is_open(self) -> bool:
        """Whether everyone may pass the text on."""
        return self.licence in OPEN_LICENCES

    @property
    def licence_url(self) -> str | None:
        """The address of the open licence's text."""
        return OPEN_LICENCES.get(self.licence or "")

    @property
    def notice(self) -> str:
        """One paragraph for the field where a format states rights."""
        if self.is_open:
            return f"{self.statement} Licence: {self.licence}, {self.licence_url}"
        return f"{PRIVATE_COPY} {self.statement}"


def credit(entry: Entry) -> str:
    """The attribution that an entry's licence requires: its page, the page's revision, its authors and the licence."""
    source = entry.source
    revision = f"revision {source.revision}" if source.revision else None
    return " · ".join(filter(None, (source.url, revision, source.attribution, source.license or source.rights)))
