"""WiktionaryParser, a peer that reads Wiktionary's pages with BeautifulSoup: the time it takes to read saved pages.

A program of its own, for an environment that has the package (``pip install wiktionaryparser``): ``python
wiktionary_parser.py PAGE...`` prints the milliseconds of processor for all of them, read once. It makes no request: the
pages take the place of what its `fetch` would get.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bs4 import BeautifulSoup
from wiktionaryparser import WiktionaryParser

LANGUAGE = "english"


def read(html: str, word: str) -> object:
    """The steps of `WiktionaryParser.fetch` for the text of an answer."""
    parser = WiktionaryParser()
    parser.soup = BeautifulSoup(html.replace(">\n<", "><"), "html.parser")
    parser.current_word = word
    parser.clean_html()
    return parser.get_word_data(LANGUAGE)


def main() -> None:
    """Read the pages once to warm up, and once for the figure."""
    pages = [(Path(name).read_text(encoding="utf-8"), Path(name).name.partition(".")[0]) for name in sys.argv[1:]]
    for html, word in pages:
        read(html, word)
    began = time.process_time()
    for html, word in pages:
        read(html, word)
    print((time.process_time() - began) * 1000)


if __name__ == "__main__":
    main()
