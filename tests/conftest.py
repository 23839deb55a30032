"""Fixtures that many tests share."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.certificates import make_certificate
from tests.support.server import Handler, Serve, sample_pages, scrapy, serving

# A program started in the background by a shell ignores Ctrl-C, and so would the programs that tests end with it.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Without compiled modules every program of a test would compile the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of the whole product, the longest: at the end one worker would wait for the other's."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The event loops for an async test: those that its module names in ``LOOPS``, or asyncio's own."""
    module = item.getparent(pytest.Module)
    return getattr(module and module.obj, "LOOPS", {"asyncio": asyncio.new_event_loop})


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(handler)`` starts a server that is stopped after the test."""
    with ExitStack() as stack:
        yield lambda handler: stack.enter_context(serving(handler))


@pytest.fixture(scope="session")
def dictionary_pages() -> Handler:
    """A handler that answers as the sample site does."""
    return sample_pages("macmillan", 300)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost and 127.0.0.1, in one file."""
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    make_certificate(file)
    return file


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Postgres]:
    """A PostgreSQL server; tests must not stop it."""
    with postgres.running() as running:
        yield running


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a feed of each dictionary, crawled from its sample site."""
    data = tmp_path_factory.mktemp("sample")
    names = ("longman", "macmillan", "oxford", "wiktionary")
    crawls = [scrapy("crawl", name, "-a", "source=sample", data=data) for name in names]
    for crawl in crawls:
        out, log = crawl.communicate(timeout=120)
        assert crawl.returncode == 0, out + log
    return data
