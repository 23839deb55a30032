"""The arguments of a crawl as Scrapy passes them on, and the settings that follow from them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings

from dictcrawler import dictionaries
from dictcrawler.crawling.checked_settings import refuse_unreadable
from dictcrawler.crawling.limits import limits_of
from dictcrawler.errors import ArgumentError, KeywordListError
from dictcrawler.net import proxy
from dictcrawler.plan import arguments, reading_text, word_list
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import Keyword
from dictcrawler.runs.opening import Costs, DataPlace, Keeping, Opening
from dictcrawler.runs.part import read_part
from dictcrawler.storage.store_url import url_of

logger = logging.getLogger(__name__)

# Our own site on loopback needs no courtesy, and no proxy could reach it.
SAMPLE_SLOT = {"127.0.0.1": {"concurrency": 16, "delay": 0, "jitter": 0}}


def read_arguments(name: str, given: Mapping[str, str], settings: BaseSettings) -> CrawlArguments:
    """The parsed arguments of a crawl of that dictionary.

    :raises ArgumentError: when an argument or setting is wrong.
    """
    refuse_unreadable(settings)
    refuse_pickles(settings)
    refuse_scrapys_proxy(settings)
    refuse_unknown(settings)
    proxy.read(settings["PROXY"])
    parsed = arguments.read(dictionaries.load(name), given)
    arguments.require_contact(parsed, settings["CONTACT"])
    return parsed


def be_polite(settings: BaseSettings, given: CrawlArguments, shortest_delay: float, most_at_once: int) -> None:
    """Adapt settings to the arguments: the contact, the sample site, the limits of the site that gets the requests."""
    if settings["CONTACT"]:
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{settings['CONTACT']})", priority="cmdline")
    elif given.source != "sample":
        logger.warning("no CONTACT is set: a site cannot reach you; set it with -s CONTACT=mailto:you@example.org")
    if given.source == "sample":
        settings.set("DOWNLOAD_SLOTS", SAMPLE_SLOT, priority="cmdline")
        settings.set("PROXY", "", priority="cmdline")
    is_at_home = given.source == "live" and given.base_url is None
    shortest = shortest_delay if is_at_home else 0.0
    if settings.getfloat("DOWNLOAD_DELAY") < shortest:
        settings.set("DOWNLOAD_DELAY", shortest, priority="cmdline")
    if is_at_home and settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") > most_at_once:
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", most_at_once, priority="cmdline")


def refuse_pickles(settings: BaseSettings) -> None:
    """Refuse settings that make Scrapy unpickle files: anybody who can write to such a folder could run code here.

    :raises ArgumentError: with the reason; the store makes both settings unnecessary.
    """
    if settings["JOBDIR"]:
        raise ArgumentError("JOBDIR", "is not used, a crawl resumes from its store", "no JOBDIR")
    if settings.getbool("HTTPCACHE_ENABLED"):
        raise ArgumentError("HTTPCACHE_ENABLED", "is not used, answers are kept in the store", "no HTTPCACHE_ENABLED")


def refuse_scrapys_proxy(settings: BaseSettings) -> None:
    """Refuse Scrapy's own way to a proxy, which would pass by the check of addresses.

    :raises ArgumentError: the setting PROXY is ours.
    """
    if settings.getbool("HTTPPROXY_ENABLED"):
        raise ArgumentError("HTTPPROXY_ENABLED", "is not used, PROXY names the proxy", proxy.ALLOWED)


def refuse_unknown(settings: BaseSettings) -> None:
    """Refuse a command line's setting that nothing reads and that is nearly the name of a known one.

    A name unlike all others may belong to a component of the user's own.

    :raises ArgumentError: naming the setting and the one that is probably meant.
    """
    project = os.environ.get("SCRAPY_SETTINGS_MODULE", "dictcrawler.settings")
    modules = {default_settings.__name__, "dictcrawler.settings", project}
    known = {name for module in modules for name in vars(import_module(module)) if name.isupper()}
    typed = SETTINGS_PRIORITIES["cmdline"]
    for name in settings:
        if settings.getpriority(name) != typed or name in known or name.startswith("_"):
            continue
        # Whatever else a proxy setting is called: no request may go around the proxy that was meant.
        close = ["PROXY"] if "PROXY" in name.upper() else get_close_matches(name.upper(), known, 3, cutoff=0.8)
        if close:
            raise ArgumentError(name, f"there is no such setting; did you mean {close[0]!r}?", ", ".join(close))


def pace_of(settings: BaseSettings, given: CrawlArguments) -> tuple[float, int]:
    """Seconds between two requests, and requests at once, to one host; 0 seconds without a network."""
    delay, at_once = settings.getfloat("DOWNLOAD_DELAY"), settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
    if given.source == "sample":
        own = SAMPLE_SLOT["127.0.0.1"]
        return float(own["delay"]), own["concurrency"]
    return (0.0 if given.source == "warc" else delay), at_once


def keywords_of(settings: BaseSettings, given: CrawlArguments, interrupt: Callable[[], None]) -> Iterator[Keyword]:
    """The words of a crawl; ``interrupt`` is called repeatedly while a file is read, and may raise.

    :raises KeywordListError: when the list cannot be read, or most of its lines cannot be words.
    """
    if given.word is not None:
        return word_list.inline(given.word)
    if given.text is not None:
        # BCP 47: the language's code is the first part of the edition's tag.
        language = given.dictionary.editions[given.edition].lang.partition("-")[0]
        counts = reading_text.count(given.text, language, given.known)
        if not counts:
            raise KeywordListError(f"{given.text}: all of its words are in {given.known}")
        return iter(word_list.passed(word for word, _ in counts.most_common()))
    is_checked = settings.getbool("WORD_LIST_CHECKED")
    found = word_list.read(given.words, column=given.column, is_checked=is_checked, interrupt=interrupt)
    return word_list.mostly_words(found, given.words, given.dictionary.slug) if is_checked else found


def opening_of(settings: BaseSettings, arguments: CrawlArguments) -> Opening:
    """The run that the settings and arguments describe, not yet open.

    :raises ArgumentError: when STORE_URL is not a database URL.
    """
    data = Path(settings["DATA_DIR"])
    about = {
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
        "http-header-user-agent": settings["USER_AGENT"],
    }
    return Opening(
        place=DataPlace(data=data, store_url=url_of(settings["STORE_URL"], data, arguments.dictionary.name)),
        arguments=arguments,
        limits=limits_of(settings),
        costs=Costs(settings.getint("READING_MEMORY"), settings.getfloat("READING_SECONDS")),
        keeping=Keeping(settings.getint("PAGES_MAX_BYTES"), about) if settings.getbool("PAGES_KEPT") else None,
        part=read_part(settings["RUN_PART"]),
    )
