"""Every setting that Scrapy or we read: a value that it cannot have is refused before anything begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings  # noqa: TID251 - the settings are Scrapy's

from dictcrawler.crawling import checked_settings as checked
from dictcrawler.crawling.checked_settings import ANYTHING, TEXT, kind_of, refuse_unreadable, usual_values
from dictcrawler.errors import ArgumentError

WORD, NEGATIVE, EMPTY, HUGE, NAN, MISSING = "quux", "-3", "", "9" * 30, "nan", "no.such.Class"
NOT_TEXT: tuple[object, ...] = (3, ["a"], {"a": "b"}, object())

CLASS = [WORD, NEGATIVE, EMPTY, NAN, MISSING, "scrapy.spiders.NoSuch", "os.path", 3, None]
TABLE_OF_CLASSES = [WORD, NEGATIVE, "[1]", "{", '{"no.such.Class": 1}', '{"scrapy.Spider": "x"}', 3, ["scrapy.Spider"]]
BAD: dict[str, list[object]] = {
    "number": [WORD, NEGATIVE, EMPTY, HUGE, NAN, "inf", "1,5", "0x10", None, [1], {}],
    "share": [WORD, NEGATIVE, EMPTY, HUGE, NAN, "5", "5%", "1.01", None],
    "flag": [WORD, NEGATIVE, EMPTY, HUGE, NAN, "yes", "TRUE", "2", None, "None", [1]],
    "class": CLASS,
    "components": TABLE_OF_CLASSES,
    "classes": [WORD, NEGATIVE, "[1]", "{", '{"http": "no.such.Class"}', '{"http": 3}', 3, ["http"]],
    "list": [3, 1.5, {"a": "b"}, [1], None],
    "text": list(NOT_TEXT),
    "none": [],
}
"""Values that no setting of a kind can have."""
OTHERS: dict[str, list[object]] = {
    "RETRY_HTTP_CODES": ["abc", "500,abc", "-3", "99", "600", "5xx", HUGE, [True]],
    "LOG_LEVEL": ["debug", WORD, NEGATIVE, EMPTY, NAN, 3, None],
    "DEFAULT_DROPITEM_LOG_LEVEL": [WORD, EMPTY],
    "LOG_ENCODING": [WORD, EMPTY, 8, None],
    "FEED_EXPORT_ENCODING": [WORD, EMPTY, 8],
    "LOG_FORMAT": [WORD, "%(quux)s", "%(message)d", 3],
    "LOG_VERSIONS": ["3", WORD, "lxml,quux", 3],
    "LOG_FILE": ["/dev/null/x", "/no/such/folder/x", "/etc"],
    "SPIDER_MODULES": ["nope", "dictcrawler.spiders,nope", "-3", 3, [3]],
    "NEWSPIDER_MODULE": ["nope", 3],
    "COMMANDS_MODULE": ["nope", 3],
    "USER_AGENT": [EMPTY, "a\nHost: b", "caf\u00e9", 3, None],
    "ROBOTSTXT_USER_AGENT": [EMPTY, "a\r\nb", 3],
    "DEFAULT_REQUEST_HEADERS": [WORD, '{"A": "b\\nC: d"}', '{"A": 3}', "[1]", 3],
    "DOWNLOAD_SLOTS": [WORD, '{"a": 3}', '{"a": {"delay": "x"}}', '{"a": {"delay": -1}}', "[1]", 3],
    "FEEDS": [WORD, '{"a": 3}', '{"a": {}}', "[1]"],
    "FEED_URI_PARAMS": CLASS[:-1],
    "RUN_PART": [WORD, NEGATIVE, "{}x", '{"kind": "quux"}', 3],
    "READING_SECONDS": ["1000000000000000"],
    "CONCURRENT_ITEMS": ["1000000"],
    "DOWNLOAD_BIND_ADDRESS": [WORD, NEGATIVE, EMPTY, 3, ("127.0.0.1", "x"), ["127.0.0.1"]],
    "DOWNLOAD_TLS_MIN_VERSION": [WORD, "1.2", EMPTY],
    "TELNETCONSOLE_PORT": [WORD, "-3", "70000", HUGE, {"a": 1}],
    "RETRY_EXCEPTIONS": [WORD, MISSING, 3, ["no.Such"]],
    "REFERRER_POLICY": [WORD, MISSING, 3],
    "DATA_DIR": [EMPTY, "/dev/null/x", "/etc/passwd", "/etc/passwd/x", 3],
    "REPORTS_DIR": ["/dev/null/x", "/etc/passwd", 3],
    "UMASK": [WORD, NEGATIVE, EMPTY, "8", "07777777", NAN, 63, None],
}


def bad_values() -> Iterator[tuple[str, object]]:
    """Each setting with values that it cannot have."""
    for name, usual in usual_values().items():
        values = [*(BAD[next(groups_of(name, usual), "none")]), *OTHERS.get(name, [])]
        # A priority may be less than nothing.
        yield from ((name, value) for value in values if value != NEGATIVE or not name.endswith(("PRIORITY", "ADJUST")))


def groups_of(name: str, usual: object) -> Iterator[str]:
    """The group of `BAD` that a setting belongs to, as the first; none where it has its own values."""
    if (base := name.removesuffix("_BASE")) in checked.KINDS:
        yield from {checked.COMPONENTS: ["components"], checked.CLASSES: ["classes"]}.get(checked.KINDS[base], [])
        return
    if isinstance(usual, bool):
        yield "flag"
    if isinstance(usual, int | float):
        yield "share" if isinstance(usual, float) and name.endswith("_LIMIT") else "number"
    if isinstance(usual, str):
        yield "class" if usual.startswith(("scrapy.", "twisted.", "uvloop.")) else "text"
    if isinstance(usual, list):
        yield "list"


def with_value(name: str, value: Any) -> Settings:
    settings = Settings()
    settings.setmodule("dictcrawler.settings", priority="project")
    settings.set(name, value, priority="cmdline")
    return settings


def is_refused(name: str, usual: object, value: object) -> bool:
    try:
        checked.refuse_wrong(name, usual, value)
    except ArgumentError as error:
        return name in str(error) and "; allowed: " in str(error)
    return False


def test_no_setting_takes_a_value_that_it_cannot_have() -> None:
    usual = usual_values()
    assert [(name, value) for name, value in bad_values() if not is_refused(name, usual[name], value)] == []


def test_each_setting_takes_its_default() -> None:
    for name, usual in usual_values().items():
        checked.refuse_wrong(name, usual, usual)


def test_only_settings_that_a_crawl_does_not_read_take_anything() -> None:
    free = {name for name, usual in usual_values().items() if kind_of(name, usual) is ANYTHING}
    families = ("AWS_", "MAIL_", "FILES_", "IMAGES_", "GCS_", "FEED_", "HTTPAUTH_", "PERIODIC_LOG_", "REMOTE_CONTROL_",
                "TELNETCONSOLE_")  # fmt: skip
    assert {name for name in free if not name.startswith(families)} == {"JOBDIR"}


@pytest.mark.parametrize(
    ("name", "value", "reported"),
    [
        ("CONCURRENT_REQUESTS", "-3", "'-3' cannot be read; allowed: a whole number from 1 to 10000, such as 16"),
        (
            "RETRY_HTTP_CODES",
            "abc",
            "'abc' cannot be read; allowed: HTTP statuses with commas between",
        ),
        ("SPIDER_MODULES", "nope", "'nope' cannot be loaded: No module named 'nope'; allowed: modules"),
        ("LOG_VERSIONS", "3", "'3' cannot be read: No package metadata was found for 3; allowed: lxml,libxml2"),
        ("LOST_WORDS_LIMIT", "5", "'5' cannot be read; allowed: a number from 0 to 1, such as 0.05"),
        ("DATA_DIR", "/dev/null/x", "'/dev/null/x' cannot be used: /dev/null is not a folder; allowed: a folder"),
    ],
)
def test_the_message_names_the_setting_and_what_to_type(name: str, value: str, reported: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        refuse_unreadable(with_value(name, value))
    assert str(refused.value).startswith(f"argument {name!r}: {reported}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONCURRENT_REQUESTS", "4"),
        ("DOWNLOAD_DELAY", "0.5"),
        ("DEPTH_PRIORITY", "-1"),
        ("DOWNLOAD_BIND_ADDRESS", "127.0.0.1"),
        ("DOWNLOAD_BIND_ADDRESS", ("::1", 0)),
        ("RETRY_HTTP_CODES", "500,503"),
        ("RETRY_HTTP_CODES", ""),
        ("LOST_WORDS_LIMIT", "1"),
        ("LOG_LEVEL", "WARNING"),
        ("LOG_LEVEL", 30),
        ("COOKIES_ENABLED", "false"),
        ("SPIDER_MODULES", "dictcrawler.spiders"),
        ("ITEM_PIPELINES", '{"dictcrawler.pipelines.StorePipeline": null}'),
        ("DOWNLOAD_SLOTS", {"example.org": {"concurrency": 1, "delay": 2.5, "randomize_delay": False}}),
        ("FEEDS", {Path("x.jsonl"): {"format": "jsonl", "overwrite": True}}),
        ("FEED_EXPORT_ENCODING", None),
        ("REFERRER_POLICY", "no-referrer"),
        ("DATA_DIR", Path("data")),
        ("LOG_FILE", "crawl.log"),
        ("UMASK", "027"),
        ("READING_MEMORY", str(2**32)),
    ],
)
def test_a_right_value_is_taken(name: str, value: object) -> None:
    refuse_unreadable(with_value(name, value))


def test_text_is_not_looked_into() -> None:
    assert kind_of("BOT_NAME", "scrapybot") is TEXT
