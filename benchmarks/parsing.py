"""What reading one page costs, without any crawl: the same fields in three ways, every field in ours."""

from __future__ import annotations

import time
from collections.abc import Callable

from parsel import Selector

from benchmarks.ways import css, lexbor, soup
from dictcrawler import dictionaries
from dictcrawler.sample.macmillan import synthetic

URL = "https://www.macmillandictionary.com/us/dictionary/american/{word}"
PAGES = 20


def rounds(count: int) -> dict[str, list[float]]:
    """Milliseconds of the processor for a page, by way, one figure a round."""
    pages = [(synthetic.page(number, None), URL.format(word=synthetic.name(number))) for number in range(1, PAGES + 1)]
    parse = dictionaries.load("macmillan").parse
    ways: dict[str, Callable[[str, str], object]] = {
        "BeautifulSoup": lambda html, _: soup.entry(html),
        "parsel CSS": lambda html, _: css.entry(Selector(html)),
        "Lexbor": lambda html, _: lexbor.entry(html),
        "ours, every field and coverage": parse,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(count):
        for name, way in ways.items():
            began = time.process_time()
            for html, url in pages:
                way(html, url)
            taken[name].append((time.process_time() - began) / len(pages) * 1000)
    return taken
