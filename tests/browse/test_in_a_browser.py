"""The pages in Debian's Chromium: looked at, typed into, printed, and used without a mouse or without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from dictcrawler import feeds
from dictcrawler.browse import rendering, run_page
from dictcrawler.model import (
    Box,
    Definition,
    Entry,
    Etymology,
    Example,
    InflectedForm,
    Label,
    Relation,
    Sense,
    Status,
    Translation,
)
from tests.support import records, texts
from tests.support.browsing import DICTIONARIES, Visitor, browsing

PHONE = {"viewport": {"width": 390, "height": 844}}
TITLES = ["Longman (english)", "Macmillan (american)", "Oxford (english)", "Wiktionary (english)"]
PAGES = (
    "/", "/?q=lo", "/?q=feeling", "/?q=nothing-of-the-kind", "/?pos=noun", "/word?w=love",
    "/word?w=love&feed=macmillan", "/word?w=apple", "/entry?id=macmillan%3Aamerican%3Alove_1", "/runs",
    "/feed?feed=invented", "/run?feed=invented&run={0}", "/run?feed=invented&run={1}", "/run?feed=invented&run={2}",
    "/words?feed=invented&run={2}&status=blocked", "/changes?feed=invented&run={1}", "/entry?id=nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def paths(data: Path) -> list[str]:
    """The address of one page of each kind, and more."""
    runs = sorted(path.parent.name for path in (data / "feeds" / "invented").glob("2*/run.json"))
    return [page.format(*runs) for page in PAGES]


def overflow(page: Page) -> int:
    """How many pixels of a page are beyond its right edge."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_results_come_while_somebody_types_and_enter_opens_one(site: str, visitor: Visitor) -> None:
    page = visitor.open(site)
    expect(page.get_by_role("heading", name="On the shelf")).to_be_visible()
    page.keyboard.type("lov")
    expect(page.locator("a.result")).to_have_text(["love", "for the love of tea"])
    expect(page.get_by_role("heading", name="On the shelf")).to_be_hidden()
    assert page.url == f"{site}/?q=lov"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("article.entry").first).to_contain_text("to be very fond of a person")
    assert page.url == f"{site}/word?w=love"


def test_filters_narrow_the_results(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/?q=ap")
    expect(page.locator("a.result")).to_have_text(["apple"])
    expect(page.locator(".results .in")).to_have_text([f"{name} noun" for name in DICTIONARIES])
    page.get_by_label("Macmillan (american)").check()
    page.get_by_label("Part of speech").select_option("noun")
    expect(page.locator(".results .in")).to_have_text(["macmillan noun"])
    page.get_by_label("Part of speech").select_option("verb")
    expect(page.locator(".nothing")).to_have_text("Nothing here has ap with these filters.")
    assert page.url == f"{site}/?q=ap&in=macmillan&pos=verb"


def test_a_misspelt_word_gets_suggestions(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/?q=environmentel")
    expect(page.locator(".similar a").first).to_have_text("environmental")
    page.locator(".similar a").first.click()
    expect(page.locator("h2.headword").first).to_have_text("environmental")


def test_the_dictionarys_remark_on_a_missing_word_is_shown(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/?q=zrob")
    expect(page.locator(".note")).to_contain_text("Invented (main) does not have this word; it suggests zorb, orb.")


def test_an_inflected_form_and_a_word_without_its_accent_lead_to_the_entry(site: str, visitor: Visitor) -> None:
    for query in ("loves", "LOVE", "lóve"):
        page = visitor.open(f"{site}/?q={quote(query)}")
        expect(page.locator("a.result").first).to_have_text("love")
    page = visitor.open(f"{site}/word?w=loved")
    expect(page.locator("h2.headword").first).to_have_text("love1")


def test_a_relation_links_to_the_exact_sense_on_the_site(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/word?w=love&feed=macmillan")
    page.locator(".related", has_text="To enjoy something").get_by_role("link", name="like").first.click()
    expect(page.locator("h1.headword")).to_contain_text("like")
    target = page.locator(".sense:target")
    expect(target).to_have_count(1)
    assert target.get_attribute("id") == "macmillan:american:like_2#like_2__1"


def test_the_dictionaries_are_shown_side_by_side_and_on_a_phone_one_below_the_other(
    site: str, visitor: Visitor
) -> None:
    wide, phone = visitor.open(f"{site}/word?w=love"), visitor.open(f"{site}/word?w=love", **PHONE)
    assert wide.locator(".book").all_inner_texts() == [title.upper() for title in TITLES]
    lefts = [[box["x"] for box in boxes(page)] for page in (wide, phone)]
    assert len(set(lefts[0])) == 2
    assert len(set(lefts[1])) == 1
    tops = [[box["y"] for box in boxes(page)] for page in (wide, phone)]
    assert tops[0][0] == tops[0][1]
    assert sorted(set(tops[1])) == tops[1]


def boxes(page: Page) -> list[dict[str, float]]:
    return [side.bounding_box() or {} for side in page.locator(".side").all()]  # type: ignore[misc]


def test_one_dictionary_can_be_read_alone(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/word?w=love")
    page.get_by_role("navigation", name="Dictionaries").get_by_role("link", name="Oxford (english)").click()
    expect(page.locator(".book")).to_have_text(["Oxford (english)"])


def test_a_recording_is_a_link_that_names_its_target_and_loads_nothing(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/word?w=love&feed=macmillan")
    link = page.locator("a.play").first
    expect(link).to_have_accessible_name("Recording at www.macmillandictionary.com")
    assert (link.get_attribute("href") or "").startswith("https://www.macmillandictionary.com/media/")
    assert "noreferrer" in (link.get_attribute("rel") or "")


def test_a_fetched_recording_plays_and_without_javascript_opens(site: str, visitor: Visitor) -> None:
    address = f"{site}/word?w=love&feed=wiktionary"
    page = visitor.open(address)
    link = page.get_by_role("link", name="Play the recording").first
    assert link.get_attribute("title") == "A Speaker, CC-BY-SA-4.0"
    with page.expect_response(lambda it: "/sound?" in it.url) as answer:
        link.click()
    assert answer.value.headers["content-type"] == "audio/wav"
    expect(page.locator("a.play[data-state='playing']")).to_have_count(1)
    assert page.url == address
    expect(page.locator("a.play[data-state='playing']")).to_have_count(0)
    plain = visitor.open(address, java_script_enabled=False)
    plain.get_by_role("link", name="Play the recording").first.click()
    assert "/sound?" in plain.url
    assert plain.locator("video, audio").count() == 1


def test_an_entry_can_be_cited(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/entry?id=wiktionary%3Aenglish%3Alove%23Noun")
    page.get_by_text("Cite this").click()
    expect(page.locator(".plain")).to_contain_text(
        "“love” (noun). Wiktionary (english). https://en.wiktionary.org/wiki/love"
    )
    expect(page.locator("pre")).to_contain_text("@misc{wiktionary-english-love-Noun,")


def test_keys_go_everywhere(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/word?w=love")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".neighbours [aria-current]")).to_have_text("newcomer")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".neighbours [aria-current]")).to_have_text("love")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("call")
    page.keyboard.press("Enter")
    expect(page.locator("a.result").first).to_have_text("call")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.result").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_everything_works_without_javascript(site: str, visitor: Visitor) -> None:
    page = visitor.open(site, java_script_enabled=False)
    page.get_by_role("searchbox").fill("lov")
    page.get_by_role("button", name="Look up").click()
    page.locator("a.result").first.click()
    assert page.locator(".book").count() == 4
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_role("link", name="invented").click()
    page.get_by_role("link", name="8 November 2026, 02:00 UTC").click()
    assert page.locator("svg rect.bar").count() > 10
    page.goto(f"{site}/?q=lov")
    page.get_by_label("Part of speech").select_option("noun")
    page.get_by_role("button", name="Apply").click()
    assert "pos=noun" in page.url
    assert page.locator("a.result").count() == 1


def test_no_page_is_wider_than_a_phone(site: str, visitor: Visitor, paths: list[str]) -> None:
    page = visitor.open(site, **PHONE)
    for path in paths:
        _visit(page, site + path, visitor)
        assert overflow(page) == 0, path


def _visit(page: Page, url: str, visitor: Visitor) -> None:
    """Open a page. A 404 is only an error if the address should exist."""
    page.goto(url)
    visitor.complaints[:] = [each for each in visitor.complaints if "404 (Not Found)" not in each]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(site: str, visitor: Visitor, paths: list[str], scheme: str) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = visitor.open(site, color_scheme=scheme)
    for path in paths[::2] if scheme == "light" else paths[1::2]:
        _visit(page, site + path, visitor)
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(it => it.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
        assert [each for each in found if each[0] in ("serious", "critical")] == [], path


def test_dark_is_dark_and_light_is_light(site: str, visitor: Visitor) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page = visitor.open(f"{site}/word?w=love", color_scheme=scheme)
        shade = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        shades[scheme] = int(shade.split("(")[1].split(",")[0])
    assert shades["light"] > 240
    assert shades["dark"] < 40


def test_a_printed_page_has_the_words_and_not_the_controls(site: str, visitor: Visitor) -> None:
    page = visitor.open(f"{site}/word?w=love", color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator("header.site")).to_be_hidden()
    expect(page.locator(".play").first).to_be_hidden()
    expect(page.locator(".definition").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF-")


def test_the_page_of_a_run_shows_charts_with_their_numbers_and_leads_to_the_words(
    site: str, visitor: Visitor, paths: list[str]
) -> None:
    page = visitor.open(site + next(path for path in paths if path.startswith("/run?") and "20261108" in path))
    expect(page.get_by_role("img", name="Text coverage of the entries")).to_be_visible()
    page.locator("#coverage").locator("xpath=ancestor::figure").get_by_text("The numbers").click()
    expect(page.get_by_role("row", name="99–99.5 % 58")).to_be_visible()
    page.get_by_role("link", name="cedar", exact=True).first.click()
    expect(page.locator("h1.headword")).to_have_text("cedar")


def test_the_report_as_a_file_loads_nothing_and_breaks_no_policy(data: Path, visitor: Visitor, tmp_path: Path) -> None:
    for run in sorted((data / "feeds" / "invented").glob("2*")):
        file = tmp_path / f"{run.name}.html"
        file.write_text(run_page.as_file(run_page.gather(run)), encoding="utf-8")
        page = visitor.open(file.as_uri(), **PHONE)
        expect(page.locator("h1")).to_contain_text("Run of")
        assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
        assert overflow(page) == 0


# A feed can hold any text that JSON in UTF-8 can hold.
HOSTILE = [text for text in texts.TEXTS if text and not any("\ud800" <= letter <= "\udfff" for letter in text)]


def hostile_entry(number: int, text: str) -> Entry:
    """An entry with the text in every field that holds text."""
    key = f"hostile:main:{number}:{text}"
    label = Label(text=text, type="register")
    example = Example(text=text, pattern=text, gloss=text, citation=text, labels=(label,))
    sense = Sense(
        id=f"{key}#{text}", number=text, indicator=text, variant=text, contributor=text, labels=(label,),
        definitions=(Definition(text=text, definition_type="full", usage=text),), examples=(example,),
    )  # fmt: skip
    return records.entry(
        id=key, headword=text, hyphenation=f"{text}‧", homograph_number=text, raw_parts_of_speech=(text,),
        labels=(label,),
        inflected_forms=(InflectedForm(text=text, tag=text, labels=(label,)), InflectedForm(text="zorbs", labels=())),
        etymologies=(Etymology(description=text),), senses=(sense,),
        relations=(Relation(type="synonym", text=text, group=text, from_=sense.id, url=text, to=text),
                   Relation(type="derived", text=text, url=f"javascript:alert({number})")),
        boxes=(Box(kind=text, title=text, text=text, examples=(example,)),),
        cited=records.source(url=text, retrieved_from=text, revision=text, rights=text, attribution=text,
                              warnings=(text,), text_coverage=0.5),
    )  # fmt: skip


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    entries = tuple(hostile_entry(number, text) for number, text in enumerate(HOSTILE))
    lookups = tuple(
        records.lookup(keyword=text, normalized=text, line=number + 1, status=Status.NOT_IN_DICTIONARY, error=text,
                        entry_ids=(), suggestions=(text,), final_url=text, requested_url=text)
        for number, text in enumerate(HOSTILE)
    )  # fmt: skip
    records.feed(folder / "feeds" / "hostile", "run-1", entries, lookups)
    with browsing(folder, tmp_path_factory.mktemp("cache")) as address:
        yield address


def test_hostile_texts_are_shown_as_text_and_nothing_runs_or_breaks_the_page(
    hostile_site: str, visitor: Visitor
) -> None:
    page = visitor.open(f"{hostile_site}/word?w=zorbs", **PHONE)
    shown = [rendering.clean(text) for text in HOSTILE]
    assert page.locator("h2.headword a").all_text_contents() == shown
    assert page.locator(".definition").all_text_contents() == [f"{text} {text}" for text in shown]
    assert_harmless(page)


def assert_harmless(page: Page) -> None:
    assert page.locator("main").count() == 1
    assert page.locator("main script, main iframe, main img, main style, main link, main meta").count() == 0
    assert page.locator("a:not([href^='http']):not([href^='/']):not([href^='#'])").count() == 0
    assert overflow(page) == 0


@pytest.mark.parametrize("path", ["/", "/?q=x", "/runs", "/run?feed=hostile&run=run-1", "/?label=%3Cb%3E"])
def test_hostile_texts_in_lists_break_nothing(hostile_site: str, visitor: Visitor, path: str) -> None:
    assert_harmless(visitor.open(hostile_site + path, **PHONE))


@pytest.mark.parametrize(("headword", "lang"), [("مدرسة", "ar"), ("שלום", "he"), ("کتاب", "fa")])
def test_words_written_from_right_to_left_are(tmp_path: Path, visitor: Visitor, headword: str, lang: str) -> None:
    example = Example(text=f"{headword} {headword}.", transliteration="in Latin letters", labels=())
    sense = Sense(id="x#1", number="1", labels=(), examples=(example,),
                  definitions=(Definition(text="an English definition", definition_type="full"),),
                  translations=(Translation(lang="ja", text="本", transliteration="hon", labels=()),))  # fmt: skip
    records.feed(tmp_path / "feeds" / "x", "run-1", (records.entry(headword=headword, lang=lang, senses=(sense,)),), ())
    with browsing(tmp_path, tmp_path / "cache") as site:
        page = visitor.open(f"{site}/word?w={quote(headword)}")
        assert direction(page, "h2.headword") == "rtl"
        assert direction(page, ".examples li") == "rtl"
        assert direction(page, ".definition") == "ltr"
        assert page.locator(".examples .latin").text_content() == "in Latin letters"
        page.get_by_text("Translations").click()
        expect(page.locator(".translations dd")).to_have_text("本 hon")
        assert page.locator("h2.headword").get_attribute("lang") == lang


def direction(page: Page, selector: str) -> str:
    found: str = page.locator(selector).first.evaluate("it => getComputedStyle(it).direction")
    return found


def test_all_dictionaries_are_on_the_shelf_with_the_newest_run(data: Path, site: str, visitor: Visitor) -> None:
    page = visitor.open(site)
    expect(page.locator(".shelf h3")).to_have_text(["Invented (main)", *TITLES])
    entries = [feeds.read_run(data / "feeds" / name).entries for name in DICTIONARIES]
    for name, count in zip(TITLES, entries, strict=True):
        expect(page.locator(".shelf article", has_text=name)).to_contain_text(f"{count} entries, read ")
