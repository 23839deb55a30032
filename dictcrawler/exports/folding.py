"""Folds text for searching: without case and diacritics."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """``Café`` becomes ``cafe``. Letters like ``ø``, which Unicode does not decompose, stay."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))
