"""Text as it is searched for: without upper case and diacritics."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """``Café`` as ``cafe``; letters that are no other letter with a mark, such as ``ø``, stay."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))
