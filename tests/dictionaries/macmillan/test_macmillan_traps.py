"""Traps of the markup that caught other parsers of these pages, one test for each."""

from __future__ import annotations

import pytest

from dictcrawler.dictionaries.macmillan import DICTIONARY
from dictcrawler.errors import UnknownPage
from dictcrawler.parsing.page import MissPage
from tests.support.macmillan_pages import (
    SENSE,
    SITE,
    canonical,
    entry,
    fixture,
    generation_c,
    only_sense,
    read,
    relations,
    sense,
    senses,
)

LANTERN = f"{SITE}/dictionary/british/lantern"


def test_1_classes_that_are_reused_elsewhere_fill_no_field_of_the_entry() -> None:
    found = entry(fixture("b-noun"), LANTERN)
    assert found.headword == "lantern"
    assert found.raw_parts_of_speech == ("noun",)
    assert found.senses[0].examples[0].text == "A row of paper lanterns hung above the canal."
    assert len(found.senses[0].examples) == 3


def test_2_content_of_a_sub_sense_does_not_belong_to_its_parent() -> None:
    parent, child, _ = entry(fixture("b-noun"), LANTERN).senses
    assert (parent.number, child.number, child.parent) == ("1", "1a", parent.id)
    assert len(parent.definitions) == len(child.definitions) == 1
    assert parent.labels == ()
    assert [label.text for label in child.labels] == ["British", "theatre"]
    assert [example.text for example in child.examples] == ["The lecturer still used an old lantern."]


def test_3_separators_go_and_their_space_stays() -> None:
    found = only_sense(
        '<span class="DEFINITION"><span class="SEP"> </span>striped<span class="USAGUC"><span class="SEP">. </span>'
        'Used of cats</span></span><div class="EXAMPLES"><p class="EXAMPLE">one<span class="SEP">, </span>two'
        '<span class="GL"><span class="SEP"> (=</span>both<span class="SEP">)</span></span>.</p></div>'
    )
    assert (found.definitions[0].text, found.definitions[0].usage) == ("striped", "Used of cats")
    assert (found.examples[0].text, found.examples[0].gloss) == ("one two.", "both")


def test_4_a_class_may_have_further_tokens() -> None:
    html = generation_c().replace('class="DEFINITION"', 'class="x-new DEFINITION show_less"')
    assert [d.text for d in entry(html).senses[0].definitions] == ["to make something striped"]


def test_5_labels_of_the_head_are_the_entrys_and_not_the_senses() -> None:
    labels = '<span class="PART-OF-SPEECH">verb</span> <span class="SYNTAX-CODING">transitive</span>'
    found = entry(generation_c(labels=labels))
    assert [(label.text, label.type) for label in found.labels] == [("transitive", "grammar")]
    assert found.senses[0].labels == ()


def test_6_links_inside_definitions_and_examples_are_no_relations() -> None:
    found = entry(
        generation_c(
            senses(
                sense(
                    '<span class="DEFINITION">to <a class="QUERY" href="/dictionary/american/like_1">like</a></span>'
                    '<div class="EXAMPLES"><p class="EXAMPLE"><span class="EXAMPLE">'
                    '<a href="/dictionary/american/cat_1">Cats</a></span> sleep.</p></div>'
                )
            )
        )
    )
    assert found.relations == ()
    assert found.senses[0].examples[0].text == "Cats sleep."


def test_7_links_and_their_texts_that_begin_with_a_blank_are_stripped() -> None:
    (phrase,) = relations(entry(fixture("b-noun"), LANTERN), "phrase")
    assert phrase.text == "carry a lantern for someone"
    assert phrase.url == f"{SITE}/dictionary/british/carry-a-lantern-for-someone"


def test_8_an_id_in_capitals_is_an_id() -> None:
    found = entry(generation_c(senses(sense(SENSE)).replace(" id=", " ID=")))
    assert found.senses[0].id == "macmillan:american:brindle_1#brindle_1__1"


def test_9_sense_ids_are_kept_and_not_used_as_numbers() -> None:
    items = [sense(f'<div class="SENSE-NUM">{n}</div>{SENSE}', f"brindle_1__{n * 10}") for n in (1, 2)]
    found = entry(generation_c(senses(*items))).senses
    assert [(s.number, s.id.partition("#")[2]) for s in found] == [("1", "brindle_1__10"), ("2", "brindle_1__20")]


def test_10_an_example_without_a_pattern_does_not_inherit_the_one_above() -> None:
    found = only_sense(
        '<div class="EXAMPLES"><span class="PATTERNS-COLLOCATIONS">brindle up</span><span class="SEP">: </span>'
        '<p class="EXAMPLE">They brindled up.</p></div><div class="EXAMPLES"><p class="EXAMPLE">It shone.</p></div>'
    )
    assert [(e.pattern, e.text) for e in found.examples] == [("brindle up", "They brindled up."), (None, "It shone.")]


@pytest.mark.parametrize("tag", ["strong", 'span class="PATTERNS-COLLOCATIONS"'])
def test_11_a_gloss_inside_the_pattern_is_taken_out_of_it(tag: str) -> None:
    end = tag.partition(" ")[0]
    found = only_sense(
        f'<div class="EXAMPLES"><{tag}>brindle (with someone)<span class="GL"><span class="SEP"> (=</span>start'
        f'<span class="SEP">)</span></span></{end}><span class="SEP">: </span><p class="EXAMPLE">We did.</p></div>'
    )
    (example,) = found.examples
    assert (example.pattern, example.gloss, example.text) == ("brindle (with someone)", "start", "We did.")


def test_12_the_dialect_is_that_of_the_recordings_folder_not_of_its_caption() -> None:
    sound = (
        '<div class="PRONS"><span class="sound" title="British English pronunciation" '
        'data-src-mp3="#skLicensedUrl(\'/media/\')$dictCode/{folder}/b.mp3"></span><span class="PRON">b</span></div>'
    )
    for edition in ("american", "british"):
        html = generation_c(
            sounds=sound.format(folder="us_pron") + sound.format(folder="uk_pron"),
            link=canonical(f"/dictionary/{edition}/brindle_1"),
        )
        first, second = entry(html).pronunciations
        assert first.sound_file == f"{SITE}/media/{edition}/us_pron/b.mp3"
        assert (first.transcriptions[0].scheme, second.transcriptions[0].scheme) == ("en-US-fonipa", "en-GB-fonipa")


def test_13_the_resource_of_a_definition_does_not_change_the_edition() -> None:
    found = entry(generation_c().replace('class="DEFINITION"', 'class="DEFINITION" resource="dict_british"'))
    assert (found.edition, found.senses[0].contributor) == ("american", None)


def test_14_zero_width_spaces_go_and_typographic_characters_stay() -> None:
    html = generation_c(
        senses(sense('<span class="DEFINITION">someone’s\u00a0★ coat</span>')),
        labels='<span class="PART-OF-SPEECH">verb,<span class="zwsp">\u200b</span> noun</span>',
        sounds='<div class="PRONS"><span class="PRON">ˈbrɪnd(ə)l</span></div>',
    )
    found = entry(html)
    assert found.raw_parts_of_speech == ("verb", "noun")
    assert found.senses[0].definitions[0].text == "someone’s ★ coat"
    assert found.pronunciations[0].transcriptions[0].text == "ˈbrɪnd(ə)l"


def test_15_number_transcription_and_sound_may_be_missing() -> None:
    found = entry(generation_c())
    assert (found.senses[0].number, found.pronunciations) == (None, ())
    compound = entry(fixture("c-compound"))
    assert compound.pronunciations[0].transcriptions == ()
    assert compound.pronunciations[0].sound_file


def test_16_related_entries_printed_twice_count_once_and_tables_of_boxes_hold_no_forms() -> None:
    item = (
        '<li class="related-entries-item"><a href="/dictionary/american/brindle-cat"><b class="BASE">cat</b></a></li>'
    )
    block = f'<ul class="related-entries-content">{item}</ul>'
    box = (
        '<div class="sidebox"><div class="ONEBOX-HEAD">Metaphor: x</div><table><tr><td><span class="INFLECTION-TYPE">'
        'no</span><span class="INFLECTION-ENTRY">form</span></td></tr></table></div>'
    )
    found = entry(generation_c(senses(sense(SENSE)) + box, around=block * 2))
    assert [relation.text for relation in relations(found, "related")] == ["cat"]
    assert found.inflected_forms == ()


def test_17_a_title_with_definition_in_it_is_no_entry() -> None:
    miss = DICTIONARY.parse(fixture("b-miss"), SITE)
    assert isinstance(miss, MissPage)
    assert len(miss.suggestions) == 3
    with pytest.raises(UnknownPage):
        read(generation_c(body="", link=f"<title>x definition</title>{canonical('/dictionary/american/x')}"))
