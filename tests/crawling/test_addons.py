"""The add-ons of Scrapy that change its settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings  # noqa: TID251

from dictcrawler.addons import NoneIsNotImported

ROOT = Path(__file__).parents[2]
TELNET = "scrapy.extensions.telnet.TelnetConsole"
OWN_LIST = "EXTENSIONS_BASE"

LOADS_ALL = """
import sys
from scrapy.crawler import Crawler
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings
from dictcrawler.spiders.macmillan import MacmillanSpider
crawler = Crawler(MacmillanSpider, get_project_settings())
crawler.addons.load_settings(crawler.settings)
for name in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"):
    for path in crawler.settings.get_component_priority_dict_with_base(name):
        load_object(path)
print(*sorted({"aiohttp", "dictcrawler", "requests", "tldextract"} & set(sys.modules)))
"""


def test_a_crawl_imports_nothing_that_only_unused_components_need() -> None:
    """A process of its own: this one has imported them all."""
    done = subprocess.run(
        [sys.executable, "-c", LOADS_ALL], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["dictcrawler"]


def test_other_components_keep_their_places() -> None:
    settings = Settings({"EXTENSIONS": {TELNET: None, "dictcrawler.extensions.Progress": 5}})
    before = settings.get_component_priority_dict_with_base("EXTENSIONS")
    own = set(settings[OWN_LIST])
    NoneIsNotImported().update_settings(settings)
    assert dict(settings.get_component_priority_dict_with_base("EXTENSIONS")) == dict(before)
    assert set(settings[OWN_LIST]) == own - {TELNET}


def test_an_unknown_component_is_left_for_scrapy_to_refuse() -> None:
    settings = Settings({"EXTENSIONS": {"scrapy.extensions.renamed.Renamed": None}})
    NoneIsNotImported().update_settings(settings)
    with pytest.raises(ModuleNotFoundError):
        settings.get_component_priority_dict_with_base("EXTENSIONS")
