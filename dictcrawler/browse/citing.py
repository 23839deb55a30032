"""Citations of an entry: as a sentence, and for BibTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from dictcrawler.model import Entry

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """The same citation twice: ``plain`` for a text, ``bibtex`` for a bibliography."""

    plain: str
    bibtex: str


def cite(entry: Entry) -> Citation:
    """The citation of an entry: the page it was read from, its revision, the day."""
    source = entry.source
    name = f"{entry.dictionary.capitalize()} ({entry.edition})"
    parts = ", ".join(entry.parts_of_speech or entry.raw_parts_of_speech)
    what = f"“{entry.headword}”" + (f" ({parts})" if parts else "")
    revision = f", revision {source.revision}" if source.revision else ""
    archived = f", archived {_day(source.archived_at)} at {source.retrieved_from}" if source.archived_at else ""
    plain = f"{what}. {name}. {source.url}{revision}{archived}. Retrieved {_day(source.fetched_at)}."
    return Citation(plain, _bibtex(entry, name, what))


def _bibtex(entry: Entry, name: str, what: str) -> str:
    source = entry.source
    notes = [
        f"revision {source.revision}" if source.revision else "",
        f"archived {source.archived_at:%Y-%m-%d}: {source.retrieved_from}" if source.archived_at else "",
        source.license or source.rights,
    ]
    fields = {
        "title": what,
        "howpublished": name,
        "author": source.attribution or "",
        "url": source.url,
        "urldate": f"{source.fetched_at:%Y-%m-%d}",
        "note": "; ".join(filter(None, notes)),
    }
    lines = [f"  {field} = {{{_escaped(value)}}}" for field, value in fields.items() if value]
    key = re.sub(r"[^A-Za-z0-9]+", "-", entry.id).strip("-")
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
