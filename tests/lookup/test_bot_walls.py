"""After a challenge, a site gets no further requests in that run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.lookup.bot_walls import is_challenge
from dictcrawler.net.fetched import Fetched
from tests.support.server import Handler, Serve, Server, crawl

MIRROR = "/us/dictionary/american/{keyword}"
CHALLENGE = "<html><head><title>Just a moment...</title></head><body><form id='challenge-form'></form></body></html>"
# One request leaves every 200 ms: while the first challenge comes back and is read, at most four leave, on a busy
# machine too.
PACE = {"DOWNLOAD_DELAY": 0.2, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "RETRY_BACKOFF": 0.01, "CANARY_MIN_WORDS": 1000}
WORDS = ",".join(f"word{number:06}" for number in range(1, 101))


class Refusal(NamedTuple):
    """The answer of the wall."""

    status: int
    text: str = CHALLENGE
    header: str = "x-served-by"


def walled(serve: Serve, pages: Handler, wall: Refusal, after: int = 5) -> Server:
    """A mirror that turns into a wall after some pages."""
    answered = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal answered
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: *\nDisallow:")
        answered += 1
        if answered <= after:
            return await pages(request)
        return web.Response(
            status=wall.status, text=wall.text, content_type="text/html", headers={wall.header: "challenge"}
        )

    return serve(answer)


@pytest.mark.parametrize(
    "wall",
    [Refusal(200), Refusal(403), Refusal(503), Refusal(403, text="", header="cf-mitigated")],
    ids=["200", "403", "503", "403 by its header alone"],
)
def test_behind_a_wall_no_request_is_made_and_the_remaining_words_end_as_blocked(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, wall: Refusal
) -> None:
    server = walled(serve, dictionary_pages, wall)
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={WORDS}", "homographs=first")
    done = crawl(tmp_path, *given, settings=PACE)
    assert done.status == 6, done.log
    assert done.manifest.statuses == {"blocked": 95, "found": 5}
    assert 6 <= len(server.paths()) <= 5 + 4
    blocked = [lookup for lookup in done.lookups if lookup.status == "blocked"]
    first = next(lookup.error for lookup in blocked if lookup.error and not lookup.error.startswith("not requested"))
    not_asked = [lookup for lookup in blocked if lookup.error and lookup.error.endswith(f"met a wall: {first}")]
    assert len(not_asked) >= 95 - 4
    assert {lookup.attempts for lookup in not_asked} == {0}
    assert done.log.count("no further requests in this run") == 1


def test_the_words_that_are_left_wait_for_no_delay(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    server = walled(serve, dictionary_pages, Refusal(403), after=0)
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={WORDS}")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 1, "CONCURRENT_REQUESTS": 1})
    run = next(path for path in done.feed.iterdir() if path.is_dir())
    manifest = feeds.read_run(run)
    assert manifest.statuses == {"blocked": 100}
    assert (manifest.finished_at - manifest.started_at).total_seconds() < 50


def test_a_run_that_walls_do_not_stop_asks_for_every_word(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = walled(serve, dictionary_pages, Refusal(403))
    given = ("source=live", f"base_url={server.url}{MIRROR}", f"word={WORDS[:109]}", "homographs=first")
    done = crawl(tmp_path, *given, settings={**PACE, "DOWNLOAD_DELAY": 0, "WALL_STOPS": False})
    assert done.status == 6
    assert done.manifest.statuses == {"blocked": 5, "found": 5}
    assert len(server.paths()) == 10


def test_the_words_that_a_wall_blocked_are_requested_again_in_the_next_run(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = walled(serve, dictionary_pages, Refusal(503), after=1)
    words = "word=hi,apple,bananna"
    first = crawl(tmp_path, "source=live", f"base_url={server.url}{MIRROR}", words, "homographs=first", settings=PACE)
    assert first.statuses == {"hi": "found", "apple": "blocked", "bananna": "blocked"}
    open_again = serve(dictionary_pages)
    given = ("source=live", f"base_url={open_again.url}{MIRROR}", words, "homographs=first")
    again = crawl(tmp_path, *given, settings=PACE)
    assert again.statuses == {"hi": "found", "apple": "found", "bananna": "not_in_dictionary"}
    assert again.status == 0


def test_a_page_in_a_new_layout_with_a_dialog_on_it_costs_its_word_and_not_the_run(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        page = await dictionary_pages(request)
        if isinstance(page, web.Response) and page.text and request.path.endswith("/apple"):
            dialog = '<div id="onetrust-consent-sdk"></div><form action="/login"><i class="g-recaptcha"></i></form>'
            page.text = page.text.replace("class=", "data-class=").replace("</body>", f"{dialog}</body>")
        return page

    given = ("source=live", f"base_url={serve(answer).url}{MIRROR}", "word=apple,hi,call")
    done = crawl(tmp_path, *given, settings=PACE)
    assert done.statuses == {"apple": "parse_error", "hi": "found", "call": "found"}
    assert done.status == 4


def fetched(status: int, text: str = "", **headers: str) -> Fetched:
    return Fetched(
        url="https://x.example/",
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=text.encode(),
        digest="",
        fetched_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (fetched(403, CHALLENGE), True),
        (fetched(503, "<TITLE>\n Attention Required! | x</TITLE>"), True),
        (fetched(403, '<div class="g-recaptcha"></div>'), True),
        (fetched(403, "Please set a user-agent and respect our robot policy"), True),
        (fetched(503, cf_mitigated="challenge"), True),
        (fetched(403, "<title>Forbidden</title>"), False),
        (fetched(503, "<title>Wikimedia Error</title>"), False),
        (fetched(404, CHALLENGE), False),
        (fetched(200, CHALLENGE), False),
        (fetched(403, CHALLENGE, memento_datetime="Mon, 01 Jan 2024 00:00:00 GMT"), False),
    ],
)
def test_only_a_challenge_of_the_requested_server_is_a_wall(answer: Fetched, expected: bool) -> None:  # noqa: FBT001
    assert is_challenge(answer) is expected
