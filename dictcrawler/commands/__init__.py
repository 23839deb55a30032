"""What a person types besides ``scrapy crawl``. Scrapy takes a command's name from its module's."""

from __future__ import annotations

import os

from scrapy.exceptions import UsageError


def restrict_files(umask: str) -> None:
    """Take the setting UMASK, an octal number, before the first file is written; that may be the log's."""
    try:
        os.umask(int(umask, 8) & 0o777)
    except ValueError as error:
        raise UsageError(f"UMASK={umask!r} is no octal number", print_help=False) from error
