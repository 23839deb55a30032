"""One request after another: requests and BeautifulSoup."""

from __future__ import annotations

import json

import requests

from benchmarks.ways import soup, task


def main() -> None:
    """Crawl."""
    asked = task()
    with requests.Session() as session, asked.out.open("w", encoding="utf-8") as out:
        for word in asked.words:
            page = session.get(asked.url + word, timeout=60)
            out.write(json.dumps(soup.entry(page.text), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
