"""The store: a database with the tables of `dictcrawler.storage.tables`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dictcrawler.errors import ArgumentError, StoreError
from dictcrawler.storage import server, versions
from dictcrawler.storage.identity import Identity
from dictcrawler.storage.store_url import StoreURL
from dictcrawler.storage.tables import TABLES
from dictcrawler.storage.transactions import SqlDatabase

CHUNK = 1_000
"""Rows that are read or written at a time."""


class Database(SqlDatabase):
    """The open store, of the current version. One object a process; its tables are in `dictcrawler.storage.tables`."""

    def __init__(self, url: str | StoreURL) -> None:
        """Open the store; a new one gets its tables, an older one is migrated.

        :raises NewerStoreError: when a newer dictcrawler has made it.
        :raises ArgumentError: when the URL is wrong, or its driver is not installed.
        """
        super().__init__(url)
        file = self.url.file
        if file is not None:
            _prepare(self.url, file)
        schema = server.schema_of(self.url) if self.is_server else None
        versions.bring_up_to_date(self, self._driver, schema)
        self._file = Identity.of(file) if file is not None else None

    def erase_free_space(self) -> None:
        """Rewrite the store, so that its files have nothing of deleted rows any more.

        :raises StoreError: when that fails, for want of space for instance; the store is as it was.
        """
        self._refuse_replaced()
        with self._errors():
            self._driver.erase_free_space(TABLES)


def _prepare(url: StoreURL, file: Path) -> None:
    """Make the folder of an embedded store.

    :raises ArgumentError: when the file is a folder.
    """
    if file.is_dir():
        raise ArgumentError("STORE_URL", f"{file} is a folder", f"sqlite:///{file / 'store.sqlite'}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"{url}: cannot be opened: {error}") from error


def timestamp(moment: datetime) -> str:
    """A moment in the tables' format: UTC, whole seconds, sortable as text."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
