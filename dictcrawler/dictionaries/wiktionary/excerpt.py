"""The HTML of a page up to the end of one language, so that no tree is built of the languages after it.

On a page with many languages the tree costs more than the reading. The languages are in alphabetic order behind
"Translingual" and "English", and each begins with a heading of level 2: the text may end behind the first such heading
after the wanted language. Whether that is right depends on what is open there; `content.Selection` looks at the
tree of the excerpt, and where it does not end with that heading the whole page is read.
"""

from __future__ import annotations

import re

from dictcrawler.parsing import markup

# Lexbor's own result of unusual markup is better than a guess here: then nothing is cut off.
_HEADING = re.compile(r"<h[12](?=[\s>]).*?</h[12]>", re.DOTALL)
_LONGEST_HEADING = 1000
_TAG = re.compile(r"<[^>]*>?")
# What is looked for on the whole page, wherever it is.
_ANYWHERE = ("noarticletext", "mw-redirectedfrom")


def through(html: str, language: str) -> str | None:
    """The page as far as the heading of the first language after the wanted one, named as an edition; ``None`` where
    no other language follows it, or where that is uncertain."""
    end = None
    wanted = language.replace("-", "")
    has_wanted = False
    for heading in _HEADING.finditer(html):
        if _may_name(heading[0], wanted):
            has_wanted, end = True, None
        elif has_wanted and end is None and "id" in heading[0]:
            end = heading.end()
    if end is None or any(html.find(name, end) >= 0 for name in _ANYWHERE):
        return None
    return html[:end]


def _may_name(heading: str, wanted: str) -> bool:
    """Whether a heading may be that of the wanted language: one of its texts begins with it, or it is unusual."""
    if len(heading) > _LONGEST_HEADING or "<!" in heading:
        return True
    said = markup.clean(_TAG.sub("|", heading)).casefold().replace("[edit]", "")
    texts = said.replace(" ", "").replace("-", "").split("|")
    return "&" in said or any(text and wanted.startswith(text) for text in texts)
