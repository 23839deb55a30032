"""Reads the values of settings as Scrapy and we do. A function raises one of `WRONG` for a value that it cannot read.

A value is the text of a command line, or whatever a settings module or a program has.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import MsgspecError
from scrapy.utils.misc import load_object

Value: TypeAlias = Any

WRONG = (ValueError, TypeError, LookupError, AttributeError, ImportError, NameError, SyntaxError, OSError,
         MsgspecError)  # fmt: skip
"""What loading a number, a class, an encoding … raises when there is no such one."""

MOST = 10**15
"""More bytes or words than somebody can mean; the system's limits take it."""
MOST_SECONDS = 10**9
"""More seconds than somebody can mean; timers take it."""


def number(value: Value, least: float, most: float, *, is_whole: bool) -> None:
    """A number between two others."""
    read = float(value)
    # NaN is neither more nor less.
    if isinstance(value, bool) or not least <= read <= most or (is_whole and int(value) != read):
        raise ValueError


def flag(value: Value) -> None:
    """A boolean as Scrapy reads it; it also takes every other number, which is a mistake."""
    if value not in (0, 1, "0", "1", "True", "False", "true", "false"):
        raise ValueError


def text(value: Value) -> None:
    """A text."""
    if not isinstance(value, str):
        raise TypeError


def header(value: Value) -> None:
    """A line of a request's head."""
    if not re.fullmatch(r"[\x21-\x7e][\x20-\x7e]*", value):
        raise ValueError


def items(value: Value) -> list[Value]:
    """The items of a list, or of a text with commas between them."""
    if isinstance(value, str):
        return value.split(",") if value else []
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise TypeError
    return list(value)


def texts(value: Value) -> None:
    """A list of texts."""
    for item in items(value):
        text(item)


def http_codes(value: Value) -> None:
    """A list of HTTP statuses."""
    for item in items(value):
        number(item, 100, 599, is_whole=True)


def ports(value: Value) -> None:
    """A list of ports."""
    for item in items(value):
        number(item, 0, 65_535, is_whole=True)


def bind_address(value: Value) -> None:
    """An IP address, or one with a port."""
    address, port = (value, 0) if isinstance(value, str) else value
    ip_address(address)
    number(port, 0, 65_535, is_whole=True)


def modules(value: Value) -> None:
    """A list of modules that can be imported."""
    for item in items(value):
        import_module(item.strip())


def module(value: Value) -> None:
    """A module that can be imported, or none."""
    if value:
        import_module(value)


def class_at(value: Value) -> None:
    """A class or a function, or its path."""
    if not callable(load_object(value)):
        raise TypeError


def class_or(*names: str) -> Callable[[Value], None]:
    """A class, or one of these names."""

    def read(value: Value) -> None:
        if value not in names:
            class_at(value)

    return read


def distributions(value: Value) -> None:
    """Names of installed packages, and of the few other programs whose versions Scrapy logs."""
    from scrapy.utils.versions import get_versions  # noqa: PLC0415 - loads OpenSSL, and hardly anyone sets this

    for item in items(value):
        get_versions([item])


def exceptions(value: Value) -> None:
    """A list of classes."""
    for item in items(value):
        class_at(item)


def table(value: Value) -> Mapping[Any, Any]:
    """A table, or an object in JSON."""
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, Mapping):
        raise TypeError
    return read


def components(value: Value) -> None:
    """Scrapy's components and their order."""
    for path, order in table(value).items():
        if order is not None:
            float(order)
            class_at(path)


def classes(value: Value) -> None:
    """Classes by name."""
    for path in table(value).values():
        if path is not None:
            class_at(path)


def headers(value: Value) -> None:
    """Headers of requests."""
    for name, content in table(value).items():
        lines = [] if content is None else [content] if isinstance(content, str) else content
        for line in (name, *lines):
            header(line)


def slots(value: Value) -> None:
    """The pace of each host."""
    for slot in table(value).values():
        for each in table(slot).values():
            number(float(each), 0, MOST, is_whole=False)


def feeds(value: Value) -> None:
    """Scrapy's feeds: files and their formats."""
    for options in table(value).values():
        text(table(options)["format"])


def log_format(value: Value) -> None:
    """The format of a line of the log."""
    logging.Formatter(value).format(logging.makeLogRecord({}))


def level(value: Value) -> None:
    """A level of the log."""
    levels = logging.getLevelNamesMapping()
    if value not in (*levels, *levels.values()):
        raise ValueError


def part_of_run(value: Value) -> None:
    """The part of a run of several machines."""
    from dictcrawler.runs.part import read_part  # noqa: PLC0415 - slow to load, and only a cluster sets this

    if value:
        read_part(value)


def mask(value: Value) -> None:
    """A umask."""
    if not re.fullmatch("[0-7]{1,4}", value):
        raise ValueError


def folder(value: Value) -> None:
    """A folder; ``None`` for the temporary one that `dictcrawler.crawl` makes."""
    if value == "":
        raise ValueError
    if value is not None:
        refuse_unwritable(Path(value))


def folder_or_none(value: Value) -> None:
    """A folder, or none."""
    if value not in ("", None):
        folder(value)


def file_or_none(value: Value) -> None:
    """A file to write, or none."""
    if value in ("", None):
        return
    file = Path(value)
    if file.is_dir():
        raise IsADirectoryError(f"{file} is a folder")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {file.parent}")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise PermissionError(f"{file} cannot be written")


def refuse_unwritable(folder: Path) -> None:
    """Look whether a folder is there and can be written, or can be made.

    :raises OSError: when it cannot.
    """
    place = next(each for each in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(each))
    if not place.is_dir():
        raise NotADirectoryError(f"{place} is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise PermissionError(f"{place} cannot be written")
