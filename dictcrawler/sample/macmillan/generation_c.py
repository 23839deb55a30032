"""Entry and "not found" pages in the site's last layout, generation C (2019 to June 2023)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import count
from urllib.parse import quote_plus

from dictcrawler.model import Box, LexicalEntry, Pronunciation, Relation, Sense
from dictcrawler.sample.macmillan import frame, html
from dictcrawler.sample.macmillan.authoring import HOST, address, stands_in_sense
from dictcrawler.sample.writing import tag

VERSION = "4.0.142"
_PATTERN = ("span", "PATTERNS-COLLOCATIONS")


def entry_page(entries: Sequence[LexicalEntry], neighbors: Mapping[str, str]) -> str:
    """The page of an entry and of the entries printed inside it."""
    main = entries[0]
    parts = f" ({', '.join(main.raw_parts_of_speech)})" if main.raw_parts_of_speech else ""
    dialect = "American English definition" if main.edition == "american" else "definition"
    title = f"{main.headword.upper()}{parts} {dialect} and synonyms | Macmillan Dictionary"
    head = frame.head(title, address(main.id), html.alternates(main), VERSION)
    column = tag("div", "col-xs-12 col-sm-8 col-md-content-with-right left-content", *_column(entries, neighbors))
    aside = tag(
        "div", "col-xs-12 col-sm-4 hidden-xs", _related(main, neighbors), frame.ad("rightslot"), id="innerleftcol"
    )
    content = tag("div", "row", tag("div", "row", column, aside), id="entryContent")
    return frame.page(head, content, main.edition)


def miss_page(word: str, suggestions: Sequence[str], edition: str) -> str:
    """The "not found" page."""
    canonical = f"{HOST}{html.spelling_path(edition, word)}"
    title = f"{word} definition from Macmillan Dictionary: Free Online Dictionary with Thesaurus"
    head = frame.head(title, canonical, {}, VERSION, noindex=True)
    sentence = f'Sorry, no search result for <span class="search-term">{escape(word)}</span>.'
    us = "/us" if edition == "american" else ""
    items = "".join(
        tag("li", "", tag("a", "", escape(item), href=f"{HOST}{us}/search/{edition}/direct/?q={quote_plus(item)}"))
        for item in suggestions
    )
    offered = tag("div", "entry-bold", "Did you mean:") + tag("ul", "display-list", items) if suggestions else ""
    result = tag("div", "", tag("h1", "", sentence), offered, id="search-results")
    return frame.page(head, tag("div", "col-xs-12 left-content", result, frame.ad("mpuslot_a", "am-results")), edition)


def _column(entries: Sequence[LexicalEntry], neighbors: Mapping[str, str]) -> tuple[str, ...]:
    main, *inside = entries
    numbers = count(html.next_position(entries))
    return (
        _title(main),
        _pronunciation_bar(main),
        _stars(main) + _word_forms(main),
        tag(
            "div",
            "",
            _menu(main),
            _senses(main),
            *(_run_on(child) for child in inside if not _is_phrasal(child)),
            _embedded([child for child in inside if _is_phrasal(child)]),
            _link_list(main, "phrase", "phrases", numbers),
            _link_list(main, "phrasal_verb", "phrasal_verbs", numbers),
            _see_also(main),
            _foot(main, numbers),
        ),
        tag("div", "visible-xs", _related(main, neighbors)),
    )


def _title(entry: LexicalEntry) -> str:
    base = tag("span", "BASE redword" if entry.frequency else "BASE", escape(entry.headword, quote=False))
    return tag("h1", "big-title no-margin", base, tag("span", "headword-definition", " - definition and synonyms"))


def _stars(entry: LexicalEntry) -> str:
    stars = sum(int(item.value) for item in entry.frequency)
    return tag("div", "dflex no-grow", '<span class="entry-red-star">★</span>' * stars) if stars else ""


def _pronunciation_bar(entry: LexicalEntry) -> str:
    return tag(
        "div",
        "middle-xs entry-pron-head row no-margin",
        tag("div", "entry-labels", _part_of_speech(entry), html.labels(entry.labels)),
        *(_pronunciation(entry, item) for item in entry.pronunciations),
    )


def _part_of_speech(entry: LexicalEntry) -> str:
    if not entry.raw_parts_of_speech:
        return ""
    blank = html.separator("PART-OF-SPEECH-before", " ")
    return tag(
        "span", "PART-OF-SPEECH", blank, ", ".join(entry.raw_parts_of_speech), '<span class="zwsp">\u200b</span>'
    )


def _pronunciation(entry: LexicalEntry, item: Pronunciation) -> str:
    dialect = "American" if entry.edition == "american" else "British"
    caption = f"    {entry.headword} pronunciation in {dialect} English\n"
    button = tag(
        "span",
        "sound audio_play_button dflex middle-xs",
        title=caption,
        data_src_mp3=item.sound_file or "",
        data_src_ogg="".join(item.alternate_sound_files),
    )
    resource = "".join(tag("span", "pron_resource", label.text) for label in item.labels)
    spoken = "".join(html.wrapped("PRON show_less", " /", sound.text, "/") for sound in item.transcriptions)
    return tag("div", "PRONS dflex no-grow middle-xs", html.separator("PRONS-before", " "), resource, button, spoken)


def _word_forms(entry: LexicalEntry) -> str:
    if not entry.inflected_forms:
        return ""
    return tag("div", "wordforms", _toggle("Word Forms", html.forms_table(entry.inflected_forms)))


def _toggle(caption: str, body: str) -> str:
    arrows = tag("span", "toggle-open", "+") + tag("span", "toggle-close", "-")
    return tag("div", "toggleable", tag("div", "toggle-toggle", tag("a", "", caption), arrows), tag("div", "", body))


def _menu(entry: LexicalEntry) -> str:
    items = [
        tag("li", "", tag("a", "", escape(sense.indicator), href=f"#{html.own_id(sense.id)}"))
        for sense in entry.senses
        if sense.indicator
    ]
    if items and any(relation.type == "phrase" for relation in entry.relations):
        items.append(tag("li", "noNumberElement", tag("a", "", "+ phrases", href="#phrases_container")))
    return tag("div", "definitions-list", tag("ol", "", *items)) if items else ""


def _senses(entry: LexicalEntry) -> str:
    items = [tag("li", "", _sense(entry, sense, subs), _ad_after(sense)) for sense, subs in html.senses_in_order(entry)]
    return tag("ol", "senses", *items)


def _ad_after(sense: Sense) -> str:
    return frame.ad(f"contentslot_{sense.number}", "am-dictionary contentslot") if sense.number in {"1", "3"} else ""


def _sense(entry: LexicalEntry, sense: Sense, subs: Sequence[Sense]) -> str:
    number = tag("div", "SENSE-NUM", sense.number) if sense.number else ""
    nested = tag("ol", "SUB-SENSES", *(_sub_sense(entry, sub) for sub in subs)) if subs else ""
    content = tag("div", "SENSE-CONTENT", _meaning(entry, sense), nested, _contributor(sense))
    body = tag("div", "SENSE-BODY", number, tag("div", "dflex no-grow", content))
    classes = "SENSE entry-sense anchor entry-od-sense" if sense.contributor else "SENSE entry-sense anchor"
    first = entry.senses[0] is sense
    boxes = "".join(
        _box(box, entry.headword, html.box_in_sense_id(entry)) for box in entry.boxes if first and stands_in_sense(box)
    )
    info = tag("div", "SENSE-INFO", tag("div", "SENSE-INFO1", boxes)) if boxes else ""
    return tag("div", classes, body, info, id=html.own_id(sense.id))


def _sub_sense(entry: LexicalEntry, sense: Sense) -> str:
    letter = tag("div", "SENSE-NUM", (sense.number or "")[-1:], ".")
    content = tag("div", "SUB-SENSE-CONTENT", _meaning(entry, sense))
    return tag(
        "li", "", tag("div", "SUB-SENSE-BODY", letter, content), frame.ad("contentslot_2"), id=html.own_id(sense.id)
    )


def _meaning(entry: LexicalEntry, sense: Sense) -> str:
    resource = "dict_british" if sense.contributor else f"dict_{entry.edition}"
    entry_words = tag("h3", "SENSE-ENTRY", tag("span", "BASE", escape(sense.variant or "")))
    return "".join(
        (
            html.labels(sense.labels),
            tag("div", "SENSE-VARIANT", entry_words) if sense.variant else "",
            *(html.definition(item, entry.edition, resource) for item in sense.definitions),
            html.examples(sense, entry.edition, _PATTERN),
            html.thesaurus(entry, sense),
        )
    )


def _contributor(sense: Sense) -> str:
    if not sense.contributor:
        return ""
    names = ("user", "country", "date")
    details = ", ".join(
        tag("span", name, part) for name, part in zip(names, sense.contributor.split(", "), strict=True)
    )
    return tag("div", "openDETAIL", tag("span", "textfromopen", "Submitted by "), details)


def _is_phrasal(entry: LexicalEntry) -> bool:
    return entry.raw_parts_of_speech == ("phrasal verb",)


def _run_on(entry: LexicalEntry) -> str:
    sounds = "".join(_pronunciation(entry, item) for item in entry.pronunciations)
    head = tag("span", "ENTRY", tag("span", "BASE", escape(entry.headword))) + sounds + _part_of_speech(entry)
    examples = "".join(html.examples(sense, entry.edition, _PATTERN) for sense in entry.senses)
    caption = tag("span", "SEP", "derived word")
    return tag("div", "RUNON", caption, tag("div", "R-HEAD", head), examples, id=html.own_id(entry.id))


def _embedded(entries: Sequence[LexicalEntry]) -> str:
    verbs = [
        tag(
            "div",
            "phrasalverb",
            tag(
                "div",
                "PV-HEAD",
                tag("h2", "ENTRY", tag("span", "BASE", escape(entry.headword))),
                _part_of_speech(entry),
            ),
            *(_phrasal_sense(entry, sense) for sense in entry.senses),
        )
        for entry in entries
    ]
    return tag("div", "", *verbs, id="PV-HOMOGRAPH") if verbs else ""


def _phrasal_sense(entry: LexicalEntry, sense: Sense) -> str:
    number = tag("div", "SENSE-NUM", sense.number) if sense.number else ""
    body = tag("div", "SENSE-BODY", number, tag("div", "SENSE-CONTENT", _meaning(entry, sense)))
    return tag("div", "SENSE", tag("div", "phrasalverbsense", body), id=html.own_id(sense.id))


def _link_list(entry: LexicalEntry, relation: str, name: str, numbers: Iterator[int]) -> str:
    item_class = "PHR-XREF" if relation == "phrase" else "PV-XREF"
    items = html.links(entry, relation, item_class)
    if not items:
        return ""
    title = tag("h2", "TITLE", name.replace("_", " "), id=f"{html.own_id(entry.id)}__{next(numbers)}")
    return tag("div", "", title, tag("ul", "", items), id=f"{name}_container")


def _see_also(entry: LexicalEntry) -> str:
    targets = [relation for relation in entry.relations if relation.type == "see_also" and relation.from_ is None]
    if not targets:
        return ""
    anchors = ", ".join(
        tag("span", "SEEALSO", tag("a", "", escape(item.text), href=item.url or "")) for item in targets
    )
    return tag("div", "SEEALSO-GROUP", tag("span", "SEP", "See also "), anchors)


def _box(box: Box, headword: str, identifier: str) -> str:
    title = tag("div", "ONEBOX-HEAD", "\n        ", escape(box.title or ""), "\n")
    return tag(
        "div", "sidebox toggleable", title, tag("div", "sideboxbody", html.box_body(box, headword)), id=identifier
    )


def _foot(entry: LexicalEntry, numbers: Iterator[int]) -> str:
    slug = html.own_id(entry.id)
    boxes = "".join(
        _box(box, entry.headword, f"{slug}__{next(numbers)}") for box in entry.boxes if not stands_in_sense(box)
    )
    dialect = "American" if entry.edition == "american" else "British"
    other = "".join(
        tag("a", "", f"View the other definition of <b>{escape(item.text)}</b>.", href=item.url or "")
        for item in entry.relations
        if item.type == "counterpart"
    )
    note = f"<p>This is the {dialect} English definition of <b>{escape(entry.headword)}</b>. {other}</p>"
    option = f'<p><a href="{HOST}/options.html">Change your default dictionary.</a></p>'
    small = tag("div", "smallprint margin-top-2em", note, option)
    return tag("div", "HEAD-INFO", tag("div", "HEAD-INFO2", boxes, small))


def _related(entry: LexicalEntry, neighbors: Mapping[str, str]) -> str:
    items = [_related_item(item, neighbors) for item in entry.relations if item.type in {"homograph", "related"}]
    if not items:
        return ""
    heading = tag("div", "h2", "Other entries for this word")
    return tag("div", "related-entries-content", heading, tag("ul", "", *items))


def _related_item(item: Relation, neighbors: Mapping[str, str]) -> str:
    target = item.to or ""
    part_of_speech = neighbors.get(target, "noun")
    name = "PATTERNS-COLLOCATIONS" if part_of_speech == "phrase" else "BASE"
    words = tag("span", name, escape(item.text)) + " " + html.wrapped("PART-OF-SPEECH", " ", part_of_speech)
    return tag("li", "related-entries-item", tag("a", "", words, href=item.url or "", title=item.text))
