"""Adds the citation to a page's entries: address, time, digest and parser.

Every page becomes finished entries through `read`: in the spider, in ``parse`` on the
command line and in a reparse of kept pages.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import msgspec

from dictcrawler.dictionaries import Dictionary
from dictcrawler.model import Entry, LexicalEntry, Source
from dictcrawler.parsing.page import EntryPage, MissPage, ParsedEntry
from dictcrawler.reading.normalize import NOT_HASHED, normalize

logger = logging.getLogger(__name__)


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """How a page was obtained: ``payload_digest`` is ``sha256:`` and the digest of the decoded body's bytes.

    Times are in UTC and whole seconds; ``archived_at`` is when a web archive captured the page;
    ``warnings`` are about the decoding of its bytes.
    """

    retrieved_from: str
    fetched_at: datetime
    payload_digest: str
    archived_at: datetime | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for moment in filter(None, (self.fetched_at, self.archived_at)):
            if moment.utcoffset() != timedelta() or moment.microsecond:
                raise ValueError(f"{moment!r} is not a time in UTC of whole seconds")


def read(dictionary: Dictionary, html: str, url: str, fetch: Provenance) -> tuple[Entry, ...] | MissPage:
    """The finished entries of a page, or its own "not found".

    :raises PageError: when the page is neither.
    """
    page = dictionary.parse(html, url)
    if isinstance(page, MissPage):
        return page
    return tuple(normalize(entry) for entry in cite(page, dictionary, fetch))


def cite(page: EntryPage, dictionary: Dictionary, fetch: Provenance) -> tuple[Entry, ...]:
    """The entries of a page, each with its citation, in the page's order.

    They have no content hash yet, and no feed accepts them before `normalize` adds it. Parts of the
    page that the parser left out are logged.
    """
    for reason in page.left_out:
        logger.warning("left out of %s: %s", page.canonical_url, reason)
    return tuple(_entry(parsed, _source(parsed, page, dictionary, fetch)) for parsed in page.entries)


def _entry(parsed: ParsedEntry, source: Source) -> Entry:
    fields = {name: getattr(parsed.content, name) for name in LexicalEntry.__struct_fields__}
    return Entry(**fields, content_hash=NOT_HASHED, source=source)


def _source(parsed: ParsedEntry, page: EntryPage, dictionary: Dictionary, fetch: Provenance) -> Source:
    return Source(
        url=page.canonical_url,
        retrieved_from=fetch.retrieved_from,
        archived_at=fetch.archived_at,
        fetched_at=fetch.fetched_at,
        payload_digest=fetch.payload_digest,
        layout=page.layout,
        parser=dictionary.parser,
        revision=page.revision,
        rights=dictionary.rights,
        license=dictionary.license,
        attribution=page.attribution if dictionary.names_authors else None,
        text_coverage=parsed.text_coverage,
        structure=parsed.structure,
        warnings=(*parsed.warnings, *fetch.warnings),
    )
