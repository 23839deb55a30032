"""What the middlewares and the download handler need to know of a spider of ours."""

from __future__ import annotations

from typing import Protocol

from scrapy import Spider

from dictcrawler.crawling.lease import Lease
from dictcrawler.errors import DictcrawlerError
from dictcrawler.lookup.bot_walls import Wall


class Bounds(Protocol):
    """Which addresses a crawl may ask."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to it; nothing else is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""


class BoundedSpider(Spider):
    """A spider that asks its ``source`` only, none before that exists, nothing behind the ``wall``, and for a slice of
    a shared run only as long as its ``lease`` lasts."""

    wall: Wall
    source: Bounds | None = None
    lease: Lease | None = None

    def give_up(self, error: DictcrawlerError) -> None:
        """End this crawl at once, what is under way included, because of an error."""
        raise NotImplementedError
