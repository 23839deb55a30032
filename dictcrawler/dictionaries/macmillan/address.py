"""Macmillan's addresses: the slug rule, and the entry that an address names.

The path is ``/[us/]dictionary/<edition>/<slug>[#<sense>]``; ``us/`` only switches the site's navigation. Homographs are
numbered ``slug_1``, ``slug_2``; the only entry of a word has no number.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from msgspec import Struct

from dictcrawler.errors import InvalidKeyword
from dictcrawler.parsing import slugs
from dictcrawler.parsing.own_address import Named, is_slug, numbered

LONGEST_SLUG = 100

_ENTRY = re.compile(r"https?://[^/]+/(?:us/)?dictionary/(american|british)/([^/?#\s]+)(?:[^#]*#(\S+))?")
_PATH = re.compile(r"/(?:us/)?dictionary/(american|british)/([^/]+)/?")
_SENSE = re.compile(r"(.+?)__\d+")
_SENSE_ANCHOR = re.compile(r".+__\d+")


class EntryAddress(Struct, frozen=True):
    """The entry, and perhaps one of its senses, that an address names."""

    edition: str
    slug: str
    sense: str | None = None

    @property
    def id(self) -> str:
        """The feed's id of the entry: ``macmillan:american:call_2``."""
        return f"macmillan:{self.edition}:{self.slug}"

    @property
    def target(self) -> str:
        """The feed's id of the sense, or of the entry when the address names no sense."""
        return f"{self.id}#{self.sense}" if self.sense else self.id


def slug(keyword: str) -> str:
    """The last part of a keyword's address: lower case, with ``-`` for all but letters and digits.

    The site's slugs are ASCII: accents are stripped (``café`` is at ``cafe``).

    :raises InvalidKeyword: when an address cannot hold the word, and for more than `LONGEST_SLUG` characters.
    """
    found = slugs.slug(keyword)
    if len(found) > LONGEST_SLUG:
        raise InvalidKeyword(f"{keyword[:LONGEST_SLUG]!r}: more than {LONGEST_SLUG} letters and digits")
    return found


def absolute(href: str, base: str, edition: str) -> str:
    """Make a printed address absolute.

    Links may begin with a blank and may contain two placeholders of the API that were never filled in.
    """
    href = href.strip()
    if "$dictCode" in href:
        href = href.replace("#skLicensedUrl('/media/')", "/media/").replace("$dictCode", edition)
    return href if href.startswith(("https://", "http://")) else urljoin(base, href)


def entry_address(url: str) -> EntryAddress | None:
    """The entry and sense that an absolute address names; ``None`` for any other page."""
    match = _ENTRY.match(url)
    if match is None or not is_slug(match[2]):
        return None
    edition, found, fragment = match.groups()
    return EntryAddress(edition, found, fragment if fragment and is_sense_anchor(fragment) else None)


def named(path: str) -> Named | None:
    """The parts of an entry's path; ``None`` for any other page."""
    match = _PATH.fullmatch(path)
    return Named(match[1], *numbered(match[2])) if match is not None and is_slug(match[2]) else None


def is_sense_anchor(anchor: str) -> bool:
    """Whether an ``id`` is one of a sense: ``hi_1__1``."""
    # Greedy, unlike `_SENSE`: the slug itself does not matter here, and the end is found at once.
    return _SENSE_ANCHOR.fullmatch(anchor) is not None


def slug_of_sense(anchor: str) -> str | None:
    """The slug of the entry in a sense's ``id``: ``hi_1`` of ``hi_1__1``."""
    match = _SENSE.fullmatch(anchor)
    return match[1] if match is not None and is_slug(match[1]) else None


def homograph_number(found: str) -> str | None:
    """``"2"`` of ``call_2``; ``None`` for the only homograph."""
    return numbered(found)[1]


def unnumbered(found: str) -> str:
    """``call`` of ``call_2``."""
    return numbered(found)[0]
