"""A web archive as the source: the newest good capture before a day.

Works with any replay server that follows Memento (RFC 7089), serves raw captures at
``<prefix><timestamp>id_/<address>`` and has a capture index with the CDX server protocol:
the Wayback Machine, pywb, and others. A replay answers with the *nearest* capture, which may
be later than the day, or the redirect that a closing site left behind. The index lists the earlier
captures, when it answers. When it does not, the replay finds them: the capture nearest to an
earlier moment is an earlier one, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from dictcrawler.errors import FetchError, PageError
from dictcrawler.lookup.archive_index import MAX_CAPTURES, CaptureIndex
from dictcrawler.lookup.bad_capture import BadCapture, Reason, no_good_capture, outcome_of
from dictcrawler.lookup.replay import Landing, NeverCaptured, Replays
from dictcrawler.lookup.source import BodyReader, Fetch, Retrieved, read_page
from dictcrawler.model import Status
from dictcrawler.net import memento
from dictcrawler.net.forms import is_same_page, own_form
from dictcrawler.net.memento import timestamp_of
from dictcrawler.plan.arguments import WAYBACK_MACHINE, CrawlArguments
from dictcrawler.storage.captures import Listed

FIRST_CAPTURES = datetime(1996, 1, 1, tzinfo=UTC)
"""Nothing on the web was archived earlier."""
SHORTEST_STEP = timedelta(days=1)
"""The first step back from a capture; each step that finds no capture is followed by one twice as long."""
MAX_STEPS = 48
"""Each bad capture costs about twelve of them."""


class ArchiveSource:
    """Captures from a replay server; the dictionary's parser decides which one is good."""

    def __init__(self, arguments: CrawlArguments, index: CaptureIndex, reader: BodyReader) -> None:
        self.index = index
        self.before = arguments.before
        self.replays = Replays(arguments.archive, arguments.dictionary.hosts)
        self._hosts = arguments.dictionary.hosts
        self._prefix = arguments.archive
        self._index_url = arguments.index
        self._reader = reader

    def first_url(self, addresses: tuple[str, ...]) -> str:
        """The newest capture that the index lists; if it lists none, the replay nearest to the day."""
        address = addresses[0]
        nearest = Listed(timestamp_of(self.before), address)
        newest = next(iter(self.index.listed(address)), nearest)
        return memento.replay_url(self._prefix, newest.timestamp, newest.original)

    def allows(self, url: str) -> bool:
        """The archive's replay and index hosts, nothing else."""
        parts = urlsplit(url)
        replay, index = urlsplit(self._prefix), urlsplit(self._index_url)
        return (parts.scheme, parts.netloc) in ((replay.scheme, replay.netloc), (index.scheme, index.netloc))

    def trusts(self, host: str) -> bool:
        """The archive's hosts, if the operator named them. The Wayback Machine's must have public addresses."""
        named = {urlsplit(url).hostname for url in (self._prefix, self._index_url)}
        return host in named - {urlsplit(WAYBACK_MACHINE).hostname}

    async def retrieve(self, addresses: tuple[str, ...], fetch: Fetch) -> Retrieved:
        """The newest good capture of the first of these addresses that has one.

        :raises FetchError: with `Status.NOT_ARCHIVED` only when the archive has no capture, or captures of other pages
            only. If one of them could not be understood, the status is another.
        """
        await self.index.read_on()
        reasons: list[Reason] = []
        for address in addresses:
            search = _Search(self, address, fetch)
            found = await search.newest_good()
            if found is not None:
                return found
            reasons += search.bad
        raise no_good_capture(reasons)

    async def judged(self, landing: Landing, requested: str) -> Retrieved:
        """The page of a capture.

        :raises BadCapture: when it is not the word's page, or was captured too late.
        """
        taken_at, fetched = landing.taken_at, landing.fetched
        if fetched is None or taken_at is None:
            raise BadCapture("the time of the nearest capture is unknown", Status.PARSE_ERROR, fetched)
        if taken_at > self.before:
            raise BadCapture(f"the nearest capture is of {taken_at:%Y-%m-%d}, too late", fetched=fetched)
        original = landing.capture.original
        address = requested if is_same_page(original, requested) else own_form(original, self._hosts) or original
        try:
            reading = await read_page(self._reader, fetched, address)
        except (FetchError, PageError) as error:
            reason = f"the capture of {taken_at:%Y-%m-%d} is not a page of the dictionary: {error}"
            raise BadCapture(reason, outcome_of(error, fetched), fetched) from error
        return Retrieved(
            page=reading.page, address=address, fetched=fetched, archived_at=taken_at, warnings=reading.warnings
        )


class NoBulkIndex:
    """An index about which nothing is known."""

    is_complete = False

    def listed(self, address: str) -> tuple[Listed, ...]:  # noqa: ARG002
        """No captures."""
        return ()

    async def ask(self, address: str) -> tuple[Listed, ...]:  # noqa: ARG002
        """No captures: there is no index to query."""
        return ()

    async def read_on(self) -> None:
        """Does nothing."""


class _Search:
    """The search for the newest good capture of one address; ``bad`` has a reason for each capture rejected so far."""

    def __init__(self, source: ArchiveSource, address: str, fetch: Fetch) -> None:
        self._source = source
        self._address = address
        self._fetch = fetch
        self._known: set[str] = set()
        self._earliest: datetime | None = None
        self.bad: list[Reason] = []

    async def newest_good(self) -> Retrieved | None:
        """First try the captures in the index, then the replay, which may have captures that the index lacks."""
        found = await self._first_good(self._source.index.listed(self._address))
        if found is not None or self._source.index.is_complete or self._has_enough:
            return found
        nearest = await self._nearest(self._source.before)
        found = await self._good(nearest) if nearest is not None else None
        # If the replay rejected nothing, it has answered that there is no capture.
        return await self._earlier() if found is None and self.bad else found

    async def _earlier(self) -> Retrieved | None:
        """A good capture earlier than those rejected, if there is one."""
        if self._earliest is None:
            return await self._first_good(await self._source.index.ask(self._address))
        first = await self._probe(FIRST_CAPTURES)
        if first is None or not self._is_earlier(first):
            return None
        found = await self._first_good(await self._source.index.ask(self._address))
        return found or await self._step_back(first)

    async def _step_back(self, first: Landing) -> Retrieved | None:
        """Try earlier and earlier moments until the replay returns a good capture; ``first`` is the very first capture.

        If the capture nearest to a moment was rejected already, there is none within the same distance before
        that moment. So each step may be twice as long as the last one without skipping a capture.
        """
        late = self._earliest - self._source.before if self._earliest is not None else timedelta(0)
        step = max(2 * late, SHORTEST_STEP)
        for _ in range(MAX_STEPS):
            if self._earliest is None or self._has_enough or not self._is_earlier(first):
                return None
            moment = self._earliest - step
            is_last = first.moment is not None and moment <= first.moment
            landing = first if is_last else await self._probe(moment)
            if landing is None:
                return None
            if not self._is_earlier(landing):
                step *= 2
                continue
            found = await self._good(landing)
            if found is not None:
                return found
            step = SHORTEST_STEP
        self.bad.append(Reason(f"no good capture in {MAX_STEPS} steps back", Status.HTTP_ERROR))
        return None

    @property
    def _has_enough(self) -> bool:
        return len(self.bad) >= MAX_CAPTURES

    def _is_earlier(self, landing: Landing) -> bool:
        return landing.moment is not None and self._earliest is not None and landing.moment < self._earliest

    async def _first_good(self, captures: Iterable[Listed]) -> Retrieved | None:
        for capture in captures:
            if self._has_enough:
                return None
            if capture.timestamp in self._known:
                continue
            # A crawl does not know what exists at these two moments; a reparse finds them among the kept pages.
            is_exact = capture.timestamp not in (timestamp_of(self._source.before), timestamp_of(FIRST_CAPTURES))
            landing = await self._looked_at(capture, is_exact=is_exact)
            found = await self._good(landing) if landing is not None else None
            if found is not None:
                return found
        return None

    async def _nearest(self, moment: datetime) -> Landing | None:
        return await self._looked_at(Listed(timestamp_of(moment), self._address), is_exact=False)

    async def _probe(self, moment: datetime) -> Landing | None:
        """The capture nearest to a moment, of an address that has captures. When there is none, the reason goes to
        ``bad``: the address then does not count as not archived."""
        known = len(self.bad)
        landing = await self._nearest(moment)
        if landing is not None and landing.moment is not None:
            if not landing.is_nearest and not self._is_earlier(landing):
                self._doubt(landing)
            return landing
        if landing is not None:
            unknown = BadCapture("the time of a capture is unknown", Status.PARSE_ERROR, landing.fetched)
            self._remember(unknown, landing.capture, None)
        elif len(self.bad) == known:
            denied = BadCapture("the archive served a capture, and then answered that it has none", Status.HTTP_ERROR)
            self._remember(denied, Listed(timestamp_of(moment), self._address), None)
        return None

    def _doubt(self, landing: Landing) -> None:
        """An earlier capture may exist: this answer does not prove that there is none."""
        text = f"the archive redirects to a moment at which it has no capture, and on to {landing.capture.timestamp}"
        doubt = Reason(text, Status.HTTP_ERROR)
        if doubt not in self.bad:
            self.bad.append(doubt)

    async def _looked_at(self, capture: Listed, *, is_exact: bool) -> Landing | None:
        try:
            return await self._source.replays.locate(capture, self._fetch, is_exact=is_exact, known=self._known)
        except NeverCaptured:
            return None
        except BadCapture as bad:
            named = bad.timestamp or (capture.timestamp if is_exact else None)
            self._remember(bad, capture, memento.moment_of(named) if named is not None else None)
            return None

    async def _good(self, landing: Landing) -> Retrieved | None:
        moment, taken_at = landing.moment, landing.taken_at
        if landing.fetched is None or (moment is not None and timestamp_of(moment) in self._known):
            return None
        try:
            if taken_at is None or taken_at <= self._source.before:
                page = await self._source.replays.followed(landing, self._fetch)
                return await self._source.judged(page, self._address)
            return await self._source.judged(landing, self._address)
        except BadCapture as bad:
            self._remember(bad, landing.capture, moment)
            return None

    def _remember(self, bad: BadCapture, capture: Listed, moment: datetime | None) -> None:
        # Only the reason: an exception refers to its frames, and those to the page.
        self.bad.append(bad.reason)
        self._known.add(capture.timestamp)
        if moment is not None:
            self._known.add(timestamp_of(moment))
            self._earliest = min(moment, self._earliest or moment)
