"""Connection settings for a store on a PostgreSQL server.

Every wait is limited: for the connection, for a lock, and for a server that hangs (see `dictcrawler.storage.hanging`).
A session ends within half a minute when its machine loses power or network: both ends send keepalives.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from contextlib import suppress
from dataclasses import replace

from dictcrawler.errors import ArgumentError, ServerUnreachable
from dictcrawler.storage.machine import machine
from dictcrawler.storage.store_url import StoreURL

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
_QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u300c\u300d\u300e\u300f\u300a\u300b"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

KEEPALIVES = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""The server's keepalives. Its defaults would keep the session of a lost machine, and its locks, for two hours."""

LIBPQ = {
    "connect_timeout": str(CONNECT_SECONDS),
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""The client's keepalives; see "Parameter Key Words" in the documentation of libpq."""


_WRONG = {
    "does not exist": "make it first, or correct the name: createdb NAME, createuser NAME",
    "authentication failed": "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or a ~/.pgpass file",
    "no password supplied": "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or a ~/.pgpass file",
    "no pg_hba.conf entry": "a user, host and database that the server's pg_hba.conf lets in",
    "failed to resolve host": "the name of the host as `getent hosts NAME` finds it",
    "could not translate host name": "the name of the host as `getent hosts NAME` finds it",
}
"""Messages of a server, or of the way to it, about a wrong URL, and what to type. A server that is down is not among
them: it may come back."""


def resolve(url: StoreURL) -> None:
    """Look up the name of the server before libpq does, whose wait for a name server no signal interrupts.

    :raises ServerUnreachable: when no name server answers. An unknown name is left to libpq.
    """
    if not url.host or url.host.startswith("/"):
        return
    is_answered = threading.Event()
    # A daemon: it may wait after the process has to end.
    threading.Thread(target=_look_up, args=(url.host, is_answered), daemon=True).start()
    if not is_answered.wait(CONNECT_SECONDS):
        raise ServerUnreachable(f"{url}: no name server answers for {url.host}")


def _look_up(host: str, is_answered: threading.Event) -> None:
    with suppress(OSError, UnicodeError):
        socket.getaddrinfo(host, None)
    is_answered.set()


def wrong_url(url: StoreURL, error: Exception) -> ArgumentError | None:
    """The refusal of a URL that can never be connected to, if that is what an error of connecting means.

    libpq does not reveal the SQLSTATE of a failed connection (psycopg 3.3, ``Error.sqlstate``), and the server may
    speak any language. But in each of them a refusal quotes the database or the user that it is about, and a server
    that is down, starting or full does not.
    """
    text = str(error)
    allowed = next((what for mark, what in _WRONG.items() if mark in text), None)
    if allowed is None and any(_is_quoted(name, text) for name in (url.database, url.username) if name):
        allowed = "a database that exists, and a user and password that it lets in"
    if allowed is None:
        return None
    return ArgumentError("STORE_URL", f"{url}: {text.strip().splitlines()[-1].strip()}", allowed)


def unreached(url: StoreURL, error: Exception) -> ServerUnreachable | None:
    """The error that no server answers at this address, if that is what an error of connecting means; a full one
    answers."""
    text = str(error)
    return None if _said(text) else ServerUnreachable(f"{url}: no server answers: {' '.join(text.split())}")


def _said(text: str) -> str:
    """The server's own message: it begins behind two spaces, in any language."""
    return text.partition(":  ")[2]


def _is_quoted(name: str, text: str) -> bool:
    """Whether a server's message quotes a name; libpq's own words quote the host."""
    message = _said(text)
    return re.search(rf"[{_QUOTES}]\s?{re.escape(name)}\s?[{_QUOTES}]", message) is not None


def schema_of(url: StoreURL) -> str | None:
    """The PostgreSQL schema that ``?schema=`` names: several dictionaries may share one database.

    :raises ArgumentError: when that can be no name.
    """
    schema = url.query.get("schema")
    if schema is None:
        return None
    if not _NAME.fullmatch(schema):
        raise ArgumentError("STORE_URL", f"schema={schema!r} cannot name a schema", "small letters, digits and _")
    return schema


def with_defaults(url: StoreURL) -> StoreURL:
    """The URL with all settings above, except those that it has itself, and without our own ``?schema=``."""
    settings = KEEPALIVES | {
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": "10min",
    }
    if (schema := schema_of(url)) is not None:
        settings["search_path"] = schema
    options = [f"-c{name}={value}" for name, value in settings.items()]
    name = f"dictcrawler on {machine()}, process {os.getpid()}"
    defaults = LIBPQ | {"application_name": name[:63]}
    query = defaults | {key: value for key, value in url.query.items() if key != "schema"}
    stated = url.query.get("options", "")
    return replace(url, query=query | {"options": " ".join([*options, stated]).strip()})
