"""What may be done with an export, and how that is said in it."""

from __future__ import annotations

from dataclasses import dataclass

from dictcrawler.feeds.sharing import OPEN_LICENCES
from dictcrawler.model import Entry, Source

PRIVATE_COPY = "Private copy for personal study: all rights are reserved, do not pass it on."


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose the text is, and the SPDX identifier of its licence if it has one."""

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
        """Where the open licence is to be read."""
        return OPEN_LICENCES.get(self.licence or "")

    @property
    def notice(self) -> str:
        """One paragraph for the place where a format states rights."""
        if self.is_open:
            return f"{self.statement} Licence: {self.licence}, {self.licence_url}"
        return f"{PRIVATE_COPY} {self.statement}"


def credit(entry: Entry) -> str:
    """What an entry's licence wants beside it: its page, the page's revision, its authors and the licence."""
    source = entry.source
    revision = f"revision {source.revision}" if source.revision else None
    return " · ".join(filter(None, (source.url, revision, source.attribution, source.license or source.rights)))
