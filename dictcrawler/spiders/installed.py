"""A spider for each dictionary of another package (entry point ``dictcrawler.dictionaries``)."""

from __future__ import annotations

from dictcrawler import dictionaries
from dictcrawler.crawling.spider import KeywordSpider


class _Polite(KeywordSpider):
    """Requests one page a second from the dictionary's own site, one at a time, since its limits are not known."""

    shortest_delay = 1.0
    most_at_once = 1


# Scrapy finds a spider only as a variable of a module.
for _name in dictionaries.installed():
    globals()[f"{_name}_spider"] = type(f"{_name}_spider", (_Polite,), {"name": _name, "__module__": __name__})
