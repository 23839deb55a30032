"""Undoes the content codings of a body, with a size limit, and only if the body is complete.

Scrapy's own middleware returns the decodable part of a broken stream as the page (Scrapy 2.19.0, utils/gz.py:gunzip).
Here a stream that does not reach its own end is an error (RFC 9110, section 8.4: a coding applies to the whole
representation). No decoder may produce more than ``limit`` bytes, so a decompression bomb costs no more than any
other page.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, cast

import brotli
from isal import isal_zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
"""The value of ``Accept-Encoding``: the codings that `decode` understands."""

_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")
MAX_CODINGS = 2
"""Codings applied one after another; no server has a reason for more."""
MAX_MEMBERS = 1024
"""Members of a gzip stream, frames of a zstd stream. Empty ones take time without adding to the size."""
PIECE = 2**16
"""Bytes passed at a time to a gzip or zstd decoder."""
# RFC 9659, section 3: zstd as a content coding needs no window above 8 MiB.
_ZSTD_OPTIONS = {int(zstd.DecompressionParameter.window_log_max): 23}


_IsalError = cast(type[Exception], isal_zlib.IsalError)
"""isal's stub declares the class as an instance."""


class BodyTooLarge(Exception):
    """The decoded body would exceed the limit."""


class BodyDamaged(Exception):
    """The body ends too early, or is not in the coding that the header names."""


def decode(body: bytes, codings: str, limit: int) -> bytes:
    """Undo the codings of a ``Content-Encoding`` header, the last one first, to at most ``limit`` bytes.

    :raises BodyTooLarge: when the decoded body is longer.
    :raises BodyDamaged: when a coding is unknown, or the body is cut off or not in that coding.
    """
    names = [name for coding in codings.split(",") if (name := coding.strip().lower()) not in ("", "identity")]
    if len(names) > MAX_CODINGS:
        raise BodyDamaged(f"{len(names)} content codings")
    for name in reversed(names):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise BodyDamaged(f"unknown content coding {name!r}")
        try:
            body = decoder(body, limit)
        except (zlib.error, _IsalError, brotli.error, zstd.ZstdError) as error:
            raise BodyDamaged(f"not {name}: {error}") from error
    return body


def captured(body: bytes, codings: str, limit: int) -> bytes:
    """Undo the codings of a captured body: those of its ``Content-Encoding``, and those that its first bytes announce.

    Some archiving programs decode a body and leave the header field, so markup is returned as it is.

    :raises BodyTooLarge: when the decoded body exceeds ``limit`` bytes.
    :raises BodyDamaged: when the body is cut off, or is neither in these codings nor markup.
    """
    try:
        body = decode(body, codings, limit)
    except BodyDamaged:
        if not is_markup(body):
            raise
    return announced(body, limit)


def is_markup(body: bytes) -> bool:
    """Whether a body begins like HTML or XML."""
    return _MARKUP.match(body) is not None


def announced(body: bytes, limit: int) -> bytes:
    """Undo codings recognised by the body's first bytes, though no header names them: gzip, zstd, zlib.

    Servers and archives encode some pages twice, or lose the header; no page begins with these bytes.

    :raises BodyTooLarge: when the decoded body exceeds ``limit`` bytes.
    :raises BodyDamaged: when the body is cut off, or is not in the coding that its first bytes suggest.
    """
    for _ in range(MAX_CODINGS):
        name = next((name for beginning, name in _BEGINNINGS.items() if body.startswith(beginning)), None)
        if name is None:
            return body
        body = decode(body, name, limit)
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    """RFC 1952: one or more members. Bytes after the last one are ignored, as gzip(1) does.

    ISA-L (seen in isal 1.9.1) ignores reserved flags, and cannot read a member's header longer than `PIECE`.
    No server sends either.
    """
    return _joined(_streams(body, limit, lambda: isal_zlib.decompressobj(wbits=31), b"\x1f\x8b"), limit)


def _zstd(body: bytes, limit: int) -> bytes:
    """RFC 8878: one or more frames."""
    return _joined(_streams(body, limit, lambda: zstd.ZstdDecompressor(options=_ZSTD_OPTIONS), b""), limit)


class _Decoder(Protocol):
    """The common interface of the gzip and zstd decoders."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


def _streams(body: bytes, limit: int, decoder: Callable[[], _Decoder], beginning: bytes) -> Iterator[bytes]:
    """Decode compressed streams one after another, as long as the next one begins with ``beginning``.

    The input goes in pieces: a decoder copies its unused input, and a thousand streams would copy the body
    a thousand times.
    """
    left = memoryview(body)
    for _ in range(MAX_MEMBERS):
        stream = decoder()
        while not stream.eof:
            if not left:
                raise BodyDamaged("the compressed stream breaks off")
            piece, left = left[:PIECE], left[PIECE:]
            yield stream.decompress(piece, limit + 1)
        left = memoryview(body)[len(body) - len(left) - len(stream.unused_data) :]
        if not left or left[: len(beginning)] != beginning:
            return
    raise BodyDamaged(f"more than {MAX_MEMBERS} compressed streams one after another")


def _joined(parts: Iterable[bytes], limit: int) -> bytes:
    """Join the parts. A part over the limit is refused before its producer looks for the end of the stream."""
    joined = bytearray()
    for part in parts:
        joined += part
        _check(len(joined), limit)
    return bytes(joined)


def _brotli(body: bytes, limit: int) -> bytes:
    """RFC 7932."""
    stream = brotli.Decompressor()
    decoded = bytearray(stream.process(body, output_buffer_limit=limit + 1))
    while not stream.is_finished():
        _check(len(decoded), limit)
        part = stream.process(b"", output_buffer_limit=limit + 1)
        if not part:
            raise BodyDamaged("the brotli stream breaks off")
        decoded += part
    _check(len(decoded), limit)
    return bytes(decoded)


def _deflate(body: bytes, limit: int) -> bytes:
    """RFC 1950; or RFC 1951 without its zlib wrapper, as some servers send it (RFC 9110, section 8.4.1.2)."""
    stream = zlib.decompressobj()
    try:
        decoded = stream.decompress(body, limit + 1)
    except zlib.error:
        stream = zlib.decompressobj(wbits=-15)
        decoded = stream.decompress(body, limit + 1)
    _check(len(decoded), limit)
    if not stream.eof:
        raise BodyDamaged("the deflate stream breaks off")
    return decoded


# RFC 1952, section 2.3.1; RFC 8878, section 3.1.1; RFC 1950, section 2.2 (the headers of zlib's usual levels).
_BEGINNINGS = {
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x78\x9c": "deflate",
    b"\x78\xda": "deflate",
}


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise BodyTooLarge(f"more than {limit:,} bytes decoded")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
