"""dictcrawler: a word list goes in; a clean, complete, citable dictionary data set comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dictcrawler.version import __version__

if TYPE_CHECKING:
    from dictcrawler.crawling.coroutine import crawl, stream

__all__ = ["__version__", "crawl", "stream"]


def __getattr__(name: str) -> object:
    """Import ``crawl`` and ``stream`` on first use (PEP 562): reading feeds must not cost the import of Scrapy."""
    if name in ("crawl", "stream"):
        from dictcrawler.crawling import coroutine  # noqa: PLC0415 - see above

        return getattr(coroutine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Include the names that are imported on first use, for completion."""
    return sorted({*globals(), *__all__})
