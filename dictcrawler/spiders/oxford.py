"""Oxford Learner's Dictionaries."""

from __future__ import annotations

from dictcrawler.crawling.spider import KeywordSpider


class OxfordSpider(KeywordSpider):
    """A living site that publishes no rate for crawlers: one page in two seconds, half the house's pace."""

    name = "oxford"
    custom_settings = {"DOWNLOAD_DELAY": 2.0}
