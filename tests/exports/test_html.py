"""``export html``: one page with every word, viewed in Chromium, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html
from playwright.sync_api import Page, sync_playwright

from dictcrawler import exports, feeds
from dictcrawler.model import Relation
from tests.support import records, trying
from tests.support.browsing import OPTIONS
from tests.support.consumers import installed

NAMES = ("longman", "macmillan", "oxford", "wiktionary")
WIDER_THAN_PAGE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed("chromium"), args=list(OPTIONS))
        yield browser.new_page()
        browser.close()


@pytest.fixture(scope="module")
def sample(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = [sample_data / "feeds" / name for name in NAMES]
    return exports.export("html", runs, tmp_path_factory.mktemp("html") / "all.html").path


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hard")
    run = records.feed(folder / "feed", "run-1", trying.entries(), ())
    return exports.export("html", [run], folder / "hard.html").path


def test_every_definition_and_example_is_on_the_page_in_the_order_of_the_alphabet(
    sample: Path, sample_data: Path
) -> None:
    tree = html.parse(sample)
    entries = [entry for name in NAMES for entry in feeds.read_entries(sample_data / "feeds" / name)]
    shown = {node.get("id"): node for node in tree.iterfind(".//div[@class='entry']")}
    assert shown.keys() == {entry.id for entry in entries}
    for entry in entries:
        text = shown[entry.id].text_content()
        for sense in entry.senses:
            assert all(each.text in text for each in (*sense.definitions, *sense.examples))
    index = [node.text for node in tree.iterfind(".//section[@class='index']//a")]
    assert index == sorted(set(index), key=str.casefold)
    assert set(index) == {entry.headword for entry in entries}


def test_every_link_in_the_page_leads_to_something_and_nothing_is_loaded(sample: Path) -> None:
    tree = html.parse(sample)
    anchors = {node.get("id") for node in tree.iterfind(".//*[@id]")}
    links = [node.get("href") for node in tree.iterfind(".//a[@href]")]
    inside = [link for link in links if link.startswith("#")]
    assert len(inside) > 50
    assert [link for link in inside if unquote(link[1:]) not in anchors] == []
    assert all(link.startswith(("#", "https://")) for link in links)
    assert tree.findall(".//script") + tree.findall(".//link") + tree.findall(".//img") == []


def test_a_link_of_a_feed_that_is_no_page_is_plain_text(tmp_path: Path) -> None:
    relations = (Relation(type="synonym", text="bad", url="javascript:alert(1)"),)
    cited = records.source(url="javascript:alert(2)")
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(relations=relations, cited=cited),), ())
    made = exports.export("html", [run], tmp_path / "made.html").path.read_text(encoding="utf-8")
    assert 'href="javascript' not in made
    assert "bad" in made


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen_and_text_turns_as_its_letters_do(page: Page, hard: Path, width: int) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(hard.as_uri())
    assert requested == [hard.as_uri()]
    assert page.evaluate(WIDER_THAN_PAGE) == 0
    assert page.locator(".definition", has_text="not bold").text_content() == trying.MARKUP
    assert page.locator("#sixty, .sense").count() == 65
    head, text = (page.locator("[lang=he]").locator(kind).bounding_box() for kind in (".head", ".headword"))
    assert head is not None
    assert text is not None
    assert head["x"] + head["width"] == pytest.approx(text["x"] + text["width"], abs=2)


def test_it_prints_on_pages_with_numbers(page: Page, sample: Path, hard: Path) -> None:
    for path in (sample, hard):
        page.goto(path.as_uri())
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_private_copy_is_marked_at_its_top_and_in_each_entry(hard: Path) -> None:
    tree = html.parse(hard)
    assert "Private copy for personal study" in tree.find(".//header").text_content()
    sources = [node.text_content() for node in tree.iterfind(".//div[@class='source']")]
    assert len(sources) == 6
    assert all("private copy" in source for source in sources)
