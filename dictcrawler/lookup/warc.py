"""WARC files as the source: words are answered from the captures in them, without a network.

As with an archive, the newest good capture before a day is taken, and the parser decides
which one is good. A page that was captured from a mirror is found by the mirror's template.
"""

from __future__ import annotations

import io
from urllib.parse import urljoin, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from dictcrawler.errors import FetchError, PageError
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.source import MAX_REDIRECTS, BodyReader, Fetch, Retrieved, read_page
from dictcrawler.model import Status
from dictcrawler.net import codings
from dictcrawler.net.fetched import Fetched
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.reading.citation import payload_digest
from dictcrawler.storage.warc_index import Capture, WarcIndex, fetched_at, http_status, original_address

MAX_BODY = 8 * 2**20
"""Bytes of a page, decoded: as many as a crawl would accept."""


class WarcSource:
    """The newest good captures in WARC files."""

    def __init__(self, arguments: CrawlArguments, index: WarcIndex, reader: BodyReader) -> None:
        self._dictionary = arguments.dictionary
        self._before = arguments.before
        self._site = LiveSource(arguments.dictionary, arguments.base_url, reader)
        self._reader = reader
        self._index = index

    def first_url(self, addresses: tuple[str, ...]) -> None:  # noqa: ARG002
        """No page needs a request."""
        return

    def allows(self, url: str) -> bool:  # noqa: ARG002
        """Nothing is ever fetched."""
        return False

    def trusts(self, host: str) -> bool:  # noqa: ARG002
        """Nothing is ever connected to."""
        return False

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:  # noqa: ARG002
        """The newest good capture of the first of these addresses that has one."""
        reason = "no capture of any of its addresses"
        for address in addresses:
            for capture in self._captures(self._site.first_url((address,))):
                try:
                    return await self._retrieved(capture, address)
                except (_BadCapture, FetchError, PageError) as bad:
                    reason = f"the capture of {capture.captured_at:%Y-%m-%d} is no page of the dictionary: {bad}"
        raise FetchError(Status.NOT_ARCHIVED, reason)

    def _captures(self, url: str) -> tuple[Capture, ...]:
        return self._index.captures(url, self._before)

    async def _retrieved(self, capture: Capture, asked: str) -> Retrieved:
        """Read one capture, following the redirects that were captured with it."""
        fetched = self._load(capture)
        for _ in range(MAX_REDIRECTS):
            if fetched.location is None:
                break
            capture = self._target(fetched, fetched.location)
            fetched = self._load(capture)
        address = self._site.address_of(original_address(capture.url), asked)
        if urlsplit(address).hostname not in self._dictionary.hosts:
            raise _BadCapture(f"it is at {address}")
        reading = await read_page(self._reader, fetched, address)
        return Retrieved(
            page=reading.page,
            address=address,
            fetched=fetched,
            archived_at=capture.captured_at,
            warnings=reading.warnings,
        )

    def _target(self, fetched: Fetched, location: str) -> Capture:
        """The capture that a redirect leads to: of the very URL, else of the same address."""
        # An archive may hand out the captured Location as it was, relative to the page itself.
        address = urljoin(original_address(fetched.url), original_address(fetched.headers["location"]))
        found = [capture for capture in self._captures(address) if capture.url != fetched.url]
        exact = [capture for capture in found if capture.url == location]
        for capture in exact or found:
            return capture
        raise _BadCapture(f"it redirects to {location}, which was not captured")

    def _load(self, capture: Capture) -> Fetched:
        """The page of a capture, decoded."""
        record, block = _read(capture)
        if capture.is_revisit:
            original = self._index.original(capture)
            if original is None:
                raise _BadCapture("the record that has its body is not in these files")
            whole, block = _read(original)
            record.http_headers = record.http_headers or whole.http_headers
        fields = record.http_headers or record.rec_headers
        headers = {name.lower(): value for name, value in fields.headers}
        body = _decoded(block, headers)
        return Fetched(
            url=capture.url,
            status=http_status(record),
            headers=headers,
            body=body,
            digest=payload_digest(body),
            fetched_at=fetched_at(record),
        )


class _BadCapture(Exception):
    """This capture is not the page that is looked for; an earlier one may be."""


def _read(capture: Capture) -> tuple[ArcWarcRecord, bytes]:
    """The record of a capture and the bytes after its HTTP header, codings and all."""
    try:
        with capture.path.open("rb") as file:
            file.seek(capture.offset)
            record = next(iter(ArchiveIterator(file)))
            block = record.raw_stream.read(MAX_BODY + 1)
            is_whole = not getattr(record.raw_stream, "limit", 0)
    except (OSError, ArchiveLoadFailed, StopIteration) as error:
        raise _BadCapture(f"{capture.path}: {error}") from error
    if len(block) > MAX_BODY:
        raise _BadCapture(f"its body has more than {MAX_BODY} bytes")
    if not is_whole:
        raise _BadCapture(f"{capture.path} ends within it")
    return record, block


def _decoded(block: bytes, headers: dict[str, str]) -> bytes:
    """The body without transfer coding (RFC 9112, section 7.1) and content codings."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        block = ChunkedDataReader(io.BytesIO(block)).read()
    applied = headers.get("content-encoding", "")
    if applied.strip().lower() in ("gzip", "x-gzip") and not block.startswith(b"\x1f\x8b"):
        # Some who keep pages take the coding off and leave the header field.
        return block
    try:
        return codings.decode(block, applied, MAX_BODY)
    except (codings.BodyDamaged, codings.BodyTooLarge) as error:
        raise _BadCapture(str(error)) from error
