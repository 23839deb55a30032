"""IP addresses: a crawl connects to public ones only, and to any address of a host that the operator named.

A page, a redirect or a name server may name any address. The check is therefore made on the address
that is about to be connected to (CWE-918, server-side request forgery).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address

# NAT64: an IPv4 address in the last 32 bits; a translator connects to that IPv4 address (RFC 6052, section 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")

# Networks of IANA's special-purpose registries (as of 2026) that Python 3.11's ipaddress counts as public.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("100:0:0:1::/64"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet (IANA special-purpose registries, RFC 6890).

    An IPv6 address that embeds an IPv4 address is public when the IPv4 address is.
    """
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    is_local = isinstance(address, IPv6Address) and address.is_site_local
    is_special = any(address in network for network in _SPECIAL)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_local or is_special)


def literal(host: str) -> Address | None:
    """The address that a host string spells, in any notation that operating systems accept; ``None`` for a name.

    ``127.1``, ``2130706433``, ``0x7f.0.0.1``, ``0177.0.0.1``, ``[::ffff:7f00:1]``, ``fe80::1%eth0``
    and digits of other scripts are addresses too (WHATWG URL, section 3.5).
    """
    plain = unicodedata.normalize("NFKC", host).replace("\N{IDEOGRAPHIC FULL STOP}", ".").strip("[]").rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        return _numeric(plain)


@lru_cache(maxsize=256)
def is_private_literal(host: str) -> bool:
    """Whether a host string spells an address that is not public. Kept, as most requests of a crawl have one host."""
    address = literal(host)
    return address is not None and not is_public(address)


def _numeric(host: str) -> IPv4Address | None:
    """The address that `inet_aton` reads from decimal, octal and hexadecimal numbers."""
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


def refuse_private(host: str) -> None:
    """Refuse a host that is an address and no public one, for a proxy would connect to it.

    A name is the proxy's to look up.

    :raises socket.gaierror: as if there were no such host.
    """
    if is_private_literal(host):
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not a public address: not requested through a proxy")


async def resolve(host: str, port: int, *, is_trusted: bool) -> list[str]:
    """Resolve a host to the addresses that may be connected to, in the system's order of preference (RFC 6724).

    Connect to exactly these addresses; then a name server that changes its answer in between (DNS rebinding)
    gains nothing.

    :raises socket.gaierror: when there is no such host, and likewise when all its addresses are refused.
    """
    # In a thread: the system's resolver blocks, and a name server may be slow.
    found = await asyncio.to_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    of_host = [str(place[0]) for *_, place in found]
    allowed = [address for address in of_host if is_trusted or is_public(ip_address(address))]
    if not allowed:
        reason = f"{host} leads to {', '.join(of_host)}, which is not a public address: not connected"
        logger.warning("%s", reason)
        raise socket.gaierror(socket.EAI_NONAME, reason)
    return allowed
