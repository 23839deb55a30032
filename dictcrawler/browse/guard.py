"""Rules for all requests and answers: read-only, for this host, nothing loaded from elsewhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "private, no-cache",
}


def is_own_host(header: str, names: Collection[str]) -> bool:
    """Whether a Host header names this server: by address, as ``localhost``, or by one of ``names``.

    In DNS rebinding a foreign site points its own name to this address; its requests carry that name and are refused.
    """
    try:
        host = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host in names:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def middleware(names: Collection[str]) -> Middleware:
    """Refuse anything but a GET for this server, and add the headers to each answer."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_own_host(request.headers.get("Host", ""), names):
            return _refusal(
                421, "This server does not have that name. Open it by its address, or start it with --name."
            )
        if request.method not in ("GET", "HEAD"):
            return _refusal(405, "These pages can only be read.", Allow="GET, HEAD")
        response = await handler(request)
        response.headers.update(HEADERS)
        return response

    return guarded


def _refusal(status: int, text: str, **headers: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers=HEADERS | headers)
