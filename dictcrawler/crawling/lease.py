"""A slice of a shared run is asked for only as long as its machine is known to be alive.

The others take a slice over when its machine has been silent for a while. Before that time is over this process must
have stopped: two machines never speak to one host.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from dictcrawler.errors import StoreError
from dictcrawler.storage.slices import Slice, Slices

if TYPE_CHECKING:
    from dictcrawler.crawling.spider import KeywordSpider


async def hold_lease(spider: KeywordSpider, mine: Slice, silence: float) -> None:
    """Look every now and then whether the slice is still ours, and end the crawl when it is not."""
    if spider.opened is None:
        return
    slices = Slices(spider.opened.database)
    try:
        while True:
            await spider.in_thread(slices.refuse_lost, mine, timedelta(seconds=silence))
            await asyncio.sleep(silence / 4)
    except StoreError as error:
        spider.fail(error)
        await spider.crawler.engine.close_spider_async(reason="failed")
