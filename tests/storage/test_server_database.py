"""The store in a PostgreSQL database."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from dictcrawler.errors import StoreError
from dictcrawler.feeds.checking import CheckedLookup, checked
from dictcrawler.model import Status
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.storage import hanging, store_url
from dictcrawler.storage import server as settings
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.captures import Captures, IndexSliceState, Listed
from dictcrawler.storage.database import CHUNK, Database, SqlDatabase
from dictcrawler.storage.ledger import Ledger, RunRecord
from dictcrawler.storage.page_index import KeptPage, KeptPayload, PageIndex
from dictcrawler.storage.warc_files import RecordPlace
from dictcrawler.storage.warc_records import Payload
from tests.support import postgres, records
from tests.support.postgres import Postgres
from tests.support.records import NOON
from tests.support.server import crawl, scrapy


@pytest.fixture(params=["sqlite", "postgresql", "postgresql, a schema"])
def url(request: pytest.FixtureRequest, tmp_path: Path, server: Postgres) -> str:
    """An empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    return server.new_database() + ("?schema={dictionary}" if "schema" in request.param else "")


def test_a_capture_listed_twice_is_kept_once_and_replaced_when_read_again(url: str) -> None:
    database = Database(url.replace("{dictionary}", "macmillan"))
    captures = Captures(database, "https://archive.example.org/cdx american 2023-06-30")
    page = "https://site.example/dictionary/love"
    timestamps = [f"{number:014}" for number in range(CHUNK + 10)]
    listed = [Listed(timestamp, page) for timestamp in (*timestamps, timestamps[0])]
    captures.add("https://site.example/dictionary/", listed, None)
    found = captures.of_address("http://SITE.example:80/dictionary/love/?utm_source=x", CHUNK + 20)
    assert found == tuple(Listed(timestamp, page) for timestamp in reversed(timestamps))
    assert captures.slices()["https://site.example/dictionary/"].read_at is not None
    captures.forget("https://site.example/dictionary/l")
    assert captures.of_address(page, 5) == ()
    captures.add("https://site.example/dictionary/l", [], "com,site)/dictionary/l")
    assert captures.slices()["https://site.example/dictionary/l"] == IndexSliceState(None, "com,site)/dictionary/l")
    database.close()


@pytest.mark.parametrize("url", ["postgresql", "postgresql, a schema"], indirect=True)
def test_a_server_carries_a_crawl_its_resumption_and_its_repetition(url: str, tmp_path: Path) -> None:
    words = ["hi", "love", "Love", *(f"blorf{number}" for number in range(40))]
    given = ("source=sample", f"word={','.join(words)}")
    stopped = crawl(tmp_path, *given, settings={"STORE_URL": url, "CLOSESPIDER_ITEMCOUNT": 5, "STORE_BATCH_SIZE": 1})
    assert stopped.status == 3, stopped.log
    done = crawl(tmp_path, *given, settings={"STORE_URL": url})
    assert done.manifest.statuses == {"found": 3, "not_in_dictionary": 40}, done.log
    first, entries = done.manifest.run, (done.feed / "latest/entries.jsonl").read_bytes()
    again = crawl(tmp_path, *given, "refresh=all", settings={"STORE_URL": url})
    assert (again.manifest.previous_run, again.manifest.changes) == (first, {})
    assert (again.feed / "latest/entries.jsonl").read_bytes() == entries


def test_two_dictionaries_share_a_database_in_schemas_of_their_own(tmp_path: Path, server: Postgres) -> None:
    store = server.new_database() + "?schema=dict_{dictionary}"
    for dictionary in ("macmillan", "longman"):
        done = crawl(tmp_path, "source=sample", "word=apple", dictionary=dictionary, settings={"STORE_URL": store})
        assert done.status == 0, done.log
    database = Database(store.replace("{dictionary}", "longman"))
    with database.begin() as connection:
        assert connection.value("select count(*) from answers") == 1
    database.close()


def test_a_session_of_a_lost_machine_ends_soon_on_both_ends(server: Postgres) -> None:
    with closing(Database(server.new_database())) as database, database.begin() as connection:
        shown = {
            name: connection.value(f"show {name}")
            for name in ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "lock_timeout")
        }
        parameters = connection._session._raw.info.get_parameters()
    assert list(shown.values()) == ["10", "5", "3", "1min"]
    assert {name: parameters[name] for name in ("connect_timeout", "keepalives_idle", "tcp_user_timeout")} == {
        "connect_timeout": "10",
        "keepalives_idle": "10",
        "tcp_user_timeout": "30000",
    }


def test_the_clock_is_the_servers(server: Postgres) -> None:
    with closing(SqlDatabase(server.new_database())) as database:
        with database.begin() as connection:
            connection.change("create schema clock")
            connection.script(
                "create function clock.now() returns timestamptz return timestamptz '2031-01-01 00:00:00Z'"
            )
            # For the rest of the session, which is used again.
            connection.change("set search_path to clock, pg_catalog")
        assert database.now() == datetime(2031, 1, 1, tzinfo=UTC)


def test_a_server_that_hangs_is_given_up_and_a_slow_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.LIBPQ, "connect_timeout", "2")
    monkeypatch.setattr(hanging, "PATIENCE", 0.5)
    with postgres.running() as own, closing(Database(own.url)) as database:
        with database.begin() as connection:
            connection.row("select pg_sleep(3)")
        with pytest.raises(StoreError), database.begin() as connection, own.frozen():
            connection.row("select 1")


def test_runs_that_begin_in_the_same_second_have_ids_of_their_own(server: Postgres, tmp_path: Path) -> None:
    store = server.new_database() + "?schema={dictionary}"
    started = [_start(tmp_path / f"m{number}", store, edition) for number, edition in enumerate(EDITIONS)]
    ended = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0, 5], ended
    with closing(Database(store.replace("{dictionary}", "macmillan"))) as database, database.begin() as connection:
        ids, names, states = map(set, zip(*connection.rows("select id, feed, state from runs"), strict=True))
    assert names == {"macmillan", "macmillan-british"}
    assert len(ids) == 2
    assert states == {"complete"}


EDITIONS = ("american", "british")


def _start(data: Path, store: str, edition: str) -> subprocess.Popen[str]:
    given = ("-a", "source=sample", "-a", "word=hi,apple", "-a", f"edition={edition}", "-s", f"STORE_URL={store}")
    return scrapy("crawl", "macmillan", *given, data=data)


def record(run: str, feed: str) -> RunRecord:
    return RunRecord(run, "", "importing", {"dictionary": feed}, "", NOON, feed)


def test_an_import_into_another_feed_is_left_alone_and_one_of_this_feed_was_cut_off(url: str) -> None:
    with closing(Database(url.replace("{dictionary}", "macmillan"))) as database:
        ledger = Ledger(database)
        assert ledger.begin_import(record("1", "macmillan"))
        assert ledger.begin_import(record("2", "macmillan-british"))
        ledger.add_keywords("2", [KeywordLine(1, "hi", "hi", "hi", None)])
        assert not ledger.begin_import(record("2", "macmillan")), "the id is taken"
        assert ledger.begin_import(record("3", "macmillan"))
        with pytest.raises(StoreError, match="no run '1'"):
            ledger.run("1")
        assert ledger.run("2").state == "importing"
        assert ledger.count_keywords("2") == (1, 1)


def miss(word: str, run: str) -> CheckedLookup:
    status = Status.NOT_IN_DICTIONARY
    return checked(records.lookup(keyword=word, normalized=word, status=status, entry_ids=(), run=run, fetched_at=NOON))


def test_machines_that_answer_the_same_words_wait_for_each_other(server: Postgres) -> None:
    url, words = server.new_database(), [f"w{number:02}" for number in range(25)]
    databases = [Database(url) for _ in range(4)]

    def save(number: int) -> None:
        answers, shuffled = Answers(databases[number]), words[number:] + words[:number]
        for turn in range(20):
            answers.save("sample", [(word, miss(word, f"{number}.{turn}")) for word in shuffled], lambda *_: NOON)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(save, range(4))) == [None] * 4
    outcomes = Answers(databases[0]).outcomes("sample", words)
    assert set(outcomes) == set(words)
    for database in databases:
        database.close()


def test_machines_that_keep_the_same_body_first_keep_both_pages(server: Postgres) -> None:
    with closing(Database(server.new_database())) as database:
        index = PageIndex(database)
        for machine in ("one", "other"):
            place = RecordPlace(f"{machine}.warc.gz", 0, 10)
            page = KeptPage(scope="s", slug="hi", asked_url=machine, fetched_at=NOON, digest="sha256:1", place=place)
            payload = KeptPayload(Payload(digest="sha256:1", url="https://x.example", fetched_at=NOON), place)
            index.add([page], [payload])
        assert index.payloads(["sha256:1"])["sha256:1"].place.file == "one.warc.gz"
        assert set(index.of_words("s", ["hi"])["hi"]) == {"one", "other"}


@pytest.mark.parametrize(
    ("url", "reported"),
    [
        ("{server}nobody_made_this", 'database "nobody_made_this" does not exist'),
        ("postgresql+psycopg://nobody@127.0.0.1:{port}/postgres", 'role "nobody" does not exist'),
        ("postgresql+psycopg://nobody@nohost.invalid/x", "failed to resolve host 'nohost.invalid'"),
        ("mysql://nobody@127.0.0.1/x", "a store cannot be in mysql://"),
    ],
)
def test_an_impossible_database_url_is_refused_with_a_right_one(
    tmp_path: Path, server: Postgres, url: str, reported: str
) -> None:
    address = url.format(server=server.url_of(""), port=server.port)
    done = crawl(tmp_path, "source=sample", "word=hi", settings={"STORE_URL": address})
    assert done.status == 2, done.log
    assert "argument 'STORE_URL': " in done.log
    assert reported in done.log
    assert "; allowed: " in done.log
    assert "Traceback" not in done.log


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("FATAL:  Datenbank »words« existiert nicht", "wrong"),
        ("FATAL:  la base de données « words » n'existe pas", "wrong"),
        ('FATAL:  データベース"words"は存在しません', "wrong"),
        ('ВАЖНО:  роль "crawler" не существует', "wrong"),
        ("FATAL:  Passwort-Authentifizierung für Benutzer »crawler« fehlgeschlagen", "wrong"),
        ('致命错误:  用户 "crawler" Password 认证失败', "wrong"),
        ("FATAL:  das Datenbanksystem startet", "down"),
        ("FATAL:  sorry, too many clients already", "down"),
        ("Verbindungsaufbau abgelehnt", "down"),
    ],
)
def test_a_server_that_refuses_the_url_in_another_language_is_understood(message: str, meaning: str) -> None:
    url = store_url.read("postgresql+psycopg://crawler@words/words")
    text = f"connection failed: Verbindung zum Server auf »words«, Port 5432 fehlgeschlagen: {message}"
    refused = settings.wrong_url(url, psycopg.OperationalError(text))
    assert (refused is not None) == (meaning == "wrong")
    assert refused is None or message.rsplit(maxsplit=1)[-1] in str(refused)
