"""Entry and "not found" pages in the layout before the last, generation B (2014 to about 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import count
from urllib.parse import quote_plus

from dictcrawler.model import Box, LexicalEntry, Pronunciation, Relation, Sense
from dictcrawler.sample.macmillan import frame, html
from dictcrawler.sample.macmillan.authoring import HOST, address, stands_in_sense
from dictcrawler.sample.writing import tag

VERSION = "3.0.117"
_PATTERN = ("strong", "")


def entry_page(entries: Sequence[LexicalEntry], neighbors: Mapping[str, str]) -> str:
    """The page of an entry; in this sample, entries of this layout have no embedded entries."""
    main = entries[0]
    title = f"{main.headword} ({', '.join(main.raw_parts_of_speech)}) definition and synonyms | Macmillan Dictionary"
    head = frame.head(title, address(main.id), html.alternates(main), VERSION)
    numbers = count(html.next_position(entries))
    left = _div(
        "",
        _div("HEAD-INFO", _menu(main)),
        _div("entryBody", _senses(main)),
        _phrases(main, numbers),
        _div("HEAD-INFO", _div("HEAD-INFO2", _boxes(main, numbers), _small_print(main))),
        id="leftContent",
    )
    homograph = _div("HOMOGRAPH", _head(main), _aside(main, neighbors), left)
    content = _div("responsive_row", _div("responsive_cell_center_plus_right", homograph), id="entryContent")
    return frame.page(head, _div("responsive_container", content), main.edition)


def miss_page(word: str, suggestions: Sequence[str], edition: str) -> str:
    """The "not found" page, with its ``id`` that occurs twice."""
    title = f"{word} definition from Macmillan Dictionary: Free English Dictionary Online with Thesaurus"
    head = frame.head(title, f"{HOST}{html.spelling_path(edition, word)}", {}, VERSION, noindex=True)
    sentence = f'Sorry, no search result for <span class="search-term">{escape(word)}</span>.'
    items = "".join(
        tag("li", "", tag("a", "", escape(item), href=f"{HOST}/search/{edition}/direct/?q={quote_plus(item)}"))
        for item in suggestions
    )
    body = "\n".join(
        (
            _div("", tag("h1", "", sentence), id="search-results"),
            _div("", "Did you mean:", id="didyoumean"),
            tag(
                "a",
                "contributeto_button",
                "Contribute to our Open Dictionary",
                href=f"{HOST}/open-dictionary/submit.html",
            ),
            _div("", tag("ul", "", items), id="search-results"),
            frame.ad("mpuslot_a", "am-results"),
        )
    )
    return frame.page(head, _div("responsive_container", body), edition)


def _div(classes: str, *content: str, **attributes: str) -> str:
    """A ``div`` with the comment that this layout writes after each."""
    return tag("div", classes, *content, **attributes) + f"<!-- End of DIV {classes}-->"


def _head(entry: LexicalEntry) -> str:
    red = {"class": "redword"} if entry.frequency else {}
    base = tag("span", "BASE", escape(entry.headword, quote=False))
    suffix = tag("span", "headword-definition", "&#160;-&#160;definition ", tag("span", "show_less", "and synonyms"))
    stars = _div("icon_star", " ") * sum(int(item.value) for item in entry.frequency)
    title = _div("BASE-FORM", tag("h1", "", base, suffix, **red))
    group = _div("stars_grp", stars) if stars else ""
    bar = _div(
        "",
        _layers(),
        html.wrapped("PART-OF-SPEECH", " ", ", ".join(entry.raw_parts_of_speech)),
        html.labels(entry.labels),
        *(_pronunciation(entry, item) for item in entry.pronunciations),
        _word_forms(entry),
        id="headbar",
    )
    return _div("HEAD", _div("", _div("", title, group, id="headwordleft"), id="headword"), bar)


def _layers() -> str:
    """Explanations inside the bar that do not belong to the entry."""
    red = tag("p", "", "Frequent words are printed in red and have stars. ", tag("b", "", "More stars, more frequent."))
    thesaurus = tag("p", "", "The boxes below each sense lead to words with a similar meaning.")
    return _div("layer", tag("div", "h3", "What are red words?"), red, id="redwordslayer") + _div(
        "thesaurus-layer", tag("div", "h3", "Thesaurus"), thesaurus, id="thesaurus-floatinglayer"
    )


def _pronunciation(entry: LexicalEntry, item: Pronunciation) -> str:
    caption = f"    {entry.headword} pronunciation in British English\n"
    button = (
        f'<img src="{HOST}/external/images/redspeaker.gif?version={VERSION}" class="sound audio_play_button" '
        f'alt="{caption}" title="{caption}" data-src-mp3="{item.sound_file}" '
        f'data-src-ogg="{"".join(item.alternate_sound_files)}" style="cursor: pointer"/>'
    )
    spoken = "".join(html.wrapped("PRON show_less", " /", sound.text, "/") for sound in item.transcriptions)
    return tag("span", "PRONS", html.separator("PRONS-before", " "), button, spoken)


def _word_forms(entry: LexicalEntry) -> str:
    if not entry.inflected_forms:
        return ""
    button = tag("a", "", f'<img alt="Word Forms" src="{HOST}/external/images/WordForms.gif?version={VERSION}"/>')
    layer = _div("layer", tag("a", "", "Close"), html.forms_table(entry.inflected_forms), id="wordsformslayer-head")
    return _div("wordforms show_less", button, layer)


def _menu(entry: LexicalEntry) -> str:
    items = [
        tag("li", "", tag("a", "", escape(sense.indicator), href=f"#{html.own_id(sense.id)}"))
        for sense in entry.senses
        if sense.indicator
    ]
    return _div("HEAD-INFO1", _div("", tag("ol", "", *items), id="menu")) if items else ""


def _senses(entry: LexicalEntry) -> str:
    return tag("ol", "senses", *(tag("li", "", _sense(entry, *group)) for group in html.senses_in_order(entry)))


def _sense(entry: LexicalEntry, sense: Sense, subs: Sequence[Sense]) -> str:
    number = _div("SENSE-NUM", sense.number) if sense.number else ""
    nested = tag("ol", "SUB-SENSES", *(_sub_sense(entry, sub) for sub in subs)) if subs else ""
    body = _div("SENSE-BODY", number, _meaning(entry, sense), nested)
    first = entry.senses[0] is sense
    boxes = "".join(
        _box(box, entry.headword, html.box_in_sense_id(entry)) for box in entry.boxes if first and stands_in_sense(box)
    )
    info = _div("SENSE-INFO", _div("SENSE-INFO1", boxes)) if boxes else ""
    return _div("SENSE", body, info, id=html.own_id(sense.id))


def _sub_sense(entry: LexicalEntry, sense: Sense) -> str:
    letter = _div("SENSE-NUM", (sense.number or "")[-1:], ".")
    body = _div("SUB-SENSE-BODY", letter, _div("SUB-SENSE-CONTENT", _meaning(entry, sense)))
    advertising = frame.ad("contentslot_1", "am-dictionary contentslot")
    return tag("li", "", body, advertising, id=html.own_id(sense.id))


def _meaning(entry: LexicalEntry, sense: Sense) -> str:
    return "".join(
        (
            html.labels(sense.labels),
            *(html.definition(item, entry.edition, f"dict_{entry.edition}") for item in sense.definitions),
            html.examples(sense, entry.edition, _PATTERN),
            html.thesaurus(entry, sense),
        )
    )


def _phrases(entry: LexicalEntry, numbers: Iterator[int]) -> str:
    items = html.links(entry, "phrase", "PHR-XREF")
    if not items:
        return ""
    title = tag("h2", "TITLE", "phrases", id=f"{html.own_id(entry.id)}__{next(numbers)}")
    return _div("", title, tag("ul", "", items), id="phrases_container")


def _boxes(entry: LexicalEntry, numbers: Iterator[int]) -> str:
    slug = html.own_id(entry.id)
    return "".join(
        _box(box, entry.headword, f"{slug}__{next(numbers)}") for box in entry.boxes if not stands_in_sense(box)
    )


def _box(box: Box, headword: str, identifier: str) -> str:
    title = _div("ONEBOX-HEAD", "\n        ", escape(box.title or ""), "\n")
    return _div("sidebox show_less", title, _div("sideboxbody", html.box_body(box, headword)), ID=identifier)


def _small_print(entry: LexicalEntry) -> str:
    word = tag("b", "", escape(entry.headword))
    other = "".join(
        tag("a", "", f"View American English definition of {word}.", href=item.url or "")
        for item in entry.relations
        if item.type == "counterpart"
    )
    return _div("smallprint", tag("p", "", f"This is the British English definition of {word}. ", other))


def _aside(entry: LexicalEntry, neighbors: Mapping[str, str]) -> str:
    items = [_related_item(item, neighbors) for item in entry.relations if item.type in {"homograph", "related"}]
    heading = tag("div", "h2", "Related words")
    related = _div("entrylist", heading, tag("ul", "", *items)) if items else ""
    more = tag(
        "a", "morerelatedentries", "more dictionary definitions", href=f"{HOST}/search/british/?q={entry.headword}"
    )
    boxes = "".join(tag("li", "", tag("a", "", escape(box.title or ""), href="#boxes")) for box in entry.boxes)
    return _div(
        "",
        _div("responsive_hide_on_smartphone", related, more, id="relatedentries"),
        _div("", tag("ul", "", boxes), id="usageboxlinks"),
        frame.ad("rightslot"),
        id="innerleftcol",
    )


def _related_item(item: Relation, neighbors: Mapping[str, str]) -> str:
    target = item.to or ""
    part_of_speech = html.wrapped("PART-OF-SPEECH", " ", neighbors.get(target, "noun"))
    words = f"{tag('span', 'BASE', escape(item.text))} {part_of_speech}"
    level = "arl1" if item.type == "homograph" else "arl2"
    return tag("li", "", tag("a", "", tag("span", level, words), href=item.url or "", title=item.text))
