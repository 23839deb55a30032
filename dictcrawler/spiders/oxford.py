"""Oxford Learner's Dictionaries."""

from __future__ import annotations

from dictcrawler.crawling.spider import KeywordSpider


class OxfordSpider(KeywordSpider):
    """The site publishes no rate for crawlers: one page in two seconds, half of this project's default pace."""

    name = "oxford"
    custom_settings = {"DOWNLOAD_DELAY": 2.0}
