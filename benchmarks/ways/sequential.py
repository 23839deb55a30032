"""One request after another: requests and BeautifulSoup."""

from __future__ import annotations

import json

import requests

from benchmarks.ways import read_task, soup


def main() -> None:
    """Crawl."""
    task = read_task()
    with requests.Session() as session, task.out.open("w", encoding="utf-8") as out:
        for word in task.words:
            page = session.get(task.url + word, timeout=60)
            out.write(json.dumps(soup.entry(page.text), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
