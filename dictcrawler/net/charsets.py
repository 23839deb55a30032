"""Decodes the bytes of a page to text, with a warning where the charset was not certain."""

from __future__ import annotations

import msgspec
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

CONFLICT = "charset-conflict"
"""Warning: the bytes are not in the charset that the page or its header declares, or the two declarations differ."""
REPLACED = "replacement-characters"
"""Warning: the text has U+FFFD, either in the page itself or in place of bytes that could not be decoded."""

# The encodings of the web (WHATWG Encoding Standard, section 4.2) by their Python names. Without this list a
# header could name any codec of Python; decoding punycode, for example, takes quadratic time.
_WEB = frozenset(
    "utf-8 cp866 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 "
    "iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 "
    "cp1256 cp1257 cp1258 mac-cyrillic gb18030 big5hkscs euc_jp iso2022_jp cp932 cp949 utf-16 utf-16-be "
    "utf-16-le".split()
)
# The first bytes of a UTF-16 page without a byte-order mark: "<" (XML 1.0, appendix F).
_BEGINNINGS = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


class Decoded(msgspec.Struct, frozen=True):
    """The text of a page, and warnings about its decoding."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Decode a page. This never fails: bytes that cannot be decoded become U+FFFD.

    A byte-order mark decides, as in browsers. Next come the bytes themselves: text beyond ASCII that
    decodes as UTF-8 is UTF-8. Then the header's charset is tried, then the page's. The first charset
    that decodes every byte wins.
    """
    certain, mark = read_bom(body)
    certain = certain or _BEGINNINGS.get(body[:2])
    declared = tuple(filter(None, (_known(http_content_type_encoding(content_type)), _in_page(body))))
    body = body.removeprefix(mark or b"")
    is_ascii = body.isascii()
    candidates = (certain,) if certain else (*(() if is_ascii else ("utf-8",)), *(declared or ("cp1252",)))
    name, text = _first_fit(body, candidates) or _replaced(body, certain or next(iter(declared), "utf-8"))
    warnings = []
    if not is_ascii and not all(name.startswith(other) for other in declared):
        warnings.append(CONFLICT)
    if "\ufffd" in text:
        warnings.append(REPLACED)
    return Decoded(text, tuple(warnings))


def _first_fit(body: bytes, names: tuple[str, ...]) -> tuple[str, str] | None:
    for name in names:
        try:
            return name, body.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _replaced(body: bytes, name: str) -> tuple[str, str]:
    return name, body.decode(name, errors="replace")


def _in_page(body: bytes) -> str | None:
    """The charset of the page's ``meta``. If it is UTF-16, it is wrong, because the page was readable (HTML,
    13.2.3.2)."""
    name = _known(html_body_declared_encoding(body))
    return "utf-8" if name is not None and name.startswith("utf-16") else name


def _known(name: str | None) -> str | None:
    return name if name in _WEB else None
