"""Macmillan's addresses: the slug rule, and what an address says of an entry.

The path is ``/[us/]dictionary/<edition>/<slug>[#<sense>]``; ``us/`` only switches the
site's navigation. Homographs are numbered ``slug_1``, ``slug_2``; a lone one is not.
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
    """An entry, and perhaps one of its senses, as an address names it."""

    edition: str
    slug: str
    sense: str | None = None

    @property
    def id(self) -> str:
        """The feed's id of the entry: ``macmillan:american:call_2``."""
        return f"macmillan:{self.edition}:{self.slug}"

    @property
    def target(self) -> str:
        """The feed's id of the sense, or of the entry where no sense is named."""
        return f"{self.id}#{self.sense}" if self.sense else self.id


def slug(keyword: str) -> str:
    """The last part of a keyword's address: small letters, all but letters and digits becomes ``-``.

    The site's slugs are ASCII: accents are stripped (``café`` is at ``cafe``).

    :raises InvalidKeyword: when an address cannot hold the word, and for more than `LONGEST_SLUG` characters.
    """
    found = slugs.slug(keyword)
    if len(found) > LONGEST_SLUG:
        raise InvalidKeyword(f"{keyword[:LONGEST_SLUG]!r}: more than {LONGEST_SLUG} letters and digits")
    return found


def absolute(href: str, base: str, edition: str) -> str:
    """An address as it is printed, made absolute.

    Links may begin with a blank, and the API's two placeholders may stand unexpanded.
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
    """What the path of an address says; ``None`` for any other page than an entry's."""
    match = _PATH.fullmatch(path)
    return Named(match[1], *numbered(match[2])) if match is not None and is_slug(match[2]) else None


def is_sense_anchor(anchor: str) -> bool:
    """Whether an ``id`` is one of a sense: ``hi_1__1``."""
    # Greedy, unlike `_SENSE`: what the slug is does not matter, and the end is found at once.
    return _SENSE_ANCHOR.fullmatch(anchor) is not None


def slug_of_sense(anchor: str) -> str | None:
    """The slug of the entry that a sense's ``id`` names: ``hi_1`` of ``hi_1__1``."""
    match = _SENSE.fullmatch(anchor)
    return match[1] if match is not None and is_slug(match[1]) else None


def homograph_number(found: str) -> str | None:
    """``"2"`` of ``call_2``; ``None`` for the only homograph."""
    return numbered(found)[1]


def unnumbered(found: str) -> str:
    """``call`` of ``call_2``."""
    return numbered(found)[0]
