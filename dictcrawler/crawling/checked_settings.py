"""The values that the settings of a crawl may have, Scrapy's and ours.

Each setting has a `Kind`: that of its name if one is listed here, or else that of its default's type.
"""

from __future__ import annotations

import codecs
import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import msgspec
from scrapy.settings import BaseSettings, default_settings

from dictcrawler.crawling import setting_values as values
from dictcrawler.crawling.setting_values import MOST, MOST_SECONDS, WRONG
from dictcrawler.errors import ArgumentError


class Kind(msgspec.Struct, frozen=True):
    """A kind of settings. ``read`` raises one of `WRONG` for a value that is none; ``allowed`` says what to type."""

    read: Callable[[Any], object]
    allowed: str
    problem: str = "cannot be read"


def refuse_unreadable(settings: BaseSettings) -> None:
    """Refuse a setting, ours or Scrapy's, with a value that it cannot have.

    :raises ArgumentError: naming the setting, its value and what to type.
    """
    for name, usual in usual_values().items():
        if name in settings and not _is_same(settings[name], usual):
            refuse_wrong(name, usual, settings[name])


def refuse_no_tables(given: Mapping[str, object]) -> None:
    """Refuse anything but a table for a setting that is one: Scrapy cannot even set it.

    :raises ArgumentError: naming the setting, its value and what to type.
    """
    for name, usual in usual_values().items():
        if name in given and isinstance(usual, dict):
            refuse_wrong(name, usual, given[name])


def usual_values() -> dict[str, Any]:
    """The defaults of all settings."""
    ours = vars(import_module("dictcrawler.settings"))
    return {name: usual for name, usual in {**vars(default_settings), **ours}.items() if name.isupper()}


def refuse_wrong(name: str, usual: object, value: object) -> None:
    """Refuse a value that the setting cannot have.

    :raises ArgumentError: naming the setting, its value and what to type.
    """
    kind = kind_of(name, usual)
    plain = dict(value) if isinstance(value, BaseSettings) else value
    try:
        kind.read(plain)
    except WRONG as error:
        why = f": {error}" if isinstance(error, ImportError | OSError | SyntaxError) else ""
        raise ArgumentError(name, f"{plain!r} {kind.problem}{why}", kind.allowed) from error


def kind_of(name: str, usual: object) -> Kind:
    """The kind of a setting with that default."""
    if (base := name.removesuffix("_BASE")) in KINDS:
        return KINDS[base]
    if isinstance(usual, int | float):
        return FLAG if isinstance(usual, bool) else _number_kind(name, usual)
    if isinstance(usual, str) and usual.startswith(("dictcrawler.", "scrapy.", "twisted.", "uvloop.")):
        return Kind(values.class_at, f"a class, such as {usual}", "is not there")
    return next((kind for type_, kind in BY_TYPE.items() if isinstance(usual, type_)), ANYTHING)


def _is_same(value: object, usual: object) -> bool:
    return value is usual or (dict(value) if isinstance(value, BaseSettings) else value) == usual


def _number_kind(name: str, usual: float) -> Kind:
    is_whole = isinstance(usual, int) and name not in SECONDS
    least = -MOST if name.endswith(("_PRIORITY", "_ADJUST")) else AT_LEAST.get(name, 0)
    most = MOST if is_whole else MOST_SECONDS
    if name.endswith("_LIMIT") and isinstance(usual, float):
        most = 1
    elif name.startswith("CONCURRENT_"):
        most = MOST_AT_ONCE
    limits = f" from {least} to {most}" if most <= MOST_AT_ONCE else f" of at least {least}" if least > 0 else ""
    return Kind(
        lambda value: values.number(value, least, most, is_whole=is_whole),
        f"a {'whole number' if is_whole else 'number'}{limits}, such as {usual}",
    )


def _choice(*choices: str | None) -> Kind:
    def read(value: object) -> None:
        if value not in choices:
            raise ValueError

    return Kind(read, ", ".join(str(choice) for choice in choices if choice))


def _optional(kind: Kind) -> Kind:
    return Kind(lambda value: None if value is None else kind.read(value), kind.allowed, kind.problem)


ANYTHING = Kind(lambda _: None, "anything")
FLAG = Kind(values.flag, "True or False")
TEXT = Kind(values.text, "text")
TEXTS = Kind(values.texts, "a list, on a command line with commas between: one,two")
CODES = Kind(values.http_codes, "HTTP statuses with commas between, such as 500,503")
LEVEL = Kind(values.level, ", ".join(logging.getLevelNamesMapping()), "is not a level")
CODEC = Kind(codecs.lookup, "the name of an encoding, such as utf-8")
HEADER = Kind(values.header, "one line of letters, digits and signs of ASCII")
MODULES = Kind(values.modules, "modules with commas between, such as dictcrawler.spiders", "cannot be loaded")
MODULE = Kind(values.module, "a module, such as dictcrawler.spiders", "cannot be loaded")
TABLE = Kind(values.table, 'an object in JSON: {"name": "value"}')
FOLDER = Kind(values.folder, "a folder that you can write to, or that can be made", "cannot be used")
FOLDER_OR_NONE = Kind(values.folder_or_none, FOLDER.allowed, FOLDER.problem)
FILE_OR_NONE = Kind(values.file_or_none, "a file that can be written", "cannot be used")
COMPONENTS = Kind(values.components, '{"package.module.Class": 100} in JSON; null for the number switches it off')
CLASSES = Kind(values.classes, '{"name": "package.module.Class"} in JSON; null for the class switches it off')
BY_TYPE: Mapping[type, Kind] = {str: TEXT, list: TEXTS, dict: TABLE}

SECONDS = frozenset({"DOWNLOAD_TIMEOUT", "DOWNLOAD_DELAY_JITTER", "DOWNLOAD_DELAY", "DNS_TIMEOUT",
                     "CLOSESPIDER_TIMEOUT", "CLOSESPIDER_TIMEOUT_NO_ITEM"})  # fmt: skip
"""Settings whose defaults are whole numbers and that may be fractions too."""
MOST_AT_ONCE = 10_000
"""Scrapy starts as many workers."""
AT_LEAST: Mapping[str, float] = {
    **dict.fromkeys(("CONCURRENT_ITEMS", "CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN"), 1),
    **dict.fromkeys(("REACTOR_THREADPOOL_MAXSIZE", "STORE_BATCH_SIZE", "PAGES_MAX_BYTES"), 1),
    **dict.fromkeys(("DOWNLOAD_TIMEOUT", "WORD_DEADLINE", "DNS_TIMEOUT", "READING_SECONDS"), 0.001),
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 1,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 0.001,
    # With less the process does not start.
    "READING_MEMORY": 64 * 2**20,
}
POLICIES = ("no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
            "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url", "scrapy-default")  # fmt: skip
"""The names that Scrapy 2.19.0 knows (spidermiddlewares/referer.py)."""
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("ADDONS", "DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_CONTRACTS", "SPIDER_MIDDLEWARES"),
        COMPONENTS,
    ),
    **dict.fromkeys(("DOWNLOAD_HANDLERS", "FEED_EXPORTERS", "FEED_STORAGES", "REFERRER_POLICIES"), CLASSES),
    **dict.fromkeys(("LOG_LEVEL", "RETRY_GIVE_UP_LOG_LEVEL", "DEFAULT_DROPITEM_LOG_LEVEL"), LEVEL),
    **dict.fromkeys(("RETRY_HTTP_CODES", "HTTPCACHE_IGNORE_HTTP_CODES", "HTTPERROR_ALLOWED_CODES"), CODES),
    **dict.fromkeys(("LOG_ENCODING", "HTTPPROXY_AUTH_ENCODING"), CODEC),
    **dict.fromkeys(("NEWSPIDER_MODULE", "COMMANDS_MODULE", "HTTPCACHE_DBM_MODULE"), MODULE),
    **dict.fromkeys(("REPORTS_DIR", "FEED_TEMPDIR"), FOLDER_OR_NONE),
    **dict.fromkeys(
        ("DOWNLOAD_TLS_MIN_VERSION", "DOWNLOAD_TLS_MAX_VERSION"),
        _choice("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3", None),
    ),
    "DOWNLOAD_BIND_ADDRESS": _optional(Kind(values.bind_address, "an address of this machine, such as 192.0.2.1")),
    "FEED_EXPORT_ENCODING": _optional(CODEC),
    "FEED_URI_PARAMS": _optional(Kind(values.class_at, "a function, such as package.module.function", "is not there")),
    "FEEDS": Kind(values.feeds, '{"entries.jsonl": {"format": "jsonl"}} in JSON'),
    "USER_AGENT": HEADER,
    "ROBOTSTXT_USER_AGENT": _optional(HEADER),
    "DEFAULT_REQUEST_HEADERS": Kind(values.headers, '{"Accept-Language": "en"} in JSON'),
    "DOWNLOAD_SLOTS": Kind(values.slots, '{"example.org": {"concurrency": 1, "delay": 2}} in JSON'),
    "DOWNLOADER_CLIENTCONTEXTFACTORY": Kind(values.class_or("SENTINEL"), "a class", "is not there"),
    "REFERRER_POLICY": Kind(values.class_or(*POLICIES), f"{', '.join(POLICIES)}, or a class", "is not there"),
    "LOG_FORMAT": Kind(values.log_format, default_settings.LOG_FORMAT),
    **dict.fromkeys(("LOG_FILE", "--pidfile"), FILE_OR_NONE),
    "LOG_VERSIONS": Kind(values.distributions, ",".join(default_settings.LOG_VERSIONS)),
    "RETRY_EXCEPTIONS": Kind(values.exceptions, "classes with commas between", "is not there"),
    "SPIDER_MODULES": MODULES,
    "TELNETCONSOLE_ENABLED": FLAG,
    "TELNETCONSOLE_PORT": Kind(values.ports, "ports with a comma between, such as 6023,6073"),
    "DATA_DIR": FOLDER,
    "RUN_PART": Kind(values.part_of_run, "what `dictcrawler cluster` sets"),
    "UMASK": Kind(values.mask, "an octal number, such as 077"),
}
