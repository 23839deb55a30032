"""An article as Yomitan's structured content, and its styles."""

from __future__ import annotations

import re
from typing import Any

from dictcrawler.exports.article import Element
from dictcrawler.exports.html_text import styles as html_styles

Json = dict[str, Any]

# A pop-up shows so many examples of a sense; the rest are folded.
_SHOWN_EXAMPLES = 2
_CLASS = re.compile(r"\.([a-z]+(?:-[a-z]+)*)(?=[ ,{])")


def content(node: Element | str) -> Json | str:
    """The structured content of a node; its kind becomes the attribute ``data-sc-content``."""
    if isinstance(node, str):
        return node
    inside = [content(child) for child in node.children]
    data = {"content": node.kind}
    if node.tag == "a":
        return _link(node, inside, data)
    made = {"tag": node.tag, "data": data, "content": inside} | ({"lang": node.lang} if node.lang else {})
    if node.kind == "examples" and len(node.children) > _SHOWN_EXAMPLES:
        return _folded(made, f"{len(node.children)} examples")
    return made


def styles() -> str:
    """The style sheet, with selectors for the attributes that Yomitan makes of the kinds."""
    return _CLASS.sub(r'[data-sc-content="\1"]', html_styles())


def _link(node: Element, inside: list[Json | str], data: dict[str, str]) -> Json:
    """A link cannot have data of its own, so a span around it has."""
    if node.href is None:
        return {"tag": "span", "data": data, "content": inside}
    return {"tag": "span", "data": data, "content": {"tag": "a", "href": node.href, "content": inside}}


def _folded(made: Json, title: str) -> Json:
    summary = {"tag": "summary", "content": title}
    return {"tag": "details", "data": {"content": "more"}, "content": [summary, made]}
