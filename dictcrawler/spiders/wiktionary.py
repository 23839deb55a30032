"""English Wiktionary."""

from __future__ import annotations

from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.version import __version__


class WiktionarySpider(KeywordSpider):
    """Requests article pages (``/wiki/<Title>``); the site's robots.txt welcomes low-speed robots to them.

    The Wikimedia rate limits of 2026 are 200 requests a minute for a client that names itself and its operator, three
    in progress; its User-Agent policy wants "bot" in the name of a robot.
    """

    name = "wiktionary"
    shortest_delay = 0.3
    most_at_once = 3
    custom_settings = {
        "USER_AGENT": f"dictcrawler-bot/{__version__}",
        # An archive's index of all its pages has tens of millions of lines, so it is never read as a whole.
        "ARCHIVE_INDEX_MIN_WORDS": 2**31,
    }
