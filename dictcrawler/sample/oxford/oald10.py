"""Entry and "not found" pages in the site's markup since January 2020 (OALD10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote_plus

from dictcrawler.model import Box, Definition, Example, InflectedForm, Label, LexicalEntry, Pronunciation, Sense
from dictcrawler.sample.oxford.authoring import LEVEL, SITE, address
from dictcrawler.sample.writing import tag

# A sense shows this many examples; the others are folded away as "Extra Examples".
SHOWN_EXAMPLES = 3
_LONG_WORD = re.compile(r"\b[a-z]{9,}\b")
_AT_END = re.compile(r"([.!?]?)$")
_GEO = {"BrE": ("br", "uk"), "NAmE": ("n_am", "us")}
_CONSENT = tag("div", "consent", "<p>We use cookies.</p><button>Accept all</button>")


def entry_page(entries: Sequence[LexicalEntry], homographs: Sequence[LexicalEntry], edition_name: str) -> str:
    """The page of an entry and its idioms; ``homographs`` are the other entries of its headword."""
    main, *idioms = entries
    slug = main.id.split(":")[2]
    canonical = address(main.edition, slug)
    parts = (_top(main), _body(main), _idioms(idioms), _phrasal_verbs(main), _links_out(main))
    content = tag("div", "oald", tag("div", "entry", *parts, id=slug), id="entryContent")
    title = f"{main.headword} {main.raw_parts_of_speech[0]} - Definition | {edition_name}"
    return _page(title, canonical, content + _other_results(main, homographs, idioms) + _nearby(main, canonical))


def miss_page(word: str, suggestions: Sequence[str], edition: str) -> str:
    """The "not found" page."""
    found = tag("div", "results", tag("h1", "", escape(word)), "<p>Word not found in the dictionary</p>")
    items = (
        tag("li", "", tag("a", "dym-link", escape(item), href=f"{SITE}/search/{edition}/?q={quote_plus(item)}"))
        for item in suggestions
    )
    offered = '<div id="didyoumean">Did you mean:</div>' + tag("ul", "result-list", *items) if suggestions else ""
    return _page(f"{word} - Did you spell it correctly?", f"{SITE}/customPageNotFound", found + offered)


def _page(title: str, canonical: str, content: str) -> str:
    head = f'<title>{escape(title)}</title><link rel="canonical" href="{canonical}">'
    form = '<form action="/search/english/" method="get"><input name="q"><input type="submit" value="Search"></form>'
    menu = '<ul class="menu"><li><a href="/wordlists/">Word Lists</a></li><li><a href="/account/">Sign in</a></li></ul>'
    script = '<script>window.adSlots = window.adSlots || [];\nadSlots.push("ad_contentslot_1");</script>'
    main = tag("div", "main-container", script, content, id="main-container")
    footer = tag("div", "", "<p>Sample site: every entry is invented.</p>", id="footer")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{head}</head>\n'
        f"<body>\n{menu}{form}\n{main}\n{footer}{_CONSENT}\n</body></html>\n"
    )


def _span(name: str, *content: str, **attributes: str) -> str:
    return tag("span", name, *content, htag="span", hclass=name, **attributes)


def _link(url: str | None, text: str, inner: str) -> str:
    return tag("a", "Ref", inner, href=url or "", title=f"{text} definition")


def _top(main: LexicalEntry) -> str:
    web = tag("div", "webtop", tag("h1", "headword", escape(main.headword), htag="h1"), *_head(main))
    jump = '<a class="responsive_display_inline_on_smartphone link-right" href="#relatedentries">jump to results</a>'
    return tag("div", "top-container", tag("div", "top-g", web, jump))


def _head(main: LexicalEntry) -> Iterable[str]:
    yield " " + ", ".join(_span("pos", escape(name)) for name in main.raw_parts_of_speech)
    yield _symbols(main)
    yield _labels(main.labels)
    yield tag("span", "phonetics", *map(_pronunciation, main.pronunciations)) if main.pronunciations else ""
    yield from (_variants("alt", form.labels, form.text) for form in main.inflected_forms if form.tag == "variant")
    yield _inflections([form for form in main.inflected_forms if form.tag != "variant" and not form.pronunciations])
    yield _verb_table([form for form in main.inflected_forms if form.pronunciations])
    if any(item.type == "idiom" for item in main.relations):
        yield tag("span", "jumplinks", tag("a", "Ref", tag("span", "jumplink", "Idioms"), href="#idioms"))


def _symbols(main: LexicalEntry) -> str:
    level = next((str(mark.value).lower() for mark in main.frequency if mark.scheme == "cefr"), None)
    keys = [mark.scheme[7] for mark in main.frequency if mark.scheme in ("oxford_3000", "oxford_5000")]
    spans = [tag("span", f"ox{key}ksym_{level}", "&nbsp;") for key in keys]
    spans += [tag("span", "opal_symbol", str(mark.value)) for mark in main.frequency if mark.scheme == "opal"]
    return tag("div", "symbols", *(tag("a", "", span, href=f"{SITE}/wordlists/") for span in spans)) if spans else ""


def _pronunciation(item: Pronunciation) -> str:
    geo, folder = _GEO[item.labels[0].text]
    sound = tag(
        "div",
        f"sound audio_play_button pron-{folder} icon-audio",
        "&nbsp;",
        data_src_mp3=item.sound_file or "",
        data_src_ogg=item.alternate_sound_files[0],
    )
    spoken = "".join(tag("span", "phon", f"/{form.text}/") for form in item.transcriptions)
    return tag("div", f"phons_{geo}", sound, spoken, geo=geo)


def _variants(kind: str, labels: Sequence[Label], text: str) -> str:
    before = _span("labels", escape(", ".join(label.text for label in labels))) if labels else ""
    group = tag("span", "v-g", before, " ", tag("span", "v", escape(text)))
    return tag("div", "variants", "(", group, ")", type=kind)


def _inflections(forms: Sequence[InflectedForm]) -> str:
    shown = ", ".join(f"{form.tag} {tag('span', 'inflected_form', escape(form.text))}" for form in forms)
    return tag("div", "inflections", f"({shown})") if shown else ""


def _verb_table(forms: Sequence[InflectedForm]) -> str:
    rows = (
        tag(
            "tr",
            "verb_form",
            tag("td", "verb_form", tag("span", "vf_prefix", form.tag or ""), f" {escape(form.text)}"),
            tag("td", "verb_phons", tag("span", "phonetics", *map(_pronunciation, form.pronunciations))),
        )
        for form in forms
    )
    return _box("verbforms", "Verb Forms", tag("table", "verb_forms_table", *rows)) if forms else ""


def _box(kind: str, title: str, body: str) -> str:
    content = tag("span", "box_title", escape(title)) + tag("span", "body", body)
    return tag("div", "collapse", tag("span", "unbox", content, unbox=kind))


def _body(main: LexicalEntry) -> str:
    """Senses and word origin; a phrasal verb's own page lists them form by form."""
    origin = "".join(_box("wordorigin", "Word Origin", tag("span", "p", item.description)) for item in main.etymologies)
    notes = "".join(_span("un", escape(box.text or ""), un=box.kind) for box in main.boxes if box.title is None)
    boxes = "".join(_note(box) for box in main.boxes if box.title is not None and box.kind != "snippet")
    links = "".join(_xrefs(main, None)) + boxes + notes
    if "phrasal verb" not in main.raw_parts_of_speech:
        return _senses(main, main.senses, origin) + links
    groups = groupby(main.senses, lambda item: item.variant or main.headword)
    return "".join(
        tag("span", "pv-g", tag("div", "webtop", tag("span", "pv", escape(form))), _senses(main, list(senses)))
        for form, senses in groups
    ) + links  # fmt: skip


def _senses(entry: LexicalEntry, senses: Sequence[Sense], after: str = "") -> str:
    """Senses with the same shortcut are grouped under it."""
    groups = (
        (title, "".join(_sense(entry, item) for item in group))
        for title, group in groupby(senses, lambda item: item.indicator)
    )
    items = (
        tag("span", "shcut-g", tag("h2", "shcut", escape(title)), inner) if title else inner for title, inner in groups
    )
    return tag("ol", "senses_multiple" if len(senses) > 1 else "sense_single", *items, after)


def _sense(entry: LexicalEntry, sense: Sense) -> str:
    on_own_page = "phrasal verb" in entry.raw_parts_of_speech
    pattern = None if on_own_page else sense.variant
    frames = [pattern, *(label.text for label in sense.labels if label.text.startswith("+"))]
    before = "".join(f" {_span('cf', escape(frame))}" for frame in frames if frame)
    codes = _labels(sense.labels)
    if before:
        meaning = _span("sensetop", codes) + before + _counterparts(entry, sense) + _definitions(sense)
    else:
        meaning = _span("sensetop", codes, _counterparts(entry, sense), _definitions(sense))
    snippets = [box for box in entry.boxes if box.kind == "snippet" and sense is entry.senses[0]]
    return tag(
        "li",
        "sense",
        meaning,
        *_xrefs(entry, sense.id),
        _examples(sense.examples[:SHOWN_EXAMPLES], "x"),
        *(_span("un", item.usage, un="help") for item in sense.definitions if item.usage),
        _extra_examples(sense.examples[SHOWN_EXAMPLES:]),
        _topics(sense),
        *map(_note, snippets),
        '<div id="ring-links-box"><p>Join us</p></div>' if sense is entry.senses[-1] else "",
        **_attributes(entry, sense),
    )


def _attributes(entry: LexicalEntry, sense: Sense) -> dict[str, str]:
    """The level is in attributes, whose names differ in an entry with a single sense."""
    prefix = "" if len(entry.senses) > 1 else "fk"
    given = {"id": sense.id.rpartition("#")[2]} | ({"sensenum": sense.number} if sense.number else {})
    for label in sense.labels:
        if label.text.startswith(LEVEL):
            given[f"{prefix}cefr"] = label.text.removeprefix(LEVEL).lower()
        elif label.text in ("Oxford 3000", "Oxford 5000"):
            given[f"{prefix}ox{label.text[-4:]}"] = "y"
    return given


def _labels(labels: Iterable[Label]) -> str:
    """Grammar in square brackets, then the labels in round ones."""
    found = list(labels)
    codes = [label.text for label in found if label.type == "grammar" and not label.text.startswith("+")]
    printed = [label.text for label in found if label.type in ("register", "region") or _is_field(label)]
    shown = [_span("grammar", f"[{', '.join(codes)}]")] if codes else []
    shown += [_span("labels", escape(f"({', '.join(printed)})"))] if printed else []
    shown += [_wrapped("dis-g", label.text) for label in found if label.type == "restriction"]
    shown += [_wrapped("use", label.text) for label in found if label.type == "usage" and not _is_level(label)]
    return "".join(f" {item}" for item in shown)


def _wrapped(name: str, text: str) -> str:
    return tag("span", name, '<span class="wrap">(</span>', escape(text), '<span class="wrap">)</span>')


def _is_level(label: Label) -> bool:
    return label.text.startswith((LEVEL, "Oxford "))


def _is_field(label: Label) -> bool:
    """A field printed as a label; a topic is capitalised and linked."""
    return label.type == "domain" and label.text.islower()


def _topics(sense: Sense) -> str:
    level = next((label.text.removeprefix(LEVEL).lower() for label in sense.labels if _is_level(label)), None)
    shown = [
        tag("span", "topic", tag("span", "topic_name", escape(label.text)), tag("span", "topic_cefr", level or ""))
        for label in sense.labels
        if label.type == "domain" and not _is_field(label)
    ]
    return tag("span", "topic-g", tag("span", "prefix", "Topics "), *shown) if shown else ""


def _definitions(sense: Sense) -> str:
    return "".join(f" {_definition(item)}" for item in sense.definitions if item.definition_type == "full")


def _definition(item: Definition) -> str:
    """Long words of a definition are links to their own entries."""

    def link(word: re.Match[str]) -> str:
        return _link(address("english", word[0]), word[0], tag("span", "ndv", word[0]))

    return _span("def", _LONG_WORD.sub(link, escape(item.text, quote=False)))


def _counterparts(entry: LexicalEntry, sense: Sense) -> str:
    return "".join(
        _variants("vs", [Label(text=item.group or "", type="region")], item.text)
        for item in entry.relations
        if item.from_ == sense.id and item.type == "counterpart"
    )


def _xrefs(entry: LexicalEntry, start: str | None) -> Iterable[str]:
    own = [item for item in entry.relations if item.from_ == start and item.group and item.type != "counterpart"]
    for group, items in groupby(own, lambda item: item.group):
        targets = (
            _link(item.url, item.text, tag("span", "xr-g", tag("span", "xh", escape(item.text)))) for item in items
        )
        yield " " + _span("xrefs", tag("span", "prefix", group or ""), " ", ", ".join(targets))


def _examples(examples: Sequence[Example], name: str) -> str:
    items = (tag("li", "", _frame(item), tag("span", name, _sentence(item))) for item in examples)
    return tag("ul", "examples", *items) if examples else ""


def _frame(item: Example) -> str:
    return f" {_span('cf', escape(item.pattern))} " if item.pattern else ""


def _sentence(item: Example) -> str:
    """A gloss comes before the full stop."""
    gloss = f" {_span('gloss', f'(= {escape(item.gloss)})')}" if item.gloss else ""
    return _AT_END.sub(lambda end: gloss + end[1], escape(item.text, quote=False), count=1)


def _extra_examples(examples: Sequence[Example]) -> str:
    content = tag("span", "box_title", "Extra Examples") + _examples(examples, "unx")
    return tag("div", "collapse", tag("span", "unbox", content, unbox="extra_examples")) if examples else ""


def _note(box: Box) -> str:
    """A framed note; in the collocations dictionary it is a heading with a list."""
    heading, _, words = (box.text or "").partition(" ")
    if box.kind == "snippet":
        listed = tag("ul", "collocs_list", *(tag("li", "li", escape(word)) for word in words.split(", ")))
        return _box(box.kind, box.title or "", tag("span", "unbox", heading) + listed)
    return _box(box.kind, box.title or "", tag("span", "p", escape(box.text or "")) + _examples(box.examples, "x"))


def _idioms(entries: Sequence[LexicalEntry]) -> str:
    items = (
        tag("span", "idm-g", tag("div", "top-container", _idiom_head(item)), _senses(item, item.senses),
            id=item.id.rpartition(":")[2])
        for item in entries
    )  # fmt: skip
    return tag("div", "idioms", tag("span", "idioms_heading", "Idioms"), *items, id="idioms") if entries else ""


def _idiom_head(item: LexicalEntry) -> str:
    others = (_variants("vf", form.labels, form.text) for form in item.inflected_forms)
    return tag("div", "webtop", tag("span", "idm", escape(item.headword)), _labels(item.labels), *others)


def _phrasal_verbs(main: LexicalEntry) -> str:
    items = [
        tag("li", "li", _link(item.url, item.text, tag("span", "xr-g", tag("span", "xh", escape(item.text)))))
        for item in main.relations
        if item.type == "phrasal_verb"
    ]
    title = tag("span", "unbox", "Phrasal Verbs")
    return tag("aside", "phrasal_verb_links", title, tag("ul", "pvrefs", *items)) if items else ""


def _links_out(main: LexicalEntry) -> str:
    return tag("div", "pron-link", "Check pronunciation: ", tag("a", "", escape(main.headword), href=f"{SITE}/info/"))


def _other_results(main: LexicalEntry, homographs: Sequence[LexicalEntry], idioms: Sequence[LexicalEntry]) -> str:
    """Homographs, longer words, and idioms, which have a fragment in their address."""
    own = address(main.edition, main.id.split(":")[2])
    items = [
        tag("a", "", _word(other), href=address(other.edition, other.id.split(":")[2])) for other in homographs
    ] + [tag("a", "", escape(main.headword), href=f"{own}#{item.id.rpartition(':')[2]}") for item in idioms]
    listed = tag("ul", "list-col", *(tag("li", "", item) for item in items))
    return tag("div", "responsive_row", "<h4>Other results</h4>", listed, id="relatedentries")


def _nearby(main: LexicalEntry, canonical: str) -> str:
    own = tag("a", "selected", tag("data", "hwd", _word(main)), href=canonical)
    next_word = tag("a", "", f"{escape(main.headword)}-like", href=f"{canonical}-like")
    return tag("ul", "list-col", tag("li", "", own), tag("li", "", next_word))


def _word(entry: LexicalEntry) -> str:
    return f"{escape(entry.headword)} <pos>{', '.join(entry.raw_parts_of_speech)}</pos>"
