"""How the parser reads single pieces of a page; whole pages are the fixture folders beside this file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dictcrawler.dictionaries import wiktionary
from dictcrawler.dictionaries.wiktionary import senses
from dictcrawler.errors import ArgumentError, MarkupError, UnknownPage, WallPage, WrongPage
from dictcrawler.model import LexicalEntry, Sense
from dictcrawler.parsing.page import EntryPage, MissPage, ParsedEntry

HERE = Path(__file__).parent
URL = "https://en.wiktionary.org/wiki/wendle"
HEAD_LINE = '<p><strong class="Latn headword" lang="en">wendle</strong></p>'

# [[English]] is a heading of level 2, [Noun] of level 3, (Verb) of level 4.
SHAPES = {
    "legacy": '<h{level}><span class="mw-headline" id="{id}">{title}</span></h{level}>',
    "heading-div": '<div class="mw-heading"><h{level} id="{id}">{title}</h{level}></div>',
    "parsoid": '<section><h{level} id="{id}">{title}</h{level}></section>',
    "parsoid-read-view": '<section><div class="mw-heading"><h{level} id="{id}">{title}</h{level}></div></section>',
}


def heading(level: int, title: str, anchor: str = "", shape: str = "heading-div") -> str:
    return SHAPES[shape].format(level=level, title=title, id=anchor or title.replace(" ", "_"))


def page(content: str, *, head: str = "") -> str:
    return f'<html><head>{head}</head><body><div id="mw-content-text">{content}</div></body></html>'


def parsed(*sections: str, language: str = "English", shape: str = "heading-div") -> tuple[ParsedEntry, ...]:
    found = wiktionary.parse_section(page(heading(2, language, shape=shape) + "".join(sections)), URL, language)
    assert isinstance(found, EntryPage)
    return found.entries


def contents(*sections: str, language: str = "English") -> list[LexicalEntry]:
    return [entry.content for entry in parsed(*sections, language=language)]


def noun(list_items: str, *, after: str = "") -> LexicalEntry:
    (entry,) = contents(heading(3, "Noun"), HEAD_LINE, f"<ol>{list_items}</ol>", after)
    return entry


def sense(list_item: str) -> Sense:
    return noun(f"<li>{list_item}</li>").senses[0]


def label(text: str) -> str:
    return f'<span class="ib-brac">(</span><span class="ib-content">{text}</span><span class="ib-brac">)</span>'


# -- pages


@pytest.mark.parametrize("shape", SHAPES)
def test_each_way_to_mark_up_headings_gives_the_same_entries(shape: str) -> None:
    sections = [
        heading(3, "Etymology 1", shape=shape),
        "<p>Of old.</p>",
        heading(4, "Noun", shape=shape),
        HEAD_LINE,
        "<ol><li>A slow turn.</li></ol>",
        heading(5, "Synonyms", shape=shape),
        '<ul><li><span lang="en">turnlet</span></li></ul>',
        heading(3, "Etymology 2", shape=shape),
        heading(4, "Noun", "Noun_2", shape=shape),
        HEAD_LINE,
        "<ol><li>A boat.</li></ol>",
    ]
    first, second = (entry.content for entry in parsed(*sections, shape=shape))
    assert (first.id, first.homograph_number) == ("wiktionary:english:wendle#Noun", "1")
    assert [etymology.description for etymology in first.etymologies] == ["Of old."]
    assert [relation.text for relation in first.relations] == ["turnlet"]
    assert (second.id, second.homograph_number) == ("wiktionary:english:wendle#Noun_2", "2")
    assert (second.etymologies, second.relations) == ((), ())


@pytest.mark.parametrize("shape", SHAPES)
def test_the_layout_names_the_way_the_headings_are_marked_up(shape: str) -> None:
    found = wiktionary.parse(page(heading(2, "English", shape=shape) + heading(3, "Noun", shape=shape)), URL)
    assert found.layout == shape


def test_a_heading_without_an_anchor_is_no_section() -> None:
    (entry,) = contents("<h2>Contents</h2>", heading(3, "Noun"), HEAD_LINE, '<div class="mw-heading"></div>')
    assert entry.raw_parts_of_speech == ("Noun",)


def test_the_citation_names_revision_and_title() -> None:
    html = (HERE / "parsoid_rest" / "page.html").read_text(encoding="utf-8")
    found = wiktionary.parse(html, "https://example.org/somewhere")
    assert isinstance(found, EntryPage)
    assert found.revision == "93000042"
    assert found.attribution == "Wiktionary contributors: plim, revision 93000042"
    assert found.canonical_url == "https://en.wiktionary.org/wiki/plim"


def test_a_read_view_has_its_revision_in_a_script() -> None:
    html = (HERE / "several_etymologies_legacy" / "page.html").read_text(encoding="utf-8")
    found = wiktionary.parse(html, "https://en.wiktionary.org/wiki/wendle?oldid=70000001")
    assert isinstance(found, EntryPage)
    assert found.revision == "70000001"
    assert found.canonical_url == URL


def test_a_page_without_a_revision_is_read_without_one() -> None:
    found = wiktionary.parse(page(heading(2, "English") + heading(3, "Noun") + HEAD_LINE), URL)
    assert isinstance(found, EntryPage)
    assert found.revision is None
    assert found.attribution == "Wiktionary contributors: wendle"


def test_a_page_without_a_title_anywhere_is_refused() -> None:
    with pytest.raises(MarkupError):
        wiktionary.parse(page(heading(2, "English") + heading(3, "Noun")), "https://en.wiktionary.org/w/index.php")


def test_the_page_of_a_title_with_other_capitals_is_another_page() -> None:
    own = '<link rel="canonical" href="https://en.wiktionary.org/wiki/Wendle">'
    content = heading(2, "English") + heading(3, "Noun") + HEAD_LINE + "<ol><li>A thing.</li></ol>"
    with pytest.raises(WrongPage, match=r"requested .*/wendle, got the page .*/Wendle"):
        wiktionary.parse(page(content, head=own), URL)
    note = '<span class="mw-redirectedfrom">(Redirected from <a>wendle</a>)</span>'
    found = wiktionary.parse(page(note + content, head=own), URL)
    assert isinstance(found, EntryPage)
    assert found.was_redirected


def test_a_language_section_without_entries_is_unknown_not_empty() -> None:
    with pytest.raises(UnknownPage):
        wiktionary.parse(page(heading(2, "English") + heading(3, "Etymology") + "<p>Of old.</p>"), URL)


def test_a_page_of_another_site_is_unknown() -> None:
    with pytest.raises(UnknownPage):
        wiktionary.parse("<html><title>Weather</title><body><h2 id='English'>English</h2></body></html>", URL)


@pytest.mark.parametrize(
    "html",
    [
        "<title>Just a moment...</title><p>Checking.</p>",
        "<body>Please set a user-agent and respect our robot policy.</body>",
    ],
)
def test_a_page_in_place_of_the_dictionarys_is_a_wall(html: str) -> None:
    with pytest.raises(WallPage):
        wiktionary.parse(html, URL)


def test_an_article_about_the_robot_policy_is_not_a_wall() -> None:
    (entry,) = contents(heading(3, "Noun"), HEAD_LINE, "<ol><li>To respect our robot policy.</li></ol>")
    assert entry.senses[0].definitions[0].text == "To respect our robot policy."


def test_another_language_is_read_from_its_own_section_with_its_own_code() -> None:
    html = (HERE / "no_english_section" / "page.html").read_text(encoding="utf-8")
    found = wiktionary.parse_section(html, "https://en.wiktionary.org/wiki/morvo", "Italian")
    assert isinstance(found, EntryPage)
    (entry,) = found.entries
    assert (entry.content.id, entry.content.lang) == ("wiktionary:italian:morvo#Noun", "it")
    assert [found_label.text for found_label in entry.content.labels] == ["m"]
    assert entry.content.senses[0].examples[0].gloss == "The morvo sleeps."


def test_the_dictionary_of_another_language_reads_that_section_under_an_edition_of_its_own() -> None:
    html = (HERE / "no_english_section" / "page.html").read_text(encoding="utf-8")
    italian = wiktionary.in_language("Italian")
    assert (italian.name, list(italian.editions)) == ("wiktionary", ["italian"])
    found = italian.parse(html, "https://en.wiktionary.org/wiki/morvo")
    assert isinstance(found, EntryPage)
    assert [entry.content.edition for entry in found.entries] == ["italian"]
    assert wiktionary.in_language(" english ") is wiktionary.DICTIONARY


@pytest.mark.parametrize("language", ["", "../../etc", "Old/English", "-", "x" * 51])
def test_a_text_that_cannot_be_a_heading_is_not_a_language(language: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be a heading"):
        wiktionary.in_language(language)


def test_a_language_without_a_code_on_its_headword_lines_is_undetermined() -> None:
    (entry,) = contents(heading(3, "Noun"), "<p><b>wendle</b></p> stray <ol><li>x</li></ol>", language="Old Fernish")
    assert (entry.lang, entry.edition) == ("und", "old-fernish")


def test_a_page_without_the_language_is_a_miss_that_suggests_other_spellings() -> None:
    html = (HERE / "no_english_section" / "page.html").read_text(encoding="utf-8")
    found = wiktionary.parse(html, "https://en.wiktionary.org/wiki/morvo")
    assert isinstance(found, MissPage)
    assert found.suggestions == ("Morvo", "mórvo")
    assert found.remark == "the page has Translingual, Italian"


def test_reading_time_grows_with_the_page_and_not_with_its_square() -> None:
    def seconds(count: int) -> float:
        item = "<li>A turn.<ul><li>Tarn<dl><dd>So it turned.</dd></dl></li></ul><ol><li>A half.</li></ol></li>"
        words = "<ul>" + '<li><span lang="en"><a href="/wiki/a">a</a></span></li>' * count + "</ul>"
        html = page(
            heading(2, "English") + heading(3, "Noun") + HEAD_LINE + f"<ol>{item * count}</ol>"
            + heading(4, "Derived terms") + words
        )  # fmt: skip
        start = time.process_time()
        wiktionary.parse(html, URL)
        return time.process_time() - start

    small, large = min(seconds(500) for _ in range(3)), seconds(4000)
    assert large < 8 * small * 4


# -- where an entry is


def test_entries_beside_their_numbered_etymology_belong_to_it() -> None:
    first, second, third = contents(
        *(heading(3, "Etymology 1"), "<p>Of old.</p>"),
        *(heading(3, "Noun"), HEAD_LINE),
        *(heading(3, "Etymology 2"), "<p>Of late.</p>"),
        *(heading(3, "Verb"), HEAD_LINE),
        *(heading(3, "Etymology 3"), "<p>Of now.</p>", heading(4, "Noun", "Noun_2"), HEAD_LINE),
    )
    assert [entry.homograph_number for entry in (first, second, third)] == ["1", "2", "3"]
    assert [entry.etymologies[0].description for entry in (first, second, third)] == ["Of old.", "Of late.", "Of now."]


def test_an_entry_below_another_entry_is_an_entry_of_its_own() -> None:
    entries = contents(
        *(heading(3, "Noun"), HEAD_LINE, "<ol><li>A turn.</li></ol>", heading(4, "Usage notes"), "<p>Rare.</p>"),
        *(heading(5, "Verb"), HEAD_LINE, "<ol><li>To turn.</li></ol>"),
        *(heading(4, "Adjective"), HEAD_LINE, "<ol><li>Turning.</li></ol>"),
    )
    assert [entry.raw_parts_of_speech for entry in entries] == [("Noun",), ("Verb",), ("Adjective",)]
    assert [len(entry.boxes) for entry in entries] == [1, 0, 0]


def test_a_section_below_a_shared_section_is_shared_too() -> None:
    notes = (heading(4, "Pronunciation notes"), "<p>Said slowly.</p>")
    entries = contents(
        heading(3, "Pronunciation"), *notes, heading(3, "Noun"), HEAD_LINE, heading(3, "Verb"), HEAD_LINE
    )
    assert [[box.kind for box in entry.boxes] for entry in entries] == [["pronunciation_note"]] * 2


def test_an_entry_is_known_by_its_headword_line_when_its_heading_is_new() -> None:
    (entry,) = contents(heading(3, "Ideophone"), HEAD_LINE, "<ol><li>A sound.</li></ol>")
    assert entry.raw_parts_of_speech == ("Ideophone",)


def test_the_id_of_an_entry_does_not_depend_on_the_entries_before_it() -> None:
    verb = (heading(3, "Verb"), HEAD_LINE)
    assert contents(heading(3, "Noun"), HEAD_LINE, *verb)[1].id == contents(*verb)[0].id


def test_text_before_the_first_heading_is_kept_as_a_note_of_every_entry() -> None:
    entries = contents("<p>Not to be confused.</p>", heading(3, "Noun"), HEAD_LINE, heading(3, "Verb"), HEAD_LINE)
    assert [[box.text for box in entry.boxes] for entry in entries] == [["Not to be confused."]] * 2


def test_entries_below_a_section_that_is_not_read_are_still_found() -> None:
    (entry,) = contents(heading(3, "Translations"), "<p>gyrus</p>", heading(4, "Noun"), HEAD_LINE)
    assert (entry.raw_parts_of_speech, entry.boxes) == (("Noun",), ())


# -- the headword line


def forms(line: str) -> list[tuple[str, str | None]]:
    (entry,) = contents(heading(3, "Noun"), f"<p>{line}</p>", "<ol><li>x</li></ol>")
    return [(form.text, form.tag) for form in entry.inflected_forms]


def test_a_headword_without_its_class_is_the_first_bold_word() -> None:
    (entry,) = contents(heading(3, "Noun"), "<p><b>wendle</b> (<i>plural</i> <b>wendles</b>)</p><ol><li>x</li></ol>")
    assert entry.headword == "wendle"
    assert [(form.text, form.tag) for form in entry.inflected_forms] == [("wendles", "plural")]


def test_an_entry_without_a_headword_line_has_the_title_of_its_page() -> None:
    (entry,) = contents(heading(3, "Noun"), "<ol><li>A turn.</li></ol>")
    assert entry.headword == "wendle"


def test_a_romanization_is_a_form() -> None:
    line = '<strong class="headword" lang="ru">венд</strong> (<span class="tr headword-tr">vend</span>)'
    assert forms(line) == [("vend", "romanization")]


def test_or_joins_forms_of_the_same_slot() -> None:
    line = '<strong class="headword">a</strong> (<i>past</i> <b>b</b> <i>or</i> <b>c</b>, <i>rare</i>)'
    assert forms(line) == [("b", "past"), ("c", "past")]


# -- pronunciations


def test_accents_after_a_transcription_begin_another_pronunciation() -> None:
    line = f'<li>{label("UK")} <span class="IPA">/a/</span>, {label("US")} <span class="IPA">/b/</span></li>'
    (entry,) = contents(heading(3, "Pronunciation"), f"<ul>{line}</ul>", heading(3, "Noun"), HEAD_LINE)
    found = [(way.transcriptions[0].text, way.labels[0].text) for way in entry.pronunciations]
    assert found == [("a", "UK"), ("b", "US")]


def test_a_qualifier_at_the_end_of_a_line_belongs_to_the_text_before_it() -> None:
    line = f'<li><span class="IPA">/a/</span> {label("dated")}</li>'
    (entry,) = contents(heading(3, "Pronunciation"), f"<ul>{line}</ul>", heading(3, "Noun"), HEAD_LINE)
    assert [[found.text for found in way.labels] for way in entry.pronunciations] == [["dated"]]


def test_each_recording_of_a_line_is_kept() -> None:
    line = "".join(f'<audio><source src="//upload.wikimedia.org/{name}.ogg"/></audio>' for name in "ab")
    (entry,) = contents(heading(3, "Pronunciation"), f"<ul><li>{line}</li></ul>", heading(3, "Noun"), HEAD_LINE)
    assert [way.sound_file for way in entry.pronunciations] == [
        "https://upload.wikimedia.org/a.ogg",
        "https://upload.wikimedia.org/b.ogg",
    ]


@pytest.mark.parametrize(
    ("source", "page_of_it"),
    [
        ("//upload.wikimedia.org/wikipedia/commons/f/f1/En-us-wendle.ogg?utm_source=x", "En-us-wendle.ogg"),
        ("//upload.wikimedia.org/wikipedia/commons/transcoded/a/a9/W_%28b%29.oga/W_%28b%29.oga.mp3", "W_(b).oga"),
        ("//upload.wikimedia.org/wikipedia/commons/7/70/%C4%8Cau%3F.wav", "%C4%8Cau%3F.wav"),
        ("//upload.wikimedia.org/wikipedia/en/7/70/Local.ogg", None),
        ("//sounds.example/wikipedia/commons/7/70/Elsewhere.ogg", None),
    ],
)
def test_a_recording_on_commons_has_the_page_that_names_its_author(source: str, page_of_it: str | None) -> None:
    line = f'<li><audio><source src="{source}"/></audio></li>'
    (entry,) = contents(heading(3, "Pronunciation"), f"<ul>{line}</ul>", heading(3, "Noun"), HEAD_LINE)
    (way,) = entry.pronunciations
    assert way.sound_page == (page_of_it and f"https://commons.wikimedia.org/wiki/File:{page_of_it}")
    assert entry.pronunciations[0].sound_file


def test_a_pronunciation_written_without_a_list_is_one_line() -> None:
    section = f'<p>{label("US")} </p><div class="deprecated"><i>(deprecated)</i> <span class="IPA">/a/</span></div>'
    (entry,) = contents(heading(3, "Pronunciation"), section, heading(3, "Noun"), HEAD_LINE)
    (way,) = entry.pronunciations
    assert (way.transcriptions[0].text, way.labels[0].text) == ("a", "US")


# -- senses


def test_empty_list_items_do_not_shift_the_numbers() -> None:
    items = '<li class="mw-empty-elt"></li><li>One.</li><li class="mw-empty-elt"></li><li>Two.</li>'
    assert [found.number for found in noun(items).senses] == ["1", "2"]


def test_an_example_of_a_sub_sense_stays_with_it() -> None:
    entry = noun("<li>One.<ol><li>Half.<dl><dd><i>So it was.</i></dd></dl></li></ol></li>")
    assert [len(found.examples) for found in entry.senses] == [0, 1]
    assert entry.senses[1].parent == entry.senses[0].id


def test_the_numbers_of_sub_senses_are_letters_also_beyond_the_alphabet() -> None:
    assert [senses.number("3", 1, count) for count in (1, 26, 27, 53)] == ["3a", "3z", "3aa", "3ba"]
    assert senses.number("3a", 2, 4) == "3a4"


def test_an_anchor_inside_the_list_item_names_the_sense_too() -> None:
    assert sense('<span class="senseid" id="English-turn"></span>A turn.').id.endswith("#Noun#English-turn")


def test_a_sense_of_labels_alone_has_no_definition() -> None:
    found = sense(label("obsolete"))
    assert found.definitions == ()
    assert [found_label.text for found_label in found.labels] == ["obsolete"]


def test_a_parenthesis_inside_a_definition_is_no_label() -> None:
    found = sense(f"A turn {label('slow')} made twice.")
    assert found.labels == ()
    assert found.definitions[0].text == "A turn (slow) made twice."


def test_labels_are_parted_at_commas_and_between_words_that_are_labels_themselves() -> None:
    found = sense(label("UK or US, , with to or with") + " A turn.")
    assert [(found_label.text, found_label.type) for found_label in found.labels] == [
        ("UK", "region"),
        ("US", "region"),
        ("with to or with", "grammar"),
    ]


def test_a_label_that_no_table_knows_is_kept_and_reported() -> None:
    (entry,) = parsed(heading(3, "Noun"), HEAD_LINE, f"<ol><li>{label('owlery')} A nest.</li></ol>")
    assert entry.content.senses[0].labels[0].text == "owlery"
    assert entry.warnings == ("unknown-label:owlery",)


@pytest.mark.parametrize(
    "source",
    [
        '<div class="citation-whole"><span class="cited-source"><b>1901</b>, Fernby</span><dl><dd></dd></dl></div>',
        "<b>c. 1850</b>, <i>A Mill Book</i>",
    ],
)
def test_a_source_without_its_passage_is_no_example(source: str) -> None:
    assert sense(f"A turn.<ul><li>{source}</li></ul>").examples == ()


@pytest.mark.parametrize(
    "below",
    [
        "<dl><dd><b>1984</b> was slow.</dd></dl>",
        "<ul><li>1984 was slow.</li></ul>",
        "<ul><li><i>1984</i> was slow.</li></ul>",
    ],
)
def test_an_example_may_begin_with_a_year(below: str) -> None:
    assert [example.text for example in sense(f"A turn.{below}").examples] == ["1984 was slow."]


def test_an_example_with_a_source_of_its_own_cites_it() -> None:
    example = '<span class="e-example">Slow it was.</span> ― <span class="e-source">Fernby</span>'
    (found,) = sense(f'A turn.<dl><dd><div class="h-usage-example">{example}</div></dd></dl>').examples
    assert (found.text, found.citation) == ("Slow it was.", "Fernby")


def test_a_form_of_entry_without_a_link_points_nowhere() -> None:
    entry = noun(
        '<li><span class="form-of-definition">plural of <span class="form-of-definition-link"></span></span></li>'
    )
    assert entry.senses[0].definitions[0].definition_type == "form_of"
    assert entry.relations == ()


def test_words_of_a_sense_whose_kind_is_new_are_related() -> None:
    entry = noun('<li>A turn.<dl><dd><span class="nyms cousin"><span lang="en">spin</span></span></dd></dl></li>')
    (relation,) = entry.relations
    assert (relation.type, relation.from_) == ("related", entry.senses[0].id)


def test_synonyms_right_behind_a_definition_are_not_part_of_it() -> None:
    entry = noun('<li>A turn. <span class="nyms synonym">Synonym: <span lang="en">spin</span></span></li>')
    assert [definition.text for definition in entry.senses[0].definitions] == ["A turn."]
    assert [(relation.type, relation.text) for relation in entry.relations] == [("synonym", "spin")]


def test_commas_inside_parentheses_do_not_separate_terms() -> None:
    section = (
        heading(4, "Synonyms") + '<p><a href="/wiki/spin">spin</a> (old, rare), <a></a>, <a href="/wiki/b">b</a></p>'
    )
    entry = noun("<li>A turn.</li>", after=section)
    assert [(relation.text, relation.group) for relation in entry.relations] == [("spin", "old, rare"), ("b", None)]


def test_terms_in_italics_or_bold_are_terms() -> None:
    section = heading(4, "Synonyms") + '<p><i><a href="/wiki/spin">spin</a>, <b><a href="/wiki/b">b</a></b></i></p>'
    entry = noun("<li>A turn.</li>", after=section)
    assert [relation.text for relation in entry.relations] == ["spin", "b"]


def test_the_heading_of_a_list_box_that_repeats_the_section_heading_is_dropped() -> None:
    section = heading(4, "Derived terms") + (
        '<div class="NavFrame"><div class="NavHead">derived terms</div><ul><li><a href="/wiki/b">b</a></li></ul></div>'
    )
    entry = noun("<li>A turn.</li>", after=section)
    assert [(relation.text, relation.group) for relation in entry.relations] == [("b", None)]


# -- what fuzzing found


def test_blank_elements_in_a_headword_line_or_a_line_of_sounds_are_ignored() -> None:
    line = HEAD_LINE.replace("</p>", ' (<b class="form-of"></b> <span class="tr">\u200b</span> <abbr></abbr>)</p>')
    sounds = '<ul><li><span class="IPA"></span><a href="/wiki/Rhymes:English/x"></a><span lang="en"></span></li></ul>'
    (entry,) = contents(heading(3, "Pronunciation"), sounds, heading(3, "Noun"), line, "<ol><li>A thing.</li></ol>")
    assert (entry.inflected_forms, entry.labels, entry.pronunciations, entry.relations) == ((), (), (), ())


def test_a_headword_that_names_a_radical_and_strokes_itself_is_no_description_of_a_character() -> None:
    line = '<p><span class="headword-line"><strong class="headword">a radical of two strokes</strong></span></p>'
    (entry,) = contents(heading(3, "Noun"), line, "<ol><li>A thing.</li></ol>")
    assert entry.boxes == ()


def test_a_transcription_of_strokes_alone_is_kept_as_printed() -> None:
    sounds = '<ul><li><span class="IPA">//</span></li><li><span class="IPA">[]</span></li></ul>'
    (entry,) = contents(
        heading(3, "Pronunciation"), sounds, heading(3, "Noun"), HEAD_LINE, "<ol><li>A thing.</li></ol>"
    )
    texts = [said.text for pronunciation in entry.pronunciations for said in pronunciation.transcriptions]
    assert texts == ["//", "[]"]


def test_a_part_of_speech_or_a_box_without_a_heading_has_no_name() -> None:
    (entry,) = contents(
        heading(3, "", "x"), HEAD_LINE, "<ol><li>A thing.</li></ol>", heading(4, "", "y"), "<p>Odd.</p>"
    )
    assert entry.raw_parts_of_speech == ()
    assert [(box.kind, box.title) for box in entry.boxes] == [("section", None)]


def test_a_heading_of_level_1_is_over_no_section() -> None:
    html = page(
        heading(1, "Stray") + heading(2, "English") + heading(3, "Noun") + HEAD_LINE + "<ol><li>A thing.</li></ol>"
    )
    found = wiktionary.parse(html, URL)
    assert isinstance(found, EntryPage)
    assert len(found.entries) == 1


def test_a_blank_date_is_no_label() -> None:
    assert [label.text for label in sense('A thing. <span class="defdate">[from 9th c.]</span>').labels] == [
        "from 9th c."
    ]
    assert sense('A thing. <span class="defdate">[ ]</span>').labels == ()


def test_a_page_nested_beyond_all_measure_is_no_page() -> None:
    with pytest.raises(UnknownPage, match="nested too deep"):
        noun(f"<li>{'<b>' * 5000}A thing.</li>")
