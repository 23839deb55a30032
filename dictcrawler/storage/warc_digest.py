"""Whether a body has the digest that its WARC record states (ISO 28500, section 5.8)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha512"})


def disagrees(stated: str, bodies: Iterable[bytes]) -> bool:
    """Whether none of the bodies has the digest ``sha1:…``, in base 32 or base 16; false when it cannot be read.

    Archiving programs compute it before or after they undo codings: ``bodies`` are the forms of the body.
    """
    algorithm, _, value = stated.strip().partition(":")
    if algorithm.lower() not in _ALGORITHMS:
        return False
    length = hashlib.new(algorithm).digest_size
    wanted = _decoded(value.upper())
    if wanted is None or len(wanted) != length:
        return False
    return all(hashlib.new(algorithm, body).digest() != wanted for body in bodies)


def _decoded(value: str) -> bytes | None:
    for decode in (base64.b16decode, _from_base32):
        try:
            return decode(value)
        except ValueError:
            continue
    return None


def _from_base32(value: str) -> bytes:
    bare = value.rstrip("=")
    return base64.b32decode(bare + "=" * (-len(bare) % 8))
