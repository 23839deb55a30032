"""The check at connect time: a host's name is looked up, and only public addresses come back.

The address that was checked is the one that is connected to, so a name server that changes its
mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from ipaddress import ip_address

from scrapy import Spider

from dictcrawler.lookup.source import Source
from dictcrawler.net.addresses import is_public

logger = logging.getLogger(__name__)


def trusts(spider: Spider | None, host: str) -> bool:
    """Whether a spider's operator named this host, so that it may be on this machine or network.

    A spider that is not ours asks what a person typed (``scrapy fetch``, ``scrapy shell``).
    """
    source: Source | None = getattr(spider, "source", None)
    if source is None:
        return spider is not None and not hasattr(spider, "given")
    return source.trusts(host)


async def addresses(host: str, port: int, *, is_trusted: bool) -> list[str]:
    """Look a host up: its addresses that may be connected to, in the system's order of preference (RFC 6724).

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
