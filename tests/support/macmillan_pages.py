"""Small invented pages in the two generations' markup, for the tests beside this file."""

from __future__ import annotations

from pathlib import Path

from dictcrawler.dictionaries.macmillan import DICTIONARY
from dictcrawler.model import LexicalEntry, Relation, Sense
from dictcrawler.parsing.page import EntryPage

HERE = Path(__file__).parents[1] / "dictionaries" / "macmillan"
SITE = "https://www.macmillandictionary.com"
SENSE = '<span class="DEFINITION">to make something striped</span>'


def fixture(case: str) -> str:
    return (HERE / case / "page.html").read_text(encoding="utf-8")


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{SITE}{address}">'


def sense(content: str, anchor: str = "brindle_1__1") -> str:
    """A sense of generation C."""
    return (
        f'<li><div class="entry-sense anchor" id="{anchor}"><div class="SENSE-BODY"><div class="dflex no-grow">'
        f'<div class="SENSE-CONTENT">{content}</div></div></div></div></li>'
    )


def senses(*items: str) -> str:
    return f'<ol class="senses">{"".join(items)}</ol>'


def generation_c(  # noqa: PLR0913 - the parts of a page, each with a default
    body: str | None = None,
    *,
    labels: str = '<span class="PART-OF-SPEECH">verb</span>',
    sounds: str = "",
    link: str | None = None,
    headword: str = '<span class="BASE">brindle</span>',
    around: str = "",
) -> str:
    """A page of generation C; ``body`` is the part after the head, by default one plain sense."""
    head = canonical("/us/dictionary/american/brindle_1") if link is None else link
    return (
        f'<html><head>{head}</head><body><div id="entryContent"><div><div class="col-xs-12 left-content">'
        f'<h1 class="big-title">{headword}</h1>'
        f'<div class="middle-xs entry-pron-head row"><div class="entry-labels">{labels}</div>{sounds}</div>'
        f"{body if body is not None else senses(sense(SENSE))}</div>{around}</div></div></body></html>"
    )


def read(html: str, url: str = f"{SITE}/us/dictionary/american/brindle") -> EntryPage:
    page = DICTIONARY.parse(html, url)
    assert isinstance(page, EntryPage)
    return page


def entry(html: str, url: str = f"{SITE}/us/dictionary/american/brindle") -> LexicalEntry:
    return read(html, url).entries[0].content


def only_sense(content: str) -> Sense:
    (found,) = entry(generation_c(senses(sense(content)))).senses
    return found


def relations(found: LexicalEntry, kind: str) -> list[Relation]:
    return [relation for relation in found.relations if relation.type == kind]
