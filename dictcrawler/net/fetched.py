"""One HTTP answer, from whichever source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from dictcrawler.errors import FetchError
from dictcrawler.model import Status
from dictcrawler.net import charsets

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One HTTP answer. ``headers`` has lower-case names; ``digest`` is the sha256 of ``body``.

    ``is_whole`` is false when the body may be cut off: no length or last chunk marked its end.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    digest: str
    fetched_at: datetime
    is_whole: bool = True

    @property
    def text(self) -> str:
        """The body as text. Decoded at each call, so that only a page being read is in memory twice."""
        return charsets.decode(self.body, self.headers.get("content-type")).text

    @property
    def location(self) -> str | None:
        """The absolute target of a redirect; ``None`` for any other answer.

        :raises FetchError: when the target is not a URL.
        """
        target = self.headers.get("location") if self.status in REDIRECTS else None
        if not target:
            return None
        try:
            return urljoin(self.url, target)
        except ValueError as error:
            problem = f"redirects to {target!r}: {error}"
            raise FetchError(Status.HTTP_ERROR, problem, http_status=self.status, url=self.url) from error
