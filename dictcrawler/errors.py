"""The errors that callers of this project may meet. Errors that never leave a module are defined there.

::

    DictcrawlerError
    ├── ArgumentError        a spider or command argument is wrong; refused before any request
    │   └── ExtraMissing     a library that only some users need is not installed; names the command that does it
    ├── KeywordListError     the word list cannot be read at all
    ├── InvalidKeyword       one keyword that can never be an address of the dictionary
    ├── PageError            raised by a parser
    │   ├── UnknownPage      neither an entry nor the dictionary's own "not found" page
    │   ├── MarkupError      an element that must be there is not
    │   ├── WrongPage        a page of the dictionary, but about another word
    │   ├── TruncatedPage    a page of the dictionary, but its end is missing
    │   └── WallPage         a challenge, consent or login page in place of the dictionary's
    ├── ParserDefect         the parser itself failed on a page; carries the traceback
    ├── ReadingError         the process that parses pages cannot be started or does not work
    ├── FetchError           the page could not be fetched; carries the Status of the lookup
    ├── ProxyUnauthorized    the operator's proxy rejects this user and password; ends the crawl
    ├── ReactorInstalled     `dictcrawler.crawl` cannot run beside Twisted's reactor; names the remedy
    ├── StoreError           the store cannot be read or written
    │   ├── DamagedRow       a row is damaged; names it
    │   ├── ServerUnreachable  the store's server does not answer
    │   ├── SliceLost        a part of the run now belongs to another machine
    │   └── NewerStoreError  a newer dictcrawler made the store; names the remedy
    ├── LockedError          another crawl holds the store, the feed or the kept pages; names it
    │   └── SharedRun        several machines are working on another run of the feed
    ├── FeedError            a published file is not what it should be; names file and line
    ├── ExportRefused        an export that is not allowed or not possible; nothing was written
    └── ExportError          an export failed while writing; nothing half-written is left
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dictcrawler.model import Status

_CREDENTIALS = re.compile(r"(?<=//)[^/\s]*@")


class DictcrawlerError(Exception):
    """Base of all errors below; its text is meant for the person at the terminal."""


class ArgumentError(DictcrawlerError):
    """Raised by the spider and the commands for a wrong argument. Passwords in URLs are masked in the message."""

    def __init__(self, argument: str, problem: str, allowed: str) -> None:
        super().__init__(_CREDENTIALS.sub("***@", f"argument {argument!r}: {problem}; allowed: {allowed}"))
        self.argument = argument


class ExtraMissing(ArgumentError):
    """Raised where a library of an extra (``optional-dependencies`` in pyproject.toml) is not installed."""

    def __init__(self, purpose: str, library: str, extra: str, otherwise: str = "") -> None:
        DictcrawlerError.__init__(self, f"{purpose} needs {library}; type: {how_to_install(extra)}{otherwise}")
        self.argument = purpose


def how_to_install(extra: str) -> str:
    """The command that installs an extra: of the installed package, or of the clone that is run without installing."""
    from importlib import metadata  # noqa: PLC0415 - a quarter of what the reading process would import

    try:
        metadata.distribution("dictcrawler")
    except metadata.PackageNotFoundError:
        return f'pip install "{Path(__file__).parents[1]}[{extra}]"'
    return f'pip install "dictcrawler[{extra}]"'


class KeywordListError(DictcrawlerError):
    """Raised by :mod:`dictcrawler.plan.word_list` for a list that cannot be read."""


class InvalidKeyword(DictcrawlerError):
    """Raised by a dictionary's ``slug`` rule; ends as ``invalid_keyword`` without a request."""


class PageError(DictcrawlerError):
    """Raised by the parsers."""


class UnknownPage(PageError):
    """The page is neither an entry nor positive evidence of a miss."""


class MarkupError(PageError):
    """An element that the layout promises is missing."""

    def __init__(self, selector: str, context: str) -> None:
        super().__init__(f"no element {selector!r} in {context}")
        self.selector = selector


class WrongPage(PageError):
    """The page is about another word, and no redirect or inflected form leads there."""


class TruncatedPage(PageError):
    """The page is the dictionary's, but its end is missing."""


class WallPage(PageError):
    """A challenge, consent or login page, recognised by its own markup."""


class ParserDefect(DictcrawlerError):
    """A parser raised an exception that no parser should raise. It costs one word, not the run."""

    def __init__(self, problem: str, traceback: str) -> None:
        super().__init__(problem)
        self.traceback = traceback


class ReadingError(DictcrawlerError):
    """Raised by :mod:`dictcrawler.reading.process` when it cannot parse any page."""


class FetchError(DictcrawlerError):
    """A page that could not be fetched; ``status`` is how the lookup ends."""

    def __init__(self, status: Status, problem: str, *, http_status: int | None = None, url: str | None = None) -> None:
        super().__init__(problem)
        self.status = status
        self.http_status = http_status
        self.url = url


class ProxyUnauthorized(DictcrawlerError):
    """The operator's proxy answers 407: it would answer every further request so too."""

    def __init__(self, proxy: str, *, has_user: bool) -> None:
        problem = "rejects this user and password" if has_user else "requires a user and a password"
        super().__init__(
            f"the proxy {proxy} {problem} (407); correct PROXY or DICTCRAWLER_PROXY_PASSWORD and type the command again"
        )


class ReactorInstalled(DictcrawlerError):
    """Raised by :func:`dictcrawler.crawl`, which needs asyncio's event loop and cannot use Twisted's reactor."""

    def __init__(self, reactor: str) -> None:
        super().__init__(
            f"something in this process has installed Twisted's reactor ({reactor}), and a crawl cannot run in"
            " asyncio's loop beside it; restart the kernel or the program and do not import twisted.internet.reactor or"
            " anything that installs it (scrapy.crawler.CrawlerProcess, crochet, …) first, or crawl in another process:"
            " dictcrawler crawl macmillan (in a notebook !dictcrawler crawl macmillan)"
        )


class StoreError(DictcrawlerError):
    """Raised by :mod:`dictcrawler.storage`."""


class DamagedRow(StoreError):
    """A damaged row of the store; ``key`` identifies it. Something other than dictcrawler changed it."""

    def __init__(self, table: str, key: str, problem: Exception) -> None:
        super().__init__(
            f"the store has a damaged row in the table {table}, for {key!r}: {problem}; "
            "restore the store from a backup, or crawl again with refresh=all"
        )


class ServerUnreachable(StoreError):
    """Raised by :mod:`dictcrawler.storage.server` and its locks when no server answers at the address of the store."""


class NewerStoreError(StoreError):
    """Raised by :mod:`dictcrawler.storage.versions`; the store is left unchanged."""

    def __init__(self, url: str, version: int, known: int) -> None:
        super().__init__(
            f"{url}: a newer dictcrawler made this store (version {version}; this dictcrawler knows {known}); "
            "upgrade dictcrawler, or set DATA_DIR or STORE_URL to another place"
        )


class LockedError(DictcrawlerError):
    """Raised by :mod:`dictcrawler.storage.locks` while another crawl holds the write lock."""

    def __init__(self, lock: Path | str, holder: str) -> None:
        super().__init__(f"another crawl is running ({holder} holds {lock}); wait until it has ended")
        self.holder = holder


class SharedRun(LockedError):
    """Raised by :mod:`dictcrawler.storage.ledger` when several machines are working on another run of the feed."""

    def __init__(self, run: str) -> None:
        DictcrawlerError.__init__(
            self,
            f"several machines are working on the run {run} of this feed: see `dictcrawler cluster status`, wait until "
            f"it is published, or end it with `dictcrawler cluster cancel {run}`",
        )
        self.holder = run


class SliceLost(StoreError):
    """Raised by :mod:`dictcrawler.storage.slices` when this process has lost its part of the run to another machine."""

    def __init__(self, run: str, low: int, attempt: int) -> None:
        super().__init__(f"run {run}, line {low}: attempt {attempt} is over, another machine may have the words now")


class FeedError(DictcrawlerError):
    """A line or a file of a published feed that does not match the schema."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        place = f"{path}, line {line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")
        self.path = path
        self.line = line


class ExportRefused(DictcrawlerError):
    """Raised by :mod:`dictcrawler.exports` before anything is written; the message names the remedy."""


class ExportError(DictcrawlerError):
    """Raised by :mod:`dictcrawler.exports` when writing fails, on a full disk for example."""

    def __init__(self, path: Path, problem: object) -> None:
        super().__init__(f"{path}: cannot be written: {problem}")
        self.path = path
