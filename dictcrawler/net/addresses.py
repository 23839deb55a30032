"""Addresses: which of them a crawl may connect to: public ones, and those of a host that the operator named.

A page, a redirect or a name server may say anything; what counts is the address that a
connection is about to be made to (CWE-918, server-side request forgery).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address

# An IPv4 address in the last 32 bits: what translates it reaches that very address (RFC 6052, section 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")

# Of IANA's special-purpose registries (as of 2026), what the ipaddress module of Python 3.11 takes for public.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("100:0:0:1::/64"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet (IANA special-purpose registries, RFC 6890).

    An IPv6 address that carries an IPv4 address is public when that one is.
    """
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    is_local = isinstance(address, IPv6Address) and address.is_site_local
    is_special = any(address in network for network in _SPECIAL)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_local or is_special)


def literal(host: str) -> Address | None:
    """The address that a host is, in any spelling that an operating system takes; ``None`` for a name.

    ``127.1``, ``2130706433``, ``0x7f.0.0.1``, ``0177.0.0.1``, ``[::ffff:7f00:1]``, ``fe80::1%eth0``
    and digits of other scripts are addresses too (WHATWG URL, section 3.5).
    """
    plain = unicodedata.normalize("NFKC", host).replace("\N{IDEOGRAPHIC FULL STOP}", ".").strip("[]").rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        return _numeric(plain)


def _numeric(host: str) -> IPv4Address | None:
    """The address that `inet_aton` makes of decimal, octal and hexadecimal numbers."""
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError, ValueError):
        return None


def _carried(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


async def resolve(host: str, port: int, *, is_trusted: bool) -> list[str]:
    """Look a host up: its addresses that may be connected to, in the system's order of preference (RFC 6724).

    Connect to these very addresses: a name server that changes its mind in between (DNS rebinding) gains nothing.

    :raises socket.gaierror: when there is no such host, and as if there were none when all its addresses are refused.
    """
    # In a thread: the system's resolver blocks, and a name server may take its time.
    found = await asyncio.to_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    of_host = [str(place[0]) for *_, place in found]
    allowed = [address for address in of_host if is_trusted or is_public(ip_address(address))]
    if not allowed:
        reason = f"{host} leads to {', '.join(of_host)}, which is not a public address: not connected"
        logger.warning("%s", reason)
        raise socket.gaierror(socket.EAI_NONAME, reason)
    return allowed
