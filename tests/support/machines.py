"""A cluster on one machine: workers with data folders of their own, sites that identify their clients, one database."""

from __future__ import annotations

import asyncio
import json
import math
import os
import pkgutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
from aiohttp import web

from dictcrawler import sample
from tests.support import forked
from tests.support.gate import wait_until
from tests.support.postgres import Postgres
from tests.support.server import ROOT, Handler, sample_pages

ADDRESSES = {
    "macmillan": "/us/dictionary/american/{keyword}",
    "longman": "/dictionary/{keyword}",
}
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_BACKOFF=0.01", "-s", "STORE_BATCH_SIZE=10", "-s", "LOG_LEVEL=WARNING")
BEAT = ("--beat", "0.5", "--stall", "3")
# Fields that differ from run to run and from machine to machine.
PASSING = {"run", "fetched_at", "checked_at", "retrieved_from", "url", "final_url"}


@dataclass
class Site:
    """The sample site of a dictionary; records each request's time and worker, by the name in the User-Agent."""

    dictionary: str
    words: int
    slowness: float = 0.02
    wall_after: float = math.inf
    url: str = ""
    requested: list[tuple[float, float, str, str]] = field(default_factory=list)
    _pages: Handler | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        self._pages = self._pages or sample_pages(self.dictionary, self._generated)
        began = time.monotonic()
        if len(self.requested) >= self.wall_after:
            self.requested.append((began, began, request.headers["User-Agent"].split(" ")[0], request.path))
            return web.Response(status=403, headers={"cf-mitigated": "challenge"}, text="no")
        await asyncio.sleep(self.slowness)
        answer = await self._pages(request)
        self.requested.append((began, time.monotonic(), request.headers["User-Agent"].split(" ")[0], request.path))
        return answer

    @property
    def base_url(self) -> str:
        return f"{self.url}{ADDRESSES[self.dictionary]}"

    @property
    def list(self) -> list[str]:
        found = list(sample.load(self.dictionary, self._generated).words())[: self.words]
        return found + [f"blorf{number}" for number in range(self.words - len(found))]

    @property
    def _generated(self) -> int:
        return self.words if self.dictionary == "macmillan" else 0

    def overlaps(self) -> int:
        """How often a worker sent a request while another waited for an answer."""
        requested = sorted(self.requested)
        return sum(one[2] != other[2] and other[0] < one[1] for one, other in pairwise(requested))

    def requests(self, by: str = "") -> Counter[str]:
        """How often each path was requested: by all workers, or by those whose name begins with this."""
        is_meant = str.startswith if by else (lambda who, _: not who.startswith("dictcrawler/"))
        return Counter(path for _, _, who, path in self.requested if is_meant(who, by))

    def asked_twice(self) -> int:
        paths = [path for _, _, _, path in self.requested]
        return len(paths) - len(set(paths))


class Machines:
    """The workers and the operator's terminal; all processes end with the block."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database
        self.store = f"{self.database}?schema={{dictionary}}"
        self.workers: dict[str, forked.Program] = {}
        self.has_shared_folder = False
        self.beat = BEAT
        self.more: dict[str, str] = {}

    def data(self, name: str) -> Path:
        return self.folder / ("shared" if self.has_shared_folder else name)

    def environment(self, name: str, machine: str = "") -> dict[str, str]:
        ours = {"DICTCRAWLER_STORE": self.store, "DICTCRAWLER_DATA": str(self.data(name))}
        return os.environ | ours | {"DICTCRAWLER_MACHINE": machine or name, "PYTHONPATH": str(ROOT)} | self.more

    def command(self, *arguments: str, name: str = "operator") -> subprocess.CompletedProcess[str]:
        return forked.run("dictcrawler", *arguments, env=self.environment(name))

    def cluster(self, *arguments: str, status: int = 0) -> str:
        done = self.command("cluster", *arguments)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begin(self, site: Site, words: list[str], *more: str, size: int = 40) -> str:
        """Begin a run; returns its id."""
        place = self.folder / f"{site.dictionary}.txt"
        place.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
        given = ("-a", "source=live", "-a", f"base_url={site.base_url}", "-a", f"words={place}")
        out = self.cluster("crawl", site.dictionary, *given, *QUICK, "--words", str(size), *more)
        return next(line for line in out.splitlines() if line.startswith("run ")).split()[1].rstrip(":")

    def start(self, name: str, *more: str, before: str = "", machine: str = "") -> None:
        """Start a worker; its log is beside its data folder. ``before``: it kills itself just before it calls this.
        ``machine``: it runs there, and has no ``--name``."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = forked.start(
                *("dictcrawler", "cluster", "worker", *self.beat),
                *(() if machine else ("--name", name)),
                *QUICK,
                *("-s", f"USER_AGENT={name}", *more),
                env=self.environment(name, machine),
                streams=(subprocess.DEVNULL, log.fileno(), log.fileno()),
                before=("tests.support.machines:kill_at", before) if before else (),
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def logs(self) -> str:
        return "\n".join(f"== {name}\n{self.log(name)}" for name in self.workers)

    def signal(self, name: str, number: signal.Signals) -> None:
        self.workers[name].send_signal(number)
        if number == signal.SIGKILL:
            self.workers.pop(name).wait(10)

    def status(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.cluster("status", "--json"))
        return found

    def query(self, dictionary: str, statement: str) -> list[tuple[Any, ...]]:
        # A new connection each time: a test starts the server again, and an old one is useless then.
        url = self.database.replace("+psycopg", "", 1)
        with psycopg.connect(url, options=f"-csearch_path={dictionary}") as connection:
            return connection.execute(statement.encode()).fetchall()

    def states(self, dictionary: str) -> list[str]:
        return [state for (state,) in self.query(dictionary, "select state from runs order by id")]

    def wait(self, dictionary: str, state: str = "complete", seconds: float = 150) -> None:
        """Wait for the last run of a dictionary to end."""
        ended = {"complete", "withheld", "abandoned"}
        try:
            wait_until(lambda: _pause() and self.states(dictionary)[-1] in ended, seconds)
            assert self.states(dictionary)[-1] == state
        except AssertionError:
            raise AssertionError(self.logs() + self.cluster("status")) from None

    def holder(self, dictionary: str) -> str | None:
        """The workers with a slice in progress."""
        rows = self.query(dictionary, "select machine from slices where state = 'doing' limit 1")
        return str(rows[0][0]) if rows else None

    def slices_of(self, name: str, dictionary: str) -> list[tuple[object, object]]:
        """The slices of a worker: first lines and attempts."""
        rows = self.query(dictionary, "select low, attempt, machine from slices where state = 'doing'")
        return [(low, attempt) for low, attempt, machine in rows if machine == name]

    def are_taken_over(self, dictionary: str, held: list[tuple[object, object]]) -> bool:
        """Whether other workers have, or have done, the slices that a worker had."""
        rows = self.query(dictionary, "select low, attempt from slices where state = 'doing' or state = 'todo'")
        return _pause() and set(rows).isdisjoint(held)

    def end(self) -> None:
        for worker in self.workers.values():
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait(10)


def kill_at(place: str) -> None:
    """Make this process kill itself when it calls the function of this name."""
    holder, _, name = place.rpartition(".")
    setattr(pkgutil.resolve_name(holder), name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))


def _pause() -> bool:
    time.sleep(0.1)
    return True


@cache
def _initialised(server: Postgres) -> str:
    """The name of a database with a new cluster, made once for a server."""
    with tempfile.TemporaryDirectory() as folder:
        made = Machines(Path(folder), server.new_database())
        made.cluster("init")
        made.end()
    return made.database.rsplit("/", 1)[1]


@contextmanager
def machines(folder: Path, server: Postgres) -> Iterator[Machines]:
    made = Machines(folder, server.new_database(_initialised(server)))
    try:
        yield made
    finally:
        made.end()


def contents(feed: Path) -> dict[str, list[object]]:
    """The content of a feed without times, runs and addresses."""
    return {
        name: [_without_passing(json.loads(line)) for line in (feed / name).read_text(encoding="utf-8").splitlines()]
        for name in ("entries.jsonl", "lookups.jsonl")
    }


def _without_passing(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_passing(each) for name, each in value.items() if name not in PASSING}
    return [_without_passing(each) for each in value] if isinstance(value, list) else value
