"""Reparses a slice in a separate process: ``python -m dictcrawler.cluster.rereading WHAT``.

It reads the words whose pages are in its data folder, and prints a `SliceRead`: who has the pages of the others.
"""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path

import msgspec

from dictcrawler.cluster.place import Cluster
from dictcrawler.errors import DictcrawlerError
from dictcrawler.runs import reparse
from dictcrawler.runs.opening import Costs
from dictcrawler.runs.part import Part
from dictcrawler.runs.verdict import exit_status

logger = logging.getLogger(__name__)


class Reread(msgspec.Struct, kw_only=True):
    """The task: the slice of ``part``, of a reparse with these arguments."""

    store: str
    data: str
    arguments: dict[str, str]
    part: Part

    def as_text(self) -> str:
        """The task as text, for the command line."""
        return msgspec.json.encode(self).decode()


def main(text: str) -> int:
    """Reparse a slice; returns the exit status, as of a crawl."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(name)s] %(levelname)s: %(message)s")
    what = msgspec.json.decode(text, type=Reread)
    dictionary, mine = what.arguments["dictionary"], what.part.slice
    if mine is None:
        raise ValueError(text)
    data = Path(what.data)
    planned = reparse.Plan(
        dictionary=dictionary,
        run=what.arguments["reparse"].split()[0],
        given=what.arguments,
        data=data,
        store_url=Cluster(data, what.store).store_url(dictionary),
        costs=Costs(),
    )
    try:
        read = reparse.read_slice(planned, mine, timedelta(seconds=what.part.silence))
    except DictcrawlerError as error:
        logger.error("%s", error)  # noqa: TRY400
        return exit_status(error, None, None)
    print(msgspec.json.encode(read).decode())  # noqa: T201 - for the worker that has started this
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
