"""The name of this machine where several share a store, for the names of its files and for messages."""

from __future__ import annotations

import os
import re
import socket


def machine() -> str:
    """``DICTCRAWLER_MACHINE``, or else the host name, reduced to characters that file names allow."""
    name = os.environ.get("DICTCRAWLER_MACHINE") or socket.gethostname()
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:40] or "unnamed"
