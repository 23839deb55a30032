"""The newest good capture of a page, found through the replay of an archive alone, for both kinds of replays."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from backports import zstd

from dictcrawler import dictionaries
from dictcrawler.errors import FetchError
from dictcrawler.lookup.archive import MAX_STEPS, ArchiveSource, NoBulkIndex
from dictcrawler.lookup.archive_index import MAX_CAPTURES
from dictcrawler.lookup.source import MAX_BODY, Retrieved
from dictcrawler.model import Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.plan import arguments
from dictcrawler.storage.captures import Listed
from tests.support.bad_archive import HELP, Kept, key_of, memento_datetime, moment
from tests.support.reader import ReadingHere
from tests.support.wayback import AMERICAN, page

PREFIX = "https://archive.example/web/"
APPLE = f"{AMERICAN}/apple"
GOOD = page("apple").encode()
LATE = Kept(APPLE, "20230801000000", status=301, location=HELP)
"""The captures of a closed site: the nearest capture to its last day."""


@dataclass
class Archive:
    """A replay with these captures; ``headers`` replace those of every answer, ``urls`` are what was fetched."""

    kept: Sequence[Kept]
    by_redirect: bool = True
    headers: dict[str, str | None] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)

    async def fetch(self, url: str) -> Fetched:
        self.urls.append(url)
        requested, _, address = url.removeprefix(PREFIX).partition("id_/")
        found = [kept for kept in self.kept if kept.key == key_of(address)]
        if not found:
            return self._answer(url, 404, {})
        nearest = min(found, key=lambda kept: abs(moment(kept.timestamp) - moment(requested)))
        if self.by_redirect and nearest.timestamp != requested:
            return self._answer(url, 302, {"location": f"{PREFIX}{nearest.timestamp}id_/{nearest.url}"})
        headers = {"memento-datetime": memento_datetime(nearest.timestamp)}
        if nearest.location is not None:
            headers["location"] = f"{PREFIX}{nearest.timestamp}id_/{nearest.location}"
        return self._answer(url, nearest.status, headers, nearest.body)

    def _answer(self, url: str, status: int, headers: dict[str, str], body: bytes = b"") -> Fetched:
        merged = {**headers, **(self.headers if status != 404 else {})}
        named = {name: value for name, value in merged.items() if value is not None}
        return Fetched(url=url, status=status, headers=named, body=body, digest="", fetched_at=datetime.now(UTC))


class Listing(NoBulkIndex):
    """An index that lists these captures of every page."""

    def __init__(self, *captures: Listed) -> None:
        self._captures = captures

    def listed(self, address: str) -> tuple[Listed, ...]:
        return self._captures if address == APPLE else ()


async def found(archive: Archive, *listed: Listed) -> Retrieved:
    given = {"source": "archive", "archive": PREFIX, "index": "https://archive.example/cdx"}
    requested = arguments.read(dictionaries.load("macmillan"), given)
    return await ArchiveSource(requested, Listing(*listed), ReadingHere(dictionaries.load("macmillan"))).retrieve(
        (APPLE,), archive.fetch
    )


async def outcome(archive: Archive, *listed: Listed) -> Status:
    with pytest.raises(FetchError) as failed:
        await found(archive, *listed)
    return failed.value.status


def capture(timestamp: str, body: bytes = GOOD, url: str = APPLE, status: int = 200) -> Kept:
    return Kept(url, timestamp.ljust(14, "0"), body, status)


BROKEN = b"<html><body><h1>Under maintenance</h1></body></html>"
manners = pytest.mark.parametrize("by_redirect", [True, False], ids=["as the Wayback Machine", "as pywb"])


@manners
@pytest.mark.parametrize(
    ("kept", "newest"),
    [
        ([capture("20190101"), LATE], "20190101"),
        ([capture("20070101"), LATE], "20070101"),
        ([capture("20190101"), capture("20230629"), LATE], "20230629"),
        ([capture("20190101"), capture("20230301"), capture("20230227"), LATE], "20230301"),
        ([capture("20190101"), capture("20210101"), capture("20230601", BROKEN)], "20210101"),
        ([capture("20190101"), capture("20210101"), capture("20210103", b"", status=404), LATE], "20210101"),
        ([capture("2015" + month + "01", BROKEN) for month in ("01", "05", "09")] + [capture("20140101")], "20140101"),
        ([capture("20190101"), Kept(APPLE, "20190102000000", status=302, location=HELP)], "20190101"),
    ],
)
async def test_an_earlier_good_capture_is_found_without_an_index(
    kept: list[Kept], newest: str, *, by_redirect: bool
) -> None:
    archive = Archive(kept, by_redirect)
    retrieved = await found(archive)
    assert retrieved.archived_at is not None
    assert f"{retrieved.archived_at:%Y%m%d}" == newest
    assert len(archive.urls) <= 2 * MAX_STEPS


@manners
async def test_a_page_that_was_captured_too_late_only_costs_two_questions(*, by_redirect: bool) -> None:
    archive = Archive([LATE], by_redirect)
    assert await outcome(archive) is Status.NOT_ARCHIVED
    assert len(archive.urls) <= 3


async def test_an_archive_that_redirects_to_a_moment_without_a_capture_proves_no_absence() -> None:
    archive = Archive([capture("20190101"), LATE])

    class Astray(Archive):
        async def fetch(self, url: str) -> Fetched:
            """The first redirect is to a day that does not exist, the second to the capture nearest to that."""
            if url.startswith(f"{PREFIX}1996"):
                return self._answer(url, 302, {"location": url.replace(url[len(PREFIX) :][:14], "20230230000000")})
            return await archive.fetch(url)

    assert await outcome(Astray(archive.kept)) is Status.HTTP_ERROR


async def test_a_page_without_captures_costs_one_question() -> None:
    archive = Archive([])
    assert await outcome(archive) is Status.NOT_ARCHIVED
    assert len(archive.urls) == 1


async def test_listed_captures_are_tried_first_and_unlisted_ones_are_still_found() -> None:
    kept = [capture("20190101"), capture("20220101", BROKEN)]
    archive = Archive(kept)
    assert (await found(archive, Listed("20190101000000", APPLE))).archived_at is not None
    assert len(archive.urls) == 1
    archive = Archive(kept)
    retrieved = await found(archive, Listed("20220101000000", APPLE))
    assert f"{retrieved.archived_at:%Y}" == "2019"


@manners
@pytest.mark.parametrize(
    "form",
    [
        "http://www.macmillandictionary.com:80/us/dictionary/american/apple",
        "https://macmillandictionary.com/us/dictionary/american/apple/",
        "https://WWW.MACMILLANDICTIONARY.COM/us/Dictionary/american/Apple",
    ],
)
async def test_a_capture_of_another_form_of_the_address_is_the_pages(form: str, *, by_redirect: bool) -> None:
    retrieved = await found(Archive([capture("20190101", url=form)], by_redirect))
    assert retrieved.address == APPLE
    redirected = Kept(APPLE, "20200101000000", status=302, location=f"{form.lower().rstrip('/')}_1")
    retrieved = await found(Archive([redirected, capture("20200101", url=f"{APPLE}_1")], by_redirect))
    assert retrieved.address == f"{APPLE}_1"


async def test_a_form_with_tracking_parameters_that_an_index_lists_is_replayed_as_it_was_captured() -> None:
    form = f"{APPLE}?utm_source=feed&fbclid=x"
    archive = Archive([capture("20190101", url=form)])
    retrieved = await found(archive, Listed("20190101000000", form))
    assert retrieved.address == APPLE
    assert archive.urls == [f"{PREFIX}20190101000000id_/{form}"]


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(GOOD),
        gzip.compress(gzip.compress(GOOD)),
        zlib.compress(GOOD),
        zstd.compress(GOOD),
        gzip.compress(zstd.compress(GOOD)),
    ],
    ids=["gzip", "gzip twice", "zlib", "zstd", "zstd in gzip"],
)
async def test_codings_that_no_header_names_are_taken_off(body: bytes) -> None:
    assert (await found(Archive([capture("20190101", body)]))).address == APPLE


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (BROKEN, Status.PARSE_ERROR),
        (b"", Status.PARSE_ERROR),
        (gzip.compress(GOOD)[:-100], Status.PARSE_ERROR),
        (b"\x1f\x8b\x08" + bytes(1000), Status.PARSE_ERROR),
        (bytes(range(256)) * 100, Status.PARSE_ERROR),
        (gzip.compress(bytes(MAX_BODY + 1)), Status.TOO_LARGE),
    ],
    ids=["another page", "nothing", "cut gzip", "damaged gzip", "bytes", "a bomb"],
)
async def test_a_page_that_the_parser_does_not_understand_does_not_count_as_missing(
    body: bytes, status: Status
) -> None:
    assert await outcome(Archive([capture("20190101", body)])) is status
    # An older capture that is good is the page all the same.
    retrieved = await found(Archive([capture("20190101", body), capture("20180101")]))
    assert f"{retrieved.archived_at:%Y}" == "2018"


@pytest.mark.parametrize("status", [203, 206, 226])
async def test_a_capture_of_a_part_of_a_page_does_not_count_as_missing(status: int) -> None:
    assert await outcome(Archive([capture("20190101", GOOD[:1000], status=status)])) is Status.HTTP_ERROR
    retrieved = await found(Archive([capture("20190101", GOOD, status=status), capture("20180101")]))
    assert f"{retrieved.archived_at:%Y}" == "2018"


@pytest.mark.parametrize(
    "kept",
    [
        [capture("20190101", b"gone", status=404)],
        [capture("20190101", b"error", status=500)],
        [capture("20190101", b"<title>Just a moment...</title>", status=403)],
        [Kept(APPLE, "20190101000000", status=301, location=HELP)],
        [Kept(APPLE, "20190101000000", status=301, location=APPLE)],
        [Kept(APPLE, "20190101000000", status=302, location=f"{APPLE}_never_captured")],
    ],
    ids=["404", "500", "a challenge", "a redirect elsewhere", "a redirect to itself", "a redirect to nothing"],
)
async def test_a_capture_that_is_certainly_no_page_of_the_word_leaves_it_missing(kept: list[Kept]) -> None:
    assert await outcome(Archive(kept)) is Status.NOT_ARCHIVED


async def test_captures_that_redirect_to_one_another_end() -> None:
    there, back = (Kept(f"{APPLE}{a}", "20190101000000", status=302, location=f"{APPLE}{b}") for a, b in ("ab", "ba"))
    here = Kept(APPLE, "20190101000000", status=302, location=f"{APPLE}a")
    assert await outcome(Archive([here, there, back])) is Status.NOT_ARCHIVED


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"memento-datetime": "Mon, 01 Jan 99999 00:00:00 GMT"}, Status.PARSE_ERROR),
        ({"memento-datetime": None}, Status.PARSE_ERROR),
        ({"location": f"{PREFIX}20210230000000id_/{APPLE}", "memento-datetime": None}, Status.PARSE_ERROR),
    ],
    ids=["a moment out of range", "no moment", "an impossible day"],
)
async def test_a_capture_without_a_time_does_not_count_as_missing(
    headers: dict[str, str | None], status: Status
) -> None:
    assert await outcome(Archive([capture("20190101")], by_redirect=False, headers=headers)) is status


async def test_a_captured_redirect_to_an_invalid_address_is_a_failure() -> None:
    archive = Archive([Kept(APPLE, "20190101000000", status=302)], headers={"location": "http://["}, by_redirect=False)
    assert await outcome(archive) is Status.HTTP_ERROR


async def test_a_replay_that_redirects_in_circles_is_a_failure() -> None:
    class Circle(Archive):
        async def fetch(self, url: str) -> Fetched:
            target = url.replace("2023", "2022") if "/2023" in url else url.replace("2022", "2023")
            return self._answer(url, 302, {"location": target})

    assert await outcome(Circle([])) is Status.HTTP_ERROR


async def test_a_listed_capture_that_is_not_served_does_not_count_as_not_archived() -> None:
    archive = Archive([])
    assert await outcome(archive, Listed("20190101000000", APPLE)) is Status.HTTP_ERROR


async def test_an_archives_own_page_is_a_failure_once_it_has_shown_how_it_marks_captures() -> None:
    archive = Archive([capture("20190101")], by_redirect=False)
    given = {"source": "archive", "archive": PREFIX, "index": "https://archive.example/cdx"}
    source = ArchiveSource(
        arguments.read(dictionaries.load("macmillan"), given), Listing(), ReadingHere(dictionaries.load("macmillan"))
    )
    assert (await source.retrieve((APPLE,), archive.fetch)).address == APPLE
    archive.headers = {"memento-datetime": None}
    with pytest.raises(FetchError, match="page of its own") as failed:
        await source.retrieve((APPLE,), archive.fetch)
    assert failed.value.status is Status.HTTP_ERROR


async def test_only_so_many_bad_captures_are_looked_at() -> None:
    kept = [capture(f"20{year}0101", BROKEN) for year in range(10, 23)]
    archive = Archive(kept, by_redirect=False)
    assert await outcome(archive) is Status.PARSE_ERROR
    assert len({urlsplit(url).path for url in archive.urls}) <= 15 * MAX_CAPTURES
