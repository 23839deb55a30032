"""Decides which addresses of a feed may become links: a feed is data from outside."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address with a host; anything else is shown as text, never linked.

    Browsers drop tabs and line ends inside an address (WHATWG URL, section 4.4) and read a backslash as a slash. An
    address with any of them would lead the browser elsewhere, so it is refused.
    """
    if not text.isprintable() or " " in text or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
