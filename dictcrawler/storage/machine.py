"""The name of this machine, where several share a store: in the names of its files, and for whoever waits for it."""

from __future__ import annotations

import os
import re
import socket


def machine() -> str:
    """``DICTCRAWLER_MACHINE`` or else the host's own name, in letters that may stand in the name of a file."""
    name = os.environ.get("DICTCRAWLER_MACHINE") or socket.gethostname()
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:40] or "unnamed"
