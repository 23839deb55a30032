"""Between spider, middlewares and download handler: the keys of ``Request.meta``, and how a request may end."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from dictcrawler.model import Status

NO_REQUEST = "no_request"
"""Request meta: the outcome is known, nothing is to be sent."""
NO_REQUEST_URL = "about:blank"
FRESH_CONNECTION = "fresh_connection"
"""Request meta: whether to leave all open connections behind and make a new one."""
ASKED_AGAIN = "asked_again"
"""Request meta: whether the last answer for this address was a passing failure."""
TRANSFER_SECONDS = "transfer_seconds"
"""Request meta, set here: how long the exchange took, waiting for its turn not counted."""
RECEIVED_FIELDS = "received_fields"
"""Request meta, set here: the header fields of the answer as they came, pairs of bytes."""
LANE = "lane"
"""Request meta: a name for requests whose refusals say nothing of the host's others, such as those for an index."""
ROBOTS = "dont_obey_robotstxt"
"""Request meta, Scrapy's own: this is a question for a robots.txt."""

LOST = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
"""How a download fails that may succeed when it is tried again."""
NO_PAGE = (*LOST, DownloadCancelledError)
"""How a download fails, in all."""


class RefusedRequest(IgnoreRequest):
    """A request that we do not make; ``status`` is the outcome of its word."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
