"""The cost of reading one page, without any crawl: the same fields in three ways, every field in ours."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from parsel import Selector

from benchmarks.ways import css, lexbor, soup
from dictcrawler import dictionaries
from dictcrawler.sample.macmillan import synthetic

URL = "https://www.macmillandictionary.com/us/dictionary/american/{word}"
PAGES = 40

WAYS: dict[str, Callable[[str, str], object]] = {
    "BeautifulSoup": lambda html, _: soup.entry(html),
    "parsel CSS": lambda html, _: css.entry(Selector(html)),
    "Lexbor": lambda html, _: lexbor.entry(html),
    "ours, every field and coverage": dictionaries.load("macmillan").parse,
}


def rounds(count: int, pages: int = PAGES) -> dict[str, list[float]]:
    """Milliseconds of processor time for one of ``pages`` pages, by way, one figure a round.

    Each in a new process: otherwise the heap of one way would cause page faults in the next.
    """
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, max_tasks_per_child=1) as pool:
        for _ in range(count):
            for name in WAYS:
                taken[name].append(pool.submit(cost, name, pages).result())
    return taken


def cost(name: str, count: int) -> float:
    """Milliseconds for a page; the first pages only warm up and do not count."""
    pages = [(synthetic.page(number, None), URL.format(word=synthetic.name(number))) for number in range(1, count + 1)]
    way = WAYS[name]
    for html, url in pages[: count // 4]:
        way(html, url)
    began = time.process_time()
    for html, url in pages:
        way(html, url)
    return (time.process_time() - began) / len(pages) * 1000
