"""A real web archive: WARC files written with warcio, replayed by pywb in a process of its own."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.support.server import ROOT

BIN = ROOT / os.environ.get("ARCHIVE_ENV", ".venv-archive") / "bin"


@dataclass(frozen=True)
class Capture:
    """One capture: ``when`` is ISO 8601 in UTC, such as ``2022-05-01T00:00:00Z``."""

    url: str
    when: str
    body: str = ""
    status: str = "200 OK"
    location: str | None = None
    content_type: str = "text/html; charset=utf-8"


def write_warc(path: Path, captures: Iterable[Capture]) -> None:
    """Write response records."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for capture in captures:
            headers = [("Content-Type", capture.content_type)]
            if capture.location is not None:
                headers.append(("Location", capture.location))
            body = capture.body.encode()
            record = writer.create_warc_record(
                capture.url,
                "response",
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(capture.status, headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": capture.when},
            )
            writer.write_record(record)


@contextmanager
def replaying(folder: Path, *warcs: Path) -> Iterator[str]:
    """Serve WARC files with pywb; yields the replay prefix of their collection."""
    folder.mkdir(parents=True, exist_ok=True)
    manage = [str(BIN / "wb-manager")]
    for arguments in (["init", "web"], ["add", "web", *map(str, warcs)]):
        subprocess.run([*manage, *arguments], cwd=folder, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "pywb.log").open("wb") as log:
        command = [str(BIN / "wayback"), "--port", str(port), "--bind", "127.0.0.1"]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/web/cdx?url=http://example.org/", process)
            yield f"http://127.0.0.1:{port}/web/"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except HTTPError:
            return
        except (URLError, ConnectionError, TimeoutError):
            continue
        return
    raise RuntimeError("pywb did not start")
