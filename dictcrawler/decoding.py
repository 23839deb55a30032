"""From the bytes of an HTTP body to text, without a crawler: for pages that were kept.

The rules are those of Scrapy's ``TextResponse``, so that a page reads the same today and
from a file in ten years.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

import brotli
from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    html_to_unicode,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)


class Undecodable(ValueError):
    """A body that its ``Content-Encoding`` cannot be taken off, or that is too large without it."""


def text(body: bytes, content_type: str) -> str:
    """The body as text: by its byte-order mark, the header, its own ``<meta>``, else by what it looks like."""
    encoding = read_bom(body)[0] or http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if encoding:
        return html_to_unicode(f"charset={encoding}", body)[1]
    return html_to_unicode(content_type, body, auto_detect_fun=_likely_encoding, default_encoding="ascii")[1]


def _likely_encoding(body: bytes) -> str | None:
    for encoding in ("ascii", "utf-8"):
        try:
            body.decode(encoding)
        except UnicodeError:
            continue
        return resolve_encoding(encoding)
    match = from_bytes(body).best()
    return resolve_encoding(match.encoding) if match else None


def without_codings(body: bytes, codings: Iterable[str], limit: int) -> bytes:
    """Take the content codings (RFC 9110, section 8.4) off, the last one first.

    :raises Undecodable: for a coding that is unknown, a broken body, or more than ``limit`` bytes.
    """
    for coding in reversed([coding.strip().lower() for coding in codings]):
        if coding in ("", "identity"):
            continue
        if coding not in _CODINGS:
            raise Undecodable(f"Content-Encoding {coding!r} cannot be read")
        try:
            body = _CODINGS[coding](body, limit)
        except (zlib.error, brotli.error) as error:
            raise Undecodable(f"Content-Encoding {coding!r}: {error}") from error
        if len(body) > limit:
            raise Undecodable(f"more than {limit} bytes without Content-Encoding {coding!r}")
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    # Some who keep pages take the coding off and leave the header field.
    if not body.startswith(b"\x1f\x8b"):
        return body
    return _inflated(body, zlib.MAX_WBITS | 16, limit)


def _inflate(body: bytes, limit: int) -> bytes:
    """``deflate`` is the zlib format; some servers send the bare stream (RFC 9110, section 8.4.1.2)."""
    try:
        return _inflated(body, zlib.MAX_WBITS, limit)
    except zlib.error:
        return _inflated(body, -zlib.MAX_WBITS, limit)


def _inflated(body: bytes, window: int, limit: int) -> bytes:
    stream = zlib.decompressobj(window)
    decoded = stream.decompress(body, limit + 1)
    if not stream.eof and len(decoded) <= limit:
        raise Undecodable("the compressed body was cut off")
    return decoded


def _unbrotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    decoded = bytes(stream.process(body, output_buffer_limit=limit + 1))
    if not stream.is_finished() and len(decoded) <= limit:
        raise Undecodable("the compressed body was cut off")
    return decoded


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
}
