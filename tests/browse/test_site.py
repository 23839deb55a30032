"""The site over HTTP: reachable only from this machine, read-only, always about the newest run."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from dictcrawler import feeds
from dictcrawler.__main__ import main
from dictcrawler.browse import index_files
from dictcrawler.browse.guard import is_own_host
from tests.support import records, texts, weeks
from tests.support.browsing import browsing
from tests.support.server import ROOT


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    weeks.three(folder / "feeds" / "invented", 60)
    return folder


@pytest.fixture(scope="module")
def site(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browsing(data, tmp_path_factory.mktemp("cache")) as address:
        yield address


def ask(site: str, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    """One request, with its path unchanged; ``_`` in a keyword stands for ``-`` in the header name."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path", ["/", "/?q=amber", "/word?w=amber", "/runs", "/static/style.css", "/nowhere", "/entry?id=x"]
)
def test_every_answer_forbids_scripts_frames_and_anything_from_elsewhere(site: str, path: str) -> None:
    _, headers, text = ask(site, path)
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {value for name, value in policy.items() if name.endswith("-src")} == {"'none'", "'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script(?! src=\"/static/browse\.js\" defer>)", text)
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", text)


OURS = ("127.0.0.1:8780", "localhost:8780", "[::1]:8780", "LOCALHOST", "words.lan", "192.168.1.7:8780")
NOT_OURS = (
    "evil.example", "evil.example:8780", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:127.0.0.1",
    "127.0.0.1@evil.example", "[",
)  # fmt: skip


def test_it_answers_to_its_addresses_and_the_configured_names() -> None:
    assert [host for host in OURS if not is_own_host(host, ["words.lan"])] == []
    assert [host for host in ("", *NOT_OURS) if is_own_host(host, ["words.lan"])] == []


@pytest.mark.parametrize("host", NOT_OURS)
def test_a_request_for_another_name_is_refused(site: str, host: str) -> None:
    status, _, text = ask(site, "/", Host=host)
    assert status in (400, 421)
    assert "dictcrawler" not in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(site: str, method: str) -> None:
    assert ask(site, "/", method)[0] == 405


@pytest.mark.parametrize(
    "path",
    [
        "/static/../site.py", "/static/..%2fsite.py", "/static/%2e%2e/site.py", "/run?feed=invented&run=..",
        "/run?feed=invented&run=../../etc", "/run?feed=..&run=x", "/feed?feed=../..", "/run?feed=invented&run=latest",
        "/words?feed=invented&run=x&status=found", "/words?feed=invented&run=20261101T020000Z&status=nonsense",
        "/entry?id=", "/entry", "/feed",
    ],
)  # fmt: skip
def test_a_missing_page_is_explained_by_a_page(site: str, path: str) -> None:
    status, _, text = ask(site, path)
    assert status == 404
    assert "Not here" in text or text == "404: Not Found"


def test_any_query_has_an_answer(site: str) -> None:
    for text in texts.TEXTS:
        long = quote(text.encode("utf-8", "surrogatepass"), safe="")
        short = long[:99]
        filters = "&".join(f"{name}={short}" for name in ("p", "in", "pos", "level", "label"))
        for path in (
            f"/?q={long}",
            f"/results?q={short}&{filters}",
            f"/word?w={long}&feed={short}",
            f"/entry?id={long}",
        ):
            assert ask(site, path)[0] in (200, 303, 404), path
    for query in ('"', "amber*", "NEAR(a b)", "headword:amber", "a AND", "-amber", "(", "^amber", "amb er"):
        assert ask(site, f"/?q={quote(query)}")[0] == 200


@pytest.mark.parametrize(
    "changes",
    [{"file": "../../feeds/invented/latest/run.json"}, {"file": "/etc/passwd"}, {"media_type": "text/html"},
     {"bytes": 1}, {"file": None}],
    ids=str,
)  # fmt: skip
def test_a_list_of_recordings_opens_no_other_file_and_nothing_but_sound(
    data: Path, tmp_path: Path, changes: dict[str, object]
) -> None:
    shutil.copytree(data / "feeds", tmp_path / "feeds", symlinks=True)
    folder = tmp_path / "sounds" / "invented"
    digest = "ab" * 32
    filled = {
        "url": "https://dictionary.example/zorb.mp3", "status": "fetched", "file": f"ab/{digest}.wav", "bytes": 4,
        "media_type": "audio/wav", "sha256": digest, "fetched_at": weeks.BEGIN, "rights": "x",
    }  # fmt: skip
    (folder / "ab").mkdir(parents=True)
    (folder / "ab" / f"{digest}.wav").write_bytes(b"RIFF")
    path = f"/sound?feed=invented&url={quote(str(filled['url']))}"
    with browsing(tmp_path, tmp_path / "cache") as site:
        (folder / "sounds.jsonl").write_bytes(feeds.encode_line(filled))
        status, headers, text = ask(site, path)
        assert (status, headers["Content-Type"], text) == (200, "audio/wav", "RIFF")
        if changes.get("file"):
            changes |= {"bytes": (folder / str(changes["file"])).stat().st_size}
        (folder / "sounds.jsonl").write_bytes(feeds.encode_line(filled | {"author": "changed"} | changes))
        assert ask(site, path)[0] == 404
        assert ask(site, "/word?w=amber")[0] == 200


def test_an_entry_page_is_small(site: str) -> None:
    assert len(ask(site, "/word?w=amber")[2]) < 20_000


def test_a_newer_run_is_taken_in_and_the_older_index_removed(tmp_path: Path) -> None:
    feed, cache = tmp_path / "data" / "feeds" / "invented", tmp_path / "cache"
    weeks.publish(feed, weeks.BEGIN, [weeks.entry("amber")], [weeks.Outcome("amber")])
    with browsing(tmp_path / "data", cache) as site:
        assert ask(site, "/word?w=newcomer")[0] == 303
        entries = [weeks.entry("amber"), weeks.entry("newcomer")]
        weeks.publish(feed, weeks.BEGIN + weeks.WEEK, entries, [weeks.Outcome("amber"), weeks.Outcome("newcomer")])
        until(lambda: ask(site, "/word?w=newcomer")[0] == 200)
        until(lambda: len(list(cache.glob("browse/invented-*/*"))) == 1)


def until(holds: object) -> None:
    deadline = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_index_is_private_and_the_feed_may_be_read_only(data: Path, tmp_path: Path) -> None:
    copied = tmp_path / "feeds" / "invented"
    shutil.copytree(data / "feeds" / "invented", copied, symlinks=True)
    for path in (copied, *copied.glob("*/*"), *(each for each in copied.glob("2*"))):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with browsing(tmp_path, tmp_path / "cache") as site:
        assert ask(site, "/word?w=amber")[0] == 200
    index = next((tmp_path / "cache").glob("browse/*/*/*.sqlite"))
    assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (index.parents[1], index.parent)] == [0, 0]


def test_an_index_is_made_once(data: Path, tmp_path: Path) -> None:
    run = feeds.resolve(data / "feeds" / "invented")
    reported: list[int] = []
    first = index_files.ready(run, tmp_path, reported.append)
    made = first.stat().st_mtime_ns
    assert reported
    reported.clear()
    assert index_files.ready(run, tmp_path, reported.append).stat().st_mtime_ns == made
    assert reported == []
    assert not list(tmp_path.rglob(".making-*"))


def test_entries_of_another_shape_get_an_index_of_their_own(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = feeds.resolve(data / "feeds" / "invented")
    first = index_files.ready(run, tmp_path, lambda _: None)
    monkeypatch.setattr(index_files, "SCHEMA_VERSION", "1.9")
    assert index_files.ready(run, tmp_path, lambda _: None) != first
    assert not first.exists()


def test_a_damaged_index_is_named_with_its_remedy(data: Path, tmp_path: Path) -> None:
    with browsing(data, tmp_path):
        pass
    index = next(tmp_path.glob("browse/*/*/*.sqlite"))
    with index.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (index.stat().st_size - 4096))
    with browsing(data, tmp_path) as site:
        status, _, page = ask(site, "/?q=amber")
        assert status == 500
        assert f"the index {index} is damaged" in page
        assert "remove it and start again" in page


def test_the_index_is_where_the_users_caches_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DICTCRAWLER_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert index_files.default_cache() == tmp_path / "dictcrawler"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert index_files.default_cache() == Path.home() / ".cache" / "dictcrawler"
    monkeypatch.setenv("DICTCRAWLER_CACHE", "/elsewhere")
    assert index_files.default_cache() == Path("/elsewhere")


def browse(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command until it ends by itself."""
    command = [sys.executable, "-m", "dictcrawler", "browse", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_port_in_use_is_reported_with_its_remedy(site: str, data: Path, tmp_path: Path) -> None:
    done = browse("--data", data, "--cache", tmp_path, "--port", urlsplit(site).port or 0)
    assert done.returncode == 4
    assert "is in use: name another with --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_any_feed_the_message_explains_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["browse", "--data", str(tmp_path)]) == 4
    assert "dictcrawler crawl macmillan -a source=sample" in capsys.readouterr().err
    assert main(["browse", "--data", str(tmp_path), "nosuch"]) == 4
    assert "there is no feed 'nosuch'" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written_is_named(data: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = browse("--data", data, "--cache", tmp_path / "cache")
    assert "name another place with --cache" in done.stderr


def test_a_damaged_feed_is_left_out_by_name_and_the_others_served(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "feeds", tmp_path / "feeds", symlinks=True)
    damaged = records.feed(tmp_path / "feeds" / "damaged", "run-1", (records.entry(),), ())
    with (damaged / "run-1" / feeds.ENTRIES).open("ab") as file:
        file.write(b"{")
    with browsing(tmp_path, tmp_path / "cache") as site:
        page = ask(site, "/")[2]
        assert "Invented (main)" in page
        assert "damaged" in page
        assert "cannot be read" in page
        assert ask(site, "/run?feed=damaged&run=run-1")[0] == 500
        assert "half a line; the file was cut off here" in ask(site, "/run?feed=damaged&run=run-1")[2]


def test_a_named_run_is_read_instead_of_the_latest(data: Path, tmp_path: Path) -> None:
    oldest = min((data / "feeds" / "invented").glob("2*"))
    with browsing(data, tmp_path, str(oldest)) as site:
        assert ask(site, "/word?w=ember")[0] == 200
        assert ask(site, "/word?w=newcomer")[0] == 303
