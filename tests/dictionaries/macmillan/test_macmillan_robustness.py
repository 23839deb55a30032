"""How changes of a page may and may not change the result."""

from __future__ import annotations

import re

import msgspec
import pytest

from dictcrawler.model import LexicalEntry
from tests.support.macmillan_pages import SITE, fixture, read

B = "b-noun", f"{SITE}/dictionary/british/lantern"
C = "c-verb", f"{SITE}/us/dictionary/american/trundle"
both = pytest.mark.parametrize("page", [B, C], ids=["B", "C"])


def contents(html: str, url: str) -> list[LexicalEntry]:
    return [parsed.content for parsed in read(html, url).entries]


def renamed(html: str, name: str, new: str) -> str:
    """The page with one class token renamed wherever it occurs."""
    found, count = re.subn(rf'(class="[^"]*)(?<![\w-]){name}(?![\w-])', rf"\1{new}", html)
    assert count
    return found


@both
def test_the_order_of_attributes_does_not_matter(page: tuple[str, str]) -> None:
    html, url = fixture(page[0]), page[1]
    reordered = re.sub(r'<(\w+) (class="[^"]*") ((?:id|ID|href|resource)="[^"]*")', r"<\1 \3 \2", html)
    assert reordered != html
    assert contents(reordered, url) == contents(html, url)


@both
@pytest.mark.parametrize("advert", ['<div id="ad_new"><p class="EXAMPLE">Buy</p></div>', "<script>DEFINITION</script>"])
def test_an_advertisement_anywhere_in_the_entry_does_not_matter(page: tuple[str, str], advert: str) -> None:
    html, url = fixture(page[0]), page[1]
    for place in ('<div class="SENSE-NUM">', '<div class="EXAMPLES', '<div class="THES">', '<ol class="SUB-SENSES">'):
        assert place in html
        parsed = read(html.replace(place, advert + place), url).entries
        assert [entry.content for entry in parsed] == contents(html, url)
        assert [(entry.warnings, entry.text_coverage) for entry in parsed] == [((), 1.0)] * len(parsed)


@pytest.mark.parametrize(
    ("page", "wrapper"),
    [
        *((B, name) for name in ("entryBody", "stars_grp", "layer", "sidebox", "sideboxbody", "senses")),
        *(
            (C, name)
            for name in ("dflex", "entry-labels", "big-title", "entry-pron-head", "toggleable", "left-content")
        ),
        *((C, name) for name in ("entry-sense", "senses", "toggle-toggle", "anchor", "line-box-content")),
        *((C, name) for name in ("THES", "SUB-SENSES")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_renamed_wrapper_changes_nothing_but_is_named_in_a_warning(page: tuple[str, str], wrapper: str) -> None:
    html, url = fixture(page[0]), page[1]
    parsed = read(renamed(html, wrapper, "new-wrapper"), url).entries
    assert [entry.content for entry in parsed] == contents(html, url)
    assert parsed[0].warnings == ("unknown-class:new-wrapper",) or wrapper == "layer"


def test_a_renamed_id_of_a_wrapper_changes_nothing() -> None:
    html = fixture(B[0])
    for wrapper in ("headword", "headwordleft", "headbar", "leftContent", "entryContent", "phrases_container"):
        changed = html.replace(f'id="{wrapper}"', 'id="renamed"')
        assert changed != html
        assert contents(changed, B[1]) == contents(html, B[1])


CONTENT = (
    "DEFINITION EXAMPLES SYNTAX-CODING PRON PART-OF-SPEECH RUNON SENSE-VARIANT PATTERNS-COLLOCATIONS PHR-XREF "
    "INFLECTION-ENTRY SENSE-NUM SEEALSO-GROUP"
).split()


@pytest.mark.parametrize(
    ("name", "new"),
    [
        *((name, f"{name}-NEW") for name in (*CONTENT, "GL", "THES", "SUB-SENSES")),
        *((name, f"{name.lower()}-new") for name in CONTENT),
    ],
)
def test_a_renamed_content_class_lowers_coverage_warns_and_fills_no_other_field(name: str, new: str) -> None:
    whole = read(fixture(C[0]), C[1]).entries[0]
    found = read(renamed(fixture(C[0]), name, new), C[1]).entries[0]
    assert [warning for warning in found.warnings if " of " not in warning] == [f"unknown-class:{new}"]
    assert found.text_coverage < whole.text_coverage
    printed = fields(whole.content)
    strangers = {
        (field, text)
        for field, text in fields(found.content)
        if not any(field == other and text in full for other, full in printed)
    }
    assert strangers == set()


def fields(entry: LexicalEntry) -> set[tuple[str, str]]:
    """Every text of an entry with its field."""
    found: set[tuple[str, str]] = set()

    def visit(name: str, value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(f"{name}.{key}", inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                visit(name, inner)
        else:
            found.add((name, str(value)))

    visit("", msgspec.to_builtins(entry))
    return found


def test_a_sub_sense_whose_body_is_renamed_does_not_number_its_parent() -> None:
    html, url = fixture(C[0]), C[1]
    found = read(renamed(html, "SUB-SENSE-BODY", "new-wrapper"), url).entries[0].content
    assert [sense.number for sense in found.senses] == ["1", None, "2"]
    assert [sense.definitions for sense in found.senses] == [
        sense.definitions for sense in contents(html, url)[0].senses
    ]


def test_an_unknown_element_inside_a_text_is_left_out_of_it_and_named() -> None:
    html = fixture(B[0])
    page = read(renamed(html, "USAGUC", "USAGUC-NEW"), B[1])
    definition = page.entries[0].content.senses[0].definitions[0]
    assert (definition.text, definition.usage) == ("a light inside a case of glass", None)
    assert page.entries[0].warnings == ("unknown-class:USAGUC-NEW",)
    assert page.entries[0].text_coverage < read(html, B[1]).entries[0].text_coverage
