"""A data folder or a store that can never be used is a wrong setting; a server that answered before has failed."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError, ServerUnreachable
from dictcrawler.plan import arguments
from dictcrawler.runs.opening import DataPlace, writing
from dictcrawler.storage import server
from dictcrawler.storage.store_url import url_of

NOBODY_LISTENS = "postgresql+psycopg://user:secret@127.0.0.1:1/dictcrawler"
GIVEN = arguments.read(dictionaries.load("macmillan"), {"source": "sample", "word": "hi"})


def open_at(data: Path, store: str) -> None:
    with writing(DataPlace(data=data, store_url=url_of(store, data, "macmillan")), GIVEN):
        pass


@pytest.mark.parametrize("folder", ["/dev/null/x", "/proc/x", "a" * 300, "file/x", "loop/x"])
@pytest.mark.parametrize("store", ["sqlite:///{data}/store.sqlite", "sqlite:///ELSEWHERE/store.sqlite"])
def test_a_folder_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path, folder: str, store: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ArgumentError, match="allowed: a folder that you can write to"):
        open_at(tmp_path / folder, store.replace("ELSEWHERE", str(tmp_path)))


@pytest.mark.parametrize("path", ["/dev/null/x", "/proc/x/y", "{data}", "{data}/" + "a" * 300])
def test_a_store_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path, path: str) -> None:
    with pytest.raises(ArgumentError, match="STORE_URL"):
        open_at(tmp_path, f"sqlite:///{path}")


def test_a_server_that_never_answered_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"STORE_URL.*no server answers.*refused.*allowed: ") as refused:
        open_at(tmp_path, NOBODY_LISTENS)
    assert "secret" not in str(refused.value)


def test_name_servers_that_do_not_answer_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(server, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: is_over.wait(30) and [])
    try:
        with pytest.raises(ArgumentError, match=r"no name server answers for db\.example"):
            open_at(tmp_path, "postgresql+psycopg://user@db.example/dictcrawler")
    finally:
        is_over.set()


def test_a_server_that_does_not_answer_any_more_has_failed(tmp_path: Path) -> None:
    (tmp_path / "feeds" / "macmillan").mkdir(parents=True)
    with pytest.raises(ServerUnreachable, match="no server answers"):
        open_at(tmp_path, NOBODY_LISTENS)
