"""One feature of the markup at a time, in addition to the fixture pages."""

from __future__ import annotations

import sys

import pytest

from dictcrawler.dictionaries.macmillan import DICTIONARY
from dictcrawler.errors import UnknownPage, WallPage
from dictcrawler.model import Label
from dictcrawler.parsing.page import MissPage
from tests.support.macmillan_pages import (
    SENSE,
    SITE,
    canonical,
    entry,
    generation_c,
    only_sense,
    read,
    relations,
    sense,
    senses,
)

LINK = '<a href="/dictionary/american/stripe_1">stripe</a>'


# The head


def prons(*parts: str) -> str:
    return f'<div class="PRONS">{"".join(parts)}</div>'


PRON = '<span class="PRON"><span class="SEP"> /</span>{}<span class="SEP">/</span></span>'
SOUND = '<span class="sound" data-src-mp3="/media/{}.mp3"></span>'


def test_each_transcription_in_one_block_is_a_pronunciation_with_the_qualifier_before_it() -> None:
    weak = '<span class="QUALIFIER">weak</span>'
    strong = '<span class="QUALIFIER">strong</span>'
    html = generation_c(
        sounds=prons(SOUND.format(1), strong, PRON.format("a"), weak, PRON.format("b"), PRON.format("c"))
    )
    found = [
        ([t.text for t in p.transcriptions], p.sound_file, [label.text for label in p.labels])
        for p in entry(html).pronunciations
    ]
    assert found == [
        (["a"], f"{SITE}/media/1.mp3", ["strong"]),
        (["b"], None, ["weak"]),
        (["c"], None, []),
    ]


def test_a_second_recording_is_a_second_pronunciation() -> None:
    found = entry(generation_c(sounds=prons(SOUND.format(1), SOUND.format(2)))).pronunciations
    assert [p.sound_file for p in found] == [f"{SITE}/media/1.mp3", f"{SITE}/media/2.mp3"]


def test_a_label_after_the_only_transcription_belongs_to_it() -> None:
    html = generation_c(sounds=prons(PRON.format("a"), '<span class="pron_resource">American</span>'))
    (found,) = entry(html).pronunciations
    assert found.labels == (Label(text="American", type="region"),)


def test_blank_sounds_labels_and_parts_of_speech_leave_nothing() -> None:
    blank = prons(PRON.format(" "), '<span class="QUALIFIER"> </span>', '<span class="sound" data-src-mp3=""></span>')
    labels = '<span class="PART-OF-SPEECH"> , </span><span class="DIALECT"> </span>'
    found = entry(generation_c(sounds=blank, labels=labels))
    assert (found.pronunciations, found.raw_parts_of_speech, found.labels) == ((), (), ())


def test_a_recording_may_be_ogg_only() -> None:
    html = generation_c(sounds=prons('<span class="sound" data-src-ogg="/media/uk_pron_ogg/b.ogg"></span>'))
    (found,) = entry(html).pronunciations
    assert (found.sound_file, found.alternate_sound_files) == (f"{SITE}/media/uk_pron_ogg/b.ogg", ())


def test_a_second_base_in_the_heading_is_a_variant_and_a_blank_one_nothing() -> None:
    bases = "".join(f'<span class="BASE">{text}</span>' for text in ("brindle", "brindel", " "))
    found = entry(generation_c(headword=bases))
    assert (found.headword, [(f.text, f.tag) for f in found.inflected_forms]) == ("brindle", [("brindel", "variant")])


def test_a_variant_block_without_a_word_is_nothing() -> None:
    assert entry(generation_c('<h2 class="VARIANT">also</h2>' + senses(sense(SENSE)))).inflected_forms == ()


def test_a_variant_has_its_own_transcription_and_recording() -> None:
    variant = f'<h2 class="VARIANT"><span class="BASE">brindel</span>{prons(SOUND.format(2), PRON.format("b"))}</h2>'
    found = entry(generation_c(variant + senses(sense(SENSE)), sounds=prons(SOUND.format(1), PRON.format("a"))))
    assert [p.sound_file for p in found.pronunciations] == [f"{SITE}/media/1.mp3"]
    (form,) = found.inflected_forms
    assert [(p.sound_file, p.transcriptions[0].text) for p in form.pronunciations] == [(f"{SITE}/media/2.mp3", "b")]


def test_an_inflected_form_has_its_own_transcription_and_recording() -> None:
    inflection = f'<span class="INFLECTION-ENTRY">brindles</span>{prons(SOUND.format(2), PRON.format("b"))}'
    table = rows(("plural", inflection + '<span class="INFLECTION-ENTRY">brindlen</span>'))
    found = entry(generation_c(table + senses(sense(SENSE))))
    assert found.pronunciations == ()
    assert [(f.text, [p.sound_file for p in f.pronunciations]) for f in found.inflected_forms] == [
        ("brindles", [f"{SITE}/media/2.mp3"]),
        ("brindlen", []),
    ]


def test_a_qualifier_without_a_sound_is_not_a_pronunciation() -> None:
    assert entry(generation_c(sounds=prons('<span class="QUALIFIER">strong</span>'))).pronunciations == ()


def test_a_page_prints_three_stars_at_most() -> None:
    stars = '<span class="entry-red-star"></span>' * 4
    assert entry(generation_c(stars + senses(sense(SENSE)))).frequency[0].rank == 3


def rows(*cells: tuple[str, str]) -> str:
    return '<div class="wordforms"><table>{}</table></div>'.format(
        "".join(f'<tr><td class="INFLECTION-TYPE">{tag}</td><td>{forms}</td></tr>' for tag, forms in cells)
    )


def test_a_heading_of_forms_ends_with_the_persons_below_it() -> None:
    form = '<span class="INFLECTION-ENTRY">{}</span>'
    table = rows(
        ("present tense", ""),
        ("he/she/it", form.format("brindles")),
        ("we", form.format(" ")),
        ("past tense", form.format("brindled") + form.format(" ")),
        ("you", '<span class="DIALECT">Old</span>' + form.format("brindlest") + form.format("brindle")),
    )
    found = entry(generation_c(table + senses(sense(SENSE)))).inflected_forms
    assert [(f.tag, f.text, f.labels) for f in found] == [
        ("present tense, he/she/it", "brindles", ()),
        ("past tense", "brindled", ()),
        ("you", "brindlest", (Label(text="Old", type="region"),)),
        ("you", "brindle", ()),
    ]


def test_a_form_may_be_in_a_row_without_type() -> None:
    table = '<div class="wordforms"><table><tr><td class="INFLECTION-ENTRY">brindles</td></tr></table></div>'
    (found,) = entry(generation_c(table + senses(sense(SENSE)))).inflected_forms
    assert (found.text, found.tag) == ("brindles", None)


# Senses


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SYNTAX-CODING", "grammar"),
        ("GRAMMAR-TEXT", "grammar"),
        ("STYLE-LEVEL", "register"),
        ("DIALECT", "region"),
        ("SUBJECT-AREA", "domain"),
        ("RESTRICTION-CLASS", "restriction"),
    ],
)
def test_a_label_has_the_type_of_its_class_in_the_head_and_in_a_sense(name: str, kind: str) -> None:
    label = f'<span class="{name} show_less"><span class="SEP"> [</span>x/y<span class="SEP">]</span></span>'
    found = entry(generation_c(senses(sense(label + SENSE)), labels=label))
    assert [(text.text, text.type) for text in found.labels] == [("x/y", kind)]
    assert found.senses[0].labels == found.labels


@pytest.mark.parametrize(
    "place",
    [
        '<li><div class="entry-sense"><a class="anchor" id="{0}"></a><div class="SENSE-BODY">{1}</div></div></li>',
        '<li><div class="entry-sense"><p class="SENSE-BODY"><b id="{0}" class="SENSE-CONTENT">{1}</b></p></div></li>',
        '<li id="{0}"><div class="entry-sense"><div class="SENSE-BODY">{1}</div></div></li>',
        '<li><a id="{0}"></a><div class="SENSE-BODY">{1}</div></li>',
        '<li id="{0}"><div class="SENSE-CONTENT">{1}</div></li>',
        '<li id="{0}"><div class="SENSE" id="note"><div class="SENSE-BODY">{1}</div></div></li>',
    ],
)
def test_a_sense_takes_its_id_from_wherever_around_it_the_page_puts_it(place: str) -> None:
    (found,) = entry(generation_c(senses(place.format("brindle_1__4", SENSE)))).senses
    assert found.id == "macmillan:american:brindle_1#brindle_1__4"


def test_an_id_that_two_senses_share_gets_a_suffix() -> None:
    parsed = read(generation_c(senses(sense(SENSE), sense(SENSE)))).entries[0]
    ids = [found.id.partition("#")[2] for found in parsed.content.senses]
    assert (ids, parsed.warnings) == (["brindle_1__1", "brindle_1__1~2"], ())


def test_a_sense_without_content_is_left_out() -> None:
    found = entry(generation_c(senses(sense('<div class="SENSE-NUM">1</div>'), sense(SENSE, "brindle_1__2")))).senses
    assert [s.id.partition("#")[2] for s in found] == ["brindle_1__2"]


def test_a_sub_sense_of_an_unnumbered_sense_keeps_its_letter() -> None:
    sub = '<ol class="SUB-SENSES"><li id="brindle_1__2"><div class="SUB-SENSE-BODY">{}</div></li></ol>'
    content = '<div class="SENSE-NUM">a.</div><div class="SUB-SENSE-CONTENT"><span class="DEFINITION">x</span></div>'
    parent, child = entry(generation_c(senses(sense(sub.format(content))))).senses
    assert (parent.number, parent.definitions, child.number) == (None, (), "a")


def test_a_bold_phrase_is_the_variant_only_directly_in_the_body() -> None:
    assert only_sense(f"<strong>the <b>brindle</b></strong>{SENSE}").variant == "the brindle"
    assert only_sense(f"<div><strong>the brindle</strong></div>{SENSE}").variant is None


def test_several_phrases_of_a_sense_are_parted_by_a_comma() -> None:
    phrases = '<div class="MULTIWORD"><span class="BASE">in brindle</span></div><div class="MULTIWORD">on brindle</div>'
    assert only_sense(phrases + SENSE).variant == "in brindle, on brindle"


def test_a_usage_sentence_alone_is_the_definition() -> None:
    (found,) = only_sense('<span class="DEFINITION"><span class="USAGUC">Used in letters.</span></span>').definitions
    assert (found.text, found.usage) == ("Used in letters.", None)


def test_blank_definitions_references_and_examples_leave_nothing() -> None:
    blank = "".join(
        f'<div class="{name}"> </div>'
        for name in ("DEFINITION", "SAMEAS", "GREF-GROUP", "MAIN-XREF", "PHR-XREF", "SENSE-VARIANT", "SENSE-NUM")
    )
    example = '<div class="EXAMPLES"><strong> </strong><p class="EXAMPLE"> </p></div>'
    found = only_sense(blank + example + SENSE)
    assert (len(found.definitions), found.examples, found.variant, found.number) == (1, (), None, None)


def test_a_definition_that_is_a_headword_refers_to_it() -> None:
    found = entry(generation_c(senses(sense(f'<span class="DEFINITION"> <span class="HW">{LINK}</span></span>'))))
    assert [(d.text, d.definition_type) for d in found.senses[0].definitions] == [("stripe", "same_as")]
    assert relations(found, "see_also")[0].to == "macmillan:american:stripe_1"


def test_a_headword_within_a_definition_leaves_it_full() -> None:
    found = only_sense(f'<span class="DEFINITION">a kind of <span class="HW">{LINK}</span></span>')
    assert [(d.text, d.definition_type) for d in found.definitions] == [("a kind of stripe", "full")]


def test_an_example_has_the_labels_printed_with_it() -> None:
    found = only_sense(
        f'{SENSE}<div class="EXAMPLES"><span class="DIALECT">Irish</span><strong>brindle <span class="STYLE-LEVEL">'
        'informal</span></strong><p class="EXAMPLE">It <span class="SUBJECT-AREA">farming</span> brindled.</p></div>'
    )
    (example,) = found.examples
    assert (example.text, example.pattern) == ("It brindled.", "brindle")
    assert [label.text for label in example.labels] == ["Irish", "informal", "farming"]


# Relations


def test_a_form_of_another_word_points_at_its_main_entry() -> None:
    group = '<span class="GREF-TYPE">the plural of</span> <span class="GREF-ENTRY">{}</span>'
    form = f'<div class="GREF-GROUP">{group.format(LINK)}</div>'
    found = entry(generation_c(senses(sense(form))))
    assert [(d.text, d.definition_type) for d in found.senses[0].definitions] == [("the plural of stripe", "form_of")]
    (link,) = relations(found, "main_entry")
    assert (link.group, link.from_, link.to) == ("the plural of", found.senses[0].id, "macmillan:american:stripe_1")


def test_a_reference_outside_the_senses_is_the_entrys() -> None:
    body = (
        '<div class="GREF-GROUP"><span class="GREF-TYPE">British for</span><span class="GREF-ENTRY">stripe</span></div>'
    )
    found = entry(generation_c(body))
    assert found.senses == ()
    assert [(r.type, r.text, r.group, r.url) for r in found.relations] == [("see_also", "stripe", "British for", None)]


def test_a_reference_without_a_type_has_no_group() -> None:
    body = f'<div class="GREF-GROUP"><span class="GREF-ENTRY">{LINK}</span></div>'
    assert [(r.type, r.group) for r in entry(generation_c(body)).relations] == [("see_also", None)]


@pytest.mark.parametrize("name", ["MAIN-XREF", "SEEALSO-GROUP", "VOCAB-XREF", "ONE-BOX", "SAMEAS"])
def test_see_leads_to_other_entries_from_the_entry_and_from_a_sense(name: str) -> None:
    see = f'<div class="{name}">See: {LINK}, <a href="/dictionary/american/dapple">dapple</a></div>'
    expected = [("see_also", "stripe", "See"), ("see_also", "dapple", "See")]
    for html in (generation_c(see), generation_c(senses(sense(see + SENSE)))):
        assert [(r.type, r.text, r.group) for r in entry(html).relations] == expected


def test_the_caption_of_a_reference_is_no_content_and_the_commas_between_its_links_part_them() -> None:
    see = f'<div class="SEEALSO-GROUP"><span class="SEP">See also</span>{LINK}<span class="SEP">, </span>{LINK}</div>'
    parsed = read(generation_c(senses(sense(SENSE)) + see)).entries[0]
    assert [(r.text, r.group) for r in parsed.content.relations] == [("stripe", None)] * 2
    assert parsed.text_coverage == 1


def test_a_see_without_a_link_names_its_words() -> None:
    found = entry(generation_c(senses(sense('<div class="MAIN-XREF">see stripe</div>'))))
    assert [(r.type, r.text, r.url) for r in found.relations] == [("see_also", "see stripe", None)]
    assert [(d.text, d.definition_type) for d in found.senses[0].definitions] == [("see stripe", "see")]


def test_a_see_beside_a_definition_is_no_definition() -> None:
    assert len(only_sense(f'{SENSE}<div class="MAIN-XREF">See {LINK}</div>').definitions) == 1


def test_the_phrases_of_a_sense_come_from_it() -> None:
    found = entry(generation_c(senses(sense(f'{SENSE}<div class="PHR-XREF">{LINK}</div>'))))
    assert [(r.type, r.from_) for r in found.relations] == [("phrase", found.senses[0].id)]


def test_a_thesaurus_box_without_headings_and_links_still_gives_its_words() -> None:
    words = '<span class="theslink">dapple</span>, <a href="#">...</a>'
    box = f'<div class="THES"><span class="synonyms">{words}</span></div>'
    found = entry(generation_c(senses(sense(SENSE + box))))
    assert [(r.type, r.text, r.group) for r in found.relations] == [("synonym", "dapple", None)]


def test_the_menus_line_is_the_indicator_of_the_sense_it_leads_to() -> None:
    menu = (
        '<ol class="definitions-list"><li><a href="#brindle_1__1">make striped</a></li><li><a href="#phrases">+phrases'
        '</a></li><li><a href="#brindle_1__2"> </a></li><li><a>none</a></li></ol>'
    )
    found = entry(generation_c(menu + senses(sense(SENSE), sense(SENSE, "brindle_1__2"))))
    assert [s.indicator for s in found.senses] == ["make striped", None]


def test_a_homograph_has_the_same_headword_or_slug_or_is_marked_as_one() -> None:
    def item(slug: str, text: str, mark: str = "arl2") -> str:
        return f'<li><a href="/dictionary/american/{slug}"><i class="{mark}"><b class="BASE">{text}</b></i></a></li>'

    items = (
        item("brindle_2", "Brindle"),
        item("brindle-2", "brindle"),
        item("brin", "brin", "arl1"),
        item("brindle-cat", "brindle cat"),
        item("brindle_1", "brindle"),
        '<li><a href="/search/american/?q=brindle">more</a></li>',
        '<li><a href="/search/american/?q=brindle"><b class="BASE">more</b></a></li>',
        item("brin-1", "–"),
        '<li><a href="/dictionary/american/tabby">see <b class="BASE">–</b></a></li>',
    )
    page = read(generation_c(around=f'<div id="relatedentries"><ul>{"".join(items)}</ul></div>'))
    found = page.entries[0].content
    assert [r.text for r in relations(found, "homograph")] == ["Brindle", "brindle", "brin"]
    # A name that is only a dash counts where the link prints a word; a link without any word is none.
    assert [r.text for r in relations(found, "related")] == ["brindle cat", "–"]
    assert page.homographs == tuple(f"{SITE}/dictionary/american/{slug}" for slug in ("brindle_2", "brindle-2", "brin"))


def test_the_other_edition_is_the_counterpart() -> None:
    small = (
        '<div class="smallprint"><a href="/dictionary/british/brindle">British</a><a href="/options.html">x</a></div>'
    )
    (found,) = relations(entry(generation_c(around=small)), "counterpart")
    assert (found.text, found.to) == ("brindle", "macmillan:british:brindle")


# Boxes


@pytest.mark.parametrize("where", ["sense", "entry"])
@pytest.mark.parametrize("frame", ["sidebox", "ONE-BOX", "USAGE-NOTE", "toggleable", "new-frame"])
def test_a_note_is_read_with_any_frame(frame: str, where: str) -> None:
    note = (
        f'<div class="{frame}"><div class="ONEBOX-HEAD">Get it right</div><div class="sideboxbody">Not x.</div></div>'
    )
    body = senses(sense(SENSE + note)) if where == "sense" else senses(sense(SENSE)) + note
    found = entry(generation_c(body))
    assert [(b.kind, b.title, b.text) for b in found.boxes] == [("usage", "Get it right", "Not x.")]
    assert len(found.senses) == 1


def test_layout_that_frames_no_note_is_walked_through() -> None:
    frame = '<div class="toggleable">{}</div>'
    found = entry(generation_c(frame.format(senses(sense(frame.format(SENSE))))))
    assert [len(s.definitions) for s in found.senses] == [1]


def test_each_of_two_notes_in_one_frame_is_a_note() -> None:
    note = '<div class="sidebox"><div class="ONEBOX-HEAD">Metaphor: {0}</div><ul><li>one {0}</li></ul></div>'
    found = entry(generation_c(f'<div class="toggleable">{note.format("a")}{note.format("b")}</div>'))
    assert [(b.kind, b.title, [e.text for e in b.examples]) for b in found.boxes] == [
        ("metaphor", "Metaphor: a", ["one a"]),
        ("metaphor", "Metaphor: b", ["one b"]),
    ]


def test_a_head_between_senses_does_not_frame_any_of_them() -> None:
    found = entry(generation_c('<div class="ONEBOX-HEAD">Notes</div>' + senses(sense(SENSE))))
    assert (found.boxes, len(found.senses)) == ((), 1)


# Entries inside the entry


def test_a_derived_word_without_an_id_is_named_by_its_headword_with_a_warning() -> None:
    run_on = '<div class="RUNON"><div class="R-HEAD"><span class="BASE">brindler</span></div>{}</div>'
    page = read(generation_c(senses(sense(SENSE)) + run_on.format('<span class="DEFINITION">one who does</span>')))
    main, child = (parsed.content for parsed in page.entries)
    assert (child.id, child.senses[0].definitions[0].text) == ("macmillan:american:brindler", "one who does")
    assert relations(main, "derived")[0].to == child.id
    assert relations(child, "main_entry")[0].to == main.id
    assert page.entries[0].warnings == ("missing-id:entry", "missing-id:sense")


def test_a_derived_word_may_have_its_id_on_an_element_inside() -> None:
    head = '<p class="R-HEAD"><b class="BASE">brindler</b></p>'
    run_on = f'<div class="RUNON"><div class="dflex" id="brindle_1__7"></div>{head}</div>'
    assert read(generation_c(senses(sense(SENSE)) + run_on)).entries[1].content.id == "macmillan:american:brindle_1__7"


def test_a_derived_word_without_a_headword_is_no_entry() -> None:
    page = read(generation_c(senses(sense(SENSE)) + '<div class="RUNON" id="brindle_1__7">x</div>'))
    assert [len(page.entries), relations(page.entries[0].content, "derived")] == [1, []]


def test_a_phrasal_verb_without_sense_ids_is_named_by_its_headword() -> None:
    verb = (
        '<div class="phrasalverb"><div class="PV-HEAD"><b class="BASE">brindle up</b></div>'
        '<div class="phrasalverbsense"><span class="DEFINITION">x</span></div></div>'
    )
    page = read(generation_c(senses(sense(SENSE)) + verb))
    assert page.entries[1].content.id == "macmillan:american:brindle-up"


# Open Dictionary


@pytest.mark.parametrize(
    ("credit", "contributor"),
    [
        ('<div class="openDETAIL"><span class="user">Kim</span> <span class="date">2012</span></div>', "Kim, 2012"),
        ('<div class="open-footer-content">Submitted by Kim</div>', "Submitted by Kim"),
        ('<div class="details"> </div>', "Open Dictionary"),
        ("", "Open Dictionary"),
    ],
)
@pytest.mark.parametrize("place", ["in", "after", "around"])
def test_an_open_dictionary_sense_credits_its_contributor(place: str, credit: str, contributor: str) -> None:
    content = '<span class="openDef">to stripe</span>'
    body = {
        "in": f'<div class="entry-od-sense" id="brindle_1__3">{content}{credit}</div>',
        "after": f'<div class="openEntry"><div class="openSense" id="brindle_1__3">{content}</div>{credit}</div>',
        "around": f'<div class="SENSE" id="brindle_1__3"><div class="greybackground">{content}{credit}</div></div>',
    }[place]
    (found,) = entry(generation_c(body)).senses
    assert (found.contributor, found.definitions[0].text) == (contributor, "to stripe")


def test_a_credit_after_the_editors_sense_is_not_its_contributor() -> None:
    body = senses(sense(SENSE)) + '<div class="openDETAIL">Kim</div>'
    assert entry(generation_c(body)).senses[0].contributor is None


# Pages


def test_a_miss_may_have_no_suggestions() -> None:
    html = '<div id="search-results"><h1>Sorry, no search result for <span>x</span>.</h1></div>'
    assert DICTIONARY.parse(html, SITE) == MissPage(suggestions=(), layout="B")


def test_a_list_of_search_results_is_no_miss() -> None:
    with pytest.raises(UnknownPage):
        DICTIONARY.parse('<div id="search-results"><h1>Search results for x</h1><ul><li>x</li></ul></div>', SITE)


@pytest.mark.parametrize("html", ["", "<html></html>", "not html", "<h1><span class='BASE'>x</span></h1>"])
def test_a_page_of_no_known_layout_is_refused(html: str) -> None:
    with pytest.raises(UnknownPage):
        DICTIONARY.parse(html, SITE)


def test_a_blank_headword_is_refused() -> None:
    with pytest.raises(UnknownPage):
        read(generation_c(headword='<span class="BASE"> </span>'))


def test_elements_nested_beyond_all_measure_are_refused() -> None:
    with pytest.raises(UnknownPage):
        read(generation_c(senses(sense(SENSE + "<i>" * 5000 + "deep"))))


def test_however_deep_elements_are_nested_the_page_is_read_or_refused() -> None:
    ends = {end_of_nested(depth) for depth in range(800, sys.getrecursionlimit())}
    assert ends == {1, "elements are nested too deep to be read"}


def test_a_text_nested_beyond_all_measure_is_read_where_nothing_is_left_out_of_it() -> None:
    # Lexbor reads the text at any depth; a text with something to leave out needs a walk of the tree.
    deep = '<span class="DEFINITION">' + "<b>" * 1500 + "deep" + "</b>" * 1500 + "{}</span>"
    assert only_sense(deep.format("")).definitions[0].text == "deep"
    with pytest.raises(UnknownPage):
        only_sense(deep.format('<span class="USAGUC">usage</span>'))


def end_of_nested(depth: int) -> int | str:
    """How many senses a page with this many elements around them has, or why it is refused."""
    try:
        return len(entry(generation_c("<div>" * depth + senses(sense(SENSE)))).senses)
    except UnknownPage as error:
        return str(error).partition(":")[0]


def test_a_consent_dialog_over_an_entry_does_not_hide_it_and_one_in_its_place_is_a_wall() -> None:
    dialog = '<div id="onetrust-consent-sdk">cookies</div>'
    assert entry(generation_c(around=dialog)) == entry(generation_c())
    with pytest.raises(WallPage):
        read(generation_c(body="", around=dialog, link=""))


def test_a_page_of_the_dictionary_that_is_not_understood_is_no_wall_for_a_dialog_or_a_form() -> None:
    dialog = '<div id="onetrust-consent-sdk">cookies</div><form action="/login"><b class="g-recaptcha"></b></form>'
    with pytest.raises(UnknownPage):
        read(generation_c(body="", around=dialog))
    with pytest.raises(WallPage):
        read(generation_c(body="", around='<form id="challenge-form"></form>'))


def test_a_page_that_is_only_an_unknown_element_of_the_xml_around_senses_is_read() -> None:
    found = read(generation_c(f'<div class="NEW-HOMOGRAPH">{senses(sense(SENSE))}</div>')).entries[0]
    assert (len(found.content.senses), found.warnings) == (1, ("unknown-class:NEW-HOMOGRAPH",))


def test_the_address_in_the_head_decides_between_the_editions() -> None:
    html = generation_c(link=canonical("/us/dictionary/british/brindle_1"))
    assert entry(html).id == "macmillan:british:brindle_1"


def test_a_word_that_runs_on_twice_is_two_entries_with_distinct_relations() -> None:
    run_on = '<div class="RUNON"><div class="R-HEAD"><span class="BASE">brindler</span></div><p>x</p></div>'
    example = run_on.replace("<p>x</p>", '<div class="EXAMPLES"><p class="EXAMPLE">a brindler</p></div>')
    main, *others = [found.content for found in read(generation_c(senses(sense(SENSE)) + example * 2)).entries]
    assert [other.id for other in others] == ["macmillan:american:brindler", "macmillan:american:brindler~2"]
    assert [relation.to for relation in main.relations] == [other.id for other in others]
