"""One writer: a crawl holds its store and its feed folder from its first moment to its last.

The locks are the kernel's (``flock``), so they end with the process, however it ends; a kill
leaves nothing that blocks. The files stay: each one names the last holder, for the one refused.
"""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dictcrawler.errors import LockedError, StoreError
from dictcrawler.store import file_of

PATIENCE = 0.3
"""Seconds in which a holder that is just ending, or has not signed yet, may finish."""


def hold_run(store_url: str, data: Path, *feeds: str) -> ExitStack:
    """Lock all that a run writes: its feed (or several) and, unless that is a server, its store. As `hold`."""
    written = (file_of(store_url), *(data / "store" / feed for feed in feeds))
    return hold(*(file.with_name(f"{file.name}.lock") for file in written if file is not None))


def hold(*files: Path) -> ExitStack:
    """Lock all these files, or none; to close what is returned is to let them go.

    :raises LockedError: when another crawl, of this process or another, holds one of them.
    :raises StoreError: when one of them cannot be made.
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


def _sign(descriptor: int) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {now}".encode())


def _holder(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") or "another crawl"
    except OSError:
        return "another crawl"
