import selectors
import socket
from urllib.parse import urlsplit

from classroom import WORDS, meaning, page, watch


def look_up(word):
    url = urlsplit(page(word))
    with socket.create_connection((url.hostname, url.port)) as connection:
        connection.sendall(f"GET {url.path} HTTP/1.0\r\n\r\n".encode())
        received = b""
        while True:
            yield connection  # "wake me when something arrives here"
            part = connection.recv(65536)
            if not part:
                return word, meaning(received.decode())
            received += part


def run(generators):
    results, ready = [], list(generators)
    with selectors.DefaultSelector() as selector:
        while ready:
            for generator in ready:
                try:
                    selector.register(next(generator), selectors.EVENT_READ, generator)
                except StopIteration as finished:
                    results.append(finished.value)
            events = selector.select() if selector.get_map() else []
            ready = [selector.unregister(key.fileobj).data for key, _ in events]
    return results


with watch("generators"):
    meanings = dict(run(look_up(word) for word in WORDS))
print(len(meanings), "meanings; banana:", meanings["banana"])
