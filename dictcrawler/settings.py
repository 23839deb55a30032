"""Settings: ours first, then what we change in Scrapy and why.

Any of them can be given for one crawl with ``-s NAME=value``.
"""

from __future__ import annotations

import os

from dictcrawler import defaults
from dictcrawler.net import codings
from dictcrawler.version import __version__

# Ours

DATA_DIR = os.environ.get("DICTCRAWLER_DATA", "data")
"""Where the store and the feeds are."""

STORE_URL = defaults.STORE_URL
"""An SQLAlchemy URL; ``{data}`` and ``{dictionary}`` are replaced by DATA_DIR and the dictionary's name."""

RUN_PART = ""
"""Which part of a run of several machines to do: set by `dictcrawler cluster`, as JSON; empty for a whole run."""

STORE_BATCH_SIZE = 50
"""Lookups in one transaction: an fsync for each word would cost 2.4 times the crawl's time."""

PAGES_KEPT = True
"""Whether every fetched page is kept in WARC files below ``DATA_DIR/pages``, to be read again later."""

PAGES_MAX_BYTES = 2**30
"""From this size on a WARC file is closed and the next one begun."""

CONTACT = os.environ.get("DICTCRAWLER_CONTACT", "")
"""The operator's address (URL or mail) for the User-Agent, so that a site can reach you."""

PROXY = os.environ.get("DICTCRAWLER_PROXY", "")
"""The proxy that everything is asked of: ``http://host:port`` or ``http://user@host:port``, with the password in the
variable DICTCRAWLER_PROXY_PASSWORD; ``env``: those of http_proxy, https_proxy and no_proxy, else ignored."""

ARCHIVE_INDEX_MIN_WORDS = 200
"""From this many words on, the archive's capture index is read in bulk, never word by word."""

ARCHIVE_INDEX_REST = 300.0
"""Seconds that a capture index which fails is left alone, doubled with each failure; the replay is asked meanwhile."""

RETRY_TIMES = 3
"""How often a passing failure (connection, 429, 5xx) of one URL is tried again."""

RETRY_BACKOFF = 1.0
"""Seconds before the first new try, doubled for each further one."""

WORD_DEADLINE = 60.0
"""Seconds that all tries for one word may take together, Retry-After and the delay between pages not counted."""

READING_MEMORY = defaults.READING_MEMORY
"""Bytes that the process which reads the pages may have."""

READING_SECONDS = defaults.READING_SECONDS
"""Seconds of the processor that it may take to read one page."""

RETRY_AFTER_MAX = 600.0
"""The longest Retry-After, in seconds, that is waited for."""

REFUSED_MAX = 300.0
"""How many seconds a host that answered before may refuse connections before its words fail."""

CANARY_MIN_WORDS = 50
"""From this many words to ask on, a word that is certainly in the dictionary is asked first."""

LOST_WORDS_LIMIT = defaults.LOST_WORDS_LIMIT
"""A run is withheld when more than this share of the words found before are found no more."""

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
"""Whether a word list that is no text, or most of whose lines can be no word, is refused."""

FILL_RATE_LIMIT = defaults.FILL_RATE_LIMIT
"""A run is withheld when the share of entries that have some field falls by more than this."""

TEXT_COVERAGE_LIMIT = defaults.TEXT_COVERAGE_LIMIT
"""A run is withheld when the mean text coverage falls by more than this."""

STRUCTURE_LIMIT = defaults.STRUCTURE_LIMIT
"""A run is withheld when the mean structure (senses, examples … read of those counted on the page) falls by more than
this."""

WALL_STOPS = True
"""After a challenge page nothing more is asked in the run: the words that are left end as ``blocked``."""

REPORTS_DIR = ""
"""A folder in which each crawl leaves the page of its run as one HTML file, FEED-RUN.html; none when empty."""

UMASK = "077"
"""Octal: what others on this machine may not do with the store, the feeds and the logs of ``scrapy crawl``."""

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

# Speed: a callback gives one item, and Scrapy would start a hundred workers for it

ASYNCIO_EVENT_LOOP = "uvloop.Loop"
CONCURRENT_ITEMS = 1

# Safety

DOWNLOAD_VERIFY_CERTIFICATES = True
# Of a body on the wire, and of the same body decoded.
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
# None switches a component of Scrapy's off (docs/decisions/0014).
DOWNLOADER_MIDDLEWARES = {
    "dictcrawler.middlewares.UnaskedMiddleware": 40,
    "dictcrawler.middlewares.ScopeMiddleware": 50,
    "dictcrawler.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Lets waiting requests through: docs/upstream/scrapy-robotstxt-waiters.md.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    # Our download handler decodes and counts: a body is bounded where it is decoded.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
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
    "dictcrawler.extensions.FeedPublisher": 100,
    "dictcrawler.extensions.Progress": 200,
}
FEED_EXPORT_ENCODING = "utf-8"
FEED_STORE_EMPTY = False
# For -o: a spreadsheet runs formulas in CSV, XML and CSV have no place for lists, pickle runs code.
FEED_EXPORTERS = {"csv": None, "xml": None, "marshal": None, "pickle": None}

# A quiet log: what a run leaves is its run.json, not a dump of counters

LOG_LEVEL = "INFO"
LOG_COLOR = False
STATS_DUMP = False
