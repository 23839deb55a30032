"""Pages in the site's current markup: spans named after the elements of the publisher's XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote_plus

from dictcrawler.model import (
    Box,
    Definition,
    Example,
    Frequency,
    InflectedForm,
    Label,
    LexicalEntry,
    Pronunciation,
    Relation,
    Sense,
)
from dictcrawler.sample.longman.authoring import BUSINESS, FAMILY, HOST, PREFIX, THESAURUS, address
from dictcrawler.sample.writing import slug_of, tag

VERSION = "1.2.91"
_LABELS = {"grammar": "GRAM", "register": "REGISTERLAB", "region": "GEO", "domain": "FIELD"}
_FORMS = {"past tense": "PASTTENSE", "past participle": "PASTPART", "plural": "PLURALFORM", "also": "ORTHVAR"}
_RELATED = {"synonym": "SYN", "antonym": "OPP"}
_BOXES = {"register": "F2NBox", "grammar": "GramBox", "collocations": "ColloBox"}
_LEVELS = {3: "High", 2: "Medium", 1: "Lower"}
# A pattern with a slot for other words is grammar; without one it is a collocation.
_PLACE = re.compile(r"\b(somebody|something|doing|that)\b")
# Words of a definition that link to their own entries: any long one.
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")
_END = re.compile(r"[.!?]?$")


def entry_page(entries: Sequence[LexicalEntry]) -> str:
    """The page of a word: its family, the entries of both dictionaries, their origins."""
    mains = [entry for entry in entries if not _is_below(entry)]
    below = {main.id: [entry for entry in entries if entry.id.startswith(f"{main.id}:")] for main in mains}
    word = mains[0].headword
    blocks = [_block(main, below[main.id], is_first=_opens(main, mains)) for main in mains]
    content = tag("div", "dictionary", _family(mains[0]), *blocks, *map(_origin, mains))
    title = f"{word} | meaning of {word} in Longman Dictionary of Contemporary English | LDOCE"
    return _frame(title, address(word), tag("h1", "pagetitle", escape(word, quote=False)) + content, "page")


def miss_page(word: str, suggestions: Iterable[str]) -> str:
    """The page that a missing word is redirected to, with words of similar spelling."""
    items = (tag("li", "", tag("a", "", f"\n {text}\n ", href=f"/search/direct/?q={text}")) for text in suggestions)
    content = tag("h1", "search_title", "Did you mean:") + tag("ul", "didyoumean", *items)
    title = f"Suggestions for {word} | Longman Dictionary of Contemporary English"
    return _frame(title, HOST + spelling_path(word), tag("div", "page_content", content), "search")


def spelling_path(word: str) -> str:
    """The path and query of the "not found" page."""
    return f"/spellcheck/english/?q={quote_plus(word)}"


def _frame(title: str, canonical: str, content: str, kind: str) -> str:
    """The parts of every page; the word of the day is marked up as an entry."""
    search = tag("form", "search_form", '<input type="search" name="q" />', action=f"{HOST}/search/")
    daily = _span(
        "ldoceEntry Entry", tag("span", "newline", tag("a", "", "a very small pond", href="/dictionary/plosh"))
    )
    box = tag("div", "box wotd", tag("span", "title_entry", "plosh"), daily, id="wotd")
    body = tag("div", "content", tag("div", "responsive_cell6", tag("div", "entry_content", content)), box)
    head = f'<title>{escape(title)}</title><link rel="canonical" href="{escape(canonical)}"/>'
    return f'<!DOCTYPE html><html lang="en">{tag("head", "", head)}{tag("body", kind, search, body)}</html>\n'


def _span(classes: str, *content: str, **attributes: str) -> str:
    return tag("span", classes, *content, **attributes)


def _value(name: str, text: str | None, before: str = "", after: str = "") -> str:
    """A value between the separators that the site prints; empty for an empty value."""
    if not text:
        return ""
    marks = [_span("neutral span", escape(mark)) if mark else "" for mark in (before, after)]
    return _span(name, marks[0], escape(text, quote=False), marks[1])


def _is_below(entry: LexicalEntry) -> bool:
    return any(relation.type == "main_entry" for relation in entry.relations)


def _opens(entry: LexicalEntry, mains: Sequence[LexicalEntry]) -> bool:
    """A dictionary is named only at the first of its entries."""
    return next(other for other in mains if (BUSINESS in other.labels) == (BUSINESS in entry.labels)) is entry


def _block(entry: LexicalEntry, below: Sequence[LexicalEntry], *, is_first: bool) -> str:
    is_business = BUSINESS in entry.labels
    name = BUSINESS.text if is_business else "Longman Dictionary of Contemporary English"
    intro = _span("dictionary_intro span", f"From {name}") if is_first else ""
    own = entry.id.removeprefix(PREFIX).removeprefix("business:")
    anchor = {"id": own} if "__" in own else {}
    parts = (
        _topics(entry),
        _head(entry),
        *(_sense(entry, *group) for group in _groups(entry)),
        *_phrasal_verbs(entry),
        _tail(entry, below),
    )
    kind = "bussdictEntry Entry" if is_business else "ldoceEntry Entry"
    corpus = [_corpus(box) for box in entry.boxes if box.kind == "corpus_examples"]
    caption = (
        _span("asset div", _span("yellow_box", _span("asset_intro", "Examples from the Corpus"))) if corpus else ""
    )
    return _span("dictentry", intro, _span("dictlink", _span(kind, *parts, **anchor)), caption, *corpus)


def _topics(entry: LexicalEntry) -> str:
    topics = [item.text for item in entry.labels if item.type == "domain" and item != BUSINESS]
    links = [tag("a", "topic", escape(text), href=f"/{text}-topic/") for text in topics]
    caption = _span("related_topics", "Related topics: ")
    return tag("div", "topics_container", caption, ", ".join(links)) if links else ""


def _head(entry: LexicalEntry) -> str:
    variants = [item for item in entry.inflected_forms if item.tag == "also"]
    inflections = [item for item in entry.inflected_forms if item.tag != "also"]
    return _span(
        "frequent Head" if entry.frequency else "Head",
        _span("HWD", escape(entry.headword)),
        _value("HYPHENATION", entry.hyphenation),
        _value("HOMNUM", entry.homograph_number),
        _forms("Variant", variants),
        _transcriptions(entry.pronunciations),
        _frequency(entry),
        *(_value("POS", text, ", " if place else " ") for place, text in enumerate(entry.raw_parts_of_speech)),
        _forms("Inflections", inflections),
        *(_label(item) for item in entry.labels if item.type != "domain"),
        *(_speaker(item, entry.headword) for item in entry.pronunciations),
    )


def _forms(classes: str, forms: Sequence[InflectedForm]) -> str:
    inner = "".join(_form(item) for item in forms)
    neutral = [_span("neutral span", mark) for mark in (" (", ")")]
    return _span(classes, neutral[0], inner, neutral[1]) if inner else ""


def _form(item: InflectedForm) -> str:
    name = _FORMS[item.tag or ""]
    labels = "".join(map(_label, item.labels))
    if item.tag == "also":
        return _span("LINKWORD", "also") + _span(name, f" {item.text}") + labels
    return _span(name, _span("infllab span", f"{item.tag} "), item.text) + labels


def _transcriptions(pronunciations: Iterable[Pronunciation]) -> str:
    texts = {sound.scheme: sound.text for item in pronunciations for sound in item.transcriptions}
    british = _value("PRON", texts.get("en-GB-fonipa"))
    american = _value("AMEVARPRON", texts.get("en-US-fonipa"), " $ ")
    slashes = [_span("neutral span", mark) for mark in (" /", "/")]
    return _span("PronCodes", slashes[0], british, american, slashes[1]) if texts else ""


def _speaker(item: Pronunciation, word: str) -> str:
    accent = "bre" if "/bre" in (item.sound_file or "") else "ame"
    return _span(
        f"speaker {accent}file fas fa-volume-up hideOnAmp",
        "&nbsp;",
        data_src_mp3=f"{item.sound_file}?version={VERSION}",
        title=f"Play {item.labels[0].text.partition(' ')[0]} pronunciation of {word}",
    )


def _frequency(entry: LexicalEntry) -> str:
    return " ".join(_mark(item) for item in entry.frequency)


def _mark(item: Frequency) -> str:
    value = item.value
    if item.rank is None:
        corpus = "spoken" if value[0] == "S" else "written"
        return _span("FREQ", value, title=f"Top {value[1]}000 {corpus} words")
    title = f"Core vocabulary: {_LEVELS[item.rank]}-frequency"
    return _span("tooltip LEVEL", f" {'●' * item.rank}{'○' * ((item.max or item.rank) - item.rank)}", title=title)


def _label(item: Label) -> str:
    return _value(_LABELS[item.type], item.text, *((" [", "]") if item.type == "grammar" else (" ",)))


def _groups(entry: LexicalEntry) -> Iterator[tuple[Sense, tuple[Sense, ...]]]:
    for sense in entry.senses:
        if sense.parent is None:
            yield sense, tuple(sub for sub in entry.senses if sub.parent == sense.id)


def _sense(entry: LexicalEntry, sense: Sense, subs: Sequence[Sense]) -> str:
    nested = (_span("Subsense", " ", _meaning(entry, sub, f"{(sub.number or '')[-1:]})")) for sub in subs)
    own = sense.id.partition("#")[2]
    return _span("newline Sense", _meaning(entry, sense, sense.number), *nested, id=own)


def _meaning(entry: LexicalEntry, sense: Sense, number: str | None) -> str:
    return "".join(
        (
            _span("sensenum span", number) + " " if number else "",
            _value("SIGNPOST", sense.indicator),
            _value("LEXUNIT", sense.variant),
            *map(_label, sense.labels),
            *(_definition(item) for item in sense.definitions if item.definition_type == "full"),
            _words(entry, sense),
            *(_examples(*group) for group in groupby(sense.examples, lambda item: (item.pattern, item.gloss))),
            _crossref(entry, sense.id),
        )
    )


def _definition(item: Definition) -> str:
    def link(word: re.Match[str]) -> str:
        return tag("a", "defRef", word[0], title=word[0], href=f"/dictionary/{word[0]}")

    return _span("DEF", " ", _LONG_WORD.sub(link, escape(item.text, quote=False)))


def _words(entry: LexicalEntry, sense: Sense) -> str:
    """Synonyms and opposites, the first of each with its mark."""
    own = [item for item in entry.relations if item.from_ == sense.id and item.type in _RELATED]
    first = {item.type: item for item in reversed(own)}
    return "".join(_word(_RELATED[item.type], item.text, is_first=first[item.type] is item) for item in own)


def _word(name: str, text: str, *, is_first: bool) -> str:
    if is_first:
        return _span(name, _span("synopp span", name), f" {escape(text)}")
    return _value(name, text, ", ")


def _examples(key: tuple[str | None, str | None], examples: Iterable[Example]) -> str:
    """The examples of one pattern; the gloss comes after the pattern, else in the sentence."""
    pattern, gloss = key
    if pattern is None:
        return "".join(_example(item.text, gloss) for item in examples)
    sentences = [_example(item.text, None) for item in examples if item.text != pattern]
    group, name = ("GramExa", "PROPFORM") if _PLACE.search(pattern) else ("ColloExa", "COLLO")
    return _span(group, _value(name, pattern), _gloss("GLOSS", gloss), *sentences)


def _example(text: str, gloss: str | None) -> str:
    at = _END.search(text)
    end = at.start() if at else len(text)
    speaker = _span(
        "speaker exafile fas fa-volume-up hideOnAmp",
        "&nbsp;",
        data_src_mp3=f"{HOST}/media/english/exaProns/{slug_of(text)[:12]}.mp3?version={VERSION}",
    )
    before, after = (escape(part, quote=False) for part in (text[:end], text[end:]))
    return _span("EXAMPLE", speaker, before, _gloss("GLOSS", gloss), after)


def _gloss(name: str, text: str | None) -> str:
    return _value(name, text, " (=", ")")


def _crossref(entry: LexicalEntry, sense_id: str | None) -> str:
    words = [item.text for item in entry.relations if item.type == "see_also" and item.from_ == sense_id]
    return _pointer(words) if words else ""


def _pointer(words: Iterable[str]) -> str:
    links = (
        tag("a", "crossRef", _span("REFHWD", escape(text)), title=text, href=f"/dictionary/{slug_of(text)}")
        for text in words
    )
    return _span("Crossref", _span("neutral span", " →"), _span("neutral span", ", ").join(links))


def _phrasal_verbs(entry: LexicalEntry) -> Iterator[str]:
    for item in entry.relations:
        if item.type == "phrasal_verb":
            yield _span("PhrVbEntry", _span("Tail", _pointer([item.text])))


def _tail(entry: LexicalEntry, below: Iterable[LexicalEntry]) -> str:
    inner = "".join((_crossref(entry, None), *map(_run_on, below), *map(_box, entry.boxes), _thesaurus(entry)))
    return _span("Tail", inner) if inner else ""


def _run_on(entry: LexicalEntry) -> str:
    sentences = (_example(item.text, item.gloss) for sense in entry.senses for item in sense.examples)
    parts = (_value("POS", text, " ") for text in entry.raw_parts_of_speech)
    return _span("RunOn", _span("DERIV", f"—{entry.headword}"), *parts, *sentences)


def _box(box: Box) -> str:
    """A note or a box of collocations; other boxes are printed elsewhere."""
    if box.kind not in _BOXES:
        return ""
    heading = _span("heading span", escape(box.title or ""))
    if box.kind == "collocations":
        sections = groupby(box.examples, lambda item: item.labels[0].text)
        return _span(_BOXES[box.kind], heading, *(_collocates(title, items) for title, items in sections))
    sentences = (_example(item.text, item.gloss) for item in box.examples)
    return _span(_BOXES[box.kind], heading, _span("EXPL", escape(box.text or "", quote=False)), *sentences)


def _collocates(title: str, items: Iterable[Example]) -> str:
    groups = groupby(items, lambda item: (item.pattern, item.gloss))
    return _span("Section", _span("SECHEADING", title), *(_collocate(*key, group) for key, group in groups))


def _collocate(pattern: str | None, gloss: str | None, items: Iterable[Example]) -> str:
    sentences = (_example(item.text, None) for item in items if item.text != pattern)
    return _span("Collocate", _value("collo COLLOC", pattern), _gloss("COLLGLOSS", gloss), *sentences)


def _thesaurus(entry: LexicalEntry) -> str:
    """All words of the box have the same heading, the group of the relations to them."""
    exponents = "".join(_exponent(box) for box in entry.boxes if box.kind == "thesaurus")
    groups = (item.group for item in entry.relations if item.group and item.group.startswith(THESAURUS))
    heading = _value("HEADING", next(groups, "").removeprefix(THESAURUS), " – ")
    title = _span("heading span", THESAURUS.strip(": "))
    return _span("ThesBox", title, heading, exponents) if exponents else ""


def _exponent(box: Box) -> str:
    sentences = (_example(item.text, None) for item in box.examples)
    return _span("Exponent", _value("display EXP", box.title), _span("DEF", f" {escape(box.text or '')}"), *sentences)


def _corpus(box: Box) -> str:
    bullet = _span("neutral span", "• ")
    sentences = (_span("cexa1g1 exa", bullet, escape(item.text, quote=False)) for item in box.examples)
    return _span("assetlink", _span("exaGroup cexa1 exaGroup", _value("title", box.title), *sentences))


def _origin(entry: LexicalEntry) -> str:
    whose = _span("Head", _value("HWD", entry.headword), _value("HOMNUM", entry.homograph_number))
    texts = (_span("Sense", _span("ORIGIN", escape(item.description))) for item in entry.etymologies)
    return "".join(_span("etym", _span("asset_intro", "Origin"), " ", whose, " ", text) for text in texts)


def _family(entry: LexicalEntry) -> str:
    """The word family is at the top of the page."""
    members = [item for item in entry.relations if (item.group or "").startswith(FAMILY)]
    groups = (_kin(group or "", items) for group, items in groupby(members, lambda item: item.group))
    return tag("div", "wordfams", _span("asset_intro", "Word family"), *groups) if members else ""


def _kin(group: str, items: Iterable[Relation]) -> str:
    links = (tag("a", "crossRef w", item.text, href=f"/dictionary/{item.text}", title=item.text) for item in items)
    return _span("pos", f" ({group.removeprefix(FAMILY)}) ") + " ".join(links)
