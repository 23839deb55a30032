"""Two signals end a crawl within seconds, whatever it waits for, and release its locks."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.gate import wait_until
from tests.support.machines import Site
from tests.support.server import Serve, scrapy


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_can_be_stopped_while_its_database_server_hangs(
    tmp_path: Path, serve: Serve, number: signal.Signals
) -> None:
    site = Site("macmillan", 200, slowness=0.05)
    site.url = serve(site.answer).url
    with postgres.running() as server:
        store = f"STORE_URL={server.url}?schema={{dictionary}}"
        given = ("-a", "source=live", "-a", f"base_url={site.base_url}", "-a", f"word={','.join(site.list)}")
        process = scrapy("crawl", "macmillan", *given, "-s", store, "-s", "STORE_BATCH_SIZE=1", data=tmp_path)
        try:
            wait_until(lambda: len(site.asked) > 5)
            with server.frozen():
                asked = -1
                while asked != len(site.asked):
                    # It blocks in the store once it has no more requests to send.
                    asked = len(site.asked)
                    time.sleep(1.5)
                process.send_signal(number)
                began = time.monotonic()
                time.sleep(0.3)
                process.send_signal(number)
                process.wait(10)
                assert time.monotonic() - began < 3
            assert process.returncode == 3
            assert (tmp_path / "store/macmillan.lock").exists()
            again = scrapy("crawl", "macmillan", *given[:4], "-a", "word=hi", "-s", store, data=tmp_path)
            _, log = again.communicate(timeout=60)
            assert again.returncode in (0, 8), log
        finally:
            process.kill()
            process.communicate()
