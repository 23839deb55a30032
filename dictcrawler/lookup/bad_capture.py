"""Captures that are not the word's page, and the outcome of a word that has no others."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

from dictcrawler.errors import FetchError, PageError, WallPage
from dictcrawler.model import Status
from dictcrawler.net.fetched import Fetched


class BadCapture(Exception):
    """This capture is not the word's page; an earlier one may be.

    ``timestamp`` is set when the archive, not the caller, chose the capture.
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


class Reason(msgspec.Struct, frozen=True):
    """Why a capture is not the word's page.

    ``status`` is the outcome of a word that has no other capture: `Status.NOT_ARCHIVED` when this one is certainly
    not the word's page, another one when it could not be fetched or understood.
    """

    text: str
    status: Status
    http_status: int | None = None
    url: str | None = None


def outcome_of(error: FetchError | PageError, fetched: Fetched) -> Status:
    """The outcome of a word whose only capture cannot be parsed because of ``error``.

    A capture of a refusal, an error or a wall is certainly not the word's page. A capture that is not understood,
    or too expensive to parse, may be (a part of a page, too: 206): the word then does not count as not archived.
    """
    if not HTTPStatus.OK <= fetched.status < HTTPStatus.MULTIPLE_CHOICES or isinstance(error, WallPage):
        return Status.NOT_ARCHIVED
    return error.status if isinstance(error, FetchError) else Status.PARSE_ERROR


def no_good_capture(reasons: Sequence[Reason]) -> FetchError:
    """The outcome of a word whose captures were all rejected, with the reasons in the order of rejection.

    A capture that could not be fetched or understood decides, since it may be the word's page.
    """
    failures = [reason for reason in reasons if reason.status is not Status.NOT_ARCHIVED]
    for reason in failures or reasons:
        return FetchError(reason.status, reason.text, http_status=reason.http_status, url=reason.url)
    return FetchError(Status.NOT_ARCHIVED, "no capture of any of its addresses")


def location_of(fetched: Fetched) -> str | None:
    """The target of a captured redirect.

    :raises BadCapture: when it is not a URL.
    """
    try:
        return fetched.location
    except FetchError as error:
        raise BadCapture(str(error), error.status, fetched) from error
