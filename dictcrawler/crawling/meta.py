"""The keys of ``Request.meta`` between spider, middlewares and download handler, and the errors of a request."""

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
"""Request meta: the outcome is known, no request is sent."""
NO_REQUEST_URL = "about:blank"
FRESH_CONNECTION = "fresh_connection"
"""Request meta: whether to use a new connection and none of those open now."""
IS_RETRY = "is_retry"
"""Request meta: whether the last answer for this URL was a temporary failure."""
TRANSFER_SECONDS = "transfer_seconds"
"""Request meta, set here: seconds of the exchange, without the wait for its turn."""
RECEIVED_FIELDS = "received_fields"
"""Request meta, set here: the header fields of the answer as received, pairs of bytes."""
LANE = "lane"
"""Request meta: a name for requests whose refusals do not concern the host's other requests, such as index queries."""
ROBOTS = "dont_obey_robotstxt"
"""Request meta, Scrapy's own: this is a request for a robots.txt."""

LOST = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
"""The exceptions of a download that may succeed on a retry."""
NO_PAGE = (*LOST, DownloadCancelledError)
"""All exceptions of a download."""


class RefusedRequest(IgnoreRequest):
    """A request that dictcrawler does not send; ``status`` is the outcome of its word."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
