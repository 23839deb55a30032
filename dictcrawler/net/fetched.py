"""One HTTP answer, whoever fetched it."""

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

    One that is not ``is_whole`` may be cut off: nothing says where its body should end.
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
        """The body as text, decoded anew each time: only a page being read is twice in memory."""
        return charsets.decode(self.body, self.headers.get("content-type")).text

    @property
    def location(self) -> str | None:
        """The absolute target of a redirect, if this is one.

        :raises FetchError: when the target is no address.
        """
        target = self.headers.get("location") if self.status in REDIRECTS else None
        if not target:
            return None
        try:
            return urljoin(self.url, target)
        except ValueError as error:
            problem = f"redirects to {target!r}: {error}"
            raise FetchError(Status.HTTP_ERROR, problem, http_status=self.status, url=self.url) from error
