"""Content codings: the whole body, within a bound, or an error."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from functools import partial

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from dictcrawler.net import codings
from dictcrawler.net.codings import BodyDamaged, BodyTooLarge

CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=5),
    "zstd": zstd.compress,
}


@given(st.binary(max_size=2000), st.lists(st.sampled_from(sorted(CODERS)), max_size=codings.MAX_CODINGS))
def test_content_codings_are_undone_the_last_first(body: bytes, names: list[str]) -> None:
    coded = body
    for name in names:
        coded = CODERS[name](coded)
    assert codings.decode(coded, ", ".join(names).upper(), 2000) == body


@pytest.mark.parametrize("name", CODERS)
@given(data=st.data(), body=st.binary(min_size=200, max_size=2000))
def test_a_stream_that_breaks_off_anywhere_is_an_error(name: str, data: st.DataObject, body: bytes) -> None:
    coded = CODERS[name](body)
    with pytest.raises(BodyDamaged):
        codings.decode(coded[: data.draw(st.integers(0, len(coded) - 1))], name, 2000)


@pytest.mark.parametrize("name", CODERS)
def test_a_body_may_be_as_long_as_the_limit_and_no_longer(name: str) -> None:
    coded = CODERS[name](bytes(1000))
    assert codings.decode(coded, name, 1000) == bytes(1000)
    with pytest.raises(BodyTooLarge):
        codings.decode(coded, name, 999)


@pytest.mark.parametrize("name", CODERS)
def test_a_bomb_costs_little_more_than_the_limit(name: str) -> None:
    coded = CODERS[name](bytes(64 * 2**20))
    tracemalloc.start()
    with pytest.raises(BodyTooLarge):
        codings.decode(coded, name, 2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"plain", "gzip"),
        (b"plain", "deflate"),
        (b"plain", "br"),
        (b"plain", "zstd"),
        (b"plain", "compress"),
        (b"plain", "gzip, gzip, gzip"),
        (gzip.compress(b"", mtime=0) * (codings.MAX_MEMBERS + 1), "gzip"),
        (zstd.compress(b"") * (codings.MAX_MEMBERS + 1), "zstd"),
        (b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", "zstd"),
    ],
    ids=["gzip", "deflate", "br", "zstd", "unknown", "too many", "gzip members", "zstd frames", "2 GiB window"],
)
def test_a_body_that_is_not_in_its_declared_coding_is_an_error(body: bytes, names: str) -> None:
    with pytest.raises(BodyDamaged):
        codings.decode(body, names, 10**6)


def test_a_thousand_streams_in_one_body_do_not_copy_it_a_thousand_times() -> None:
    left_over: list[int] = []

    class Member:
        """A member of gzip that remembers which objects it copied."""

        def __init__(self) -> None:
            self._inner = zlib.decompressobj(wbits=31)

        @property
        def eof(self) -> bool:
            return self._inner.eof

        @property
        def unused_data(self) -> bytes:
            left_over.append(len(self._inner.unused_data))
            return self._inner.unused_data

        def decompress(self, data: memoryview, max_length: int, /) -> bytes:
            return self._inner.decompress(data, max_length)

    body = gzip.compress(b"x") * 1000 + bytes(2**20)
    assert b"".join(codings._streams(body, 2000, Member, b"\x1f\x8b")) == b"x" * 1000
    assert max(left_over) <= codings.PIECE < 2**17


def test_no_coding_leaves_a_body_as_it_is() -> None:
    assert codings.decode(b"page", "", 10) == codings.decode(b"page", "identity", 10) == b"page"


def test_deflate_may_lack_its_frame_and_gzip_may_have_several_members() -> None:
    assert codings.decode(zlib.compress(b"page")[2:-4], "deflate", 10) == b"page"
    assert codings.decode(gzip.compress(b"pa") + gzip.compress(b"ge") + b"\0\0", "x-gzip", 10) == b"page"
