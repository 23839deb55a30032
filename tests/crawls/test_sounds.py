"""``scrapy sounds``: recordings are fetched by the crawl's own rules and get one outcome each, whatever the server
does."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.feeds.sounds import Sound, read_sounds
from dictcrawler.model import Pronunciation
from dictcrawler.sample import recordings
from dictcrawler.version import __version__
from tests.conftest import Serve
from tests.support import records
from tests.support.server import scrapy

HOST = "https://www.macmillandictionary.com"
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=1", "-s", "RETRY_BACKOFF=0.01", "-s", "CONTACT=mailto:a@b.example")


def feed_of(data: Path, *paths: str, source: str = "live", alternates: tuple[str, ...] = ()) -> None:
    """A published feed of Macmillan's with a recording at each of these paths."""
    pronunciations = tuple(
        Pronunciation(
            transcriptions=(),
            sound_file=f"{HOST}{path}",
            alternate_sound_files=tuple(f"{HOST}{each}" for each in alternates),
            labels=(),
        )
        for path in paths
    )
    cited = records.source(license=None)
    run = records.feed(
        data / "feeds" / "macmillan", "run-1", (records.entry(pronunciations=pronunciations, cited=cited),), ()
    )
    manifest = json.loads((run / "run-1" / feeds.RUN).read_bytes())
    manifest |= {"dictionary": "macmillan", "edition": "american", "arguments": {"source": source}}
    (run / "run-1" / feeds.RUN).write_bytes(msgspec.json.encode(manifest))


def sounds(data: Path, *arguments: str, feed: str = "macmillan") -> tuple[int, str]:
    process = scrapy("sounds", feed, *arguments, data=data)
    out, log = process.communicate(timeout=120)
    return process.returncode, out + log


def outcomes(data: Path, folder: str = "macmillan") -> dict[str, Sound]:
    return {sound.url.removeprefix(HOST): sound for sound in read_sounds(data / "sounds" / folder)}


def mp3(path: str) -> bytes:
    body = recordings.reply(path)
    assert body is not None
    return body


async def mirror(request: web.Request) -> web.StreamResponse:
    """A mirror with a fault at some paths."""
    path = request.path
    if path == "/robots.txt":
        return web.Response(text="User-agent: *\nDisallow: /private/\n")
    if path.startswith("/gone"):
        raise web.HTTPNotFound
    if path.startswith("/broken"):
        return web.Response(status=500)
    if path.startswith("/page"):
        return web.Response(text="<p>We have moved.</p>" * 20, content_type="audio/mpeg")
    if path.startswith("/moved"):
        raise web.HTTPFound("/real.mp3")
    if path.startswith("/out"):
        raise web.HTTPFound("https://other.example/a.mp3")
    if path.startswith("/huge"):
        return web.Response(body=bytes(9 << 20), content_type="audio/mpeg")
    return web.Response(body=mp3(path), content_type="text/plain")


PATHS = {
    "/ok.mp3": "fetched",
    "/moved.mp3": "fetched",
    "/gone.mp3": "not_found",
    "/broken.mp3": "http_error",
    "/page.mp3": "not_a_sound",
    "/out.mp3": "http_error",
    "/huge.mp3": "too_large",
    "/private/x.mp3": "disallowed",
}


def test_each_recording_has_its_outcome_and_only_temporary_failures_are_retried(tmp_path: Path, serve: Serve) -> None:
    feed_of(tmp_path, *PATHS)
    server = serve(mirror)
    requested = ("-a", f"base_url={server.url}/us/{{keyword}}", *FAST)
    status, reported = sounds(tmp_path, *requested)
    assert status == 4, reported
    assert "8 recordings, 8 of them due" in reported
    found = outcomes(tmp_path)
    assert {path: sound.status for path, sound in found.items()} == PATHS
    assert "out of scope" in str(found["/out.mp3"].error)
    ok = found["/ok.mp3"]
    body = (tmp_path / "sounds" / "macmillan" / str(ok.file)).read_bytes()
    assert body == mp3("/ok.mp3")
    assert ok.sha256 == hashlib.sha256(body).hexdigest()
    assert str(ok.file) == f"{ok.sha256[:2]}/{ok.sha256}.mp3"
    assert (ok.bytes, ok.media_type, ok.license, ok.rights) == (len(body), "audio/mpeg", None, "© an inventor")
    assert "/private/x.mp3" not in server.paths()
    agents = {headers["User-Agent"] for _, _, headers in server.requests}
    assert agents == {f"dictcrawler/{__version__} (+mailto:a@b.example)"}
    before = len(server.requests)
    assert sounds(tmp_path, *requested)[0] == 4
    again = {path for _, path, _ in server.requests[before:]}
    assert again == {"/robots.txt", "/broken.mp3", "/out.mp3"}


def test_a_file_that_was_lost_or_cut_is_fetched_again_and_all_is_fetched_at_once_when_that_is_wanted(
    tmp_path: Path, serve: Serve
) -> None:
    feed_of(tmp_path, "/a.mp3", "/b.mp3")
    server = serve(mirror)
    requested = ("-a", f"base_url={server.url}/us/{{keyword}}", *FAST)
    assert sounds(tmp_path, *requested)[0] == 0
    (tmp_path / "sounds" / "macmillan" / str(outcomes(tmp_path)["/a.mp3"].file)).write_bytes(b"ID3")
    before = len(server.requests)
    assert sounds(tmp_path, *requested)[0] == 0
    assert {path for _, path, _ in server.requests[before:]} == {"/robots.txt", "/a.mp3"}
    status, reported = sounds(tmp_path, *requested)
    assert (status, "2 recordings, 0 of them due" in reported) == (0, True)
    assert "2 recordings, 2 of them due" in sounds(tmp_path, *requested, "-a", "refresh=all")[1]


def test_another_format_replaces_a_recording_that_is_gone(tmp_path: Path, serve: Serve) -> None:
    feed_of(tmp_path, "/gone.mp3", alternates=("/gone.wav", "/there.ogg"))
    server = serve(mirror)
    assert sounds(tmp_path, "-a", f"base_url={server.url}/us/{{keyword}}", *FAST)[0] == 0
    (sound,) = outcomes(tmp_path).values()
    assert (sound.status, sound.retrieved_from) == ("fetched", f"{server.url}/there.ogg")


def test_recordings_of_a_closed_site_are_the_last_good_captures_of_an_archive(tmp_path: Path, serve: Serve) -> None:
    feed_of(tmp_path, "/near.mp3", "/late.mp3", "/never.mp3", "/page.mp3", source="archive")

    async def archive(request: web.Request) -> web.StreamResponse:
        """Each address was captured twice; a request leads to the nearer capture."""
        path = request.path_qs
        if path == "/robots.txt" or "never" in path:
            raise web.HTTPNotFound
        stamp = path.split("/")[2].removesuffix("id_")
        captures = ("20240101000000", "20220101000000") if "late" in path else ("20230101000000", "20180101000000")
        if stamp not in captures:
            nearest = min(captures, key=lambda each: abs(int(each[:8]) - int(stamp[:8])))
            raise web.HTTPFound(path.replace(stamp, nearest))
        body = b"<html>gone</html>" * 20 if "page" in path else mp3(path)
        moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.strptime(stamp, "%Y%m%d%H%M%S"))
        return web.Response(body=body, content_type="audio/mpeg", headers={"Memento-Datetime": moment})

    server = serve(archive)
    status, reported = sounds(tmp_path, "-a", f"archive={server.url}/web/", *FAST)
    assert status == 0, reported
    found = outcomes(tmp_path)
    assert {path: sound.status for path, sound in found.items()} == {
        "/near.mp3": "fetched", "/late.mp3": "fetched", "/never.mp3": "not_archived", "/page.mp3": "not_archived",
    }  # fmt: skip
    assert f"{found['/near.mp3'].archived_at:%Y-%m-%d}" == "2023-01-01"
    assert f"{found['/late.mp3'].archived_at:%Y-%m-%d}" == "2022-01-01"
    assert "not an audio file" in str(found["/page.mp3"].error)


def test_the_recordings_of_the_sample_site_have_their_licence_from_their_page(
    tmp_path: Path, sample_data: Path
) -> None:
    (tmp_path / "feeds").symlink_to(sample_data / "feeds")
    status, reported = sounds(tmp_path, feed="wiktionary")
    assert status == 0, reported
    found = list(read_sounds(tmp_path / "sounds" / "wiktionary-sample"))
    assert len(found) == 8
    for sound in found:
        assert (sound.license, sound.author) == ("CC-BY-SA-3.0", "An invented speaker")
        assert sound.is_open
        assert str(sound.page).startswith("https://commons.wikimedia.org/wiki/File:")


class Gate:
    """A server that answers this many requests for recordings, and the rest once it is opened."""

    def __init__(self, answered: int) -> None:
        self._left = answered
        self.is_open = False

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path != "/robots.txt":
            self._left -= 1
            # Opened by another thread, which cannot set an event of this loop.
            while self._left < 0 and not self.is_open:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return await mirror(request)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_kill_costs_nothing_that_was_fetched(tmp_path: Path, serve: Serve) -> None:
    paths = [f"/{number}.mp3" for number in range(12)]
    feed_of(tmp_path, *paths)
    gate = Gate(5)
    server = serve(gate)
    requested = ("-a", f"base_url={server.url}/us/{{keyword}}", *FAST)
    process = scrapy("sounds", "macmillan", *requested, data=tmp_path)
    journal = tmp_path / "sounds" / "macmillan" / "sounds.jsonl"
    wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") == 5)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    gate.is_open = True
    known = set(outcomes(tmp_path))
    with journal.open("ab") as file:
        file.write(b'{"url":"torn')
    before = len(server.requests)
    status, reported = sounds(tmp_path, *requested)
    assert status == 0, reported
    assert "12 recordings, 7 of them due" in reported
    again = {path for _, path, _ in server.requests[before:] if path != "/robots.txt"}
    assert again == set(paths) - known
    assert {path: sound.status for path, sound in outcomes(tmp_path).items()} == dict.fromkeys(paths, "fetched")


def test_it_can_be_stopped_and_two_at_once_are_refused(tmp_path: Path, serve: Serve) -> None:
    feed_of(tmp_path, "/a.mp3", "/b.mp3")
    gate = Gate(0)
    server = serve(gate)
    requested = ("-a", f"base_url={server.url}/us/{{keyword}}", *FAST)
    process = scrapy("sounds", "macmillan", *requested, data=tmp_path)
    try:
        wait_for(lambda: bool(server.paths()))
        status, reported = sounds(tmp_path, *requested)
        process.send_signal(signal.SIGINT)
        out, log = process.communicate(timeout=30)
    finally:
        gate.is_open = True
    assert status == 75, reported
    assert process.returncode == 3, out + log


def test_a_wrong_argument_or_feed_is_refused_before_any_request(tmp_path: Path) -> None:
    feed_of(tmp_path, "/a.mp3")
    for argument, problem in {"refresh=7d": "'7d' is not one of them", "colour=red": "no such argument"}.items():
        status, reported = sounds(tmp_path, "-a", argument)
        assert status == 2, reported
        assert problem in reported
    assert sounds(tmp_path, feed="nowhere")[0] == 2


def test_the_pace_of_the_crawl_holds(tmp_path: Path, serve: Serve) -> None:
    feed_of(tmp_path, "/a.mp3", "/b.mp3", "/c.mp3")
    server = serve(mirror)
    requested: tuple[Any, ...] = ("-a", f"base_url={server.url}/us/{{keyword}}", "-s", "DOWNLOAD_DELAY=0.3")
    assert sounds(tmp_path, *requested)[0] == 0
    times = server.times()
    assert all(later - earlier > 0.25 for earlier, later in pairwise(times))
