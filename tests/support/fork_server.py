"""The process that `tests.support.forked` starts: it imports all of dictcrawler and forks a program for each order.

Standard input is a socket. Each order is a byte with four descriptors: a socket for the answers, and the three streams
of the program. On that socket the order comes as JSON, and the process id and the wait status are sent, a packet each.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
import time
from contextlib import suppress
from typing import Any

PRELOADED = (
    "_strptime", "aiohttp.web", "dictcrawler.cli.main", "dictcrawler.crawling.coroutine",
    "dictcrawler.crawling.download_handler", "dictcrawler.extensions", "dictcrawler.middlewares",
    "dictcrawler.pipelines", "dictcrawler.settings", "dictcrawler.storage.postgresql", "psycopg", "queuelib.rrqueue",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11", "scrapy.core.downloader.tls", "scrapy.core.scheduler",
    "scrapy.dupefilters", "scrapy.extensions.closespider", "scrapy.extensions.corestats", "scrapy.extensions.logcount",
    "scrapy.extensions.logstats", "scrapy.extensions.memdebug", "scrapy.extensions.memusage",
    "scrapy.extensions.remote_control", "scrapy.extensions.spiderstate", "scrapy.extensions.telnet",
    "scrapy.extensions.throttle", "scrapy.logformatter", "scrapy.pqueues", "scrapy.squeues", "scrapy.statscollectors",
    "sqlite3", "tldextract", "twisted.internet.asyncioreactor", "uvloop",
)  # fmt: skip
PACKAGES = (
    "dictcrawler.commands", "dictcrawler.cluster", "dictcrawler.dictionaries", "dictcrawler.sample",
    "dictcrawler.spiders", "scrapy.commands", "scrapy.downloadermiddlewares", "scrapy.spidermiddlewares",
)  # fmt: skip
"""Of these, every module is loaded."""
AT_IMPORT = ("dictcrawler.defaults", "dictcrawler.settings")
"""They read the environment when they are imported, so each fork loads them again."""


def _serve() -> None:
    _preload()
    orders = socket.socket(fileno=0)
    while (received := socket.recv_fds(orders, 1, 4))[0]:
        if os.fork() == 0:
            orders.close()
            _attend(*received[1])
            return
        for fd in received[1]:
            os.close(fd)
        _reap()


def _preload() -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    for package in map(importlib.import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    # A collection would copy every page of memory in each fork.
    gc.collect()
    gc.freeze()


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _attend(answers: int, *streams: int) -> None:
    """Run one order: in the fork, returns after the program; in its parent, ends this process after the fork."""
    with socket.socket(fileno=answers) as answer:
        order = json.loads(answer.recv(2**20))
        child = os.fork()
        if child:
            for fd in streams:
                os.close(fd)
            with suppress(BrokenPipeError):
                answer.send(str(child).encode())
                answer.send(str(os.waitpid(child, 0)[1]).encode())
            os._exit(0)
    _become(order, streams)


def _become(order: dict[str, Any], streams: tuple[int, ...]) -> None:
    for fd, (stream, name) in enumerate(zip(streams, ("stdin", "stdout", "stderr"), strict=True)):
        os.dup2(stream, fd)
        os.close(stream)
        _reopen(fd, name)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    for name in AT_IMPORT:
        importlib.reload(sys.modules[name])
    if order["before"]:
        place, *arguments = order["before"]
        pkgutil.resolve_name(place)(*arguments)
    module, *sys.argv[1:] = order["command"]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _reopen(fd: int, name: str) -> None:
    """Open a standard stream as the interpreter does at its start: for a pipe otherwise than for a file."""
    old = getattr(sys, name)
    buffering = 1 if fd == 2 else -1
    mode = "w" if fd else "r"
    new = open(fd, mode, buffering, encoding=old.encoding, errors=old.errors, closefd=False)  # noqa: SIM115
    if fd:
        new.reconfigure(write_through=old.write_through)
    setattr(sys, name, new)
    setattr(sys, f"__{name}__", new)


if __name__ == "__main__":
    _serve()
