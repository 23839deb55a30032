"""The Longman Dictionary of Contemporary English."""

from __future__ import annotations

from dictcrawler.crawling.spider import KeywordSpider


class LongmanSpider(KeywordSpider):
    """The site publishes no rate for crawlers: one page in two seconds, half of this project's default pace."""

    name = "longman"
    custom_settings = {"DOWNLOAD_DELAY": 2.0}
