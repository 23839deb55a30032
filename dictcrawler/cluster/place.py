"""The database of a cluster: a PostgreSQL database with a schema for each dictionary's store and one for the queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError
from dictcrawler.plan import arguments
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import RunRecord
from dictcrawler.storage.store_url import StoreURL, url_of
from dictcrawler.storage.transactions import SqlDatabase

QUEUE_SCHEMA = "dictcrawler_queue"
EXAMPLE = "postgresql+psycopg://user@host/dictcrawler?schema={dictionary}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The data folder of this machine, and the ``STORE_URL`` that all machines share."""

    data: Path
    store: str

    def __post_init__(self) -> None:
        """Refuse a store that machines cannot share.

        :raises ArgumentError: with an example of a right one.
        """
        if not self.store.startswith("postgresql") or "schema={dictionary}" not in self.store:
            problem = f"{url_of(self.store, self.data, '')} cannot be the store of several machines and dictionaries"
            raise ArgumentError("STORE_URL", problem, f"such as {EXAMPLE} (--store, or DICTCRAWLER_STORE)")

    def store_url(self, dictionary: str) -> StoreURL:
        """The store of a dictionary."""
        return url_of(self.store, self.data, dictionary)

    @contextmanager
    def stores(self) -> Iterator[Mapping[str, Database]]:
        """The open stores of all dictionaries.

        :raises StoreError: when one of them cannot be opened.
        """
        with ExitStack() as opened:
            found = {}
            for name in dictionaries.names():
                found[name] = database = Database(self.store_url(name))
                opened.callback(database.close)
            yield found

    @contextmanager
    def queue(self) -> Iterator[SqlDatabase]:
        """The open database of the queue.

        :raises StoreError: when it cannot be opened, or a statement in the block fails.
        """
        with closing(SqlDatabase(self.store_url(QUEUE_SCHEMA))) as database:
            yield database


def arguments_of(record: RunRecord) -> CrawlArguments:
    """The arguments that a run was begun with."""
    parsed = arguments.read(dictionaries.load(record.arguments["dictionary"]), _given_to(record))
    return replace(parsed, reparse=record.arguments.get("reparse"))


def given_to(record: RunRecord) -> dict[str, str]:
    """The arguments as text, for a process that looks up a part of the words: the list is in the ledger, not a file."""
    return {name: value for name, value in _given_to(record).items() if name not in ("words", "word", "column")}


def _given_to(record: RunRecord) -> dict[str, str]:
    known = arguments.names(dictionaries.load(record.arguments["dictionary"]))
    return {name: value for name, value in record.arguments.items() if name in known}
