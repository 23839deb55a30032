"""The address of a store: ``sqlite:///FILE`` or ``postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE?SETTINGS``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode

from dictcrawler.errors import ArgumentError, how_to_install

_URL = re.compile(
    r"(?P<driver>[\w+]+)://"
    r"(?:(?P<username>[^:/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<ipv6>[^/?]+)\]|(?P<host>[^/:?]+))?(?::(?P<port>\d+))?"
    r"(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?"
)
_EMBEDDED = frozenset({"sqlite", "sqlite+pysqlite"})
_SERVER = frozenset({"postgresql", "postgresql+psycopg"})
_EXAMPLE = "such as sqlite:///file"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreURL:
    """The parts of a store's address. As text it does not show the password."""

    driver: str
    username: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        user = "" if self.username is None else quote(self.username, safe=" +")
        secret = "" if self.password is None else ":***"
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host or ""
        port = "" if self.port is None else f":{self.port}"
        database = "" if self.database is None else f"/{self.database}"
        query = f"?{urlencode(sorted(self.query.items()))}" if self.query else ""
        return f"{self.driver}://{user}{secret}{'@' if user or secret else ''}{host}{port}{database}{query}"

    __repr__ = __str__

    @property
    def is_server(self) -> bool:
        """Whether the store is on a database server, not in a file."""
        return self.driver not in _EMBEDDED

    @property
    def file(self) -> Path | None:
        """The file of an embedded store; ``None`` for a database server.

        :raises ArgumentError: when it names no file, or has a host or settings, which SQLite has not.
        """
        if self.is_server:
            return None
        if self.host or self.username:
            raise ArgumentError("STORE_URL", f"{self} names a host, but SQLite has none", _EXAMPLE)
        if self.database in (None, "", ":memory:"):
            raise ArgumentError("STORE_URL", f"{self} names no file, so nothing would be stored", _EXAMPLE)
        if self.query:
            raise ArgumentError("STORE_URL", f"{self} has settings, but SQLite's URL takes none", _EXAMPLE)
        return Path(self.database or "")


def read(url: str | StoreURL) -> StoreURL:
    """The parts of an address.

    :raises ArgumentError: when it is not the URL of a database that a store can be in.
    """
    if isinstance(url, StoreURL):
        return url
    match = _URL.fullmatch(url)
    if match is None:
        raise ArgumentError("STORE_URL", f"{url!r} is not a database URL", _EXAMPLE)
    if match["driver"] not in _EMBEDDED | _SERVER:
        how = f"postgresql+psycopg://… after {how_to_install('postgres')}, or sqlite:///file"
        raise ArgumentError("STORE_URL", f"a store cannot be in {match['driver']}://", how)
    username, password = match["username"], match["password"]
    return StoreURL(
        driver=match["driver"],
        username=username and unquote(username),
        password=password and unquote(password),
        host=match["ipv6"] or match["host"],
        port=int(match["port"]) if match["port"] else None,
        database=match["database"],
        query=dict(parse_qsl(match["query"] or "", keep_blank_values=True)),
    )


def url_of(template: str, data: Path, dictionary: str) -> StoreURL:
    """The URL of a dictionary's store: the ``STORE_URL`` with ``{data}`` and ``{dictionary}`` filled in.

    :raises ArgumentError: when there is anything else in braces, or the result is not a database URL.
    """
    # The folder is filled in after the URL is read: a "?" in its name would begin the URL's query.
    marker = "\ue000"
    try:
        url = read(template.format(data=marker, dictionary=dictionary))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        allowed = "{data} and {dictionary}; a brace itself is written twice"
        raise ArgumentError("STORE_URL", f"{template!r} has something else in braces", allowed) from error
    return replace(url, database=url.database and url.database.replace(marker, str(data)))


def file_of(url: str | StoreURL) -> Path | None:
    """The file of an embedded store; ``None`` for a database server.

    :raises ArgumentError: when this is not a database URL, or one of SQLite's without a file.
    """
    return read(url).file
