"""Settings: ours first, then the changed ones of Scrapy, with reasons.

Set any of them for one crawl with ``-s NAME=value``.
"""

from __future__ import annotations

import os

from dictcrawler import defaults
from dictcrawler.net import codings
from dictcrawler.version import __version__

# Ours

DATA_DIR = os.environ.get("DICTCRAWLER_DATA") or "data"
"""The folder of the store and the feeds."""

STORE_URL = defaults.STORE_URL
"""``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/DATABASE``; ``{data}`` and ``{dictionary}`` are replaced by
DATA_DIR and the dictionary's name."""

RUN_PART = ""
"""The part of a run of several machines that this process does, as JSON; set by `dictcrawler cluster`."""

STORE_BATCH_SIZE = 50
"""Lookups in one transaction: an fsync for each word would take 2.4 times as long as the crawl."""

PAGES_KEPT = True
"""Whether every fetched page is kept in WARC files below ``DATA_DIR/pages``, for a reparse."""

PAGES_MAX_BYTES = 2**30
"""The size in bytes at which a WARC file is closed and the next one begins."""

CONTACT = os.environ.get("DICTCRAWLER_CONTACT", "")
"""The operator's address (URL or mail) for the User-Agent, so that a site can reach you."""

PROXY = os.environ.get("DICTCRAWLER_PROXY", "")
"""The proxy for all requests: ``http://host:port`` or ``http://user@host:port``, with the password in the variable
DICTCRAWLER_PROXY_PASSWORD. ``env``: use those of http_proxy, https_proxy and no_proxy, which are ignored otherwise."""

ARCHIVE_INDEX_MIN_WORDS = 200
"""For lists of at least this many words, the archive's capture index is read in bulk, not word by word."""

ARCHIVE_INDEX_REST = 300.0
"""Seconds of rest for a capture index that fails, doubled with each failure; meanwhile the replay is used."""

RETRY_TIMES = 3
"""How often a temporary failure (connection, 429, 5xx) of one URL is retried."""

RETRY_BACKOFF = 1.0
"""Seconds before the first retry, doubled for each further one."""

WORD_DEADLINE = 60.0
"""Seconds for all attempts at one word together, without Retry-After and the delay between pages."""

READING_MEMORY = defaults.READING_MEMORY
"""Most bytes of memory of the process that parses the pages."""

READING_SECONDS = defaults.READING_SECONDS
"""Most seconds of processor time for parsing one page."""

RETRY_AFTER_MAX = 600.0
"""The longest Retry-After, in seconds, that is obeyed by waiting."""

REFUSED_MAX = 300.0
"""Seconds for which a host that answered before may refuse connections before its words fail."""

CANARY_MIN_WORDS = 50
"""With at least this many due words, a word that is certainly in the dictionary is looked up first."""

LOST_WORDS_LIMIT = defaults.LOST_WORDS_LIMIT
"""A run is withheld when more than this share of the words found before are not found any more."""

DROPPED_WORDS_LIMIT = defaults.DROPPED_WORDS_LIMIT
"""A run is not made ``latest`` when its list lacks more than this share of the words of ``latest`` (and more than
one)."""

ONE_ENTRY_LIMIT = defaults.ONE_ENTRY_LIMIT
"""A run is withheld when more than this share of its words (and more than five) lead to one and the same entry, and
more than twice the share of the run before."""

LOST_ENTRIES_LIMIT = defaults.LOST_ENTRIES_LIMIT
"""A run is withheld when the words of both runs have fewer entries than before by more than this share (and more than
five)."""

WORD_LIST_CHECKED = True
"""Whether to refuse a word list that is not text, or in which most lines cannot be words."""

LOST_PARTS_LIMIT = defaults.LOST_PARTS_LIMIT
"""A run is withheld when the mean number of senses and examples of an entry falls by more than this share."""

FILL_RATE_LIMIT = defaults.FILL_RATE_LIMIT
"""A run is withheld when the share of entries that have some field falls by more than this."""

TEXT_COVERAGE_LIMIT = defaults.TEXT_COVERAGE_LIMIT
"""A run is withheld when the mean text coverage falls by more than this."""

STRUCTURE_LIMIT = defaults.STRUCTURE_LIMIT
"""A run is withheld when the mean structure (senses, examples … read of those counted on the page) falls by more than
this."""

WALL_STOPS = True
"""After a challenge page the run makes no further requests: the remaining words end as ``blocked``."""

REPORTS_DIR = ""
"""A folder for the page of each run, an HTML file FEED-RUN.html; empty: no such files."""

UMASK = "077"
"""Octal: permissions withheld from others for the store, the feeds and the logs of ``dictcrawler crawl``."""

PROGRESS_BAR = True
"""A live bar when standard error is a terminal; log lines otherwise."""

# Scrapy's project

BOT_NAME = "dictcrawler"
SPIDER_MODULES = ["dictcrawler.spiders"]
NEWSPIDER_MODULE = "dictcrawler.spiders"
COMMANDS_MODULE = "dictcrawler.commands"

# Politeness: one page a second and one at a time, whatever the list's length

USER_AGENT = f"dictcrawler/{__version__}"
ROBOTSTXT_USER_AGENT = "dictcrawler"
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_TIMEOUT = 30
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": codings.ACCEPTED,
}

# Speed: a callback gives one item, and Scrapy would start a hundred workers for it. Requests need no sorting.

ASYNCIO_EVENT_LOOP = "uvloop.Loop"
CONCURRENT_ITEMS = 1
SCHEDULER = "dictcrawler.crawling.scheduler.QueueScheduler"
STATS_CLASS = "dictcrawler.crawling.stats.PlainStats"

# Safety

DOWNLOAD_VERIFY_CERTIFICATES = True
# Limits both a body on the wire and the decoded body.
DOWNLOAD_MAXSIZE = 8 * 2**20
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_HANDLERS = {
    "http": "dictcrawler.crawling.download_handler.PacedDownloadHandler",
    "https": "dictcrawler.crawling.download_handler.PacedDownloadHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
COOKIES_ENABLED = False
REFERER_ENABLED = False
HTTPPROXY_ENABLED = False

# One outcome for each word: redirects, retries and error statuses are the spider's own business

REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
ROBOTSTXT_OBEY = True
# None switches a component of Scrapy's off, the add-on saves its import (docs/decisions/0014).
ADDONS = {"dictcrawler.addons.NoneIsNotImported": 0}
DOWNLOADER_MIDDLEWARES = {
    "dictcrawler.middlewares.NoRequestMiddleware": 40,
    "dictcrawler.middlewares.ScopeMiddleware": 50,
    "dictcrawler.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Lets waiting requests through: docs/upstream/scrapy-robotstxt-waiters.md.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    # Our download handler decodes and counts: it limits the size of a body while decoding it.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
}
# One page, one outcome: there is no link to follow, no depth to count, no page whose status is hidden from the spider.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {
    "dictcrawler.pipelines.NormalizePipeline": 100,
    "dictcrawler.pipelines.StorePipeline": 200,
}
EXTENSIONS = {
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "dictcrawler.extensions.FeedPublisher": 100,
    "dictcrawler.extensions.Progress": 200,
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_STORE_EMPTY = False
# For -o: spreadsheets run formulas in CSV, XML and CSV cannot represent lists, pickle runs code.
FEED_EXPORTERS = {"csv": None, "xml": None, "marshal": None, "pickle": None}

# A quiet log: the result of a run is in its run.json, not in a dump of counters

LOG_LEVEL = "INFO"
LOG_COLOR = False
STATS_DUMP = False
