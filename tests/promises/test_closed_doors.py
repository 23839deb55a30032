"""No open door: no listening socket, no pickle, private files, no credentials, none of Scrapy's old vulnerabilities."""

from __future__ import annotations

import ast
import os
import pickle
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError
from dictcrawler.plan import arguments
from tests.support.banned import BANNED
from tests.support.server import ROOT, Handler, Serve, crawl, scrapy

PATH = "/us/dictionary/american"
LISTENING = "0A"


def listening(pid: int) -> list[str]:
    """The local addresses that a process listens on, as the kernel writes them (proc(5))."""
    links = [_target(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and fields[9] in inodes:
                found.append(fields[1])
    return found


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def test_a_crawl_listens_on_nothing(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    seen: list[list[str]] = []
    children: list[int] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        if children:
            seen.append(listening(children[0]))
        return await dictionary_pages(request)

    server = serve(answer)
    given = ("source=live", f"base_url={server.url}{PATH}/{{keyword}}", "word=hi,apple,bye")
    options = [option for argument in given for option in ("-a", argument)]
    with scrapy("crawl", "macmillan", *options, "-s", "DOWNLOAD_DELAY=0", data=tmp_path) as process:
        children.append(process.pid)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(seen) > 3
    assert seen == [[]] * len(seen)


def test_the_sample_crawl_listens_on_its_own_site_on_loopback_only(tmp_path: Path) -> None:
    with scrapy("crawl", "macmillan", "-a", "source=sample", "-s", "LOG_LEVEL=DEBUG", data=tmp_path) as process:
        assert process.stderr is not None
        # A page that has been read proves that the site is up.
        next(line for line in process.stderr if "Crawled (200)" in line)
        found = listening(process.pid)
        process.communicate(timeout=60)
    assert [address.partition(":")[0] for address in found] == ["0100007F"]


def test_a_listening_socket_is_detected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert f"0100007F:{listener.getsockname()[1]:04X}" in listening(os.getpid())


class _Bomb:
    """A pickle that leaves a trace when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("name", ["JOBDIR", "HTTPCACHE_ENABLED"])
def test_settings_that_would_load_pickles_are_refused(tmp_path: Path, name: str) -> None:
    mark = tmp_path / "ran"
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    (jobs / "spider.state").write_bytes(pickle.dumps(_Bomb(mark)))
    value = {"JOBDIR": str(jobs), "HTTPCACHE_ENABLED": "1"}[name]
    done = crawl(tmp_path / "data", "source=sample", "word=hi", settings={name: value})
    assert done.status == 2
    assert repr(name) in done.log + done.out
    assert not mark.exists()


def test_planted_state_files_are_inert(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    data = tmp_path / "data"
    for place in (
        "spider.state",
        "requests.seen",
        "store/spider.state",
        "store/macmillan.pickle",
        "feeds/macmillan/run.pkl",
    ):
        planted = data / place
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_bytes(pickle.dumps(_Bomb(mark)))
    done = crawl(data, "source=sample", "word=hi")
    assert done.status == 0
    assert not mark.exists()


def names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name.rpartition(".")[2] for alias in node.names)
            yield (getattr(node, "module", None) or "").rpartition(".")[2]
        elif isinstance(node, ast.Name):
            yield node.id


def test_our_code_names_nothing_that_runs_data_or_that_scrapy_was_warned_about() -> None:
    for path in (ROOT / "dictcrawler").rglob("*.py"):
        found = BANNED.intersection(names(ast.parse(path.read_text(encoding="utf-8"))))
        assert found == set(), path


@pytest.fixture(params=["077", "027"])
def umask(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_store_feeds_and_log_are_private_to_their_owner_unless_umask_allows_others(tmp_path: Path, umask: str) -> None:
    options = {"LOG_FILE": str(tmp_path / "crawl.log")} | ({} if umask == "077" else {"UMASK": umask})
    previous = os.umask(0)
    try:
        done = crawl(tmp_path / "data", "source=sample", "word=hi", settings=options)
    finally:
        os.umask(previous)
    assert done.status == 0
    written = [tmp_path / "crawl.log", *(path for path in (tmp_path / "data").rglob("*") if not path.is_symlink())]
    assert len(written) > 6
    forbidden = int(umask, 8)
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & forbidden] == []


def test_the_files_of_a_reparse_are_as_private(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        crawl(tmp_path, "source=sample", "word=hi")
        before = set(tmp_path.rglob("*"))
        with scrapy("reparse", "macmillan", data=tmp_path) as process:
            output = process.communicate(timeout=60)
    finally:
        os.umask(previous)
    written = {path for path in set(tmp_path.rglob("*")) - before if not path.is_symlink()}
    assert len(written) > 3, output
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_an_invalid_umask_is_refused(tmp_path: Path) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi", settings={"UMASK": "private"})
    assert done.status == 2
    assert "UMASK" in done.log


@pytest.mark.parametrize("name", ["base_url", "archive", "index"])
@pytest.mark.parametrize(
    "host",
    ["someone:s3cret@mirror.example", "s3cret@mirror.example", "someone:s3cret@:x", "a@s3cret@h", "a:s3cret@x\x1b"],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(name: str, host: str) -> None:
    given = {name: f"http://{host}/{{keyword}}"} | ({"source": "live"} if name == "base_url" else {})
    with pytest.raises(ArgumentError) as raised:
        arguments.read(dictionaries.load("macmillan"), given)
    assert "s3cret" not in str(raised.value)
    assert "***@" in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:s3cret@127.0.0.1:1/none",
        "postgresql//someone:s3cret@x",
        "sqlite://x:s3cret@y/z",
        "postgresql://someone:s3cret@127.0.0.1:1/{name}",
    ],
)
def test_the_password_of_a_server_database_is_in_no_message(tmp_path: Path, url: str) -> None:
    done = crawl(tmp_path, "source=sample", "word=hi", settings={"STORE_URL": url, "LOG_LEVEL": "DEBUG"})
    assert done.status != 0
    assert "s3cret" not in done.log + done.out
