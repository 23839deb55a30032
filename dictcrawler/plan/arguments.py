"""The arguments of a crawl (``-a name=value``), parsed and checked before any request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from dictcrawler import dictionaries
from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import ArgumentError
from dictcrawler.plan.freshness import read_refresh
from dictcrawler.text import printable

DEFAULT_WORDS = "data/keywords/seed.txt"
# Below the current folder, in an installed wheel, in a clone that a command of another folder runs.
_SEEDS = (Path(DEFAULT_WORDS), Path(__file__).with_name("seed.txt"), Path(__file__).parents[2] / DEFAULT_WORDS)
WAYBACK_MACHINE = "https://web.archive.org/web/"
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
    "known",
    "refresh",
    "resume",
    "source",
    "text",
    "warc",
    "word",
    "words",
)
LANGUAGE = "language"
TRANSLATIONS = "translations"
_FEED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
# Part of the User-Agent, within parentheses.
_CONTACT = re.compile(r"(?:mailto:)?[^\s@()<>:/]+@[^\s@()<>:/]+\.[^\s@()<>:/.]+|https?://[^\s@()<>/]+(?:/[^\s()<>]*)?")
# Scrapyd passes these to every spider: the id of its job, and the version of the project.
SCHEDULERS_OWN = ("_job", "_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlArguments:
    """The parsed arguments of a crawl. ``word`` and ``words`` name the source of the keywords.

    ``language`` is ``None`` for the dictionary's usual language; ``dictionary`` and ``edition`` are those of
    ``language``. ``translations``: the parser reads translations too.
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
    text: str | None = None
    known: str | None = None
    reparse: str | None = None

    @property
    def archived(self) -> bool:
        """Whether the pages come from an archive, whose captures never change."""
        return self.source in ("archive", "warc")

    @property
    def scope(self) -> str:
        """The part of the store for these arguments: everything that decides which page answers a word.

        A crawl reuses only answers of the same scope, so invented entries never mix with real ones.
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
        """How the parsing process is to read the pages: the language, if not the usual one; translations."""
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
        """Whether requests go to a public site: not to our sample, nor to the user's own mirror or archive."""
        if self.source == "archive":
            return self.archive == WAYBACK_MACHINE
        return self.source == "live" and self.base_url is None

    @property
    def host(self) -> str | None:
        """The host that receives the requests, ``host`` or ``host:port``; ``None`` for this machine."""
        if self.source == "archive":
            return urlsplit(self.archive).netloc
        if self.source == "live":
            return urlsplit(self.base_url or self.dictionary.editions[self.edition].addresses[0]).netloc
        return None

    def as_text(self) -> dict[str, str]:
        """Everything that decides what a run contains, for the manifest and the run's identity."""
        shown = {
            "dictionary": self.dictionary.name,
            "edition": self.edition,
            "language": self.language,
            "translations": "yes" if self.translations else None,
            "source": self.source,
            "homographs": self.homographs,
            "words": self.words if self.word is None and self.text is None else None,
            "text": self.text,
            "known": self.known,
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
    """The names of the arguments that a crawl of this dictionary accepts."""
    own = {LANGUAGE: dictionary.in_language, TRANSLATIONS: dictionary.with_translations}
    return (*NAMES, *(name for name, way in own.items() if way is not None))


def read(dictionary: Dictionary, values: Mapping[str, str]) -> CrawlArguments:
    """Parse ``-a`` arguments.

    :raises ArgumentError: for an unknown name, a value that is not allowed, or two that exclude each other.
    """
    _refuse_unknown(values, names(dictionary))
    _refuse_unprintable(values)
    dictionary, language = _in_language(dictionary, values)
    has_translations = _choice(TRANSLATIONS, values.get(TRANSLATIONS, "no"), ("yes", "no")) == "yes"
    dictionary = dictionary.viewed(translations=has_translations)
    if "word" in values and ("words" in values or "column" in values):
        raise ArgumentError("word", "used together with a word list", "word= or words= (with column=), not both")
    _refuse_two_lists(values)
    source = _choice("source", values.get("source", _usual_source(dictionary, values)), SOURCES)
    if "base_url" in values and source not in ("live", "warc"):
        raise ArgumentError("base_url", f"used with source={source}", "base_url= only with source=live or warc")
    if ("warc" in values) != (source == "warc"):
        raise ArgumentError("warc", "it needs source=warc, and source=warc needs it", "source=warc warc=FILES")
    archive = _url("archive", values.get("archive", WAYBACK_MACHINE))
    archive = archive if archive.endswith("/") else f"{archive}/"
    return CrawlArguments(
        dictionary=_invented(dictionary) if source == "sample" else dictionary,
        edition=_choice("edition", values.get("edition", dictionary.default_edition), tuple(dictionary.editions)),
        language=language,
        translations=has_translations,
        source=source,
        words=values["words"] if "words" in values else _default_words(),
        word=values.get("word"),
        column=values.get("column"),
        homographs=_choice("homographs", values.get("homographs", "all"), HOMOGRAPHS),
        archive=archive,
        index=_url("index", values["index"]) if "index" in values else _index_of(archive),
        before=_end_of(_day("before", values["before"]) if "before" in values else _last_day(dictionary, source)),
        base_url=_template("base_url", values["base_url"]) if "base_url" in values else None,
        warc=values.get("warc"),
        refresh=_refresh(values.get("refresh", "due")),
        resume=_choice("resume", values.get("resume", "yes"), ("yes", "no")) == "yes",
        dry_run=_choice("dry_run", values.get("dry_run", "no"), ("yes", "no")) == "yes",
        own_feed=_feed_name(values["feed"]) if "feed" in values else None,
        text=values.get("text"),
        known=values.get("known"),
    )


def _refuse_two_lists(values: Mapping[str, str]) -> None:
    if "text" in values and not values.keys().isdisjoint(("word", "words", "column")):
        raise ArgumentError("text", "used together with another word list", "text= alone, or with known=")
    if "known" in values and "text" not in values:
        allowed = "text= with known=; dictcrawler words FILE --known LIST"
        raise ArgumentError("known", "it leaves words out of a text, and there is no text=", allowed)


def _usual_source(dictionary: Dictionary, values: Mapping[str, str]) -> str:
    """Live for a dictionary that is online, archive for a closed one, unless an argument implies another source."""
    implied = {"warc": "warc", "base_url": "live", "archive": "archive", "index": "archive", "before": "archive"}
    for name, source in implied.items():
        if name in values:
            return source
    return "archive" if dictionary.closed else "live"


def _invented(dictionary: Dictionary) -> Dictionary:
    """The dictionary with the rights of its sample site."""
    if dictionary.name in dictionaries.installed():
        rights = f"Invented sample text of the package that reads {dictionary.title}."
        return replace(dictionary, rights=rights, license=None, names_authors=False)
    rights = "Invented sample text of the dictcrawler project."
    return replace(dictionary, rights=rights, license="CC0-1.0", names_authors=False)


def require_contact(arguments: CrawlArguments, contact: str) -> None:
    """Check the operator's contact. Some sites require one in the User-Agent.

    :raises ArgumentError: when the contact is neither a mail address nor a page, or when the dictionary requires
        one and none is set.
    """
    if contact.strip() and not _CONTACT.fullmatch(contact.strip()):
        raise ArgumentError(
            "CONTACT",
            f"{contact!r} is neither a mail address nor a page",
            "a mail address or a page, such as mailto:you@example.org or https://example.org/crawler",
        )
    if arguments.dictionary.needs_contact and arguments.asks_the_public and not contact.strip():
        raise ArgumentError(
            "CONTACT",
            f"{arguments.dictionary.title} requires a contact in the User-Agent, and none is set",
            "your own address, as -s CONTACT=mailto:you@example.org or DICTCRAWLER_CONTACT; "
            "none for source=sample, a mirror (base_url=) or another archive (archive=)",
        )


def _in_language(dictionary: Dictionary, values: Mapping[str, str]) -> tuple[Dictionary, str | None]:
    """The dictionary in the language of the arguments, and that language unless it is the usual one."""
    if LANGUAGE not in values or dictionary.in_language is None:
        return dictionary, None
    if "edition" in values:
        raise ArgumentError(LANGUAGE, "used together with an edition", "language= or edition=, not both")
    in_language = dictionary.in_language(values[LANGUAGE])
    return in_language, None if in_language.default_edition == dictionary.default_edition else values[LANGUAGE]


def _refuse_unknown(values: Mapping[str, str], names: tuple[str, ...]) -> None:
    for name in values:
        if name not in names + SCHEDULERS_OWN:
            close = get_close_matches(name, names, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ArgumentError(name, f"there is no such argument{hint}", ", ".join(names))


def _refuse_unprintable(values: Mapping[str, str]) -> None:
    """Arguments are printed and stored, so they must be printable. Not ``word``: its keywords each get an outcome."""
    for name, value in values.items():
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
        # A password here would reach the log, the store and the citation of every entry.
        raise ArgumentError(name, f"{value!r} is not an address", "an http:// or https:// URL, no user name in it")
    return value


def _template(name: str, value: str) -> str:
    """Accept ``{keyword}``, which users write, and ``{slug}``, the name in this code."""
    template = value.replace("{keyword}", "{slug}")
    _url(name, template.replace("{slug}", "x"))
    parts, rest = urlsplit(template), template.replace("{slug}", "", 1)
    if "{slug}" not in parts.path + parts.query or "{" in rest or "}" in rest:
        allowed = "a URL with one {keyword} in its path or query"
        raise ArgumentError(name, f"{value!r} has no place for the word", allowed)
    return template


def _feed_name(value: str) -> str:
    """Check the name of a feed folder. The name of a dictionary is taken by its usual feed."""
    allowed = "up to 60 letters a-z, digits, - and _, not the name of a dictionary; such as verbs"
    if not _FEED_NAME.fullmatch(value) or value.lower() in dictionaries.names():
        raise ArgumentError("feed", f"{value!r} cannot be the name of a further feed", allowed)
    return value


def _refresh(value: str) -> str:
    read_refresh(value)
    return value


def _last_day(dictionary: Dictionary, source: str) -> date:
    """The last day that a closed site answered on; today for one that is online. The pages of a WARC file all count."""
    return date.max if source == "warc" else dictionary.closed_on or datetime.now(UTC).date()


def _day(name: str, value: str) -> date:
    try:
        # Its first use takes 3 ms, so no default is read by it.
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise ArgumentError(name, f"{value!r} is not a date", "YYYY-MM-DD, such as 2023-06-30") from None


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


def _index_of(archive: str) -> str:
    """The capture index that belongs to a replay prefix: the Wayback Machine's own, else pywb's."""
    if urlsplit(archive).hostname == "web.archive.org":
        return "https://web.archive.org/cdx/search/cdx"
    return f"{archive}cdx"


def _default_words() -> str:
    """The first list of seed words that is there."""
    return next((str(seeds) for seeds in _SEEDS if seeds.exists()), DEFAULT_WORDS)
