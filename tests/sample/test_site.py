"""The sample site over real sockets of this machine."""

from __future__ import annotations

import gzip
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from dictcrawler.sample import site
from dictcrawler.sample.site import RunningSite
from dictcrawler.sample.writing import slug_of

AMERICAN = "/us/dictionary/american"


@pytest_asyncio.fixture
async def running() -> AsyncIterator[RunningSite]:
    started = await site.start(words=40)
    yield started
    await started.stop()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False, headers={"Accept-Encoding": "identity"}) as session:
        yield session


async def test_every_word_of_the_list_answers_200_with_its_own_page(
    running: RunningSite, client: aiohttp.ClientSession
) -> None:
    words = list(running.pages.words())
    assert len(words) == 59
    for word in words:
        async with client.get(f"{running.url}{AMERICAN}/{slug_of(word)}") as response:
            assert response.status == 200
            assert not response.history
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            text = await response.text()
            assert f">{word}</span>" in text
            source_id = running.pages.truth(word)[0].id.rpartition(":")[2]
            assert f'<link rel="canonical" href="https://www.macmillandictionary.com{AMERICAN}/{source_id}" />' in text


async def test_a_miss_ends_with_status_200_at_the_spelling_address(
    running: RunningSite, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{running.url}{AMERICAN}/bananna") as response:
        assert response.status == 200
        assert [step.status for step in response.history] == [302]
        assert response.url.path_qs == "/us/spellcheck/american/?q=bananna"
        text = await response.text()
    assert 'Sorry, no search result for <span class="search-term">bananna</span>' in text
    assert ">banana</a>" in text


async def test_an_inflected_form_is_redirected_and_a_bare_word_is_served_in_place(
    running: RunningSite, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{running.url}{AMERICAN}/loves") as response:
        assert (response.status, response.url.path) == (200, f"{AMERICAN}/love_1")
    async with client.get(f"{running.url}{AMERICAN}/love", allow_redirects=False) as response:
        assert response.status == 200


async def test_robots_txt_allows_the_dictionary_and_forbids_searching(
    running: RunningSite, client: aiohttp.ClientSession
) -> None:
    async with client.get(f"{running.url}/robots.txt") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        assert "Disallow: /search/" in (await response.text()).splitlines()
        assert "Disallow: /us/search/" in (await response.text()).splitlines()
        assert "dictionary" not in await response.text()


@pytest.mark.parametrize(
    "path", ["/", "/us/search/american/direct/?q=love", "/dictionary/klingon/love", f"{AMERICAN}/"]
)
async def test_any_other_address_is_404(running: RunningSite, client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(f"{running.url}{path}") as response:
        assert response.status == 404


async def test_a_client_that_accepts_gzip_gets_the_same_page_compressed(
    running: RunningSite, client: aiohttp.ClientSession
) -> None:
    url = f"{running.url}{AMERICAN}/love_2"
    async with client.get(url) as response:
        assert "Content-Encoding" not in response.headers
        plain = await response.read()
    async with client.get(url, headers={"Accept-Encoding": "gzip, deflate"}) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        compressed = await response.read()
    assert gzip.decompress(compressed) == plain
    assert len(compressed) < len(plain) / 3


async def test_a_page_known_by_its_etag_is_not_sent_again(running: RunningSite, client: aiohttp.ClientSession) -> None:
    url = f"{running.url}{AMERICAN}/apple"
    async with client.get(url) as response:
        etag = response.headers["ETag"]
    async with client.get(url, headers={"If-None-Match": etag}) as response:
        assert response.status == 304
        assert await response.read() == b""
    async with client.get(url, headers={"If-None-Match": '"another"'}) as response:
        assert response.status == 200


async def test_a_delay_is_waited_before_each_answer(client: aiohttp.ClientSession) -> None:
    slow = await site.start(delay_ms=120)
    before = time.monotonic()
    async with client.get(f"{slow.url}{AMERICAN}/hi") as response:
        assert response.status == 200
    elapsed = time.monotonic() - before
    await slow.stop()
    assert elapsed >= 0.12


async def test_a_stopped_site_no_longer_answers_and_leaves_its_port_free(client: aiohttp.ClientSession) -> None:
    first = await site.start()
    port = int(first.url.rpartition(":")[2])
    await first.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get(f"{first.url}/robots.txt")
    again = await site.start(port=port)
    async with client.get(f"{again.url}/robots.txt") as response:
        assert response.status == 200
    await again.stop()


async def test_a_port_in_use_is_an_os_error(running: RunningSite) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await site.start(port=int(running.url.rpartition(":")[2]))
