"""Publishes a run that all machines have finished, on one of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from dictcrawler.browse import run_page
from dictcrawler.cluster.place import Cluster, arguments_of
from dictcrawler.cluster.queue import ClusterError
from dictcrawler.errors import StoreError
from dictcrawler.feeds.soundness import Limits
from dictcrawler.runs.forecast import counted
from dictcrawler.runs.run import Run
from dictcrawler.storage.database import Database
from dictcrawler.storage.ledger import Ledger, RunRecord
from dictcrawler.storage.shared_runs import SharedRuns

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes into the feeds of this machine's data folder; ``reports`` is the folder for the pages of runs."""

    cluster: Cluster
    limits: Limits
    reports: Path | None = None

    def publish(self, database: Database, run: str, publisher: str) -> None:
        """Publish a run whose slices are all done; does nothing when it is published already.

        A publisher that dies is replaced by another, which starts over. Two at once, when one was only
        thought dead, write into separate folders, and only one of them can take the name of the run.

        :raises ClusterError: when the feed's previous run is not here: it was published on another machine.
        :raises StoreError: when the feed cannot be written.
        """
        shared = SharedRuns(database)
        record = Ledger(database).run(run)
        if record.state not in ("shared", "publishing"):
            return
        self._refuse_elsewhere(shared, record)
        if not shared.begin_publishing(run):
            return
        attached = Run.attach(database, run, arguments_of(record), self.cluster.data / "feeds", self.limits)
        try:
            published = attached.publish(publisher)
        except OSError as error:
            raise StoreError(f"the feed cannot be written: {error}") from error
        logger.info("published %s: %s", published.folder, counted(published.manifest.statuses))
        if self.reports is not None:
            logger.info("%s", run_page.add_to(self.reports, published.folder))

    def _refuse_elsewhere(self, shared: SharedRuns, record: RunRecord) -> None:
        before = shared.last_published(record.feed or "")
        feed = self.cluster.data / "feeds" / (record.feed or "")
        if before is not None and not (feed / before).exists():
            raise ClusterError(
                f"the previous run, {before}, is not in {feed}: give --publish to the worker that has the feeds, or "
                "copy them here"
            )
