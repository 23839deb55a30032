"""A keyword as the last part of an address, by the rule that the publishers' sites share.

Longman, Macmillan and Oxford use the same publishing system. Its links consist of small ASCII letters;
other letters are transliterated ("æ" is "ae"), and each run of anything else becomes a hyphen ("o'clock" is
``o-clock``). A sign at either end of a word would vanish, so that "C++" would request the letter C:
such a keyword is refused, as is one with letters that have no transliteration.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from dictcrawler.errors import InvalidKeyword

# Latin letters that Unicode does not decompose.
_SPELT_OUT = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "ng",
        "ı": "i",
        "ĸ": "k",
    }
)
# Trade marks are not part of a word, and neither are soft hyphens, joiners and marks of direction.
_NO_PART_OF_A_WORD = {
    **dict.fromkeys(map(ord, "™®©℠\u00ad\u061c\u2060\ufeff")),
    **dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    # Letters to Unicode, apostrophes to a reader: Hawaiʻi.
    **dict.fromkeys(map(ord, "ʻʼʹ"), "'"),
}
# Figures that would join the number before them: 10⁹ is not 109, 3½ is not 31/2.
_JOINED_NUMBER = re.compile(r"\d[⁰¹²³⁴-⁹₀-₉¼-¾⅐-⅞①-⑳]")
_PERCENT_CODE = re.compile(r"%[0-9A-Fa-f]{2}")
LONGEST = 200
# Most words of a list: nothing in them is lost or transliterated.
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
# Signs that Unicode does not classify as symbols, but that are words or parts of words.
_SIGNS = frozenset("%‰&#@*/\\§¶†‡^′″")
_SYMBOLS = frozenset({"Sm", "Sc", "So"})
# Between two words they leave a hyphen, as a blank does: "Q & A".
_BETWEEN_WORDS = frozenset({"&", "/"})


def is_plain(keyword: str) -> bool:
    """Whether a word has only ASCII letters and digits, and single blanks or hyphens between them."""
    return len(keyword) <= LONGEST and _PLAIN.fullmatch(keyword) is not None


def slug(keyword: str, spelt: Mapping[str, str] | None = None) -> str:
    """``Æsop’s wells`` → ``aesop-s-wells``. ``spelt``: how the site spells further signs.

    :raises InvalidKeyword: when a letter or sign would be lost, or when nothing is left.
    """
    if is_plain(keyword):
        return keyword.lower().replace(" ", "-")
    spelt = spelt or {}
    word = keyword.translate(_NO_PART_OF_A_WORD)
    if joined := _JOINED_NUMBER.search(word):
        raise InvalidKeyword(f"{keyword!r}: no address can hold {joined[0]!r} as it is written")
    if _PERCENT_CODE.search(word):
        raise InvalidKeyword(f"{keyword!r} looks like a part of an address: write the word itself")
    lost = next((sign for token in _tokens(word) for sign in _lost(token, spelt)), None)
    if lost:
        raise InvalidKeyword(f"{keyword!r}: no address can hold the {lost!r}, and without it this is another word")
    plain = unicodedata.normalize(
        "NFKD", word.translate({ord(sign): letters for sign, letters in spelt.items()}).casefold()
    )
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold().translate(_SPELT_OUT)
    foreign = next((sign for sign in plain if sign.isalnum() and not sign.isascii()), None)
    if foreign:
        raise InvalidKeyword(f"{keyword!r}: no address can hold the letter {foreign!r}")
    found = _NOT_IN_A_SLUG.sub("-", plain).strip("-")
    if not found:
        raise InvalidKeyword(f"{keyword!r} has no letter or digit that an address can hold")
    if len(found) > LONGEST:
        raise InvalidKeyword(f"{keyword[:40]!r}…: more than {LONGEST} letters and digits")
    return found


def _tokens(word: str) -> Iterator[str]:
    tokens = word.split()
    for position, token in enumerate(tokens):
        is_between = 0 < position < len(tokens) - 1 and not any(sign.isalnum() for sign in token)
        if not is_between or not all(sign in _BETWEEN_WORDS for sign in token if _is_sign(sign)):
            yield token


def _lost(token: str, spelt: Mapping[str, str]) -> Iterator[str]:
    """The signs around a word that would vanish; all signs of a word that has nothing else."""
    kept = [position for position, sign in enumerate(token) if sign.isalnum()]
    if not kept:
        yield from (sign for sign in token if _is_sign(sign))
        return
    before, after = token[: kept[0]], token[kept[-1] + 1 :]
    yield from (sign for sign in before + after if _is_sign(sign) and sign not in spelt)
    # ".NET" is not "net"; the dots of an ellipsis are not part of a word.
    if before.endswith(".") and not before.endswith(".."):
        yield "."


def _is_sign(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign) in _SYMBOLS
