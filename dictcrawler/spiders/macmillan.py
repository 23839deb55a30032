"""The Macmillan Dictionary."""

from __future__ import annotations

from dictcrawler.crawling.spider import KeywordSpider


class MacmillanSpider(KeywordSpider):
    """Closed on 30 June 2023; read from web archives."""

    name = "macmillan"
