"""The arguments of a crawl (``-a name=value``), read and refused before any request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from dictcrawler import dictionaries
from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import ArgumentError
from dictcrawler.plan.freshness import read_refresh
from dictcrawler.text import printable

DEFAULT_WORDS = "data/keywords/seed.txt"
_SEEDS_OF_THE_WHEEL = Path(__file__).with_name("seed.txt")
WAYBACK_MACHINE = "https://web.archive.org/web/"
# WARC files are given for what is in them: no day bounds them unless one is asked for.
NO_DAY = "9999-12-31"
SOURCES = ("archive", "live", "sample", "warc")
HOMOGRAPHS = ("all", "first")
NAMES = (
    "archive",
    "base_url",
    "before",
    "column",
    "dry_run",
    "edition",
    "feed",
    "homographs",
    "index",
    "refresh",
    "resume",
    "source",
    "warc",
    "word",
    "words",
)
LANGUAGE = "language"
TRANSLATIONS = "translations"
_FEED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
# It stands in brackets in the User-Agent.
_CONTACT = re.compile(r"(?:mailto:)?[^\s@()<>:/]+@[^\s@()<>:/]+\.[^\s@()<>:/.]+|https?://[^\s@()<>/]+(?:/[^\s()<>]*)?")
# Scrapyd hands every spider the number of its job and the version that was asked for.
SCHEDULERS_OWN = ("_job", "_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlArguments:
    """What was asked of a spider. ``word`` and ``words`` say where the keywords come from.

    ``language`` is set when it is not the dictionary's usual one; ``dictionary`` and ``edition`` are
    then those of the language. ``translations``: the dictionary reads them too.
    """

    dictionary: Dictionary
    edition: str
    language: str | None
    translations: bool = False
    source: str
    words: str
    word: str | None
    column: str | None
    homographs: str
    archive: str
    index: str
    before: datetime
    base_url: str | None
    warc: str | None
    refresh: str
    resume: bool
    dry_run: bool = False
    own_feed: str | None = None
    reparse: str | None = None

    @property
    def archived(self) -> bool:
        """Whether the pages come from an archive, whose captures never change."""
        return self.source in ("archive", "warc")

    @property
    def scope(self) -> str:
        """The part of the store that belongs to this question: all that decides which page answers a word.

        An answer is taken over only by a crawl that would have asked the same, and invented
        entries never meet real ones.
        """
        place = {
            "archive": f"{self.archive} {self.before:%Y-%m-%d}",
            "live": self.base_url or "",
            "sample": "",
            "warc": f"{self.warc} {self.before:%Y-%m-%d} {self.base_url or ''}",
        }
        extent = f"{self.homographs} {TRANSLATIONS}" if self.translations else self.homographs
        return f"{self.source} {self.edition} {extent} {place[self.source]}".strip()

    @property
    def view(self) -> tuple[str, ...]:
        """How the pages are read, for the process that reads them: the language, if not the usual one; translations."""
        return (self.language or "", "yes" if self.translations else "no")

    @property
    def feed(self) -> str:
        """The name of the feed folder: the dictionary's, with the edition when it is not the default one.

        With ``feed=NAME`` it is that name: a second list of the same dictionary has a feed of its own.
        """
        if self.own_feed is not None:
            return self.own_feed
        is_default = self.language is None and self.edition == self.dictionary.default_edition
        return self.dictionary.name if is_default else f"{self.dictionary.name}-{self.edition}"

    @property
    def asks_the_public(self) -> bool:
        """Whether a site of the public is asked: not our sample, nor a mirror or archive of the user's own."""
        if self.source == "archive":
            return self.archive == WAYBACK_MACHINE
        return self.source == "live" and self.base_url is None

    @property
    def host(self) -> str | None:
        """Who answers: ``host`` or ``host:port``; ``None`` when that is this machine itself."""
        if self.source == "archive":
            return urlsplit(self.archive).netloc
        if self.source == "live":
            return urlsplit(self.base_url or self.dictionary.editions[self.edition].addresses[0]).netloc
        return None

    def as_text(self) -> dict[str, str]:
        """Everything that decides what a run is about, for the manifest and the run's identity."""
        shown = {
            "dictionary": self.dictionary.name,
            "edition": self.edition,
            "language": self.language,
            "translations": "yes" if self.translations else None,
            "source": self.source,
            "homographs": self.homographs,
            "words": self.words if self.word is None else None,
            "word": None if self.word is None else printable(self.word),
            "column": self.column,
            "base_url": self.base_url,
            "warc": self.warc,
            "refresh": self.refresh,
            "feed": self.own_feed,
            "reparse": self.reparse,
        }
        if self.source == "archive":
            shown |= {"archive": self.archive, "index": self.index, "before": self.before.date().isoformat()}
        if self.source == "warc":
            shown |= {"before": self.before.date().isoformat()}
        return {name: value for name, value in shown.items() if value is not None}


def names(dictionary: Dictionary) -> tuple[str, ...]:
    """The names of the arguments that a crawl of this dictionary takes."""
    own = {LANGUAGE: dictionary.in_language, TRANSLATIONS: dictionary.with_translations}
    return (*NAMES, *(name for name, way in own.items() if way is not None))


def read(dictionary: Dictionary, given: Mapping[str, str]) -> CrawlArguments:
    """Read ``-a`` arguments.

    :raises ArgumentError: for an unknown name, a value that is not allowed, or two that exclude each other.
    """
    _refuse_unknown(given, names(dictionary))
    _refuse_unprintable(given)
    dictionary, language = _in_language(dictionary, given)
    has_translations = _choice(TRANSLATIONS, given.get(TRANSLATIONS, "no"), ("yes", "no")) == "yes"
    dictionary = dictionary.viewed(translations=has_translations)
    if "word" in given and ("words" in given or "column" in given):
        raise ArgumentError("word", "given together with a word list", "word= or words= (with column=), not both")
    source = _choice("source", given.get("source", _usual_source(dictionary, given)), SOURCES)
    if "base_url" in given and source not in ("live", "warc"):
        raise ArgumentError("base_url", f"given with source={source}", "base_url= only with source=live or warc")
    if ("warc" in given) != (source == "warc"):
        raise ArgumentError("warc", "it goes together with source=warc", "source=warc warc=FILES, both or neither")
    archive = _url("archive", given.get("archive", WAYBACK_MACHINE))
    archive = archive if archive.endswith("/") else f"{archive}/"
    return CrawlArguments(
        dictionary=_invented(dictionary) if source == "sample" else dictionary,
        edition=_choice("edition", given.get("edition", dictionary.default_edition), tuple(dictionary.editions)),
        language=language,
        translations=has_translations,
        source=source,
        words=given["words"] if "words" in given else _default_words(),
        word=given.get("word"),
        column=given.get("column"),
        homographs=_choice("homographs", given.get("homographs", "all"), HOMOGRAPHS),
        archive=archive,
        index=_url("index", given["index"]) if "index" in given else _index_of(archive),
        before=_end_of_day("before", given.get("before", NO_DAY if source == "warc" else _last_day(dictionary))),
        base_url=_template("base_url", given["base_url"]) if "base_url" in given else None,
        warc=given.get("warc"),
        refresh=_refresh(given.get("refresh", "due")),
        resume=_choice("resume", given.get("resume", "yes"), ("yes", "no")) == "yes",
        dry_run=_choice("dry_run", given.get("dry_run", "no"), ("yes", "no")) == "yes",
        own_feed=_feed_name(given["feed"]) if "feed" in given else None,
    )


def _usual_source(dictionary: Dictionary, given: Mapping[str, str]) -> str:
    """A living dictionary is asked at its site, a closed one in an archive, unless an argument implies a source."""
    implied = {"warc": "warc", "base_url": "live", "archive": "archive", "index": "archive", "before": "archive"}
    for name, source in implied.items():
        if name in given:
            return source
    return "archive" if dictionary.closed else "live"


def _invented(dictionary: Dictionary) -> Dictionary:
    """The sample site's entries are ours, not the publisher's, and nobody else has written them."""
    rights = "Invented sample text of the dictcrawler project."
    return replace(dictionary, rights=rights, license="CC0-1.0", names_authors=False)


def require_contact(asked: CrawlArguments, contact: str) -> None:
    """Refuse a contact that is no address, and to ask a site, nameless, that wants to know who asks.

    :raises ArgumentError: when the dictionary needs the operator's contact and has none, or nobody can be reached so.
    """
    if contact.strip() and not _CONTACT.fullmatch(contact.strip()):
        raise ArgumentError(
            "CONTACT",
            f"{contact!r} is not an address that a site could write to",
            "a mail address or a page, such as mailto:you@example.org or https://example.org/crawler",
        )
    if asked.dictionary.needs_contact and asked.asks_the_public and not contact.strip():
        raise ArgumentError(
            "CONTACT",
            f"{asked.dictionary.title} wants to know who asks, and no contact is set",
            "your own address, as -s CONTACT=mailto:you@example.org or DICTCRAWLER_CONTACT; "
            "none for source=sample, a mirror (base_url=) or another archive (archive=)",
        )


def _in_language(dictionary: Dictionary, given: Mapping[str, str]) -> tuple[Dictionary, str | None]:
    """The dictionary as it reads the language asked for, and that language if it is not the usual one."""
    if LANGUAGE not in given or dictionary.in_language is None:
        return dictionary, None
    if "edition" in given:
        raise ArgumentError(LANGUAGE, "given together with an edition", "language= or edition=, not both")
    asked = dictionary.in_language(given[LANGUAGE])
    return asked, None if asked.default_edition == dictionary.default_edition else given[LANGUAGE]


def _refuse_unknown(given: Mapping[str, str], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names + SCHEDULERS_OWN:
            close = get_close_matches(name, names, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ArgumentError(name, f"there is no such argument{hint}", ", ".join(names))


def _refuse_unprintable(given: Mapping[str, str]) -> None:
    """Arguments are printed and stored. Not so ``word``: what is in it are keywords, with an outcome each."""
    for name, value in given.items():
        if name != "word" and printable(value) != value:
            raise ArgumentError(name, f"{printable(value)!r} has characters that do not print", "text in UTF-8")


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ArgumentError(name, f"{value!r} is not one of them", ", ".join(allowed))
    return value


def _url(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or "@" in parts.netloc:
        # A password here would end in the log, in the store and in the citation of every entry.
        raise ArgumentError(name, f"{value!r} is not an address", "an http:// or https:// URL, no user name in it")
    return value


def _template(name: str, value: str) -> str:
    """Accept ``{keyword}`` as the mission wrote it and ``{slug}`` as the code calls it."""
    template = value.replace("{keyword}", "{slug}")
    _url(name, template.replace("{slug}", "x"))
    parts, rest = urlsplit(template), template.replace("{slug}", "", 1)
    if "{slug}" not in parts.path + parts.query or "{" in rest or "}" in rest:
        allowed = "a URL with one {keyword} in its path or query"
        raise ArgumentError(name, f"{value!r} has no place for the word", allowed)
    return template


def _feed_name(value: str) -> str:
    """The name of a folder, and not that of a dictionary, which is the name of its usual feed."""
    allowed = "up to 60 letters a-z, digits, - and _, not the name of a dictionary; such as verbs"
    if not _FEED_NAME.fullmatch(value) or value.lower() in dictionaries.names():
        raise ArgumentError("feed", f"{value!r} cannot be the name of a further feed", allowed)
    return value


def _refresh(value: str) -> str:
    read_refresh(value)
    return value


def _last_day(dictionary: Dictionary) -> str:
    """The day that a closed site last answered on; today for a living one."""
    return (dictionary.closed_on or datetime.now(UTC).date()).isoformat()


def _end_of_day(name: str, value: str) -> datetime:
    try:
        day = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ArgumentError(name, f"{value!r} is not a date", "YYYY-MM-DD, such as 2023-06-30") from None
    return day.replace(hour=23, minute=59, second=59)


def _index_of(archive: str) -> str:
    """The capture index that belongs to a replay prefix: the Wayback Machine's own, else pywb's."""
    if urlsplit(archive).hostname == "web.archive.org":
        return "https://web.archive.org/cdx/search/cdx"
    return f"{archive}cdx"


def _default_words() -> str:
    """The seed words of a checkout, else the copy that a wheel brings along."""
    if not Path(DEFAULT_WORDS).exists() and _SEEDS_OF_THE_WHEEL.exists():
        return str(_SEEDS_OF_THE_WHEEL)
    return DEFAULT_WORDS
