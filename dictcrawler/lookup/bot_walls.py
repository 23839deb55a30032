"""Bot walls: when a site refuses robots, the run makes no further requests.

A challenge is never solved, never retried and never taken for a miss: the remaining words
end as ``blocked`` without a request.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from dictcrawler.errors import WallPage
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched

logger = logging.getLogger(__name__)

# Texts on the refusals of content delivery networks, and of Wikimedia for robots without a name.
_MARKS = re.compile(
    r"<title>\s*(?:just a moment|attention required|access denied)"
    r"|challenge-(?:error-text|form|platform|running)|cf-turnstile|[gh]-(?:re)?captcha|respect our robot policy",
    re.IGNORECASE,
)


class Wall:
    """The first wall that a run met. ``met`` describes it, and is ``None`` before that.

    With ``stops`` false, ``met`` is always ``None``: every word is requested.
    """

    def __init__(self, *, stops: bool = True) -> None:
        self._stops = stops
        self.met: str | None = None

    def meet(self, page: WallPage) -> None:
        """Record the first wall."""
        if self._stops and self.met is None:
            self.met = f"not requested, the run met a wall: {page}"
            logger.warning("a wall: no further requests in this run: %s", page)


def is_challenge(answer: Fetched) -> bool:
    """Whether a 403 or 503 is a challenge of the server that answered.

    A challenge that a web archive captured (RFC 7089) is not: the archive itself is accessible.
    """
    if answer.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE):
        return False
    if memento.HEADER in answer.headers:
        return False
    return "cf-mitigated" in answer.headers or _MARKS.search(answer.text) is not None


def refuse_challenge(answer: Fetched, url: str) -> None:
    """Raise if the answer is a challenge, so that it is never taken for a page.

    :raises WallPage: when the answer is a challenge.
    """
    if is_challenge(answer):
        raise WallPage(f"a challenge with status {answer.status} instead of {url}")
