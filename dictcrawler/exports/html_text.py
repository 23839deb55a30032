"""An article as HTML, and the styles of its kinds."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files

from dictcrawler.exports.article import Element

_NO_TAGS: Mapping[str, str] = {}


def html_text(node: Element | str, tags: Mapping[str, str] = _NO_TAGS) -> str:
    """The HTML of a node; ``tags`` replaces the tags of some kinds, for readers that do not support classes.

    An ``a`` without an address becomes a ``span``.
    """
    if isinstance(node, str):
        return escape(node, quote=False)
    tag = tags.get(node.kind, "span" if node.tag == "a" and node.href is None else node.tag)
    attributes = {"id": node.anchor, "class": node.kind, "href": node.href, "lang": node.lang}
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value is not None)
    inside = "".join(html_text(child, tags) for child in node.children)
    return f"<{tag}{written}>{inside}</{tag}>"


def styles() -> str:
    """The style sheet."""
    return files(__package__).joinpath("article.css").read_text(encoding="utf-8")
