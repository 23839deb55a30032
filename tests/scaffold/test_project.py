"""``scrapy newdictionary`` in a copy of the project, as run by a contributor who adds a dictionary."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.errors import ArgumentError, UnknownPage, WallPage
from dictcrawler.scaffold import project as scaffolding
from tests.support.server import ROOT, Serve

URL = "https://words.example.org/entry/{slug}.html"
GIVEN = {"name": "glimwords", "url": URL, "lang": "en-GB"}
COPIED = ("dictcrawler", "tests", "pyproject.toml", "scrapy.cfg", ".gitignore")

ENTRY = """<!DOCTYPE html><html><head><title>glimble</title></head><body>
<div class="entry"><h1 class="headword">glimble</h1><span class="part-of-speech">verb</span>
<div class="sense"><span class="register">literary</span> <span class="definition">to shine a little</span>
<p class="example">The lamp glimbled.</p></div></div></body></html>"""
MISS = (
    """<html><body><div class="no-results">Nothing. Try <a href="/entry/glimble.html">glimble</a></div></body></html>"""
)
READ = {
    "layout": "glimwords-1",
    "canonical_url": "https://words.example.org/entry/glimble.html",
    "homographs": [],
    "entries": [
        {
            "id": "glimwords:en-GB:glimble",
            "dictionary": "glimwords",
            "edition": "en-GB",
            "lang": "en-GB",
            "headword": "glimble",
            "parts_of_speech": [],
            "raw_parts_of_speech": ["verb"],
            "labels": [],
            "frequency": [],
            "pronunciations": [],
            "inflected_forms": [],
            "etymologies": [],
            "senses": [
                {
                    "id": "glimwords:en-GB:glimble#sense_1",
                    "labels": [{"text": "literary", "type": "register"}],
                    "definitions": [{"text": "to shine a little", "definition_type": "full"}],
                    "examples": [{"text": "The lamp glimbled.", "labels": []}],
                }
            ],
            "relations": [],
            "boxes": [],
        }
    ],
}


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(project), "DICTCRAWLER_DATA": str(project / "data"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def git(project: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=project, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, under git, with a dictionary that was just begun."""
    copy = tmp_path_factory.mktemp("scaffold") / "project"
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "before")
    done = run(copy, "scrapy", "newdictionary", "glimwords", "--url", URL, "--title", "The Book of Glim")
    assert done.returncode == 0, done.stderr
    assert "tests/dictionaries/glimwords/entry/page.html" in done.stdout
    return copy


def test_a_new_dictionary_touches_three_places_and_nothing_else(project: Path) -> None:
    assert git(project, "status", "--porcelain").splitlines() == [
        "?? dictcrawler/dictionaries/glimwords/",
        "?? dictcrawler/spiders/glimwords.py",
        "?? tests/dictionaries/glimwords/",
    ]
    assert "glimwords" in run(project, "scrapy", "list").stdout.split()


def test_the_generated_code_passes_the_linter_the_formatter_and_the_type_checker(project: Path) -> None:
    code = [str(place) for place in scaffolding.places("glimwords")[:2]]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        done = run(project, *command, *code)
        assert done.returncode == 0, done.stdout


def test_the_shared_tests_fail_until_there_are_real_cases(project: Path) -> None:
    done = run(
        project,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/dictionaries/test_cases.py",
        "-k",
        "glimwords or every",
    )
    assert done.returncode == 1
    for said in (
        "UnknownPage: neither an entry nor a miss: https://words.example.org/entry/glimble.html",
        "glimwords: no fixture of an entry page",
        "glimwords: not stated yet: read the terms of words.example.org and say what they allow",
        "4 failed",
    ):
        assert said in done.stdout


def test_with_real_cases_the_shared_tests_pass_and_the_dictionary_can_be_crawled(
    project: Path, tmp_path: Path, serve: Serve
) -> None:
    finished = shutil.copytree(project, tmp_path / "finished")
    finish(finished)
    page = finished / "tests/dictionaries/glimwords/entry/page.html"
    page.write_text(ENTRY.replace("</h1>", "</h1> <i>zorb zorb</i> "), encoding="utf-8")
    tests = run(finished, "pytest", "-q", "tests/dictionaries/test_cases.py", "-k", "glimwords/entry")
    assert "lost: Counter({'zorb': 2})" in tests.stdout
    page.write_text(ENTRY, encoding="utf-8")
    tests = run(finished, "pytest", "-q", "tests/dictionaries/test_cases.py", "-k", "glimwords or every")
    assert tests.returncode == 0, tests.stdout

    async def answer(request: web.Request) -> web.Response:
        found = request.path == "/entry/glimble.html"
        return web.Response(text=ENTRY if found else MISS, content_type="text/html", status=200 if found else 404)

    site = serve(answer)
    given = ("source=live", f"base_url={site.url}/entry/{{keyword}}.html", "word=glimble,grimble")
    options = [option for argument in given for option in ("-a", argument)]
    done = run(finished, "scrapy", "crawl", "glimwords", *options, "-s", "DOWNLOAD_DELAY=0")
    assert done.returncode == 0, done.stderr
    assert site.paths() == ["/entry/glimble.html", "/entry/grimble.html"]
    lookups = list(feeds.read_lookups(finished / "data/feeds/glimwords"))
    assert [(lookup.status.value, lookup.suggestions) for lookup in lookups] == [
        ("found", ()),
        ("not_in_dictionary", ("glimble",)),
    ]


def finish(project: Path) -> None:
    """Replace the placeholders by real cases, and fill in the missing statements."""
    cases = project / "tests/dictionaries/glimwords"
    for case, html, read in (("entry", ENTRY, READ), ("miss", MISS, MISSED)):
        (cases / case / "page.html").write_text(html, encoding="utf-8")
        written = run(project, "tests.support.fixture_pages", f"glimwords/{case}", "--write")
        assert written.returncode == 0, written.stderr
        assert json.loads((cases / case / "expected.json").read_text(encoding="utf-8")) == read
    parser = project / "dictcrawler/dictionaries/glimwords/__init__.py"
    parser.write_text(parser.read_text(encoding="utf-8").replace("not stated yet: ", ""), encoding="utf-8")


MISSED = {"not_in_dictionary": True, "layout": "glimwords-1", "suggestions": ["glimble"]}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "1st"}, "'1st' cannot be a Python module"),
        ({"name": "../up"}, "cannot be a Python module"),
        ({"name": "class"}, "'class' cannot be a Python module"),
        ({"name": "longman"}, "'longman' is taken"),
        ({"name": "keyword"}, "dictcrawler/spiders/keyword.py is there already"),
        ({"url": "https://words.example.org/"}, "has no place for the word"),
        ({"url": "https://words.example.org/{slug}/{slug}"}, "has no place for the word"),
        ({"url": "https://{slug}.example.org/"}, "has no place for the word"),
        ({"url": 'https://words.example.org/"/{slug}'}, "has no place for the word"),
        ({"url": "ftp://words.example.org/{slug}"}, "is not an address"),
        ({"url": "https://[words/{slug}"}, "Invalid IPv6 URL"),
        ({"url": "https://zorb:secret@words.example.org/{slug}"}, "it has a user's name or password"),
        ({"url": "https://words.example.org/\x1b[2J/{slug}"}, "does not print"),
        ({"url": f"https://words.example.org/{'z' * 5000}/{{slug}}"}, "is too long"),
        ({"url": "https://words.example.org:zorb/{slug}"}, "Port could not be cast"),
        ({"name": "z" * 5000}, "cannot be a Python module"),
        ({"title": "Zorb\x1b[2J"}, r"'Zorb\x1b[2J' cannot be used in the code"),
        ({"title": "Zorb\u2028"}, "cannot be used in the code"),
        ({"title": "z" * 5000}, "cannot be used in the code"),
        ({"lang": "english"}, "'english' is not a language tag"),
        ({"title": 'The "Book"'}, "cannot be used in the code"),
    ],
)
def test_a_wrong_argument_is_refused_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, str], problem: str
) -> None:
    (tmp_path / "tests/dictionaries").mkdir(parents=True)
    (tmp_path / "dictcrawler/spiders").mkdir(parents=True)
    (tmp_path / "dictcrawler/spiders/keyword.py").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ArgumentError) as refused:
        scaffolding.create(tmp_path, **(GIVEN | changes))
    assert problem in str(refused.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "tests/dictionaries").mkdir(parents=True)
    files = scaffolding.create(tmp_path, **GIVEN)
    (tmp_path / files[0]).write_text("my work", encoding="utf-8")
    with pytest.raises(ArgumentError, match="glimwords is there already"):
        scaffolding.create(tmp_path, **GIVEN)
    assert (tmp_path / files[0]).read_text(encoding="utf-8") == "my work"


@pytest.mark.parametrize(
    ("url", "edition", "own", "others"),
    [
        ("https://w.example/us/dictionary/american/{slug}", "american", "/us/dictionary/american/love", "/us/consent"),
        ("https://w.example/definition/english/{slug}_1", "english", "/definition/english/love_1", "/definition/love"),
        ("https://w.example/dictionary/{slug}", "de", "/dictionary/love", "/dictionary/"),
        ("https://w.example/Wort-{slug}.html", "de", "/Wort-love.html", "/login.html"),
        ("https://w.example/a+b/w.{slug}", "de", "/a+b/w.love", "/aab/wxlove"),
    ],
)
def test_edition_and_addresses_follow_the_url(tmp_path: Path, url: str, edition: str, own: str, others: str) -> None:
    scaffolding.create_package(tmp_path, name="glimwords", url=url, lang="de")
    [module] = tmp_path.glob("*/*/__init__.py")
    made = runpy.run_path(str(module))
    assert list(made["DICTIONARY"].editions) == [edition]
    form = "<html><head><link rel=canonical href='{}'></head><body><input type=password></body></html>"
    with pytest.raises(UnknownPage):
        made["parse"](form.format(own), url)
    with pytest.raises(WallPage):
        made["parse"](form.format(others), url)


def test_outside_a_checkout_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="is not a checkout of the project"):
        scaffolding.create(tmp_path, **GIVEN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("class", "--url", URL), "'class' cannot be a Python module"),
        (("glimwords", "--url", URL), "'glimwords' is taken"),
        (("glimwords",), "the following arguments are required: --url"),
        (("--url", URL), "one NAME is needed"),
    ],
)
def test_the_command_ends_with_status_2_and_one_line_with_the_reason(
    project: Path, given: tuple[str, ...], problem: str
) -> None:
    done = run(project, "scrapy", "newdictionary", *given)
    assert done.returncode == 2
    assert problem in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert git(project, "status", "--porcelain").count("\n") == 3
