"""An HTTP/1.1 client for asyncio: keep-alive connections, one request at a time on each, answers of bounded size.

It does not know Scrapy. Two requests in a row may use different connections: data that arrives without a
request, or after an answer, ends its connection (RFC 9112, sections 6.3 and 9).
"""

from __future__ import annotations

import asyncio
import errno
import ssl
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from dictcrawler.errors import ProxyUnauthorized
from dictcrawler.net.proxy import Proxy

MAX_HEAD = 128 * 1024
"""Most bytes of status line and headers of one answer, including all 1xx answers before it.

Chunk framing and trailers have the same limit at a time, and in all that of the largest body.
"""
IDLE_SECONDS = 60.0
"""A connection that was idle for longer than this is not reused: the server may have dropped it."""
CONNECT_SECONDS = 10.0
"""Seconds to connect to one address, when the host has other addresses too."""

# Treated like a refused connection: a firewall on the way answers so, and so ends a connection before it begins.
_UNREACHABLE = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH})

Header = tuple[bytes, bytes]
Origin = tuple[str, str, int]
"""Scheme, host and port."""
Resolve = Callable[[str, int, bool], Awaitable[Sequence[str]]]
"""Returns at least one address of a host that may be connected to; raises `OSError` when there are none.

The third argument: whether the host is the operator's proxy.
"""


class AnswerUnreadable(Exception):
    """The answer is not HTTP/1.1, or its head is larger than `MAX_HEAD`."""


class AnswerCutOff(Exception):
    """The connection ended before the answer did."""


class AnswerTooLarge(Exception):
    """The body is longer than the limit of the request."""


class ProxyRefused(Exception):
    """The proxy does not accept the request, whatever the host would answer."""


class ProxyUnreachable(ConnectionRefusedError):
    """The proxy takes no connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One final answer. ``is_delimited``: the end of its body was marked, by a length or a last chunk.

    ``address`` is that of the host; ``None`` behind a proxy, which alone knows it.
    """

    status: int
    headers: list[Header]
    body: bytes
    address: str | None
    is_delimited: bool


class _Reader:
    """Parses the bytes of a connection into one answer; the callbacks are those of httptools.

    ``is_last``: the connection must not be reused. True until this answer is complete.
    """

    def __init__(self, address: str, most: int, *, has_body: bool) -> None:
        self.answer: Answer | None = None
        self.is_last = True
        self._address = address
        self._most = most
        self._has_body = has_body
        self._received = self._framing = 0
        self._headers: list[Header] = []
        # BytesIO hands out its own buffer: no second copy of a long body.
        self._body = BytesIO()
        self._has_head = self._is_delimited = False
        self._announced = 0
        self._parser = HttpResponseParser(self)
        # Servers send these, and no answer can be misread because of them (RFC 9112, section 2.2): lines that end in
        # LF alone, control characters in values, spaces after a chunk's size.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    def feed(self, data: bytes) -> None:
        """Parse the bytes that arrived.

        :raises AnswerUnreadable: when they are not HTTP/1.1.
        :raises AnswerTooLarge: when the body exceeds its limit.
        """
        self._received += len(data)
        self._framing += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            # A complete answer counts, whatever follows it.
            if self.answer is None:
                raise AnswerUnreadable(str(error)) from error
            self.is_last = True
        self._check()

    def end(self) -> Answer:
        """The answer that the end of the connection completes.

        :raises AnswerCutOff: when the answer is still incomplete.
        """
        if not self._has_head or self._is_delimited:
            raise AnswerCutOff(f"the connection ended after {self._received:,} bytes of the answer")
        return self._made(is_delimited=False)

    def release(self) -> None:
        """Drop the parser: it and this reader refer to each other and would keep the body until garbage collection."""
        del self._parser

    def on_message_begin(self) -> None:
        if self.answer is not None:
            self.is_last = True

    def on_header(self, name: bytes, value: bytes) -> None:
        # Neither trailers (RFC 9110, section 6.5.1) nor anything after the answer are headers of it.
        if not self._has_head:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._has_head = True
        # RFC 9112, section 6.3: the body ends by its length or its last chunk, else with the connection.
        for name, value in self._headers:
            match name.lower():
                case b"content-length":
                    self._announced, self._is_delimited = int(value), True
                case b"transfer-encoding" if b"chunked" in value.lower():
                    self._is_delimited = True

    def on_body(self, data: bytes) -> None:
        if self._is_interim():
            return
        self._framing = 0
        if self._has_body and self.answer is None:
            self._body.write(data)

    def on_message_complete(self) -> None:
        if self.answer is not None:
            return
        if self._is_interim():
            self._headers = []
            self._has_head = self._is_delimited = False
            self._announced = 0
            return
        # After a HEAD the parser takes the next bytes for a body that does not exist.
        self.is_last = not self._parser.should_keep_alive() or not self._has_body
        self.answer = self._made(is_delimited=True)

    def _is_interim(self) -> bool:
        # RFC 9110, section 15.2: no body. Not 101: it would change the protocol, which no request of ours wants.
        return 100 <= self._parser.get_status_code() < 200 and self._parser.get_status_code() != 101  # noqa: PLR2004

    def _made(self, *, is_delimited: bool) -> Answer:
        return Answer(self._parser.get_status_code(), self._headers, self._body.getvalue(), self._address, is_delimited)

    def _check(self) -> None:
        # While the body may still grow, its announced length counts at once, and chunk framing counts too.
        growing = max(self._announced, self._received - MAX_HEAD) if self.answer is None else 0
        size = max(self._body.tell(), growing)
        if self._has_body and size > self._most:
            raise AnswerTooLarge(f"{size:,} bytes; {self._most:,} are allowed")
        if self.answer is not None:
            return
        if self._framing > MAX_HEAD:
            raise AnswerUnreadable(f"more than {MAX_HEAD:,} bytes of headers")
        if self._has_head and not self._has_body:
            self.answer = self._made(is_delimited=True)


class Connection(asyncio.Protocol):
    """One connection, and the answer that is being received on it."""

    def __init__(self, address: str) -> None:
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.idle_since = 0.0
        self._is_trusted = True
        self._address = address
        self._reader: _Reader | None = None
        self._waiter: asyncio.Future[Answer] | None = None

    @property
    def is_reusable(self) -> bool:
        """Whether the next request may use it, once the present answer is complete."""
        return self._is_trusted and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the connection is made."""
        self._transport = cast(asyncio.Transport, transport)

    async def ask(self, message: bytes, most: int, *, has_body: bool) -> Answer:
        """Send a request and wait for its answer, with at most ``most`` bytes of body.

        After an error the connection cannot be used again.

        :raises AnswerUnreadable: when the answer is not HTTP/1.1.
        :raises AnswerTooLarge: when its body exceeds ``most`` bytes.
        :raises AnswerCutOff: when the connection ends before the answer.
        :raises OSError: when the connection breaks.
        """
        if self._transport.is_closing():
            raise AnswerCutOff("the connection had ended before the request was sent")
        self._waiter = asyncio.get_running_loop().create_future()
        self._reader = reader = _Reader(self._address, most, has_body=has_body)
        self._transport.write(message)
        try:
            return await self._waiter
        finally:
            self._is_trusted = self._is_trusted and not reader.is_last
            # A traceback refers to its frames: the error and the connection would keep each other alive.
            self._reader = self._waiter = None
            reader.release()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio with the bytes that arrived."""
        if self._reader is None or self._waiter is None or self._waiter.done():
            # No request is waiting, so this cannot be the answer to the next one.
            self.leave()
            return
        try:
            self._reader.feed(data)
        except (AnswerUnreadable, AnswerTooLarge) as error:
            self._fail(error)
            return
        if self._reader.answer is not None:
            self._waiter.set_result(self._reader.answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Called by asyncio when the connection ends: complete the answer, or fail it."""
        if not self.closed.done():
            self.closed.set_result(None)
        if self._reader is None or self._waiter is None or self._waiter.done():
            return
        try:
            answer = self._reader.end()
        except AnswerCutOff as cut_off:
            self._fail(error or cut_off)
        else:
            if error is None:
                self._waiter.set_result(answer)
            else:
                self._fail(error)

    async def encrypted(self, tls: ssl.SSLContext, host: str) -> Connection:
        """The connection to a host at the end of the tunnel that this one has become.

        :raises OSError: when the host's certificate is not in order, or the tunnel ends.
        """
        inner = Connection(self._address)
        try:
            transport = await asyncio.get_running_loop().start_tls(self._transport, inner, tls, server_hostname=host)
        finally:
            # From now on the transport reports its end to the other protocol only.
            if not self.closed.done():
                self.closed.set_result(None)
        if transport is None:
            raise AnswerCutOff("the tunnel ended before it was encrypted")
        inner.connection_made(transport)
        return inner

    def leave(self) -> None:
        """Send no further request on this connection; close it now, or after the answer being received."""
        self._is_trusted = False
        if self._waiter is None or self._waiter.done():
            self.close()

    def close(self) -> None:
        """Close it at once. This cuts off an answer that is being received."""
        self._transport.abort()

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)
        self.close()


class Connections:
    """The connections to all hosts. There are as many as there are requests at the same time."""

    def __init__(
        self, resolve: Resolve, tls: Callable[[], ssl.SSLContext], local: tuple[str, int] | None = None
    ) -> None:
        self._resolve = resolve
        self._tls = tls
        self._local = local
        self._open: set[Connection] = set()
        self._idle: defaultdict[tuple[Origin, Proxy | None], list[Connection]] = defaultdict(list)

    async def ask(
        self, origin: Origin, message: bytes, most: int, *, has_body: bool = True, via: Proxy | None = None
    ) -> Answer:
        """Send a request to its origin, or to a proxy, and wait for the answer; raises the errors of `Connection.ask`.

        :raises ConnectionRefusedError: when the host takes no connection, or the proxy does not.
        :raises ProxyRefused: when the proxy opens no tunnel.
        :raises ProxyUnauthorized: when the proxy wants another user or password.
        """
        route = origin, via
        connection = self._taken(route) or await self._routed(route)
        try:
            answer = await connection.ask(message, most, has_body=has_body)
        finally:
            if connection.is_reusable:
                connection.idle_since = time.monotonic()
                self._idle[route].append(connection)
            else:
                connection.leave()
        if via is None:
            return answer
        if origin[0] == "http":
            _refuse_unauthorized(via, answer)
        return replace(answer, address=None)

    def leave(self) -> None:
        """Open new connections from now on. Those in use close after their answers."""
        for connection in self._open:
            connection.leave()
        self._idle.clear()

    async def close(self) -> None:
        """Close all connections, including those in use."""
        self._idle.clear()
        for connection in list(self._open):
            connection.close()
            await connection.closed

    def _taken(self, route: tuple[Origin, Proxy | None]) -> Connection | None:
        idle = self._idle[route]
        while idle:
            connection = idle.pop()
            if connection.is_reusable and time.monotonic() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.leave()
        return None

    async def _routed(self, route: tuple[Origin, Proxy | None]) -> Connection:
        """A new connection to the origin, or to the proxy; through the proxy when all is encrypted."""
        origin, via = route
        if via is None:
            return await self._connected(origin)
        try:
            connection = await self._connected(("http", via.host, via.port), is_proxy=True)
        except OSError as error:
            raise ProxyUnreachable(error.errno, f"the proxy {via} cannot be reached: {error}") from error
        return await self._tunnelled(connection, origin, via) if origin[0] == "https" else connection

    async def _tunnelled(self, connection: Connection, origin: Origin, via: Proxy) -> Connection:
        """Open a tunnel and encrypt the traffic in it: the certificate is the host's."""
        _, host, port = origin
        try:
            answer = await connection.ask(via.tunnel(host, port), 0, has_body=False)
            _refuse_unauthorized(via, answer)
            _refuse_untunnelled(via, answer, f"{host}:{port}")
            return self._kept(await connection.encrypted(self._tls(), host))
        except BaseException:
            connection.close()
            raise

    async def _connected(self, origin: Origin, *, is_proxy: bool = False) -> Connection:
        """A new connection, to the first address of the host that accepts one."""
        _, host, port = origin
        addresses = await self._resolve(host, port, is_proxy)
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._connect(origin, address)
            except OSError:
                continue
        try:
            return await self._connect(origin, addresses[-1])
        except OSError as error:
            if isinstance(error, ConnectionError) or error.errno in _UNREACHABLE:
                raise ConnectionRefusedError(error.errno, str(error)) from error
            raise

    async def _connect(self, origin: Origin, address: str) -> Connection:
        scheme, host, port = origin
        is_secure = scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(address),
            address,
            port,
            ssl=self._tls() if is_secure else None,
            server_hostname=host if is_secure else None,
            local_addr=self._local,
        )
        return self._kept(connection)

    def _kept(self, connection: Connection) -> Connection:
        self._open.add(connection)
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))
        return connection


def _refuse_unauthorized(via: Proxy, answer: Answer) -> None:
    if answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyUnauthorized(str(via), has_user=via.authorization is not None)


def _refuse_untunnelled(via: Proxy, answer: Answer, place: str) -> None:
    if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        raise ProxyRefused(f"the proxy {via} opens no tunnel to {place}: it answers {answer.status}")
