"""Renders pages as the read view of 2025 and later does: Parsoid's sections, headings inside a `div`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby, takewhile
from urllib.parse import quote

from dictcrawler.model import Example, InflectedForm, Label, LexicalEntry, Pronunciation, Relation, Sense
from dictcrawler.sample.wiktionary.authoring import ALTERNATIVE, LANGUAGES, WIKI
from dictcrawler.sample.writing import tag

SHARED = frozenset({"rhyme", "homophone"})
LISTS = {"derived": "Derived terms", "related": "Related terms", "see_also": "See also"}
_KEY = '<a rel="mw:WikiLink" href="./Wiktionary:International_Phonetic_Alphabet">IPA</a>'
_KEY += '<sup>(<a rel="mw:WikiLink" href="./Appendix:English_pronunciation">key</a>)</sup>: '


def entry_page(title: str, entries: Sequence[LexicalEntry], see_also: Sequence[str], redirected_from: str = "") -> str:
    """The page of a title, with the sections of all its languages."""
    also = [
        tag("b", "Latn", tag("a", "", escape(other), href=f"//en.wiktionary.org/wiki/{other}")) for other in see_also
    ]
    note = tag("div", "disambig-see-also", tag("i", "", "See also:"), " ", ", ".join(also)) if also else ""
    ids: Counter[str] = Counter()
    by_language = groupby(entries, lambda entry: entry.edition)
    sections = "".join(_language(list(group), ids) for _, group in by_language)
    arrow = f"(Redirected from {tag('a', 'mw-redirect', escape(redirected_from), href=redirected_from)})"
    reached = tag("span", "mw-redirectedfrom", arrow) if redirected_from else ""
    return _frame(title, tag("section", "", note) + sections, reached)


def missing_page(title: str) -> str:
    """The answer for a title without a page, sent with status 404."""
    invitation = f"Wiktionary does not yet have an entry for {escape(title)}."
    return _frame(title, tag("div", "noarticletext mw-content-ltr", tag("p", "", invitation)), "")


def _frame(title: str, content: str, reached: str) -> str:
    name = escape(title.replace("_", " "))
    settings = f'RLCONF={{"wgPageName":"{escape(title)}","wgRevisionId":{revision(title)},"wgIsArticle":true}};'
    head = (
        '<meta charset="UTF-8">',
        tag("title", "", f"{name} - Wiktionary, the free dictionary"),
        tag("script", "", settings),
        f'<link rel="canonical" href="{WIKI}{quote(title, safe=":@$!*(),;~/")}">',
    )
    output = tag("div", "mw-content-ltr mw-parser-output", content, lang="en", data_mw_parsoid_version="0.22.0.0")
    body = (
        tag("div", "vector-toc", tag("h2", "vector-pinnable-header-label", "Contents")),
        tag("h1", "firstHeading", name, id="firstHeading"),
        tag("div", "", reached, id="contentSub"),
        tag("div", "mw-body-content", output, id="mw-content-text"),
        tag("div", "printfooter", "Retrieved from a small site of invented entries"),
        tag("footer", "mw-footer", "Text is available under a licence that wants it to be shared alike"),
    )
    lines = ("<!DOCTYPE html>", '<html lang="en"><head>', *head, "</head>", '<body class="mediawiki">', *body)
    return "\n".join((*lines, "</body></html>\n"))


def revision(title: str) -> int:
    """A revision number that is the same in every process."""
    return 90_000_000 + sum(position * ord(letter) for position, letter in enumerate(title, 1))


def _section(level: int, heading: str, ids: Counter[str], *content: str) -> str:
    """A section; the anchor of a heading is numbered when it occurs again on the page."""
    name = heading.replace(" ", "_")
    ids[name] += 1
    anchor = name if ids[name] == 1 else f"{name}_{ids[name]}"
    edit = tag("span", "mw-editsection", "[", tag("a", "", "edit", href=f"/w/index.php?section={anchor}"), "]")
    head = tag("div", f"mw-heading mw-heading{level}", tag(f"h{level}", "", escape(heading), id=anchor), edit)
    return tag("section", "", head, "\n", *content) + "\n"


def _language(entries: list[LexicalEntry], ids: Counter[str]) -> str:
    heading = LANGUAGES[entries[0].edition][0]
    above = _common([entry.pronunciations for entry in entries])
    links = [relation for relation in entries[0].relations if relation.type in SHARED]
    level = 3 if entries[0].homograph_number is None else 4
    parts = [_spoken(3, above, links, ids)] if above or links else []
    for _, group in groupby(entries, lambda entry: entry.homograph_number):
        parts.append(_origin(list(group), len(above), level, ids))
    return _section(2, heading, ids, *parts)


def _origin(entries: list[LexicalEntry], said: int, level: int, ids: Counter[str]) -> str:
    """An etymology: beside its words when it is the only one, else above them."""
    number = entries[0].homograph_number
    text = tag("p", "", _linked(entries[0].etymologies[0].description))
    own = _common([entry.pronunciations[said:] for entry in entries])
    spoken = _spoken(level, own, [], ids) if own else ""
    words = "".join(_word(entry, said + len(own), level, ids) for entry in entries)
    if number is None:
        return _section(3, "Etymology", ids, text) + spoken + words
    return _section(3, f"Etymology {number}", ids, text, spoken, words)


def _common(several: Sequence[tuple[Pronunciation, ...]]) -> tuple[Pronunciation, ...]:
    """The pronunciations that all words have in common."""
    columns = takewhile(lambda column: len(set(column)) == 1, zip(*several, strict=False))
    return tuple(column[0] for column in columns)


def _word(entry: LexicalEntry, said: int, level: int, ids: Counter[str]) -> str:
    head = tag("p", "", _headline(entry))
    senses = tag("ol", "", *(_sense(entry, sense) for sense in entry.senses if sense.parent is None))
    return _section(level, entry.raw_parts_of_speech[0], ids, head, senses, *_below(entry, said, level + 1, ids))


def _below(entry: LexicalEntry, said: int, level: int, ids: Counter[str]) -> Iterator[str]:
    if entry.pronunciations[said:]:
        yield _spoken(level, entry.pronunciations[said:], [], ids)
    others = [form for form in entry.inflected_forms if form.tag == ALTERNATIVE]
    if others:
        items = [tag("li", "", _mention(form.text, entry.lang), _qualifiers(form.labels)) for form in others]
        yield _section(level, "Alternative forms", ids, tag("ul", "", *items))
    for box in entry.boxes:
        yield _section(level, box.title or "", ids, tag("p", "", _linked(box.text or "")))
    for kind, heading in LISTS.items():
        terms = [_term(relation, entry.lang) for relation in entry.relations if relation.type == kind]
        if terms:
            columns = tag("div", "term-list ul-column-count", tag("ul", "", *(tag("li", "", term) for term in terms)))
            yield _section(level, heading, ids, tag("div", "list-switcher", columns))


def _headline(entry: LexicalEntry) -> str:
    forms = [_form(form, entry.lang) for form in entry.inflected_forms if form.tag != ALTERNATIVE]
    notes = [tag("i", "", escape(label.text)) for label in entry.labels]
    printed = f" ({', '.join((*notes, *forms))})" if notes or forms else ""
    strong = tag("strong", "Latn headword", escape(entry.headword), lang=entry.lang)
    return tag("span", "headword-line", strong, printed)


def _form(form: InflectedForm, lang: str) -> str:
    slot = tag("i", "", escape(form.tag or ""))
    return f"{slot} {tag('b', f'Latn form-of lang-{lang}', _anchor(form.text, f'./{form.text}'), lang=lang)}"


def _sense(entry: LexicalEntry, sense: Sense) -> str:
    """A list item; the site puts an empty one before each that has an anchor of its own."""
    dates = [label for label in sense.labels if label.type == "restriction"]
    labels = [label for label in sense.labels if label.type != "restriction"]
    shown = tag("span", "usage-label-sense", _bracketed(labels, "label")) + " " if labels else ""
    since = "".join(f" {tag('span', 'defdate', f'[{escape(date.text)}]')}" for date in dates)
    quotations = [_quotation(item, entry.lang) for item in sense.examples if item.citation]
    subs = [_sense(entry, sub) for sub in entry.senses if sub.parent == sense.id]
    content = (
        f"{shown}{_definition(entry, sense)}{since}",
        _optional("dl", [*_nyms(entry, sense), *_examples(sense, entry.lang)]),
        _optional("ul", quotations),
        _optional("ol", subs),
    )
    anchor = sense.id.rpartition("#")[2]
    if anchor == sense.number:
        return tag("li", "", *content)
    return '<li class="mw-empty-elt"></li>' + tag("li", "senseid", *content, id=anchor)


def _optional(name: str, items: Sequence[str]) -> str:
    return "\n" + tag(name, "", *items) if items else ""


def _definition(entry: LexicalEntry, sense: Sense) -> str:
    text = sense.definitions[0].text
    lemmas = [item for item in entry.relations if item.type == "main_entry" and item.from_ == sense.id]
    if not lemmas:
        return _linked(text)
    before = escape(text.removesuffix(lemmas[0].text))
    link = tag("span", "form-of-definition-link", _term(lemmas[0], entry.lang))
    return tag("span", "form-of-definition use-with-mention", before, link)


def _nyms(entry: LexicalEntry, sense: Sense) -> Iterator[str]:
    own = [item for item in entry.relations if item.from_ == sense.id and item.type != "main_entry"]
    for kind, group in groupby(own, lambda item: item.type):
        name = kind.replace("_", "-")
        terms = ", ".join(_term(item, entry.lang) for item in group)
        caption = tag("span", "defdate", f"{kind.replace('_', ' ').capitalize()}s:")
        yield tag("dd", "", tag("span", f"nyms {name}", caption, " ", terms))


def _examples(sense: Sense, lang: str) -> Iterator[str]:
    for item in sense.examples:
        if item.citation is None:
            example = tag("i", "Latn mention e-example", escape(item.text, quote=False), lang=lang)
            yield tag("dd", "", tag("div", "h-usage-example", example))


def _quotation(item: Example, lang: str) -> str:
    year, _, work = (item.citation or "").partition(",")
    source = tag("span", "cited-source", tag("b", "", escape(year)), f",{escape(work)}:")
    passage = tag("span", "Latn e-quotation cited-passage", escape(item.text, quote=False), lang=lang)
    quotation = tag("dl", "", tag("dd", "", tag("div", "h-quotation", passage)))
    return tag("li", "", tag("div", "citation-whole", source, quotation))


def _spoken(level: int, ways: Iterable[Pronunciation], links: Sequence[Relation], ids: Counter[str]) -> str:
    """Transcriptions with their recordings below them, then rhymes and homophones."""
    items: list[list[str]] = []
    for way in ways:
        if way.transcriptions:
            ipa = tag("span", "IPA nowrap", f"/{escape(way.transcriptions[0].text)}/")
            items.append([f"{_qualifiers(way.labels)} {_KEY}{ipa}"])
        elif items:
            items[-1].append(tag("ul", "", tag("li", "", _player(way))))
        else:
            items.append([_player(way)])
    items += [[_link(relation)] for relation in links]
    return _section(level, "Pronunciation", ids, tag("ul", "", *(tag("li", "", *item) for item in items)))


def _link(relation: Relation) -> str:
    if relation.type == "homophone":
        caption = tag("a", "", "Homophone", href="./Appendix:Glossary#homophone")
        return tag("span", "homophones", caption, ": ", _term(relation, "en"))
    target = (relation.url or "").removeprefix(WIKI)
    return tag("span", "", "Rhymes: ") + tag("a", "", tag("span", "IPA", relation.text), href=f"./{target}")


def _player(way: Pronunciation) -> str:
    """The player of a recording; a query in the address of the original names where it was shown."""
    original, made = (url.removeprefix("https:") for url in (way.alternate_sound_files[0], way.sound_file or ""))
    file = original.rpartition("/")[2]
    sources = f'<source src="{original}?utm_source=en.wiktionary.org" type="audio/ogg"><source src="{made}">'
    player = tag("audio", "mw-file-element", sources, controls="", resource=f"./File:{file}")
    cells = (
        tag("td", "", f"Audio{_qualifiers(way.labels)}:"),
        tag("td", "audiofile", player),
        tag("td", "audiometa", "(", tag("a", "", "file", href=f"./File:{file}"), ")"),
    )
    return tag("table", "audiotable", tag("tbody", "", tag("tr", "", *cells)))


def _qualifiers(labels: Sequence[Label]) -> str:
    return " " + _bracketed(labels, "qualifier") if labels else ""


def _bracketed(labels: Sequence[Label], kind: str) -> str:
    comma = tag("span", f"ib-comma {kind}-comma", ",") + " "
    content = comma.join(escape(label.text) for label in labels)
    brackets = (tag("span", f"ib-brac {kind}-brac", bracket) for bracket in "()")
    return tag("span", f"ib-content {kind}-content", content).join(brackets)


def _term(relation: Relation, lang: str) -> str:
    return _mention(relation.text, lang, (relation.url or "").removeprefix(WIKI))


def _mention(text: str, lang: str, target: str = "") -> str:
    return tag("span", "Latn", _anchor(text, f"./{target or text}"), lang=lang)


def _anchor(text: str, href: str) -> str:
    return tag("a", "", escape(text, quote=False), rel="mw:WikiLink", href=href.replace(" ", "_"), title=text)


def _linked(text: str) -> str:
    """Prose whose long words are links, as editors make them."""
    words = (_anchor(word, f"./{word}") if word.isalpha() and len(word) > 6 else escape(word) for word in text.split())  # noqa: PLR2004
    return " ".join(words)
