"""WARC files as the source: words are looked up in the captures in them, without a network.

As with an archive, the newest good capture before a day is used, and the parser decides
which one is good. A page that was captured from a mirror is found by the mirror's template.
"""

from __future__ import annotations

import io
import re
from urllib.parse import urljoin

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from dictcrawler.errors import FetchError, PageError
from dictcrawler.lookup.bad_capture import BadCapture, Reason, location_of, no_good_capture, outcome_of
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.source import MAX_BODY, MAX_REDIRECTS, BodyReader, Fetch, Retrieved, read_page
from dictcrawler.model import Status, digest_of
from dictcrawler.net import codings
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.forms import is_same_page, own_form
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage import warc_digest
from dictcrawler.storage.warc_index import Capture, WarcIndex, fetched_at, http_status, original_address
from dictcrawler.storage.warc_reading import record_at
from dictcrawler.text import printable

LONGEST_REASON = 100
WRONG_DIGEST = "payload-digest-mismatch"
"""Warning: the body does not have the digest that its WARC record states."""
_FIRST_CHUNK = re.compile(rb"[0-9a-fA-F]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n")


class WarcSource:
    """The newest good captures in WARC files."""

    def __init__(self, arguments: CrawlArguments, index: WarcIndex, reader: BodyReader) -> None:
        self._dictionary = arguments.dictionary
        self._before = arguments.before
        self._site = LiveSource(arguments.dictionary, arguments.base_url, reader)
        self._reader = reader
        self._index = index

    def first_url(self, addresses: tuple[str, ...]) -> None:  # noqa: ARG002
        """``None``: no page needs a request."""
        return

    def allows(self, url: str) -> bool:  # noqa: ARG002
        """False: nothing is ever fetched."""
        return False

    def trusts(self, host: str) -> bool:  # noqa: ARG002
        """False: nothing is ever connected to."""
        return False

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:  # noqa: ARG002
        """The newest good capture of the first of these addresses that has one.

        :raises FetchError: with `Status.NOT_ARCHIVED` only when the files have no capture, or captures of other pages
            only. If one of them could not be understood, the status is another.
        """
        reasons: list[Reason] = []
        for address in addresses:
            for capture in self._captures(self._site.first_url((address,))):
                try:
                    return await self._retrieved(capture, address)
                except BadCapture as bad:
                    reasons.append(bad.reason)
        raise no_good_capture(reasons)

    def _captures(self, url: str) -> tuple[Capture, ...]:
        return self._index.captures(url, self._before)

    async def _retrieved(self, capture: Capture, requested: str) -> Retrieved:
        """Read one capture, following the redirects that were captured with it."""
        fetched, doubts = self._load(capture)
        for _ in range(MAX_REDIRECTS):
            location = location_of(fetched)
            if location is None:
                break
            capture = self._target(fetched, location)
            fetched, doubts = self._load(capture)
        found_at = self._site.address_of(original_address(capture.url), requested)
        address = requested if is_same_page(found_at, requested) else own_form(found_at, self._dictionary.hosts)
        if address is None:
            raise BadCapture(f"the capture of {capture.captured_at:%Y-%m-%d} is at {found_at}", fetched=fetched)
        try:
            reading = await read_page(self._reader, fetched, address)
        except (FetchError, PageError) as error:
            reason = f"the capture of {capture.captured_at:%Y-%m-%d} is not a page of the dictionary: {error}"
            raise BadCapture(reason, outcome_of(error, fetched), fetched) from error
        return Retrieved(
            page=reading.page,
            address=address,
            fetched=fetched,
            archived_at=capture.captured_at,
            warnings=(*reading.warnings, *doubts),
        )

    def _target(self, fetched: Fetched, location: str) -> Capture:
        """The capture that a redirect leads to: of exactly that URL, else of the same address."""
        try:
            # An archive may return the captured Location unchanged, relative to the page itself.
            address = urljoin(original_address(fetched.url), original_address(fetched.headers["location"]))
            found = [capture for capture in self._captures(address) if capture.url != fetched.url]
        except ValueError:
            found = []
        exact = [capture for capture in found if capture.url == location]
        for capture in exact or found:
            return capture
        raise BadCapture(f"it redirects to {printable(location)}, which was not captured", fetched=fetched)

    def _load(self, capture: Capture) -> tuple[Fetched, tuple[str, ...]]:
        """The page of a capture, decoded, and a warning when its record states another digest."""
        record, block = _read(capture)
        if capture.is_revisit:
            original = self._index.original(capture)
            if original is None:
                raise BadCapture("the record that has its body is not in these files")
            whole, block = _read(original)
            record.http_headers = record.http_headers or whole.http_headers
        fields = record.http_headers or record.rec_headers
        headers = {name.lower(): value for name, value in fields.headers}
        forms = block, *_decoded(block, headers)
        fetched = Fetched(
            url=capture.url,
            status=http_status(record),
            headers={name: value for name, value in headers.items() if name != "content-encoding"},
            body=forms[-1],
            digest=digest_of(forms[-1]),
            fetched_at=fetched_at(record),
        )
        return fetched, (WRONG_DIGEST,) if warc_digest.disagrees(capture.digest, forms) else ()


def _read(capture: Capture) -> tuple[ArcWarcRecord, bytes]:
    """The record of a capture and the bytes after its HTTP header, codings and all."""
    try:
        with capture.path.open("rb") as file:
            record, block = record_at(file, capture.offset, MAX_BODY + 1)
    except (OSError, ArchiveLoadFailed) as error:
        raise BadCapture(f"{capture.path}: {error}", Status.PARSE_ERROR) from error
    if len(block) > MAX_BODY:
        raise BadCapture(f"its body has more than {MAX_BODY} bytes", Status.TOO_LARGE)
    return record, block


def _decoded(block: bytes, headers: dict[str, str]) -> tuple[bytes, bytes]:
    """The body without transfer codings (RFC 9112, section 7), and without content codings too."""
    inner, _, outer = headers.get("transfer-encoding", "").rpartition(",")
    applied = headers.get("content-encoding", "")
    try:
        if outer.strip().lower() == "chunked":
            block = codings.decode(_without_chunks(block, is_coded=applied != ""), inner, MAX_BODY)
        return block, codings.captured(block, applied, MAX_BODY) if block else block
    except codings.BodyDamaged as error:
        raise BadCapture(str(error), Status.PARSE_ERROR) from error
    except codings.BodyTooLarge as error:
        raise BadCapture(str(error), Status.TOO_LARGE) from error


def _without_chunks(block: bytes, *, is_coded: bool) -> bytes:
    """The body in the chunks. Many archiving programs write it without them and leave the header field.

    ``is_coded``: it has a content coding, too.

    :raises BodyDamaged: when a chunk is damaged, or the last one is missing.
    """
    if _FIRST_CHUNK.match(block) is None and (is_coded or codings.is_markup(block)):
        return block
    try:
        body: bytes = ChunkedDataReader(io.BytesIO(block), raise_exceptions=True).read()
    except ChunkedDataException as error:
        raise codings.BodyDamaged(f"a damaged chunk: {error}"[:LONGEST_REASON]) from error
    return body
