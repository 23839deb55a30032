"""Proxies: the one that the setting PROXY names, or those of the environment if it is ``env``.

A request for http goes to the proxy with the complete URL (RFC 9112, section 3.2.2). For https the proxy opens a tunnel
and sees only the host's name (RFC 9110, section 9.3.6).
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from dictcrawler.errors import ArgumentError

PASSWORD = "DICTCRAWLER_PROXY_PASSWORD"  # noqa: S105 - the name of a variable
"""The variable of the environment with the password of the user that PROXY names."""
OF_THE_ENVIRONMENT = "env"
ALLOWED = (
    f"http://host:port, with a user as user@host:port and the password in the variable {PASSWORD}; "
    "or env, for the variables http_proxy, https_proxy and no_proxy"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The address of a proxy, and the credentials for it, which neither ``str`` nor ``repr`` shows."""

    host: str
    port: int
    authorization: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def fields(self) -> tuple[bytes, ...]:
        """The header lines for the proxy itself."""
        return () if self.authorization is None else (b"Proxy-Authorization: " + self.authorization,)

    def tunnel(self, host: str, port: int) -> bytes:
        """The request for a tunnel to a host."""
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        name = place.encode("idna" if not place.isascii() else "ascii")
        return b"\r\n".join((b"CONNECT " + name + b" HTTP/1.1", b"Host: " + name, *self.fields, b"", b""))


Proxies = Callable[[str, str], Proxy | None]
"""The proxy for a scheme and a host; ``None`` for a direct connection."""


def read(setting: str) -> Proxies:
    """The proxies that the setting PROXY names.

    :raises ArgumentError: when it names no usable proxy. The message contains no password.
    """
    if not setting:
        return lambda _scheme, _host: None
    if setting == OF_THE_ENVIRONMENT:
        return _of_environment()
    if ":" in setting.rpartition("://")[2].rpartition("@")[0]:
        raise ArgumentError("PROXY", "others can read a password that is typed here", ALLOWED)
    named = _proxy("PROXY", setting, os.environ.get(PASSWORD))
    return lambda _scheme, _host: named


def _of_environment() -> Proxies:
    found: Mapping[str, str] = getproxies()
    named = {kind: _proxy(f"{kind}_proxy", found[kind], None) for kind in ("http", "https", "all") if kind in found}

    def proxy_for(scheme: str, host: str) -> Proxy | None:
        proxy = named.get(scheme, named.get("all"))
        return None if proxy is None or proxy_bypass(host) else proxy

    return proxy_for


def _proxy(name: str, address: str, password: str | None) -> Proxy:
    """Read an address, which may lack its ``http://``, as it often does in the environment."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    # An address may contain a password, so messages show nothing of it but the scheme.
    if host is None or not port or not host.isascii() or any(mark <= " " for mark in host):
        raise ArgumentError(name, "it names no proxy with a port", ALLOWED)
    if parts.scheme != "http":
        raise ArgumentError(name, f"a proxy with the scheme {parts.scheme} is not supported", ALLOWED)
    if parts.username is None:
        return Proxy(host, port)
    password = unquote(parts.password) if parts.password is not None else password
    if password is None:
        raise ArgumentError(
            name, "it names a user, but there is no password", f"the password in the variable {PASSWORD}"
        )
    # RFC 7617, section 2: the first colon ends the user's name.
    if ":" in (user := unquote(parts.username)):
        raise ArgumentError(name, "the name of its user has a colon", ALLOWED)
    return Proxy(host, port, b"Basic " + b64encode(f"{user}:{password}".encode()))
