"""Connection settings for a store on a PostgreSQL server.

Every wait is limited: for the connection, for a lock, and for a server that hangs (see `dictcrawler.storage.hanging`).
A session ends within half a minute when its machine loses power or network: both ends send keepalives.
"""

from __future__ import annotations

import os
import re

import sqlalchemy as sa

from dictcrawler.errors import ArgumentError
from dictcrawler.storage.machine import machine

CONNECT_SECONDS = 10
LOCK_SECONDS = 60
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


def is_server(url: sa.URL) -> bool:
    """Whether this database is on a server, not in a file."""
    return url.get_backend_name() != "sqlite"


def schema_of(url: sa.URL) -> str | None:
    """The PostgreSQL schema that ``?schema=`` names: several dictionaries may share one database.

    :raises ArgumentError: when that can be no name.
    """
    schema = url.query.get("schema")
    if schema is None:
        return None
    if not isinstance(schema, str) or not _NAME.fullmatch(schema):
        raise ArgumentError("STORE_URL", f"schema={schema!r} is no name of a schema", "small letters, digits and _")
    return schema


def with_defaults(url: sa.URL) -> sa.URL:
    """The URL with all settings above, except those that it has itself, and without our own ``?schema=``."""
    if not url.drivername.startswith(("postgresql+psycopg", "postgresql+psycopg2")):
        return url
    settings = KEEPALIVES | {
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": "10min",
    }
    if (schema := schema_of(url)) is not None:
        settings["search_path"] = schema
    options = [f"-c{name}={value}" for name, value in settings.items()]
    stated = url.query.get("options", "")
    name = f"dictcrawler on {machine()}, process {os.getpid()}"
    defaults = LIBPQ | {"application_name": name[:63]}
    query = defaults | {key: value for key, value in url.query.items() if key != "schema"}
    return url.set(query=query | {"options": " ".join([*options, stated if isinstance(stated, str) else ""]).strip()})
