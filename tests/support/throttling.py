"""A host that refuses connections for a while, in front of a server."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Throttling:
    """Passes ``after`` connections on, then stops listening for ``seconds``, then passes all on.

    One answer for each connection. ``has_refused``: it has stopped listening at least once.
    """

    def __init__(self, url: str, *, after: int, seconds: float) -> None:
        self._behind = (str(urlsplit(url).hostname), urlsplit(url).port or 80)
        self._after = after
        self._seconds = seconds
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._place = self._listening.getsockname()
        self._is_over = False
        self.has_refused = False
        self.url = f"http://127.0.0.1:{self._place[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._is_over = True
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        passed = 0
        while not self._is_over:
            if passed == self._after and not self.has_refused:
                self._listening.close()
                self.has_refused = True
                time.sleep(self._seconds)
                self._listening = socket.create_server(self._place)
            self._listening.settimeout(0.2)
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            passed += 1
            connection.settimeout(5)
            self._pass_on(connection)

    def _pass_on(self, connection: socket.socket) -> None:
        with connection, socket.create_connection(self._behind) as behind:
            behind.sendall(connection.recv(65536).replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            while data := behind.recv(65536):
                connection.sendall(data)
