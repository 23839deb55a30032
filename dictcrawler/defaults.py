"""Defaults of settings that code without Scrapy needs too; `dictcrawler.settings` explains them all."""

from __future__ import annotations

import os

STORE_URL = os.environ.get("DICTCRAWLER_STORE") or "sqlite:///{data}/store/{dictionary}.sqlite"
READING_MEMORY = 256 * 2**20
READING_SECONDS = 5.0
LOST_WORDS_LIMIT = 0.05
DROPPED_WORDS_LIMIT = 0.2
ONE_ENTRY_LIMIT = 0.1
LOST_ENTRIES_LIMIT = 0.1
LOST_PARTS_LIMIT = 0.2
FILL_RATE_LIMIT = 0.10
TEXT_COVERAGE_LIMIT = 0.05
STRUCTURE_LIMIT = 0.05
