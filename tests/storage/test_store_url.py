"""The addresses that a store can have."""

import pytest

from dictcrawler.errors import ArgumentError
from dictcrawler.storage.store_url import StoreURL, read


def test_a_server_address_is_read_with_its_quoted_parts_and_shown_without_its_password() -> None:
    url = read("postgresql+psycopg://me:p%40s:s@[::1]:5433/words?schema=a&options=-cx%3Dy")
    assert (url.username, url.password, url.host, url.port, url.database) == ("me", "p@s:s", "::1", 5433, "words")
    assert dict(url.query) == {"schema": "a", "options": "-cx=y"}
    assert str(url) == "postgresql+psycopg://me:***@[::1]:5433/words?options=-cx%3Dy&schema=a"
    assert "p@s" not in repr(url)


@pytest.mark.parametrize(("address", "file"), [("sqlite:////a/b?", "/a/b"), ("sqlite:///b c.sqlite", "b c.sqlite")])
def test_a_file_is_absolute_after_four_slashes(address: str, file: str) -> None:
    assert str(read(address).file) == file


@pytest.mark.parametrize(
    "address",
    ["", "file", "sqlite:/x", "postgresql://h:port/d", "mysql://h/d", "postgresql+asyncpg://h/d", "sqlite\n:///x"],
)
def test_an_address_of_no_store_is_refused(address: str) -> None:
    with pytest.raises(ArgumentError, match="STORE_URL"):
        read(address)


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://h/x", "sqlite:///x?a=b"]
)
def test_an_embedded_store_is_one_file(address: str) -> None:
    with pytest.raises(ArgumentError, match="STORE_URL"):
        _ = read(address).file


def test_a_server_has_no_file() -> None:
    assert StoreURL(driver="postgresql").file is None
