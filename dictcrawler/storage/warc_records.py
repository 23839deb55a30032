"""WARC 1.1 (ISO 28500:2017) records: writes an HTTP exchange, reads a record back.

Each record is a separate gzip member (the standard's annex D), so that any of them can be
read at its offset. Bodies are kept without transfer and content codings; the
header fields about codings are renamed ``X-Crawler-…``, as Common Crawl does it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import uuid4

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator

from dictcrawler.version import __version__

VERSION = "WARC/1.1"
GZIP_LEVEL = 2
"""Of ISA-L's 0 to 3: an entry page shrinks to 12 %, in a seventh of the time of zlib's level 4 (11 %)."""

_WARCINFO = {
    "software": f"dictcrawler/{__version__}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}
_CODING_FIELDS = ("content-encoding", "content-length", "transfer-encoding")

Fields = Sequence[tuple[str, str]]
"""Header fields in order; their bytes as Latin-1 text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response, the body decoded; ``digest`` is the ``sha256:`` of that body."""

    url: str
    request: Fields
    status: int
    protocol: str
    response: Fields
    body: bytes
    digest: str
    fetched_at: datetime
    ip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The record that has a body first: the target of ``revisit`` records."""

    digest: str
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A record read back: the response's status, its header fields with lower-case names, its body.

    The body of a ``revisit`` is empty: it is in the record that the revisit refers to.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class RecordMaker:
    """Makes the records of one file, as bytes ready to be appended.

    Of warcio's records only the reader is used: its writer compresses with level 9 only, reads each payload once more
    for a second digest and percent-encodes header fields that are not ASCII
    (seen in warcio 1.8.1, warcwriter.py; https://github.com/webrecorder/warcio/issues/128).
    """

    def __init__(self) -> None:
        self._warcinfo_id = ""

    def warcinfo(self, filename: str, about: Mapping[str, str]) -> bytes:
        """The first record of a file: who wrote it, and how."""
        self._warcinfo_id = _new_id()
        fields = {
            "WARC-Type": "warcinfo",
            "WARC-Record-ID": self._warcinfo_id,
            "WARC-Filename": filename,
            "WARC-Date": warc_date(datetime.now(UTC)),
            "Content-Type": "application/warc-fields",
        }
        given = {**_WARCINFO, **about}.items()
        return _member(fields, _lines((name, value) for name, value in given if value).encode())

    def exchange(self, exchange: Exchange, original: Payload | None) -> tuple[bytes, bytes]:
        """The response (a ``revisit`` when an original of its body is known) and the request."""
        response_id = _new_id()
        about = {
            "WARC-Target-URI": exchange.url,
            "WARC-Date": warc_date(exchange.fetched_at),
            "WARC-Warcinfo-ID": self._warcinfo_id,
        }
        if exchange.ip is not None:
            about["WARC-IP-Address"] = exchange.ip
        response = {
            **({"WARC-Type": "response"} if original is None else _refers_to(original)),
            "WARC-Record-ID": response_id,
            **about,
            "WARC-Payload-Digest": exchange.digest,
            "Content-Type": "application/http; msgtype=response",
        }
        request = {
            "WARC-Type": "request",
            "WARC-Record-ID": _new_id(),
            **about,
            "WARC-Concurrent-To": response_id,
            "Content-Type": "application/http; msgtype=request",
        }
        body = exchange.body if original is None else b""
        return _member(response, _response(exchange), body), _member(request, _request(exchange))


def _refers_to(original: Payload) -> dict[str, str]:
    return {
        "WARC-Type": "revisit",
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": warc_date(original.fetched_at),
    }


def warc_date(moment: datetime) -> str:
    """The time as WARC writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(member: bytes) -> Message:
    """The record in one gzip member written by `RecordMaker`.

    :raises ValueError: when there is none.
    """
    record = next(iter(ArchiveIterator(io.BytesIO(member))), None)
    if record is None or not record.http_headers:
        raise ValueError("not a record of an HTTP response")
    return Message(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        headers={name.lower(): value for name, value in record.http_headers.headers},
        body=record.raw_stream.read(),
    )


def decoded_fields(received: Fields, body: bytes, left: Iterable[str] = ()) -> Fields:
    """The header fields that match the decoded body.

    ``left`` are the content codings that could not be undone. The original fields
    keep their values under another name.
    """
    names = {name.lower() for name, _ in received}
    if "content-encoding" not in names and "transfer-encoding" not in names:
        return received
    renamed = [(f"X-Crawler-{name}" if name.lower() in _CODING_FIELDS else name, value) for name, value in received]
    codings = [("Content-Encoding", ", ".join(left))] if left else []
    return [*renamed, *codings, ("Content-Length", str(len(body)))]


def _new_id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _lines(fields: Iterable[tuple[str, str]]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in fields])


def _member(fields: Mapping[str, str], head: bytes, payload: bytes = b"") -> bytes:
    """A record as a gzip member; ``head`` and ``payload`` together are its content."""
    length = len(head) + len(payload)
    record_head = f"{VERSION}\r\n{_lines(fields.items())}Content-Length: {length}\r\n\r\n".encode()
    stream = isal_zlib.compressobj(GZIP_LEVEL, isal_zlib.DEFLATED, isal_zlib.MAX_WBITS | 16)
    return b"".join([*map(stream.compress, (record_head + head, payload, b"\r\n\r\n")), stream.flush()])


def _request(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return _http(f"GET {target} HTTP/1.1", [("Host", parts.netloc), *exchange.request])


def _response(exchange: Exchange) -> bytes:
    known = exchange.status in HTTPStatus._value2member_map_
    phrase = HTTPStatus(exchange.status).phrase if known else ""
    return _http(f"{exchange.protocol} {exchange.status} {phrase}".rstrip(), exchange.response)


def _http(start: str, fields: Fields) -> bytes:
    """The head of a message; the fields with the bytes they came with."""
    return f"{start}\r\n{_lines(fields)}\r\n".encode("latin-1")
