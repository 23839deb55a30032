"""Make ``data.tar.xz``: a data folder as dictcrawler 0.1.0 left it.

Run it with the code of 0.1.0, in a checkout of commit 8a3bca6, whose ``tests/test_archive.py`` has the archive:
``PYTHONPATH=.:tests python make.py data.tar.xz``. The archive listens on a fixed port because its address is part of
the store.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from aiohttp import web
from test_archive import WaybackMachine  # type: ignore[import-not-found]  # of the checkout

PORT = 18765
ARCHIVE = ("source=archive", f"archive=http://127.0.0.1:{PORT}/web/", f"index=http://127.0.0.1:{PORT}/cdx")
FAST = ("DOWNLOAD_DELAY=0", "RETRY_BACKOFF=0.01", "CONTACT=mailto:you@example.org")


def crawl(data: Path, dictionary: str, *given: str, settings: tuple[str, ...] = (), status: int = 0) -> None:
    options = [option for argument in given for option in ("-a", argument)]
    options += [option for setting in (*FAST, *settings) for option in ("-s", setting)]
    command = [sys.executable, "-m", "scrapy", "crawl", dictionary, *options]
    done = subprocess.run(command, env=os.environ | {"DICTCRAWLER_DATA": str(data)}, check=False)
    assert done.returncode == status, (command, done.returncode)


def fill(data: Path) -> None:
    bulk = ("ARCHIVE_INDEX_MIN_WORDS=1",)
    crawl(data, "macmillan", *ARCHIVE, "word=hi,apple,banana", settings=bulk)
    crawl(data, "macmillan", *ARCHIVE, "word=hi,apple,banana,ambition,loves,bye,Hi,two  words,///", settings=bulk)
    # Withheld: invented entries do not replace those of an archive.
    crawl(data, "macmillan", "source=sample", "word=hi,apple,love,blorf", status=8)
    crawl(data, "wiktionary", "source=sample", "word=love,apple,blorf")
    crawl(data, "wiktionary", "source=sample", "word=love,apple,blorf,hot dog", "refresh=all")
    # Cut off: the answers of some words are in the store, the others are still to be requested.
    few = ("CLOSESPIDER_ITEMCOUNT=2", "STORE_BATCH_SIZE=1", "CONCURRENT_REQUESTS=1")
    words = ",".join(["apple", "love", *(f"blorf{number}" for number in range(30))])
    crawl(data, "longman", "source=sample", f"word={words}", settings=few, status=3)


def without_locks(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """The lock files name the machine and are useless once the crawl has ended."""
    return None if member.name.endswith(".lock") else member


async def wayback() -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", WaybackMachine().answer)
    return app


def main() -> None:
    serve = f"import make; from aiohttp import web; web.run_app(make.wayback(), host='127.0.0.1', port={PORT})"
    path = f"{Path(__file__).parent}:{os.environ['PYTHONPATH']}"
    server = subprocess.Popen([sys.executable, "-c", serve], env=os.environ | {"PYTHONPATH": path})
    try:
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder))
            with tarfile.open(sys.argv[1], "w:xz") as archive:
                archive.add(folder, "data", filter=without_locks)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
