"""Bot walls: where a site says no to robots, a run stops asking.

A challenge is never solved, never tried again and never taken for a miss: the words that are
left end as ``blocked`` without a request.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from dictcrawler.errors import WallPage
from dictcrawler.net import memento
from dictcrawler.net.fetched import Fetched

logger = logging.getLogger(__name__)

# What content delivery networks, and Wikimedia for robots without a name, print on a refusal.
_MARKS = re.compile(
    r"<title>\s*(?:just a moment|attention required|access denied)"
    r"|challenge-(?:error-text|form|platform|running)|cf-turnstile|[gh]-(?:re)?captcha|respect our robot policy",
    re.IGNORECASE,
)


class Wall:
    """The first wall that a run came upon. ``met`` says which, ``None`` while the way is free.

    With ``stops`` false the way is always free: every word tries for itself.
    """

    def __init__(self, *, stops: bool = True) -> None:
        self._stops = stops
        self.met: str | None = None

    def meet(self, page: WallPage) -> None:
        """Remember the first page that blocked the way."""
        if self._stops and self.met is None:
            self.met = f"not asked, the run met a wall: {page}"
            logger.warning("a wall, nothing more is asked in this run: %s", page)


def is_challenge(answer: Fetched) -> bool:
    """Whether a 403 or 503 is a challenge of the server that was asked.

    One that a web archive once captured (RFC 7089) is not: the archive itself is open.
    """
    if answer.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE):
        return False
    if memento.HEADER in answer.headers:
        return False
    return "cf-mitigated" in answer.headers or _MARKS.search(answer.text) is not None


def refuse_challenge(answer: Fetched, url: str) -> None:
    """Let no challenge pass for a page.

    :raises WallPage: when the answer is one.
    """
    if is_challenge(answer):
        raise WallPage(f"a challenge with status {answer.status} instead of {url}")
