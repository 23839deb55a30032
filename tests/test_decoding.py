"""Kept bodies read as the crawler read them."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse  # noqa: TID251 - what we are held to

from dictcrawler import decoding
from dictcrawler.decoding import Undecodable

TYPES = ["", "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "text/html; charset=nonsense"]
HEADS = [b"", b'<meta charset="utf-8">', b'<meta charset="windows-1251">', b"\xef\xbb\xbf", b"\xff\xfe"]


@given(st.sampled_from(TYPES), st.sampled_from(HEADS), st.text(max_size=40), st.sampled_from(["utf-8", "cp1252"]))
def test_a_body_reads_as_scrapy_reads_it(content_type: str, head: bytes, words: str, encoding: str) -> None:
    body = head + words.encode(encoding, errors="replace")
    expected = HtmlResponse("https://x.example/", headers={"Content-Type": content_type}, body=body).text
    assert decoding.text(body, content_type) == expected


@pytest.mark.parametrize(
    ("codings", "coded"),
    [
        (["gzip"], gzip.compress(b"page")),
        (["x-gzip"], gzip.compress(b"page")),
        (["deflate"], zlib.compress(b"page")),
        (["deflate"], zlib.compress(b"page")[2:-4]),
        (["br"], brotli.compress(b"page")),
        (["br", " GZIP"], gzip.compress(brotli.compress(b"page"))),
        (["identity"], b"page"),
        ([""], b"page"),
    ],
)
def test_content_codings_are_taken_off_the_last_one_first(codings: list[str], coded: bytes) -> None:
    assert decoding.without_codings(coded, codings, 100) == b"page"


@pytest.mark.parametrize(
    ("coding", "coded", "reason"),
    [
        ("gzip", gzip.compress(bytes(101)), "more than 100 bytes"),
        ("br", brotli.compress(bytes(10**6)), "more than 100 bytes"),
        ("gzip", gzip.compress(b"a page")[:-9], "cut off"),
        ("br", brotli.compress(b"a longer page, so that it can be cut")[:-9], "cut off"),
        ("br", b"this is no brotli", "br"),
        ("deflate", b"\xff\xff", "deflate"),
        ("zstd", b"", "'zstd' cannot be read"),
    ],
)
def test_what_cannot_be_decoded_or_grows_too_large_is_refused(coding: str, coded: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        decoding.without_codings(coded, [coding], 100)
