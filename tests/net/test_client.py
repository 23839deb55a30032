"""Our HTTP client against real sockets, on both event loops: its requests, and how it reads answers."""

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request, Spider  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251
from scrapy.exceptions import (  # noqa: TID251
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
)
from scrapy.settings import Settings  # noqa: TID251
from scrapy.statscollectors import MemoryStatsCollector  # noqa: TID251

from dictcrawler import settings
from dictcrawler.crawling import coroutine
from dictcrawler.crawling.download_handler import PacedDownloadHandler
from dictcrawler.crawling.meta import FRESH_CONNECTION, RECEIVED_FIELDS
from dictcrawler.net import client as client_module
from dictcrawler.net.client import MAX_HEAD, Answer, AnswerCutOff, AnswerTooLarge, AnswerUnreadable, Connections
from dictcrawler.settings import DOWNLOADER_MIDDLEWARES
from tests.support.certificates import client_tls, server_tls

SECONDS = 20
QUESTION = b"GET / HTTP/1.1\r\nHost: site.example\r\n\r\n"
MOST = 1000
OK = b"HTTP/1.1 200 OK\r\n"
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def ok(body: bytes, *lines: bytes) -> bytes:
    return b"".join((OK, *(line + b"\r\n" for line in lines), b"Content-Length: %d\r\n\r\n" % len(body), body))


class Visit:
    """One connection as the server sees it; ``over`` is set when the client has closed it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, came: asyncio.Semaphore) -> None:
        self._reader, self._writer, self._came = reader, writer, came
        self.peer: str = writer.get_extra_info("peername")[0]
        self.over = asyncio.Event()
        self.requests: list[bytes] = []

    async def requested(self) -> None:
        self.requests.append(await self._reader.readuntil(b"\r\n\r\n"))
        self._came.release()

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def say_for_ever(self, data: bytes) -> None:
        while True:
            self._writer.write(data)
            await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


Talk = Callable[[Visit], Awaitable[None]]


class Site:
    """Talks to each connection as instructed, and remembers them; ``came`` counts the requests."""

    def __init__(self, talk: Talk) -> None:
        self.port = 0
        self.visits: list[Visit] = []
        self.came = asyncio.Semaphore(0)
        self._talk = talk
        self.tasks: set[asyncio.Task[object]] = set()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = Visit(reader, writer, self.came)
        self.visits.append(visit)
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        try:
            await self._talk(visit)
        except (asyncio.IncompleteReadError, ConnectionError):
            visit.over.set()
        except asyncio.CancelledError:
            # The end of the test: asyncio's streams would report it as an error.
            return
        finally:
            visit.close()

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def site(
    talk: Talk, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Site]:
    made = Site(talk)
    server = await asyncio.start_server(made.meet, host, port, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(SECONDS):
            yield made
    finally:
        server.close()
        await made.end()
        await server.wait_closed()


def answering(*answers: bytes) -> Talk:
    """Answers requests one after another, on all connections together; the last answer repeats."""
    left = deque(answers)

    async def talk(visit: Visit) -> None:
        while True:
            await visit.requested()
            visit.say(left.popleft() if len(left) > 1 else left[0])

    return talk


def closing(answer: bytes) -> Talk:
    """Answers one request and closes the connection."""

    async def talk(visit: Visit) -> None:
        await visit.requested()
        visit.say(answer)

    return talk


def endless(start: bytes, data: bytes) -> Talk:
    async def talk(visit: Visit) -> None:
        await visit.requested()
        visit.say(start)
        await visit.say_for_ever(data)

    return talk


async def silent(visit: Visit) -> None:
    while True:
        await visit.requested()


@asynccontextmanager
async def client(
    *addresses: str, tls: ssl.SSLContext | None = None, local: tuple[str, int] | None = None
) -> AsyncIterator[Connections]:
    async def resolve(_host: str, _port: int, _is_proxy: bool) -> list[str]:  # noqa: FBT001
        return [*addresses] or ["127.0.0.1"]

    made = Connections(resolve, lambda: tls or ssl.create_default_context(), local)
    try:
        yield made
    finally:
        opened = list(made._open)
        await made.close()
        assert all(connection.closed.done() for connection in opened)


async def ask(
    asking: Connections, place: Site, most: int = MOST, *, scheme: str = "http", has_body: bool = True
) -> Answer:
    return await asking.ask((scheme, "localhost", place.port), QUESTION, most, has_body=has_body)


async def closed(asking: Connections) -> None:
    """Wait until the client knows that a connection has ended."""
    await next(iter(asking._open)).closed


# Which connection is used


async def test_a_kept_connection_is_reused() -> None:
    async with site(answering(ok(b"one"), ok(b"two"))) as place, client() as asking:
        assert [(await ask(asking, place)).body for _ in range(2)] == [b"one", b"two"]
        assert len(place.visits) == 1


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"one", b"Connection: close"),
        ok(b"one").replace(b"1.1", b"1.0"),
        ok(b"one") + b"HTTP/1.1 200 OK\r\nLocation: /elsewhere\r\nContent-Length: 3\r\n\r\ntwo",
        ok(b"one") + b"H",
        ok(b"one") + b"\x00",
        b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\x00\x01",
    ],
    ids=["close", "HTTP/1.0", "a second answer", "the start of one", "what is none", "another protocol"],
)
async def test_a_connection_that_cannot_bring_another_answer_is_closed_and_the_next_is_a_new_one(answer: bytes) -> None:
    async with site(answering(answer, ok(b"last"))) as place, client() as asking:
        first = await ask(asking, place)
        assert first.body in (b"one", b"")
        assert b"Location" not in dict(first.headers)
        await place.visits[0].over.wait()
        assert (await ask(asking, place)).body == b"last"
        assert len(place.visits) == 2


@pytest.mark.parametrize("unasked", [b"", b"H", ok(b"poison")], ids=["its end", "a byte", "a whole answer"])
async def test_a_connection_that_received_data_without_a_request_is_not_reused(unasked: bytes) -> None:
    async with site(answering(ok(b"one"), ok(b"two"))) as place, client() as asking:
        await ask(asking, place)
        if unasked:
            place.visits[0].say(unasked)
        else:
            place.visits[0].close()
        await closed(asking)
        assert (await ask(asking, place)).body == b"two"
        assert len(place.visits) == 2


async def test_data_that_a_server_sends_before_a_request_is_no_answer() -> None:
    async def talk(visit: Visit) -> None:
        visit.say(ok(b"poison"))
        await silent(visit)

    async with site(talk) as place, client() as asking:
        connection = await asking._connected(("http", "localhost", place.port))
        await connection.closed
        with pytest.raises(AnswerCutOff):
            await connection.ask(QUESTION, MOST, has_body=True)


async def test_a_connection_that_was_idle_for_too_long_is_not_reused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "IDLE_SECONDS", 0.0)
    async with site(answering(ok(b""))) as place, client() as asking:
        await ask(asking, place)
        await ask(asking, place)
        assert len(place.visits) == 2
        await place.visits[0].over.wait()


async def test_a_connection_that_is_left_while_it_is_in_use_brings_its_answer_and_no_other() -> None:
    async with site(silent) as place, client() as asking:
        under_way = asyncio.ensure_future(ask(asking, place))
        await place.came.acquire()
        asking.leave()
        place.visits[0].say(ok(b"one"))
        assert (await under_way).body == b"one"
        await place.visits[0].over.wait()
        again = asyncio.ensure_future(ask(asking, place))
        await place.came.acquire()
        assert len(place.visits) == 2
        place.visits[1].say(ok(b"two"))
        assert (await again).body == b"two"


async def test_each_host_has_its_own_connections() -> None:
    async with site(answering(ok(b"one"))) as one, site(answering(ok(b"two"))) as two, client() as asking:
        assert [(await ask(asking, place)).body for place in (one, two, one, two)] == [b"one", b"two"] * 2
        assert (len(one.visits), len(two.visits)) == (1, 1)


# Addresses


async def test_an_address_that_refuses_gives_its_turn_to_the_next() -> None:
    async with site(answering(ok(b""))) as place, client("127.0.0.2", "127.0.0.1", "127.0.0.3") as asking:
        assert (await ask(asking, place)).address == "127.0.0.1"


async def test_an_address_that_hangs_gives_its_turn_to_the_next(
    monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setattr(client_module, "CONNECT_SECONDS", 0.2)
    good = site(answering(ok(b"")), tls=server_tls(certificate))
    async with good as place, site(silent, host="127.0.0.2", port=place.port) as hanging:
        async with client("127.0.0.2", "127.0.0.1", tls=client_tls(certificate)) as asking:
            assert (await ask(asking, place, scheme="https")).address == "127.0.0.1"
        assert len(hanging.visits) == 1


async def test_when_all_addresses_refuse_that_is_the_reason() -> None:
    async with site(silent) as place, client("127.0.0.2", "127.0.0.3") as asking:
        with pytest.raises(ConnectionRefusedError):
            await ask(asking, place)


async def test_an_ipv6_address_is_connected_to() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    async with site(answering(ok(b"")), host="::1") as place, client("::1") as asking:
        assert (await ask(asking, place)).address == "::1"


# How an answer is read


async def test_the_end_of_the_connection_ends_a_body_without_a_length_and_the_answer_is_marked() -> None:
    async with site(closing(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it")) as place, client() as asking:
        answer = await ask(asking, place)
        assert (answer.body, answer.is_delimited) == (b"all of it", False)


async def test_an_answer_to_head_has_no_body_whatever_its_length_header() -> None:
    async with site(answering(OK + b"Content-Length: 5000\r\n\r\n")) as place, client() as asking:
        answer = await ask(asking, place, has_body=False)
        assert (answer.status, answer.body, answer.is_delimited) == (200, b"", True)


async def test_interim_answers_and_trailers_are_no_part_of_the_answer() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 150 Odd\r\nContent-Length: 3\r\n\r\nodd"
    trailers = b"Location: /elsewhere\r\nMemento-Datetime: x\r\n"
    async with (
        site(answering(interim + CHUNKED + b"3\r\none\r\n0\r\n" + trailers + b"\r\n")) as place,
        client() as asking,
    ):
        answer = await ask(asking, place)
    assert (answer.body, answer.headers) == (b"one", [(b"Transfer-Encoding", b"chunked")])


@pytest.mark.parametrize(
    "answer",
    [ok(b"x" * (MOST + 1)), CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (MOST + 1, b"x" * (MOST + 1))],
    ids=["length", "chunks"],
)
async def test_a_body_is_too_large_even_when_all_of_it_comes_at_once(answer: bytes) -> None:
    async with site(answering(answer)) as place, client() as asking:
        assert (await ask(asking, place, MOST + 1)).body == b"x" * (MOST + 1)
        with pytest.raises(AnswerTooLarge, match=r"1,001 bytes; 1,000 are allowed"):
            await ask(asking, place)


@pytest.mark.parametrize(
    ("start", "data", "end"),
    [
        (b"HTTP/1.1 200 ", b"x" * 999, AnswerUnreadable),
        (OK, b"X: y\r\n" * 999, AnswerUnreadable),
        (OK + b"X", b"x" * 999, AnswerUnreadable),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999, AnswerUnreadable),
        (b"", b"HTTP/1.1 150 Odd\r\nContent-Length: 2\r\n\r\nok" * 999, AnswerUnreadable),
        (b"", b"\r\n" * 999, AnswerUnreadable),
        (CHUNKED + b"1;", b"x" * 999, AnswerUnreadable),
        (CHUNKED + b"0\r\n", b"X: y\r\n" * 999, AnswerUnreadable),
        (CHUNKED + b"0\r\nX", b"x" * 999, AnswerUnreadable),
        (CHUNKED, b"1;abcdefghijklmnop\r\nx\r\n" * 999, AnswerTooLarge),
        (CHUNKED, b"3e7\r\n%b\r\n" % (b"x" * 999), AnswerTooLarge),
        (OK + b"\r\n", b"x" * 999, AnswerTooLarge),
    ],
    ids="status,headers,header,1xx,1xx-bodies,empty-lines,extension,trailers,trailer,frames,chunks,body".split(","),
)
async def test_nothing_that_a_server_sends_without_end_is_read_without_end(
    start: bytes, data: bytes, end: type[Exception]
) -> None:
    async with site(endless(start, data)) as place, client() as asking:
        with pytest.raises(end):
            await ask(asking, place, 10 * MAX_HEAD if end is AnswerUnreadable else MOST)
        await place.visits[0].over.wait()


async def test_nothing_of_an_answer_waits_for_the_garbage_collector() -> None:
    def readers() -> int:
        return sum(type(known) is client_module._Reader for known in gc.get_objects())

    async with (
        site(answering(ok(b"one"), ok(b"x" * (MOST + 1)), b"no answer", ok(b"last"))) as place,
        client() as asking,
    ):
        gc.collect()
        gc.disable()
        try:
            for _ in range(4):
                try:
                    await ask(asking, place)
                except (AnswerTooLarge, AnswerUnreadable):
                    continue
            assert readers() == 0
        finally:
            gc.enable()


FRAMES = {
    "length": ok(b"The whole of it.\r\n"),
    "chunks": CHUNKED + b"4\r\nThe \r\n0e;a=b\r\nwhole of it.\r\n\r\n0\r\n\r\n",
    "trailers": CHUNKED + b"12\r\nThe whole of it.\r\n\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    + ok(b"The whole of it.\r\n"),
    "bare lines": ok(b"The whole of it.\n").replace(b"\r\n", b"\n"),
    "no body": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "close": ok(b"The whole of it.\r\n", b"Connection: close"),
}
BY_FRAME = pytest.mark.parametrize("message", FRAMES.values(), ids=FRAMES)


def read(*pieces: bytes) -> tuple[Answer | None, bool]:
    reader = client_module._Reader("127.0.0.1", MOST, has_body=True)
    for piece in pieces:
        reader.feed(piece)
    return reader.answer, reader.is_last


@BY_FRAME
@given(data=st.data())
def test_an_answer_is_the_same_in_any_division_into_pieces(message: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(0, len(message))))
    pieces = [message[start:end] for start, end in pairwise([0, *sorted(cuts), len(message)])]
    answer, _ = whole = read(message)
    assert answer is not None
    assert read(*pieces) == whole


@BY_FRAME
def test_an_answer_that_is_cut_off_anywhere_is_never_complete(message: bytes) -> None:
    for length in range(len(message)):
        reader = client_module._Reader("127.0.0.1", MOST, has_body=True)
        reader.feed(message[:length])
        assert (reader.answer, reader.is_last) == (None, True)
        with pytest.raises(AnswerCutOff):
            reader.end()


@pytest.mark.parametrize("share", [0, 5, 30, 60])
async def test_an_answer_that_its_connection_cuts_off_is_an_error(share: int) -> None:
    async with site(closing(ok(b"x" * 100)[:share])) as place, client() as asking:
        with pytest.raises((AnswerCutOff, ConnectionError)):
            await ask(asking, place)


# The end of an answer


async def test_to_cancel_a_question_closes_its_connection() -> None:
    async with site(silent) as place, client() as asking:
        under_way = asyncio.ensure_future(ask(asking, place))
        await place.came.acquire()
        under_way.cancel()
        with pytest.raises(asyncio.CancelledError):
            await under_way
        await place.visits[0].over.wait()


async def test_to_cancel_while_the_handshake_is_under_way_closes_the_connection() -> None:
    async with site(silent) as place, client() as asking:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask(asking, place, scheme="https")
        await place.visits[0].over.wait()


async def test_to_close_closes_idle_connections_and_those_in_use_and_leaves_no_task() -> None:
    async def talk(visit: Visit) -> None:
        await visit.requested()
        if visit is place.visits[0]:
            visit.say(ok(b""))
        await silent(visit)

    async with site(talk) as place:
        others = asyncio.all_tasks()
        async with client() as asking:
            await ask(asking, place)
            under_way = asyncio.ensure_future(asking.ask(("http", "other.example", place.port), QUESTION, MOST))
            await place.came.acquire()
            await place.came.acquire()
            await asking.close()
            with pytest.raises(AnswerCutOff):
                await under_way
        assert len(place.visits) == 2
        for visit in place.visits:
            await visit.over.wait()
        assert asyncio.all_tasks() - others - place.tasks == set()


# TLS


async def test_a_certificate_is_valid_for_the_requested_host_only(certificate: Path) -> None:
    reported: list[str | None] = []
    tls = server_tls(certificate)
    tls.sni_callback = lambda _connection, name, _context: reported.append(name)
    async with site(answering(ok(b"one")), tls=tls) as place, client(tls=client_tls(certificate)) as asking:
        assert (await ask(asking, place, scheme="https")).body == b"one"
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            await asking.ask(("https", "other.example", place.port), QUESTION, MOST)
    assert reported == ["localhost", "other.example"]


async def test_a_tls_connection_that_ends_with_its_answer_is_not_reused(certificate: Path) -> None:
    async with site(closing(ok(b"one")), tls=server_tls(certificate)) as place:
        async with client(tls=client_tls(certificate)) as asking:
            for _ in range(5):
                assert (await ask(asking, place, scheme="https")).body == b"one"
        assert len(place.visits) == 5


async def test_a_body_that_ends_with_its_tls_connection_does_not_count_as_whole(certificate: Path) -> None:
    half = site(closing(OK + b"\r\nthe first half"), tls=server_tls(certificate))
    async with half as place, client(tls=client_tls(certificate)) as asking:
        answer = await ask(asking, place, scheme="https")
    assert (answer.body, answer.is_delimited) == (b"the first half", False)


WITHOUT_ROBOTS = DOWNLOADER_MIDDLEWARES | {"dictcrawler.middlewares.RobotsMiddleware": None}
QUICK = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01, "CONTACT": "mailto:op@example.org"}


async def test_a_crawl_accepts_no_untrusted_certificate(certificate: Path) -> None:
    async with site(answering(ok(b"")), tls=server_tls(certificate)) as place:
        (lookup,) = await coroutine.crawl(
            ["hi"],
            source="live",
            base_url=f"https://localhost:{place.port}/{{keyword}}",
            overrides=QUICK | {"DOWNLOADER_MIDDLEWARES": WITHOUT_ROBOTS},
        )
    assert lookup.status.value == "network_error"
    assert "certificate verify failed" in (lookup.error or "")
    assert not [visit for visit in place.visits if visit.requests]


async def test_a_crawl_accepts_any_certificate_when_the_check_is_switched_off(certificate: Path) -> None:
    gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
    async with site(answering(gone), tls=server_tls(certificate)) as place:
        (lookup,) = await coroutine.crawl(
            ["hi"],
            source="live",
            base_url=f"https://localhost:{place.port}/{{keyword}}",
            overrides=QUICK | {"DOWNLOAD_VERIFY_CERTIFICATES": False},
        )
    assert lookup.http_status == 410
    assert len(place.visits) == 1


# As Scrapy sends requests


@asynccontextmanager
async def handling(**given: object) -> AsyncIterator[PacedDownloadHandler]:
    """Our download handler with these settings, for a spider that may send requests to this machine."""
    project = Settings()
    project.setmodule(settings, priority="project")
    project.setdict(given, priority="cmdline")
    crawler = Crawler(Spider, project)
    crawler.spider = Spider("typed")
    crawler.stats = MemoryStatsCollector(crawler)
    handler = PacedDownloadHandler(crawler)
    try:
        yield handler
    finally:
        await handler.close()


def request(place: Site, **given: object) -> Request:
    return Request(f"http://127.0.0.1:{place.port}/a?b=c", **given)  # type: ignore[arg-type]


async def test_a_fresh_connection_is_a_new_one_and_the_old_is_closed() -> None:
    async with site(answering(ok(b""))) as place, handling() as handler:
        for fresh in (False, False, True, False):
            await handler.download_request(request(place, meta={FRESH_CONNECTION: fresh}))
        assert [len(visit.requests) for visit in place.visits] == [2, 2]
        await place.visits[0].over.wait()


async def test_the_request_is_the_path_the_host_and_the_headers() -> None:
    async with site(answering(ok(b"fine"))) as place, handling() as handler:
        response = await handler.download_request(request(place, headers={"X": ["1", "2"]}))
        assert place.visits[0].requests == [
            b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX: 1\r\nX: 2\r\n\r\n" % place.port
        ]
    assert (response.body, response.flags) == (b"fine", [])


async def test_requests_answers_and_failures_are_counted_under_scrapys_names() -> None:
    async with site(answering(ok(b"fine"))) as place, handling() as handler:
        await handler.download_request(request(place))
        with pytest.raises(DownloadCancelledError):
            await handler.download_request(request(place, meta={"download_maxsize": 2}))
        counted = handler.crawler.stats.get_stats()
    kind = f"{DownloadCancelledError.__module__}.{DownloadCancelledError.__name__}"
    assert counted == {
        "downloader/request_count": 2,
        "downloader/response_count": 1,
        "downloader/response_status_count/200": 1,
        "downloader/response_bytes": 4,
        "downloader/exception_count": 1,
        f"downloader/exception_type_count/{kind}": 1,
    }


@pytest.mark.parametrize("largest", [0, 1_000])
async def test_a_coded_body_is_decoded_within_the_bound_and_without_one(largest: int) -> None:
    coded = gzip.compress(b"fine", mtime=0)
    answer = ok(coded, b"Content-Encoding: gzip")
    async with site(answering(answer)) as place, handling(DOWNLOAD_MAXSIZE=largest) as handler:
        requested = request(place)
        response = await handler.download_request(requested)
    assert response.body == b"fine"
    assert b"Content-Encoding" not in response.headers
    assert (b"Content-Encoding", b"gzip") in requested.meta[RECEIVED_FIELDS]


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.headers.update({"X": "1\r\nY: 2"}),
        lambda given: given.headers.update({"X\r\nY": "2"}),
        lambda given: given.headers.update({"X": "1\0"}),
        lambda given: setattr(given, "method", "GET / HTTP/1.1\r\nY: 2\r\n\r\nGET"),
        lambda given: setattr(given, "_url", f"{given.url} HTTP/1.1"),
        lambda given: setattr(given, "_url", given.url.replace("/a", "/ä")),
    ],
    ids=["value", "name", "NUL", "method", "space in the address", "other than ASCII"],
)
async def test_a_header_or_address_with_a_line_break_is_never_sent(change: Callable[[Request], None]) -> None:
    async with site(silent) as place, handling() as handler:
        asked_for = request(place)
        change(asked_for)
        with pytest.raises(ValueError, match=r"of one line|can't encode"):
            await handler.download_request(asked_for)
        assert place.visits == []


async def test_a_request_with_a_proxy_is_refused_and_asks_neither() -> None:
    async with site(silent) as place, handling() as handler:
        with pytest.raises(NotSupported, match="proxy"):
            await handler.download_request(request(place, meta={"proxy": f"http://127.0.0.1:{place.port}"}))
        assert place.visits == []


async def test_requests_leave_from_the_address_that_is_set() -> None:
    async with site(answering(ok(b""))) as place, handling(DOWNLOAD_BIND_ADDRESS="127.0.0.2") as handler:
        await handler.download_request(request(place))
        assert [visit.peer for visit in place.visits] == ["127.0.0.2"]


@pytest.mark.parametrize(
    ("talk", "kind"),
    [
        (silent, DownloadTimeoutError),
        (closing(b""), ResponseDataLossError),
        (closing(ok(b"x" * 100)[:-1]), ResponseDataLossError),
        (answering(b"SSH-2.0-x\r\n"), DownloadFailedError),
        (answering(ok(b"x" * (MOST + 1))), DownloadCancelledError),
    ],
    ids=["silent", "closed", "cut off", "not HTTP", "too large"],
)
async def test_failures_are_raised_as_scrapys_exceptions(talk: Talk, kind: type[Exception]) -> None:
    meta = {"download_timeout": 0.2 if talk is silent else SECONDS}
    async with site(talk) as place, handling(DOWNLOAD_MAXSIZE=MOST) as handler:
        with pytest.raises(kind):
            await handler.download_request(request(place, meta=meta))


async def test_a_refused_connection_is_raised_as_scrapys_exception() -> None:
    async with site(silent) as place:
        asked_for = request(place)
    async with handling() as handler:
        with pytest.raises(DownloadConnectionRefusedError):
            await handler.download_request(asked_for)


async def test_a_head_full_of_one_header_does_not_stop_the_event_loop() -> None:
    async with site(answering(ok(b"", *[b"a:"] * 30_000))) as place, handling() as handler:
        began = time.thread_time()
        response = await handler.download_request(request(place))
        assert time.thread_time() - began < 3
    assert len(response.headers.getlist(b"a")) == 30_000


@pytest.mark.parametrize("status", [101, 99, 999])
async def test_a_crawl_continues_after_an_answer_of_any_status(status: int) -> None:
    odd = b"HTTP/1.1 %03d X\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 0\r\n\r\n" % status
    gone = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
    async with site(answering(gone, odd, gone)) as place:
        lookups = await coroutine.crawl(
            ["hi", "love"], source="live", base_url=f"http://127.0.0.1:{place.port}/{{keyword}}", overrides=QUICK
        )
    assert [lookup.http_status for lookup in lookups] == [status, 410]
