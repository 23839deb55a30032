"""Plain Scrapy with its defaults and parsel's CSS; only the concurrency is set and the log level raised."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse

from benchmarks.ways import css, read_task


class PlainSpider(Spider):
    """The spider that most people would write."""

    name = "plain"

    def __init__(self, url: str, words: str) -> None:
        super().__init__()
        self._urls = [url + word for word in words.split()]

    async def start(self) -> AsyncIterator[Request]:
        """One request for each word."""
        for url in self._urls:
            yield Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, object]]:
        """One item for one page."""
        if isinstance(response, TextResponse):
            yield css.entry(response.selector)


def main() -> None:
    """Crawl."""
    task = read_task()
    settings = {
        "FEEDS": {str(task.out): {"format": "jsonlines", "encoding": "utf-8"}},
        "CONCURRENT_REQUESTS": task.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": task.concurrency,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(PlainSpider, url=task.url, words=" ".join(task.words))
    process.start()


if __name__ == "__main__":
    main()
