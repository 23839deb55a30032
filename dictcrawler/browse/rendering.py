"""Pages from templates: everything is escaped, and characters that hide text or turn its direction are removed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dictcrawler.browse.addresses import is_web_address
from dictcrawler.browse.advice import in_group
from dictcrawler.browse.excerpts import MARK_BEGIN, MARK_END
from dictcrawler.feeds.changes import CAUSES, described
from dictcrawler.text import UNSAFE
from dictcrawler.version import __version__

# Joiners and the direction marks of one letter (U+200C–U+200F) belong to Arabic, Hebrew and Indic spelling, and stay.
_UNSAFE = re.compile(f"[{UNSAFE}\ufeff]")


def render(template: str, **values: object) -> str:
    """A page of the site; ``values`` are the variables of its template."""
    return environment().get_template(template).render(**values, is_standalone=False)


def standalone(template: str, **values: object) -> str:
    """A page as one file: the style is inside; there are no scripts, no links to pages of the site and no requests."""
    style = static("style.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # Our own file, inserted into the page unescaped.
    return (
        environment()
        .get_template(template)
        .render(
            **values,
            is_standalone=True,
            style=Markup(style),  # noqa: S704
            policy=policy,
        )
    )


@cache
def static(name: str) -> str:
    """The text of a file in ``static/``."""
    return resources.files(__package__).joinpath("static", name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """The templates with our filters; all their output is cleaned and escaped."""
    made = Environment(
        loader=PackageLoader("dictcrawler.browse"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    made.filters |= _FILTERS
    made.tests["web_address"] = is_web_address
    made.globals |= {"path": path, "anchor": anchor, "version": __version__}
    return made


def path(page: str, **query: object) -> str:
    """The address of a page of the site. Values of a feed are only put into the query, because ``..`` is a word too."""
    given = {name: value for name, value in query.items() if value not in (None, "", 0)}
    return f"{page}?{urlencode(given, quote_via=quote)}" if given else page


def anchor(identifier: str) -> str:
    """The HTML id for an id of a feed: any text without white space (HTML, section 3.2.6)."""
    return re.sub(r"\s", "_", clean(identifier))


def clean(text: str) -> str:
    """The text without characters that could disturb the page around it."""
    return _UNSAFE.sub("", text)


def _cleaned(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: float) -> str:
    return f"{value:,}"


def _percent(share: float) -> str:
    """``97.3 %``; shows 100 % only for all, and 0 % only for none."""
    shown = f"{share * 100:.1f}"
    if shown == "100.0":
        return "100 %" if share >= 1 else "99.9 %"
    return "0.1 %" if shown == "0.0" and share else f"{shown.removesuffix('.0')} %"


def _moment(value: datetime) -> str:
    return f"{value.day} {value:%B %Y, %H:%M} UTC"


def _day(value: datetime) -> str:
    return f"{value.day} {value:%B %Y}"


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if seconds >= 48 * 3600:
        return f"{seconds // 86_400} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def _size(value: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= factor:
            return f"{value / factor:.1f} {unit}"
    return f"{value} bytes"


def _words(text: str) -> str:
    """An identifier as words: ``not_in_dictionary`` → not in dictionary."""
    return text.replace("_", " ")


def _counted(count: int, one: str, many: str | None = None) -> str:
    """``1 word``, ``2 words``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _marked(snippet: str) -> Markup:
    """A snippet of the index with its matches marked and everything else escaped."""
    shown = Markup("")
    for number, piece in enumerate(re.split(f"[{MARK_BEGIN}{MARK_END}]", snippet)):
        text = clean(piece)
        shown += Markup("<mark>{}</mark>").format(text) if number % 2 else text
    return shown


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


_FILTERS: dict[str, Callable[..., Any]] = {
    "cause": CAUSES.__getitem__,
    "change": described,
    "counted": _counted,
    "day": _day,
    "duration": _duration,
    "host": _host,
    "in_group": in_group,
    "marked": _marked,
    "moment": _moment,
    "number": _number,
    "percent": _percent,
    "size": _size,
    "words": _words,
}
