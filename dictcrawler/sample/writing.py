"""Used by the writers of all samples: an element, and the address of a phrase."""

from __future__ import annotations

from html import escape


def tag(name: str, classes: str, *content: str, **attributes: str) -> str:
    """An element; the content is HTML already, the attribute values are escaped here."""
    given = {"class": classes, **attributes} if classes else attributes
    written = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in given.items())
    return f"<{name}{written}>{''.join(content)}</{name}>"


def slug_of(text: str) -> str:
    """The address of a phrase: lower case, with a hyphen for each run of other characters."""
    kept = "".join(character if character.isalnum() else " " for character in text.lower())
    return "-".join(kept.split())
