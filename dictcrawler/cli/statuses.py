"""The exit statuses of the plain commands."""

from dictcrawler.errors import ArgumentError, DictcrawlerError, LockedError

DONE = 0
WRONG_USAGE = 2
NO_SUCH_WORD = 3
UNREADABLE = 4
TOO_OLD = 5
OUTPUT_FAILED = 74
"""Standard output cannot be written, on a full disk for example (``EX_IOERR`` of sysexits.h)."""
AT_WORK = 75
"""A crawl or another prune holds a lock that the command needs."""
INTERRUPTED = 130
"""Ended by Ctrl-C; the status that a shell shows for SIGINT."""
BROKEN_PIPE = 141
"""The reader of standard output has gone; the status that a shell shows for SIGPIPE."""
TERMINATED = 143
"""Ended by SIGTERM; the status that a shell shows."""


def status_of(error: DictcrawlerError) -> int:
    """The exit status of a command that ends with this error."""
    if isinstance(error, ArgumentError):
        return WRONG_USAGE
    return AT_WORK if isinstance(error, LockedError) else UNREADABLE
