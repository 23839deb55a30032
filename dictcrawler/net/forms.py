"""The different URLs of one page on the web and in archives: which of them mean the same page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit

# Parameters that campaigns, search engines, mail and social networks add to a link; they never change the page.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mc_[ce]id"
    r"|mkt_tok|_hsenc|_hsmi|__hs\w+|hsCtaTracking|vero_(?:id|conv)|oly_(?:anon|enc)_id|_openstat|_ga|_gl|s_cid|spm",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def address_key(address: str) -> str:
    """A key that all URLs of one page share.

    It drops scheme, port, user name, ``www.``, a final slash, tracking parameters, capitals and escapes.

    :raises ValueError: when ``address`` is not a URL.
    """
    parts = urlsplit(address)
    path = unquote(parts.path).rstrip("/")
    return f"{_bare_host(parts)}{path}{unquote(_query(parts))}".lower()


def own_form(address: str, hosts: Iterable[str]) -> str | None:
    """A URL as the site itself writes it: https, its own host, no additions; ``None`` on other hosts."""
    try:
        parts = urlsplit(address)
        is_usual = parts.port in (None, *_DEFAULT_PORTS.values())
    except ValueError:
        return None
    host = next((host for host in hosts if host.removeprefix("www.") == _bare_host(parts)), None)
    if host is None or not is_usual or parts.scheme not in _DEFAULT_PORTS:
        return None
    return f"https://{host}{parts.path.rstrip('/') or '/'}{_query(parts)}"


def is_same_page(address: str, other: str) -> bool:
    """Whether two URLs mean the same page; false when one is not a URL."""
    try:
        return address_key(address) == address_key(other)
    except ValueError:
        return False


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def _query(parts: SplitResult) -> str:
    kept = [pair for pair in parts.query.split("&") if pair and _TRACKING.fullmatch(pair.partition("=")[0]) is None]
    return f"?{'&'.join(kept)}" if kept else ""
