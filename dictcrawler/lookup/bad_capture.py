"""Captures that are not the page that is looked for, and what becomes of a word that has no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from dictcrawler.errors import FetchError, PageError, WallPage
from dictcrawler.model import Status
from dictcrawler.net.fetched import Fetched


class BadCapture(Exception):
    """This capture is not the page that is looked for; an earlier one may be.

    ``timestamp`` is the capture's where an archive has named it, and whoever asked did not.
    """

    def __init__(
        self,
        text: str,
        status: Status = Status.NOT_ARCHIVED,
        fetched: Fetched | None = None,
        timestamp: str | None = None,
    ) -> None:
        super().__init__(text)
        self.timestamp = timestamp
        where = (None, None) if fetched is None else (fetched.status, fetched.url)
        self.reason = Reason(text, status, *where)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a capture is not the page that is looked for.

    ``status`` is the outcome of a word that has no other capture: `Status.NOT_ARCHIVED` where this one is certainly no
    page of the word, another one where it could not be had or understood.
    """

    text: str
    status: Status
    http_status: int | None = None
    url: str | None = None


def outcome_of(error: FetchError | PageError, fetched: Fetched) -> Status:
    """The outcome of a word whose only capture cannot be read for this reason.

    A capture of a refusal, an error or a wall is certainly no page of the word. One of a page that is not understood,
    or costs too much to read, may be one: it is not filed as missing.
    """
    if fetched.status != HTTPStatus.OK or isinstance(error, WallPage):
        return Status.NOT_ARCHIVED
    return error.status if isinstance(error, FetchError) else Status.PARSE_ERROR


def no_good_capture(reasons: Sequence[Reason]) -> FetchError:
    """The outcome of a word whose captures are bad for these reasons, in the order in which they were looked at.

    One that could not be had or understood decides: the word may be in it.
    """
    failures = [reason for reason in reasons if reason.status is not Status.NOT_ARCHIVED]
    for reason in failures or reasons:
        return FetchError(reason.status, reason.text, http_status=reason.http_status, url=reason.url)
    return FetchError(Status.NOT_ARCHIVED, "no capture of any of its addresses")


def location_of(fetched: Fetched) -> str | None:
    """The target of a captured redirect.

    :raises BadCapture: when it is no address.
    """
    try:
        return fetched.location
    except FetchError as error:
        raise BadCapture(str(error), error.status, fetched) from error
