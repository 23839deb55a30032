"""Scrapy add-ons: changes to the settings before a crawl begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

LISTS = ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES")


class NoneIsNotImported:
    """Removes each component of Scrapy's that is set to ``None`` from Scrapy's own list too.

    Scrapy would import it only to leave it out, with all that it needs: aiohttp for the remote control, tldextract and
    requests for the cookies, a quarter of the start (docs/decisions/0014; seen in Scrapy 2.19.0,
    settings/__init__.py:get_component_priority_dict_with_base).
    """

    def update_settings(self, settings: BaseSettings) -> None:
        """Scrapy calls this once a crawl, after the settings of project, spider and command line are in."""
        for name in LISTS:
            chosen, own = settings[name], settings[f"{name}_BASE"]
            for path in [path for path, order in chosen.items() if order is None and path in own]:
                del chosen[path], own[path]
