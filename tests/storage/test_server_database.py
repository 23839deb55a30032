"""The store in a PostgreSQL, when ``POSTGRES_URL`` names one and its driver is installed.

Such as ``postgresql+psycopg://user@host/database``. The tests work in a schema of their own and remove it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from dictcrawler.storage.captures import Captures
from dictcrawler.storage.database import CHUNK, Database
from tests.support.server import crawl

POSTGRES = os.environ.get("POSTGRES_URL")
needs_postgres = pytest.mark.skipif(POSTGRES is None, reason="POSTGRES_URL names no database")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty store."""
    if request.param == "sqlite" or POSTGRES is None:
        yield f"sqlite:///{tmp_path / 'store.sqlite'}"
        return
    engine, schema = sa.create_engine(POSTGRES), f"dictcrawler_test_{secrets.token_hex(8)}"
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()


def test_a_capture_that_an_index_lists_twice_is_kept_once(url: str) -> None:
    database = Database(url)
    captures = Captures(database)
    timestamps = [f"{number:014}" for number in range(CHUNK + 10)]
    listed = [("love", timestamp) for timestamp in (*timestamps, timestamps[0])]
    captures.replace("https://archive.example.org/cdx", listed, datetime.now(UTC))
    assert captures.of_address("https://archive.example.org/cdx", "love") == tuple(reversed(timestamps))
    database.close()


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=needs_postgres)], indirect=True)
def test_a_server_carries_a_crawl_its_resumption_and_its_repetition(url: str, tmp_path: Path) -> None:
    words = ["hi", "love", "Love", *(f"blorf{number}" for number in range(40))]
    given = ("source=sample", f"word={','.join(words)}")
    stopped = crawl(tmp_path, *given, settings={"STORE_URL": url, "CLOSESPIDER_ITEMCOUNT": 5, "STORE_BATCH_SIZE": 1})
    assert stopped.status == 3, stopped.log
    done = crawl(tmp_path, *given, settings={"STORE_URL": url})
    assert done.manifest.statuses == {"found": 3, "not_in_dictionary": 40}, done.log
    first, entries = done.manifest.run, (done.feed / "latest/entries.jsonl").read_bytes()
    again = crawl(tmp_path, *given, "refresh=all", settings={"STORE_URL": url})
    assert (again.manifest.previous_run, again.manifest.changes) == (first, {})
    assert (again.feed / "latest/entries.jsonl").read_bytes() == entries
