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

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

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


class _Headers(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """Header fields that are written with the bytes they came with.

    warcio percent-encodes those that are not ASCII (https://github.com/webrecorder/warcio/issues/128).
    """

    def compute_headers_buffer(self, _filter: object = None) -> None:
        self.headers_buff = self.to_str().encode("latin-1") + b"\r\n"


class RecordMaker:
    """Makes the records of one file, as bytes ready to be appended."""

    def __init__(self) -> None:
        self._warcinfo_id = ""

    def warcinfo(self, filename: str, about: Mapping[str, str]) -> bytes:
        """The first record of a file: who wrote it, and how."""
        record = _BUILDER.create_warcinfo_record(filename, {**_WARCINFO, **about})
        self._warcinfo_id = record.rec_headers.get_header("WARC-Record-ID")
        return _member(record, record.raw_stream.read())

    def exchange(self, exchange: Exchange, original: Payload | None) -> tuple[bytes, bytes]:
        """The response (a ``revisit`` when an original of its body is known) and the request."""
        response = self._response(exchange) if original is None else self._revisit(exchange, original)
        about = {"WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"), **self._about(exchange)}
        request = _BUILDER.create_warc_record(
            exchange.url, "request", http_headers=_request(exchange), warc_headers_dict=about
        )
        return _member(response, exchange.body if original is None else b""), _member(request)

    def _response(self, exchange: Exchange) -> ArcWarcRecord:
        about = {"WARC-Payload-Digest": exchange.digest, **self._about(exchange)}
        return _BUILDER.create_warc_record(
            exchange.url, "response", http_headers=_response(exchange), warc_headers_dict=about
        )

    def _revisit(self, exchange: Exchange, original: Payload) -> ArcWarcRecord:
        return _BUILDER.create_revisit_record(
            exchange.url,
            exchange.digest,
            original.url,
            warc_date(original.fetched_at),
            http_headers=_response(exchange),
            warc_headers_dict=self._about(exchange),
        )

    def _about(self, exchange: Exchange) -> dict[str, str]:
        about = {"WARC-Date": warc_date(exchange.fetched_at), "WARC-Warcinfo-ID": self._warcinfo_id}
        return about if exchange.ip is None else {**about, "WARC-IP-Address": exchange.ip}


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


_BUILDER = RecordBuilder(warc_version=VERSION)


def _member(record: ArcWarcRecord, payload: bytes = b"") -> bytes:
    """A warcio record as a gzip member, with a payload that the record itself need not hold.

    warcio's own writer compresses with level 9 only, and reads the payload once more for a second digest of it
    (seen in warcio 1.8.1, warcwriter.py).
    """
    head = b""
    if record.http_headers:
        record.http_headers.compute_headers_buffer()
        head = record.http_headers.headers_buff
    if record.content_type is not None:
        record.rec_headers.replace_header("Content-Type", record.content_type)
    record.rec_headers.replace_header("Content-Length", str(len(head) + len(payload)))
    stream = isal_zlib.compressobj(GZIP_LEVEL, isal_zlib.DEFLATED, isal_zlib.MAX_WBITS | 16)
    parts = (record.rec_headers.to_bytes(encoding="utf-8") + head, payload, b"\r\n\r\n")
    return b"".join([*map(stream.compress, parts), stream.flush()])


def _request(exchange: Exchange) -> _Headers:
    parts = urlsplit(exchange.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    fields = [("Host", parts.netloc), *exchange.request]
    return _Headers(f"GET {target} HTTP/1.1", fields, is_http_request=True)


def _response(exchange: Exchange) -> _Headers:
    known = exchange.status in HTTPStatus._value2member_map_
    phrase = HTTPStatus(exchange.status).phrase if known else ""
    return _Headers(f"{exchange.status} {phrase}".rstrip(), exchange.response, protocol=exchange.protocol)
