"""Runs a command of ours in a process that ends with its worker, however the worker ends.

``python -m dictcrawler.cluster.child PARENT MODULE …`` becomes ``python -m MODULE …``. Without it, the crawl of a
killed worker would continue its requests while another machine has its slice.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""From prctl(2), Linux; it stays in effect after execve(2)."""


def main() -> None:
    """Replace this process by the command."""
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have been killed before the line above.
    if os.getppid() == int(parent):
        os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606 - our own program


if __name__ == "__main__":
    main()
