"""The faults: the behaviour of the server, and the expected end of the lookup.

Tries count with RETRY_TIMES=2. The requests for a word that the server sees are its tries unless a row differs
explicitly. The content of an answer is built on request, so no bomb is kept in memory.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import brotli
from backports import zstd

from tests.support.faults.faultserver import HTML, PATH, Answer, Exchange, Header, correct, head, right

TRIES = 3
QUICK = 20.0
"""Seconds that a row without a wait may take at the server, on a busy machine."""
PATIENT = 40.0
"""Seconds for a row whose host is slowed down by the rows beside it."""
SLOW = 30.0
"""Seconds for a row that hangs until its deadline (WORD_DEADLINE is 2 in these crawls)."""


@dataclass(frozen=True)
class Row:
    """One fault. ``warnings`` are those of the entries of a word that is found all the same."""

    name: str
    answer: Answer
    outcome: str
    tries: int = 1
    seconds: float = QUICK
    warnings: tuple[str, ...] = ()
    requests: int | None = None


# Answers ---------------------------------------------------------------------------------------------


def status(line: str, body: bytes = b"<html><body>no</body></html>", *headers: Header) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(body, HTML, *headers, status=line)

    return answer


def bare(line: str, *headers: Header) -> Answer:
    """A status that has no body."""

    async def answer(exchange: Exchange) -> None:
        await exchange.head(*headers, status=line)

    return answer


def then_right(fault: Answer) -> Answer:
    """The fault once, then the page."""

    async def answer(exchange: Exchange) -> None:
        await (fault if exchange.count == 1 else right)(exchange)

    return answer


def redirect(target: str, line: str = "302 Found") -> Answer:
    async def answer(exchange: Exchange) -> None:
        if exchange.path.startswith(PATH):
            location = target.format(word=exchange.word, path=exchange.path)
            await exchange.send(b"", ("Location", location), status=line)
        else:
            await exchange.send(b"<html><body><form action=/login>Log in</form></body></html>")

    return answer


def sends(data: bytes) -> Answer:
    """Bytes, then the end of the connection."""

    async def answer(exchange: Exchange) -> None:
        await exchange.raw(data)
        exchange.close()

    return answer


async def fin(exchange: Exchange) -> None:
    exchange.close()


async def rst(exchange: Exchange) -> None:
    exchange.reset()


async def rst_in_body(exchange: Exchange) -> None:
    await exchange.head(HTML, ("Content-Length", str(len(exchange.page))))
    await exchange.raw(exchange.page[: len(exchange.page) // 2])
    await asyncio.sleep(0.05)
    exchange.reset()


def headers_then_page(*headers: Header, share: float = 1.0) -> Answer:
    """The page, or a share of it, under these headers; then the end of the connection."""

    async def answer(exchange: Exchange) -> None:
        body = exchange.page[: int(share * len(exchange.page))]
        given = [
            (name, value.format(length=len(exchange.page), half=len(exchange.page) // 2)) for name, value in headers
        ]
        await exchange.head(HTML, *given)
        await exchange.raw(body)
        exchange.close()

    return answer


def too_much(*, share: float = 1.0, more: bytes = b"") -> Answer:
    """The page and more, in one write, but with a length of only this share of the page: no byte of it comes late."""

    async def answer(exchange: Exchange) -> None:
        length = str(int(share * len(exchange.page)))
        await exchange.raw(head(HTML, ("Content-Length", length)) + exchange.page + more)

    return answer


def chunks(body: bytes, size: int = 8192) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%b\r\n" % (len(part), part)


def chunked(last: bytes, share: float = 1.0) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.head(HTML, ("Transfer-Encoding", "chunked"))
        for part in chunks(exchange.page[: int(share * len(exchange.page))]):
            await exchange.raw(part)
        await exchange.raw(last)
        if not last.endswith(b"\r\n\r\n"):
            exchange.close()

    return answer


async def hang(exchange: Exchange) -> None:
    await exchange.silence()


async def hang_in_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")
    await exchange.silence()


async def hang_in_body(exchange: Exchange) -> None:
    await exchange.head(HTML, ("Content-Length", str(len(exchange.page))))
    await exchange.raw(exchange.page[:1000])
    await exchange.silence()


async def switching(exchange: Exchange) -> None:
    await exchange.head(status="101 Switching Protocols")
    await exchange.silence()


async def drip_body(exchange: Exchange) -> None:
    await exchange.head(HTML, ("Content-Length", str(len(exchange.page))))
    for byte in exchange.page:
        await exchange.raw(bytes([byte]))
        await asyncio.sleep(0.05)


async def drip_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        await exchange.raw(b"x")
        await asyncio.sleep(0.05)


def endless(begin: bytes, again: bytes) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.raw(begin)
        while True:
            await exchange.raw(again)
            await asyncio.sleep(0)

    return answer


def with_page(line: str) -> Answer:
    """Another status than 200, with the page."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(exchange.page, status=line)

    return answer


def under(*lines: bytes) -> Answer:
    """The page under these further header lines."""

    async def answer(exchange: Exchange) -> None:
        length = b"Content-Length: %d" % len(exchange.page)
        await exchange.raw(b"\r\n".join((b"HTTP/1.1 200 OK", *lines, length, b"", exchange.page)))

    return answer


def then_page(before: bytes) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.raw(before)
        await exchange.send(exchange.page)

    return answer


Coder = Callable[[bytes], bytes]


def coded(name: str, coder: Coder, share: float = 1.0) -> Answer:
    async def answer(exchange: Exchange) -> None:
        body = coder(exchange.page)
        await exchange.send(body[: int(share * len(body))], HTML, ("Content-Encoding", name))

    return answer


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def two_members(body: bytes) -> bytes:
    return gzip.compress(body[:1000]) + gzip.compress(body[1000:])


def two_frames(body: bytes) -> bytes:
    return zstd.compress(body[:1000]) + zstd.compress(body[1000:])


def wrong_checksum(body: bytes) -> bytes:
    packed = bytearray(gzip.compress(body))
    packed[-8] ^= 0xFF
    return bytes(packed)


squeeze = partial(brotli.compress, quality=5)


def typed(content_type: str, charset: str = "utf-8", mark: bytes = b"") -> Answer:
    """The page in a charset, under a type that may name another."""

    async def answer(exchange: Exchange) -> None:
        body = exchange.page.decode().encode(charset, "xmlcharrefreplace")
        await exchange.send(mark + body, ("Content-Type", content_type))

    return answer


def replacing(old: bytes, new: bytes, count: int = -1) -> Answer:
    """The page with some of its bytes changed; fails if they are not in the page."""

    async def answer(exchange: Exchange) -> None:
        if old not in exchange.page:
            raise AssertionError(f"{old!r} is not on the page of {exchange.word}")
        await exchange.send(exchange.page.replace(old, new, count))

    return answer


def page(body: str, *headers: Header) -> Answer:
    return status("200 OK", f"<html><body>{body}</body></html>".encode(), *headers)


def other_page(word: str) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(exchange.server.page(word))

    return answer


async def twice(exchange: Exchange) -> None:
    """The right answer, and the first time the same again when the next word is requested on this connection."""
    await right(exchange)
    if exchange.count == 1:
        exchange.server.late[exchange.writer] = correct(exchange)


def cut_page(share: float) -> Answer:
    async def answer(exchange: Exchange) -> None:
        await exchange.send(exchange.page[: int(share * len(exchange.page))])

    return answer


async def dated(exchange: Exchange) -> None:
    """503 with the date of two seconds from now: an HTTP date has whole seconds."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    await exchange.send(b"", ("Retry-After", moment), status="503 X")


# Rows ------------------------------------------------------------------------------------------------

GOOD = "word000399"
STATUSES = (
    *(Row(f"{code} always", status(f"{code} X"), "http_error", TRIES) for code in (408, 500, 502, 504, 520, 521, 524)),
    *(Row(f"{code}", status(f"{code} X"), "http_error") for code in (400, 404, 405, 410, 418, 501, 505, 600)),
    *(Row(f"{code} unsolicited", headers_status, "http_error", TRIES) for code, headers_status in (
        (201, status("201 Created")), (202, status("202 Accepted")), (203, status("203 Non-Authoritative")),
        (204, bare("204 No Content")), (205, status("205 Reset Content", b"")), (226, status("226 IM Used")),
        (304, bare("304 Not Modified")),
    )),
    Row("206 with the page", with_page("206 Partial Content"), "http_error", TRIES),
    Row("404 with an entry", with_page("404 Not Found"), "http_error"),
    Row("500 once, then the page", then_right(status("500 X")), "found", 2),
    Row("300 without a choice", status("300 Multiple Choices"), "http_error"),
    Row("302 without a Location", status("302 Found"), "http_error"),
)  # fmt: skip

REDIRECTS = (
    Row("redirect loop", redirect("{path}?again"), "http_error", 6),
    Row("redirect to itself", redirect("{path}"), "http_error", 6),
    Row("redirect to another host", redirect("http://10.0.0.5:8500/secret"), "http_error"),
    Row("redirect to another port", redirect("http://127.0.0.1:1/secret"), "http_error"),
    Row("redirect to file:", redirect("file:///etc/passwd"), "http_error"),
    Row("redirect to data:", redirect("data:text/html,<p>x"), "http_error"),
    Row("redirect to no address", redirect("http://[::1"), "http_error"),
    Row("redirect with control characters", redirect("/login/\x01\x7f/{word}"), "parse_error", 2),
    Row("redirect to a login page", redirect("/login/{word}"), "parse_error", 2),
    Row("first word sent to a shared page", redirect(PATH + GOOD), "redirected", 4, requests=2),
    Row("second word sent to the shared page", redirect(PATH + GOOD), "redirected", 4, requests=2),
    Row("third word sent to the shared page", redirect(PATH + GOOD, "301 Moved"), "redirected", 4, requests=2),
)

LENGTH: Header = ("Content-Length", "{length}")
HALF: Header = ("Content-Length", "{half}")
HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

TRANSPORT = (
    Row("FIN before the answer", fin, "network_error", TRIES),
    Row("RST before the answer", rst, "network_error", TRIES),
    Row("RST once, then the page", then_right(rst), "found", 2),
    Row("bad status line", sends(b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"), "network_error", TRIES),
    Row("HTTP/0.9", sends(b"<html><body>old</body></html>\r\n"), "network_error", TRIES),
    Row("random bytes", sends(bytes(range(256)) * 8), "network_error", TRIES),
    Row("half a head", sends(b"HTTP/1.1 200 OK\r\nContent-"), "network_error", TRIES),
    Row("bad Content-Length", headers_then_page(("Content-Length", "abc")), "network_error", TRIES),
    Row("two Content-Lengths", headers_then_page(LENGTH, HALF), "network_error", TRIES),
    Row("negative Content-Length", headers_then_page(("Content-Length", "-5")), "network_error", TRIES),
    Row("unknown transfer coding", headers_then_page(("Transfer-Encoding", "rot13")), "network_error", TRIES),
    Row("RST in the body", rst_in_body, "network_error", TRIES),
    Row("body shorter than its length", headers_then_page(LENGTH, share=0.5), "network_error", TRIES),
    Row("body longer than its length", too_much(share=0.5), "parse_error", 2),
    Row("bytes after the page", too_much(more=b"<p>more</p>"), "found"),
    Row("cut in a chunk", chunked(b"ffff\r\n<p>", share=0.5), "network_error", TRIES),
    Row("no last chunk", chunked(b""), "network_error", TRIES),
    Row("bad chunk size", chunked(b"zz\r\n"), "network_error", TRIES),
    Row("endless chunk size", chunked(b"f" * 5000), "network_error", TRIES),
    Row("chunked, whole", chunked(b"0\r\n\r\n"), "found"),
    Row("chunked with trailers", chunked(b"0\r\nX-Sum: 1\r\n\r\n"), "found"),
    Row("body that ends with its connection", headers_then_page(), "network_error", TRIES),
    Row("the same, cut off", headers_then_page(share=0.6), "network_error", TRIES),
    Row("header line without a colon", under(b"no colon here"), "network_error", TRIES),
    Row("100 and 103 before the page", then_page(HINTS), "found"),
    Row("endless 1xx", endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 50), "network_error", TRIES),
    Row("endless header line", endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 8192), "network_error", TRIES),
    Row("60 kB of headers", under(*(b"X-%d: " % number + b"x" * 15_000 for number in range(4))), "found"),
)  # fmt: skip

WAITS = (
    Row("hang", hang, "network_error", 2, SLOW),
    Row("hang in the head", hang_in_head, "network_error", 2, SLOW),
    Row("hang in the body", hang_in_body, "network_error", 2, SLOW),
    Row("drip of the head", drip_head, "network_error", 2, SLOW),
    Row("drip of the body", drip_body, "network_error", 2, SLOW),
    Row("101 and silence", switching, "http_error"),
)

CODINGS = (
    Row("gzip", coded("gzip", gzip.compress), "found"),
    Row("x-gzip in two members", coded("x-gzip", two_members), "found"),
    Row("deflate", coded("deflate", zlib.compress), "found"),
    Row("deflate without its frame", coded("deflate", raw_deflate), "found"),
    Row("br", coded("br", squeeze), "found"),
    Row("zstd in two frames", coded("zstd", two_frames), "found"),
    Row("zstd over gzip", coded("gzip, zstd", lambda body: zstd.compress(gzip.compress(body))), "found"),
    Row("gzip truncated", coded("gzip", gzip.compress, 0.5), "network_error", TRIES),
    Row("gzip without its checksum", coded("gzip", lambda body: gzip.compress(body)[:-8]), "network_error", TRIES),
    Row("gzip with a wrong checksum", coded("gzip", wrong_checksum), "network_error", TRIES),
    Row("deflate truncated", coded("deflate", zlib.compress, 0.5), "network_error", TRIES),
    Row("br truncated", coded("br", squeeze, 0.5), "network_error", TRIES),
    Row("zstd truncated", coded("zstd", zstd.compress, 0.5), "network_error", TRIES),
    Row("gzip truncated once, then the page", then_right(coded("gzip", gzip.compress, 0.5)), "found", 2),
    Row("gzip header, plain body", coded("gzip", bytes), "network_error", TRIES),
    Row("br header, plain body", coded("br", bytes), "network_error", TRIES),
    Row("zstd header, plain body", coded("zstd", bytes), "network_error", TRIES),
    Row("gzip body, no header", coded("identity", gzip.compress), "found"),
    Row("unknown coding", coded("x-\x1b[31mred", bytes), "network_error", TRIES),
    Row("gzip three times over", coded("gzip, gzip, gzip", bytes), "network_error", TRIES),
)

CHARSETS = (
    Row("wrong charset in the header", typed("text/html; charset=iso-8859-1"), "found", warnings=("charset-conflict",)),
    Row("Shift-JIS", typed("text/html; charset=shift_jis", "shift_jis"), "found", warnings=("charset-conflict",)),
    Row("UTF-16 with a mark", typed("text/html", "utf-16"), "found"),
    Row("UTF-16 without a mark", typed("text/html", "utf-16-le"), "found"),
    Row("UTF-8 with a mark", typed("text/html", "utf-8-sig"), "found"),
    Row("bogus charset", typed("text/html; charset=klingon"), "found"),
    Row("a codec that is no charset", typed("text/html; charset=punycode"), "found"),
    Row("Windows-1252 called UTF-8", typed("text/html; charset=utf-8", "cp1252"), "found"),
    Row("invalid UTF-8", replacing(b"</h1>", b"</h1>\xff\xfe\xfd", 1), "found", warnings=("replacement-characters",)),
    Row("NUL bytes", replacing(b"</h1>", b"\0</h1>\0<p title='\0'>\0</p>", 1), "found"),
    Row("nothing but bytes", status("200 OK", bytes(range(128, 256)) * 64), "parse_error"),
    Row("no type at all", typed(""), "found"),
    Row("the page called a PDF", typed("application/pdf"), "found"),
)

MEANINGS = (
    Row("empty 200", status("200 OK", b""), "parse_error", TRIES),
    Row("empty once, then the page", then_right(status("200 OK", b"")), "found", 2),
    Row("blank 200", status("200 OK", b" \n"), "parse_error"),
    Row("JSON", status("200 OK", b'{"word": null}', ("Content-Type", "application/json")), "parse_error"),
    Row("PDF", status("200 OK", b"%PDF-1.7\n\xe2\xe3", ("Content-Type", "application/pdf")), "parse_error"),
    Row("soft 404", page("<h1>Oops! Page not found</h1>"), "parse_error"),
    Row("login page", page("<form action=/login><input type=password></form>"), "parse_error"),
    Row("meta refresh", page("<meta http-equiv=refresh content='0; url=file:///etc/passwd'>"), "parse_error"),
    Row("layout change", replacing(b"class=", b"data-was=", -1), "parse_error"),
    Row("another word's page", other_page(GOOD), "parse_error", 2),
    Row("another word's page once", then_right(other_page(GOOD)), "found", 2),
    Row("page cut off", cut_page(0.6), "parse_error", 2),
    Row("page cut off once", then_right(cut_page(0.6)), "found", 2),
    Row("cookie bomb", under(*(b"Set-Cookie: c%d=" % number + b"x" * 1000 for number in range(50))), "found"),
)

WALLS = (
    *(Row(f"{code}", status(f"{code} X"), "blocked") for code in (401, 403, 451)),
    Row("captcha", page('<form id="challenge-form"></form>'), "blocked"),
    Row("consent", page('<div id="onetrust-consent-sdk">We value your privacy</div>'), "blocked"),
    Row("challenge with 403", status("403 Forbidden", b'<form id="challenge-form"></form>'), "blocked"),
)

THROTTLES = (
    Row("429 always", status("429 Too Many Requests"), "rate_limited", TRIES, PATIENT),
    Row("503 always", status("503 Service Unavailable"), "http_error", TRIES, PATIENT),
    Row("503 with seconds, once", then_right(status("503 X", b"", ("Retry-After", "1"))), "found", 2, PATIENT),
    Row("503 with a date, once", then_right(dated), "found", 2, PATIENT),
)

QUICK_ROWS = (*STATUSES, *REDIRECTS, *TRANSPORT, *WAITS, *CODINGS, *CHARSETS, *MEANINGS)
