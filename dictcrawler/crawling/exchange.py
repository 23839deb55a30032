"""Converts a Scrapy response to an HTTP exchange for the kept pages."""

from __future__ import annotations

from collections.abc import Iterable

from scrapy.http import Headers, Response

from dictcrawler.crawling.meta import RECEIVED_FIELDS
from dictcrawler.net.fetched import Fetched
from dictcrawler.storage.warc_records import Exchange, Fields, decoded_fields


def exchange(response: Response, fetched: Fetched) -> Exchange:
    """The exchange of a response and its request. The body is the decoded one, as the parser gets it."""
    request = response.request
    received = None if request is None else request.meta.get(RECEIVED_FIELDS)
    fields = _fields(response.headers) if received is None else _text_of(received)
    left = [value.decode("latin-1") for value in response.headers.getlist(b"Content-Encoding")]
    return Exchange(
        url=response.url,
        request=[] if request is None else _fields(request.headers),
        status=response.status,
        protocol=response.protocol if response.protocol in ("HTTP/1.0", "HTTP/1.1") else "HTTP/1.1",
        response=decoded_fields(fields, response.body, left),
        body=response.body,
        digest=fetched.digest,
        fetched_at=fetched.fetched_at,
        ip=None if response.ip_address is None else str(response.ip_address),
    )


def _fields(headers: Headers) -> Fields:
    return _text_of((name, value) for name, values in headers.items() for value in values)


def _text_of(fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
