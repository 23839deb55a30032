"""Locks for a single writer: a crawl locks its store and its feed folder for its whole duration.

The kept pages of a dictionary are locked too, shared by all its crawls or exclusively by one prune:
a crawl adds files to them, and refers to existing ones.

The locks are the kernel's (``flock``), so they end with the process, however it ends; a killed process
leaves nothing that blocks. The lock files stay: each one names its last holder, for the error message.
"""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.storage import server_locks
from dictcrawler.storage.store_url import StoreURL, file_of, read

PATIENCE = 0.3
"""Seconds to wait for a holder that is just ending, or has not written its name yet."""


PAUSE = 0.05
"""Seconds between two attempts to get a shared lock."""


def hold_run(store_url: str | StoreURL, data: Path, dictionary: str, feed: str) -> ExitStack:
    """Lock everything that a run writes: its feed and its store; and its pages, shared with other runs.

    A store on a server has several writers; there the feed is locked against every other machine too.

    :raises LockedError: as `hold`.
    :raises StoreError: as `hold`.
    """
    with hold(*_written(store_url, data, feed)) as held:
        held.callback(_shared(_pages(data, dictionary)))
        if (url := read(store_url)).is_server:
            names = {"alone": [_feed_name(feed)], "shared": [_pages_name(dictionary)]}
            held.enter_context(server_locks.hold(url, **names))
        return held.pop_all()


def hold_slice(store_url: str | StoreURL, data: Path, dictionary: str, feed: str) -> ExitStack:
    """Lock everything that a part of a shared run writes, shared with its other parts, against whole runs and prunes.

    :raises LockedError: as `hold`.
    :raises StoreError: as `hold`.
    """
    with ExitStack() as held:
        held.callback(_shared(_pages(data, dictionary)))
        names = [_feed_name(feed), _pages_name(dictionary)]
        held.enter_context(server_locks.hold(read(store_url), shared=names))
        return held.pop_all()


def hold_prune(store_url: str | StoreURL, data: Path, dictionary: str, *feeds: str) -> ExitStack:
    """Lock everything that runs of a dictionary write, against all of them, including other feeds and other stores.

    :raises LockedError: as `hold`.
    :raises StoreError: as `hold`.
    """
    with hold(*_written(store_url, data, *feeds), _pages(data, dictionary)) as held:
        if (url := read(store_url)).is_server:
            names = [*map(_feed_name, feeds), _pages_name(dictionary)]
            held.enter_context(server_locks.hold(url, alone=names))
        return held.pop_all()


def _feed_name(feed: str) -> str:
    return f"the feed {feed}"


def _pages_name(dictionary: str) -> str:
    return f"the pages of {dictionary}"


def _written(store_url: str | StoreURL, data: Path, *feeds: str) -> list[Path]:
    written = (file_of(store_url), *(data / "store" / feed for feed in feeds))
    return [file.with_name(f"{file.name}.lock") for file in written if file is not None]


def _pages(data: Path, dictionary: str) -> Path:
    return data / "store" / f"{dictionary}.pages.lock"


def hold(*files: Path) -> ExitStack:
    """Lock all these files, or none. Close the returned stack to release them.

    :raises LockedError: when another crawl, in this process or another, holds one of them.
    :raises StoreError: when one of them cannot be created.
    """
    with ExitStack() as held:
        for file in files:
            held.callback(_taken(file).release)
        return held.pop_all()


def _taken(file: Path) -> FileLock:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(file, timeout=PATIENCE, mode=0o600, thread_local=False, on_acquired=_sign)
        lock.acquire()
    except Timeout as error:
        raise LockedError(file, _holder(file)) from error
    except OSError as error:
        raise StoreError(f"{file}: cannot be locked: {error}") from error
    return lock


def _shared(file: Path) -> Callable[[], None]:
    """Take a shared lock (excluded by `hold`). Returns a function that releases it.

    :raises LockedError: when the file is locked exclusively.
    :raises StoreError: when the file cannot be created.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as opened:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            opened.callback(os.close, descriptor)
            if not _is_shared(descriptor):
                raise LockedError(file, _holder(file))
            # Several processes hold it now: the name of the last exclusive holder would mislead.
            os.ftruncate(descriptor, 0)
            # Released explicitly, not by closing: a process forked meanwhile has the descriptor too.
            opened.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)
            return opened.pop_all().close
    except OSError as error:
        raise StoreError(f"{file}: cannot be locked: {error}") from error


def _is_shared(descriptor: int) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        else:
            return True


def _sign(descriptor: int) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {now}".encode())


def _holder(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") or "another crawl"
    except OSError:
        return "another crawl"
