"""Reparses a slice in a separate process: ``python -m dictcrawler.cluster.rereading WHAT``."""

from __future__ import annotations

import logging
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec

from dictcrawler.cluster.place import Cluster
from dictcrawler.errors import DictcrawlerError, StoreError
from dictcrawler.runs import reparse
from dictcrawler.runs.opening import Costs
from dictcrawler.runs.part import Part
from dictcrawler.runs.verdict import exit_status
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import folder_of
from dictcrawler.storage.page_index import PageIndex

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
        _refuse_elsewhere(planned)
        not_kept = reparse.read_slice(planned, mine, timedelta(seconds=what.part.silence))
    except DictcrawlerError as error:
        logger.error("%s", error)  # noqa: TRY400
        return exit_status(error, None, None)
    if not_kept:
        logger.warning("the pages of %d words are not in %s: their outcome stays", not_kept, data / "pages")
    return 0


def _refuse_elsewhere(planned: reparse.Plan) -> None:
    """Read nothing where pages are missing: their words would keep their outcomes, as if there were no pages.

    :raises StoreError: which names a file that is not here.
    """
    folder = folder_of(planned.data, planned.dictionary)
    with closing(Database(planned.store_url)) as database:
        missing = sorted(name for name in PageIndex(database).files() if not (folder / name).exists())
    if missing:
        raise StoreError(
            f"{missing[0]} and {len(missing) - 1} other files of kept pages are not in {folder}: give all workers one "
            "pages/ on shared storage, or stop those that have another"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
