"""Small invented entries, one for each part that may be elsewhere, come twice, or have another meaning."""

from __future__ import annotations

from dictcrawler.dictionaries.longman import DICTIONARY
from dictcrawler.model import Label, LexicalEntry
from dictcrawler.parsing.page import EntryPage, ParsedEntry

URL = "https://www.ldoceonline.com/dictionary/dingle"
HEAD = '<span class="Head"><span class="HWD">dingle</span>{}<span class="POS"> noun</span></span>'


def span(name: str, *inside: str, own_id: str = "") -> str:
    identity = f' id="{own_id}"' if own_id else ""
    return f'<span class="{name}"{identity}>{"".join(inside)}</span>'


def sense(inside: str = "", own_id: str = "dingle__1") -> str:
    return f'<span class="Sense" id="{own_id}"><span class="DEF">a lamp</span>{inside}</span>'


def read(body: str, head: str = "", before: str = "") -> list[ParsedEntry]:
    entry = f'<span class="ldoceEntry Entry">{HEAD.format(head) if before == "" else before}{body}</span>'
    page = DICTIONARY.parse(f'<span class="dictentry"><span class="dictlink">{entry}</span></span>', URL)
    assert isinstance(page, EntryPage)
    assert [found.text_coverage for found in page.entries] == [1.0] * len(page.entries)
    return list(page.entries)


def only(body: str, head: str = "") -> LexicalEntry:
    (found,) = read(body, head)
    return found.content


def test_senses_in_a_sense_are_its_sub_senses() -> None:
    inside = "".join(
        f'<span class="Sense"><span class="sensenum">{letter}</span><span class="DEF">x</span></span>'
        for letter in "ab"
    )
    found = only(f'<span class="Sense" id="dingle__1"><span class="sensenum">1</span>{inside}</span>').senses
    assert [(each.number, each.parent) for each in found] == [("1", None), ("1a", found[0].id), ("1b", found[0].id)]


def test_two_entries_of_one_block_are_two_entries() -> None:
    verb = '<span class="ldoceEntry Entry" id="dingle__7">' + HEAD.format("").replace("noun", "verb")
    found = [entry.content for entry in read(f"{sense()}</span>{verb}{sense()}")]
    assert [(content.id, content.raw_parts_of_speech) for content in found] == [
        ("longman:english:dingle", ("noun",)),
        ("longman:english:dingle__7", ("verb",)),
    ]


def test_a_word_that_runs_on_from_a_phrasal_verb_belongs_to_it() -> None:
    phrasal = (
        '<span class="PhrVbEntry" id="dingle__5"><span class="Head"><span class="PHRVBHWD">dingle up</span></span>'
    )
    run_on = '<span class="Tail"><span class="RunOn"><span class="DERIV">—dingling up</span></span></span></span>'
    main, up, word = (entry.content for entry in read(sense() + phrasal + sense(own_id="dingle__6") + run_on))
    assert [(relation.type, relation.to) for relation in main.relations] == [("phrasal_verb", up.id)]
    assert ("derived", word.id) in [(relation.type, relation.to) for relation in up.relations]
    assert [relation.to for relation in word.relations] == [up.id]


def test_phrasal_verbs_that_share_a_page_are_all_read() -> None:
    up, down = (
        span("PhrVbEntry", span("Head", span("PHRVBHWD", f"dingle {n}")), sense(), own_id=n) for n in ("up", "down")
    )
    found = read(up + down, before=" ")
    assert [entry.content.headword for entry in found] == ["dingle up", "dingle down"]


def test_parts_of_a_head_are_read_beside_it_too() -> None:
    beside = span("GRAM", "[countable]") + span("Inflections", "(", span("PLURALFORM", "dinglen"), ")")
    content = only(beside + sense())
    assert [label.text for label in content.labels] == ["[countable]"]
    assert [(form.text, form.tag) for form in content.inflected_forms] == [("dinglen", "plural")]


def test_a_head_in_a_sense_is_the_sense_s() -> None:
    label = span("GEO", " Scottish English")
    (found,) = only(sense(span("Head", span("HWD", "Dingle"), span("POS", " noun"), label))).senses
    assert found.variant == "Dingle"
    assert [(label.text, label.type) for label in found.labels] == [("Scottish English", "region"), ("noun", "grammar")]


def test_transcriptions_are_found_in_wrappers_and_after_their_qualifiers() -> None:
    strong = span("STRONG", "strong") + span("NEWFRAME", span("PRON", " dɪŋl"))
    old = span("neutral", "; ") + span("REGISTERLAB", "old use") + span("PRON", " dəl")
    recording = '<span class="brefile" data-src-mp3="/dingle.mp3"></span>'
    found = only(sense(), span("PronCodes", span("neutral", " /"), strong, old) + recording).pronunciations
    said = [([said.text for said in each.transcriptions], each.sound_file, each.labels[1:]) for each in found]
    assert said == [
        (["dɪŋl"], "/dingle.mp3", (Label(text="strong", type="usage"),)),
        (["dəl"], None, (Label(text="old use", type="register"),)),
    ]


def test_other_words_among_transcriptions_are_no_transcriptions_and_lower_the_coverage() -> None:
    codes = span("PronCodes", span("PRON", "dɪŋl"), span("LINKWORD", " rarely "), span("PRON", "dəl"))
    (entry,) = DICTIONARY.parse(
        f'<span class="dictentry"><span class="Entry">{HEAD.format(codes)}{sense()}</span></span>', URL
    ).entries
    (found,) = entry.content.pronunciations
    assert [said.text for said in found.transcriptions] == ["dɪŋl", "dəl"]
    assert entry.text_coverage < 1


def test_a_group_of_forms_holds_nothing_but_forms() -> None:
    link = '<a class="crossRef" href="/dictionary/x"><span class="REFHWD">x</span></a>'
    group = span("Variant", span("LINKWORD", "also"), " ", span("LEXVAR", "dingler"), span("Crossref", link))
    (entry,) = DICTIONARY.parse(
        f'<span class="dictentry"><span class="Entry">{HEAD.format(group)}{sense()}</span></span>', URL
    ).entries
    assert [form.text for form in entry.content.inflected_forms] == ["dingler"]
    assert entry.text_coverage < 1


def test_the_words_of_a_synonym_s_label_are_not_the_synonym_s() -> None:
    (relation,) = only(sense('<span class="SYN"> lantern<span class="REGISTERLAB"> old use</span></span>')).relations
    assert (relation.text, relation.group) == ("lantern", "old use")


def test_words_that_sound_alike_are_homophones_with_their_addresses() -> None:
    links = "".join(f'<a class="crossRef" href="/dictionary/{word}"> {word}</a>, ' for word in ("dyngle", "dinngle"))
    found = only(sense(), f'<span class="HOMOPHONE"><span class="neutral span"> → </span>{links}</span>').relations
    assert [(relation.type, relation.text, relation.url) for relation in found] == [
        ("homophone", "dyngle", URL.replace("dingle", "dyngle")),
        ("homophone", "dinngle", URL.replace("dingle", "dinngle")),
    ]


def test_a_note_in_a_thesaurus_box_is_kept_beside_its_words() -> None:
    word = '<span class="Exponent"><span class="EXP">glint</span> <span class="DEF">small light</span></span>'
    note = '<span class="EXPL">Not of stars.</span><span class="EXAMPLE">a glint</span>'
    content = only(f'{sense()}<span class="ThesBox"><span class="heading span">THESAURUS</span>{word}{note}</span>')
    assert [(box.title, box.text, len(box.examples)) for box in content.boxes] == [
        ("glint", "small light", 0),
        ("THESAURUS", "Not of stars.", 1),
    ]


def test_another_wording_of_a_collocation_is_part_of_its_pattern() -> None:
    other = span("LINKWORD", "also") + span("Variant", " ", span("LEXVAR", "kindle it"))
    collocate = span("Collocate", span("collo COLLOC", "light a dingle"), " ", other, span("EXAMPLE", "Light it."))
    (box,) = only(sense() + span("ColloBox", collocate)).boxes
    (example,) = box.examples
    assert (example.pattern, example.text) == ("light a dingle also kindle it", "Light it.")


def test_examples_in_a_list_of_the_layout_are_the_sense_s() -> None:
    items = "".join(f"<li>{span('EXAMPLE', text)}</li>" for text in ("one", "two"))
    (found,) = only(sense(f"<div><ul>{items}</ul></div>")).senses
    assert [example.text for example in found.examples] == ["one", "two"]
