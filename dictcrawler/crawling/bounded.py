"""The interface of our spiders for the middlewares and the download handler."""

from __future__ import annotations

from typing import Protocol

from scrapy import Spider

from dictcrawler.crawling.lease import Lease
from dictcrawler.errors import DictcrawlerError
from dictcrawler.lookup.bot_walls import Wall


class Bounds(Protocol):
    """The addresses that a crawl may request."""

    def allows(self, url: str) -> bool:
        """Whether this URL belongs to it; nothing else is ever fetched."""

    def trusts(self, host: str) -> bool:
        """Whether the operator named this host: only then may it have an address that is not public."""


class BoundedSpider(Spider):
    """A spider that requests pages of its ``source`` only. It requests nothing before the source exists or behind
    the ``wall``, and for a slice of a shared run only while its ``lease`` lasts."""

    wall: Wall
    source: Bounds | None = None
    lease: Lease | None = None

    def give_up(self, error: DictcrawlerError) -> None:
        """End this crawl at once because of an error, with the requests in progress."""
        raise NotImplementedError
