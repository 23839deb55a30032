"""Two signals end a crawl within seconds, whatever it waits for, and release its locks."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.support.gate import wait_until
from tests.support.machines import Site
from tests.support.postgres import Postgres
from tests.support.server import Serve, scrapy


def test_a_crawl_can_be_stopped_while_its_database_server_hangs(tmp_path: Path, serve: Serve, server: Postgres) -> None:
    site = Site("macmillan", 200, slowness=0.05)
    site.url = serve(site.answer).url
    given = ("-a", "source=live", "-a", f"base_url={site.base_url}")
    words = ("-a", f"word={','.join(site.list)}")
    names = {number.name: number for number in (signal.SIGINT, signal.SIGTERM)}
    stores = {name: f"STORE_URL={server.new_database()}?schema={{dictionary}}" for name in names}
    crawls = {
        name: scrapy(
            *("crawl", "macmillan", *given, *words, "-s", store, "-s", "STORE_BATCH_SIZE=1"),
            *("-s", f"USER_AGENT={name}"),
            data=tmp_path / name,
        )
        for name, store in stores.items()
    }
    try:
        wait_until(lambda: all(asked_by(site, name) > 5 for name in names))
        with server.frozen():
            requested = -1
            while requested != len(site.requested):
                # They block in the store once they have no more requests to send.
                requested = len(site.requested)
                time.sleep(1)
            for name, number in names.items():
                crawls[name].send_signal(number)
            began = time.monotonic()
            time.sleep(0.3)
            for name, number in names.items():
                crawls[name].send_signal(number)
            assert [crawl.wait(10) for crawl in crawls.values()] == [3, 3]
            assert time.monotonic() - began < 3
        for name, store in stores.items():
            assert (tmp_path / name / "store/macmillan.lock").exists()
            crawls[name].communicate()
            crawls[name] = scrapy("crawl", "macmillan", *given, "-a", "word=hi", "-s", store, data=tmp_path / name)
        for crawl in crawls.values():
            _, log = crawl.communicate(timeout=60)
            assert crawl.returncode in (0, 8), log
    finally:
        for crawl in crawls.values():
            crawl.kill()
            crawl.communicate()


def asked_by(site: Site, name: str) -> int:
    return sum(who == name for _, _, who, _ in site.requested)
