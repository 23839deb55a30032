"""A command of ours in a process that ends with its worker, however the worker ends.

``python -m dictcrawler.cluster.child PARENT MODULE …`` becomes ``python -m MODULE …``. A crawl whose worker was killed
would go on asking while another machine has its slice.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2), Linux; what execve(2) begins keeps it."""


def main() -> None:
    """Become the command."""
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have been killed before the line above.
    if os.getppid() == int(parent):
        os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606 - our own program


if __name__ == "__main__":
    main()
