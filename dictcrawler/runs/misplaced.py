"""Tells a data folder or store that cannot work from one that fails today: a wrong setting from a fault of the disk."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dictcrawler.errors import ArgumentError, ServerUnreachable, StoreError

WRONG_PATH = frozenset({
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR, errno.EPERM,
})  # fmt: skip
"""Errors of the system by which a path is wrong, and not its disk full or broken."""


@contextmanager
def refusing_wrong_places(feed: Path) -> Iterator[None]:
    """Turn the errors of a first opening that mean a wrong setting into a refusal.

    A server that is down may come back: only before the ``feed`` has a folder is its address taken for wrong.

    :raises ArgumentError: naming what to correct.
    """
    try:
        yield
    except ServerUnreachable as error:
        if feed.exists():
            raise
        allowed = "the address of a running server, such as postgresql+psycopg://user@host:5432/database"
        raise ArgumentError("STORE_URL", str(error), allowed) from error
    except StoreError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in WRONG_PATH:
            raise
        allowed = "a folder that you can write to, or that can be made"
        raise ArgumentError("DATA_DIR or STORE_URL", str(error), allowed) from error
