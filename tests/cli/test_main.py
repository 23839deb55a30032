"""``python -m dictcrawler``: command lines as a person types them, and the exit status that a script sees."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from dictcrawler import __version__, dictionaries, feeds
from dictcrawler.cli.main import main
from dictcrawler.feeds import schema
from dictcrawler.feeds.search import find
from dictcrawler.model import Box, Entry, Relation, Status
from tests.support import records

ROOT = Path(__file__).parents[2]
CAFE = records.entry(id="invented:main:café_1", headword="café", senses=(), relations=(), boxes=())
QUOTED = records.entry(id="invented:main:odd_1", headword='so-called "zorb" (a.b)', senses=())
ITS = records.entry(id="invented:main:its_1", headword="it’s", senses=())
LOOKUPS = (
    records.lookup(keyword="Zorbs", normalized="Zorbs", status=Status.REDIRECTED),
    records.lookup(keyword="zrob", line=2, normalized="zrob", status=Status.NOT_IN_DICTIONARY, entry_ids=(),
                    suggestions=("zorb", "orb")),
)  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    records.feed(tmp_path / "feeds" / "invented", "run-1", (records.entry(), CAFE, QUOTED, ITS), LOOKUPS)
    other = records.entry(id="other:main:zorb", dictionary="other", headword="Zorb", senses=())
    records.feed(tmp_path / "feeds" / "other", "run-1", (other,), ())
    return tmp_path


@pytest.fixture
def _invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add a dictionary module to the package for the duration of a test."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "zorbish.py").write_text("from tests.support.records import DICTIONARY\n", encoding="utf-8")
    monkeypatch.setattr(dictionaries, "__path__", [*dictionaries.__path__, str(folder)])
    yield
    sys.modules.pop("dictcrawler.dictionaries.zorbish", None)


def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dictcrawler", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, **options)  # type: ignore[call-overload]


def saved(tmp_path: Path, html: str, name: str = "page.html") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(html.encode()) if name.endswith(".gz") else html.encode())
    moment = datetime(2020, 5, 1, 12, tzinfo=UTC).timestamp() + 0.7
    os.utime(path, (moment, moment))
    return path


@pytest.mark.usefixtures("_invented")
@pytest.mark.parametrize("name", ["page.html", "page.html.gz"])
def test_a_saved_page_is_printed_as_its_entries(
    tmp_path: Path, name: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = saved(tmp_path, "entry é", name)
    assert main(["parse", "zorbish", str(path), "--url", records.URL]) == 0
    out, err = capfdbinary.readouterr()
    entry = msgspec.json.decode(out, type=Entry)
    assert out == feeds.encode_line(entry)
    assert entry.parts_of_speech == ("noun",)
    assert entry.source.fetched_at == datetime(2020, 5, 1, 12, tzinfo=UTC)
    assert entry.source.retrieved_from == records.URL
    assert entry.source.payload_digest == "sha256:" + hashlib.sha256("entry é".encode()).hexdigest()
    assert err == b""


@pytest.mark.usefixtures("_invented")
def test_a_page_is_read_from_standard_input_as_fetched_now(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"entry")))
    before = datetime.now(UTC).replace(microsecond=0)
    assert main(["parse", "zorbish", "-", "--url", records.URL]) == 0
    entry = msgspec.json.decode(capfdbinary.readouterr().out, type=Entry)
    assert before <= entry.source.fetched_at <= datetime.now(UTC)


def test_another_language_of_a_page_and_its_translations_are_printed_on_request(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = '<h4 id="Translations">Translations</h4><ul><li>German: <span lang="de">Kahn</span></li></ul>'
    noun = '<h3 id="Noun">Noun</h3><p><b>wendle</b></p><ol><li>A boat.</li></ol>'
    html = f'<html><body><div id="mw-content-text"><h2 id="Scots">Scots</h2>{noun}{tables}</div></body></html>'
    requested = ["parse", "wiktionary", str(saved(tmp_path, html)), "--url", "https://en.wiktionary.org/wiki/wendle"]
    assert main(requested) == 3
    assert main([*requested, "--language", "Scots", "--translations"]) == 0
    *_, line = capfd.readouterr().out.splitlines()
    assert json.loads(line)["senses"][0]["translations"] == [{"lang": "de", "text": "Kahn", "labels": []}]


@pytest.mark.parametrize("option", [("--language", "Scots"), ("--translations",)])
def test_asking_a_dictionary_for_a_missing_language_or_translations_is_an_error(
    option: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["parse", "macmillan", "page.html", "--url", records.URL, *option]) == 2
    assert f"argument {option[0].removeprefix('--')!r}" in capfd.readouterr().err


@pytest.mark.usefixtures("_invented")
def test_a_miss_is_one_line_and_exit_status_3(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["parse", "zorbish", str(saved(tmp_path, "miss")), "--url", records.URL]) == 3
    assert json.loads(capfdbinary.readouterr().out) == {"status": "not_in_dictionary", "suggestions": ["zorb"]}


@pytest.mark.usefixtures("_invented")
@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("odd.html", b"odd", "neither an entry nor a miss"),
        ("latin.html", b"entry caf\xe9", "cannot be read as a page"),
        ("cut.html.gz", gzip.compress(b"entry" * 100, mtime=0)[:-9], "cannot be read as a page"),
        ("not.html.gz", b"entry", "cannot be read as a page"),
        ("missing.html", None, "cannot be read as a page"),
    ],
)
def test_a_page_that_cannot_be_read_is_a_message_and_exit_status_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, body: bytes | None, problem: str
) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    assert main(["parse", "zorbish", str(tmp_path / name), "--url", records.URL]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert problem in err
    assert err.startswith("dictcrawler: ")


def test_the_words_of_a_page_that_are_in_no_field_are_listed_on_request(tmp_path: Path) -> None:
    fixture = ROOT / "tests/dictionaries/longman/frosk-up/page.html"
    html = fixture.read_text(encoding="utf-8")
    page = saved(tmp_path, html.replace('<span class="DEF">', '<span class="NEW">zabble</span><span class="DEF">', 1))
    requested = ("parse", "longman", page, "--url", "https://www.ldoceonline.com/dictionary/frosk-up")
    silent, reported = run(*requested), run(*requested, "--lost")
    assert (silent.returncode, silent.stderr) == (0, b"")
    assert reported.stderr == b"lost: Counter({'zabble': 1})\n"
    assert reported.stdout == silent.stdout


def test_unread_parts_of_a_page_are_listed_on_request(tmp_path: Path) -> None:
    html = (ROOT / "tests/dictionaries/macmillan/c-verb/page.html").read_text(encoding="utf-8")
    page = saved(tmp_path, html.replace('class="THES"', 'class="THES-NEW"'))
    address = "https://www.macmillandictionary.com/us/dictionary/american/trundle"
    reported = run("parse", "macmillan", page, "--url", address, "--lost")
    assert reported.stderr.startswith(b"structure: terms 0 of 2\n")
    assert b'"structure":0.8824,"warnings":["terms 0 of 2",' in reported.stdout


def test_an_unknown_dictionary_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "nonesuch", "page.html", "--url", records.URL]) == 2
    assert "'nonesuch' is not known; allowed: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["parse", "macmillan"], ["parse", "m", "p", "--url", "page"], ["schema", "x"]])
def test_wrong_usage_is_exit_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage: dictcrawler" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [([], "usage: dictcrawler"), (["grow"], "'grow' is no command; "), (["sow"], "did you mean 'show'?")],
)
def test_a_missing_or_mistyped_command_is_exit_status_2_with_the_right_command(
    arguments: list[str], answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert answer in capsys.readouterr().err


def test_a_command_of_scrapys_runs_under_our_name_in_any_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, 辞書"
    folder.mkdir()
    command = [sys.executable, "-m", "dictcrawler", "crawl", "macmillan", "-a", "source=sample", "-a", "word=hi"]
    environment = {name: value for name, value in os.environ.items() if name != "DICTCRAWLER_DATA"}
    done = subprocess.run(
        command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "data" / "feeds" / "macmillan" / "latest" / "entries.jsonl").exists()


def test_a_stored_word_is_laid_out_for_a_reader(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "zorb", "--data", str(data), "--dictionary", "invented"]) == 0
    assert capsys.readouterr().out == (
        "invented (main)\n"
        "\n"
        "zorb (1)  [British] /zɔːb/  noun  [informal]  stars 2/3\n"
        "  forms: plural zorbs\n"
        "  origin: from a sound\n"
        "  1  BALL  [countable]  a large ball — used in play\n"
        "    • zorb of: [informal] a café zorb — “round” (= a ball) — E. Writer\n"
        "    1a  the zorb  the game of it  (from a reader)\n"
        "  derived: zorbing\n"
        "  synonym: ball\n"
        "  usage: On balls: Say zorb.\n"
        "    • zorb of: [informal] a café zorb — “round” (= a ball) — E. Writer\n"
        f"  invented:main:zorb_1 · {records.URL} (read 2026-11-23, from https://archive.example/{records.URL})"
        " · an inventor\n"
        "\n"
        "© an inventor · CC0-1.0\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("ZORB", ["invented:main:zorb_1", "other:main:zorb"]),
        ("zorbs", ["invented:main:zorb_1", "other:main:zorb"]),
        ("CAFÉ", ["invented:main:café_1"]),
        ("cafe\u0301", ["invented:main:café_1"]),
        ('So-called "zorb"  (a.b)', ["invented:main:odd_1"]),
        ("it's", ["invented:main:its_1"]),
    ],
)
def test_a_word_is_found_in_all_feeds_by_keyword_or_headword_whatever_its_case(
    data: Path, capfdbinary: pytest.CaptureFixture[bytes], word: str, ids: list[str]
) -> None:
    assert main(["show", word, "--data", str(data), "--json"]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert [msgspec.json.decode(line, type=Entry).id for line in lines] == ids


def test_several_words_are_shown_each_entry_once_and_a_missing_one_costs_the_others_nothing(
    data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    records.feed(data / "feeds" / "again", "run-1", (records.entry(),), ())
    assert main(["show", "café", "zorb", "ZORB", "nix", "--data", str(data), "--json"]) == 3
    out, err = capfd.readouterr()
    ids = [json.loads(line)["id"] for line in out.splitlines()]
    assert ids == ["invented:main:café_1", "invented:main:zorb_1", "other:main:zorb"]
    assert "no entry of 'nix' is stored, and it is not in the word lists of the runs" in err


def test_options_may_stand_between_the_words(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "zorb", "--data", str(data), "nonesuch"]) == 3
    assert "no entry of 'nonesuch'" in capsys.readouterr().err
    assert main(["forget", "macmillan", "--dry-run", "zorb", "--data", str(data)]) == 3
    assert "'zorb': nothing of it is stored" in capsys.readouterr().err
    for words in (["--", "-zorb"], ["zorb", "--", "-zorb"]):
        assert main(["show", "--data", str(data), *words]) == 3
        assert "no entry of '-zorb'" in capsys.readouterr().err
    assert main(["forget", "--data", str(data), "macmillan", "--dry-run", "--", "-zorb"]) == 3
    assert "'-zorb': nothing of it is stored" in capsys.readouterr().err


def test_an_option_behind_two_dashes_is_not_taken_for_a_word_to_remove(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(data.rglob("*"))
    assert main(["forget", "--data", str(data), "macmillan", "zorb", "--", "--dry-run"]) == 2
    assert "argument '--dry-run': after -- it is a word" in capsys.readouterr().err
    assert sorted(data.rglob("*")) == before


def test_an_inflected_form_shows_its_headword_and_that_it_is_a_form_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records.feed(tmp_path / "feeds" / "invented", "run-1", (records.entry(), CAFE), ())
    assert main(["show", "Zorbs", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Zorbs: a form of zorb, café\n\ninvented (main)\n\nzorb (1)")
    assert out.count("© an inventor") == 1


def test_a_box_title_that_names_its_kind_and_a_link_to_the_word_itself_are_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boxes = (Box(kind="collocations", title="Collocates: zorb", text="big", examples=()),)
    relations = (Relation(type="homograph", text="zorb"),)
    records.feed(tmp_path / "feeds" / "invented", "run-1", (records.entry(boxes=boxes, relations=relations),), ())
    assert main(["show", "zorb", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "\n  Collocates: zorb: big\n" in out
    assert "homograph" not in out


def test_the_heading_is_the_title_of_the_dictionary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records.feed(tmp_path / "feeds" / "oxford", "run-1", (records.entry(dictionary="oxford"),), ())
    assert main(["show", "zorb", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("Oxford Learner's Dictionaries (main)\n")


def test_a_word_of_a_run_beside_latest_was_looked_up(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beside = data / "feeds" / "invented" / "run-2"
    miss = records.lookup(
        keyword="quib", normalized="quib", status=Status.NOT_IN_DICTIONARY, entry_ids=(), suggestions=()
    )
    dell = records.entry(id="invented:main:dell", headword="dell")
    records.published(beside, (dell,), (miss,))
    manifest = json.loads((beside / feeds.RUN).read_bytes()) | {"published": "beside", "run": "run-2"}
    (beside / feeds.RUN).write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["show", "dell", "--data", str(data)]) == 0
    assert main(["show", "quib", "--data", str(data)]) == 3
    assert "'quib' is stored (invented: not in dictionary)" in capsys.readouterr().err


def test_only_the_feed_of_the_named_dictionary_is_searched(
    data: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["show", "zorb", "--data", str(data), "--json", "--dictionary", "other"]) == 0
    assert capfdbinary.readouterr().out.count(b"\n") == 1


@pytest.mark.parametrize(
    ("word", "reported"),
    [
        ("zrob", "'zrob' is stored (invented: not in dictionary, it suggests zorb, orb); did you mean zorb?"),
        ("caf", "'caf' is stored, and it is not in the word lists of the runs; did you mean café?"),
        ("\x1b[31m", r"'\x1b[31m' is stored"),
    ],
)
def test_a_word_without_entries_is_exit_status_3_with_its_outcomes(
    data: Path, capsys: pytest.CaptureFixture[str], word: str, reported: str
) -> None:
    assert main(["show", word, "--data", str(data)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert reported in err


@pytest.mark.parametrize("name", ["macmillan", "*", "/", "../invented"])
def test_without_a_feed_the_message_explains_how_to_make_one(
    data: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["show", "zorb", "--data", str(data), "--dictionary", name]) == 4
    assert f"yet; make one with: dictcrawler crawl {name}" in capsys.readouterr().err
    assert main(["show", "zorb", "--data", str(data / "nowhere")]) == 4
    assert "make one with: dictcrawler crawl NAME" in capsys.readouterr().err


def test_a_damaged_feed_is_exit_status_4_and_names_the_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / "feeds" / "other" / "run-1" / feeds.ENTRIES
    file.write_bytes(file.read_bytes()[:-20])
    assert main(["show", "zorb", "--data", str(data)]) == 4
    assert f"{file.resolve()}, line 1: half a line" in capsys.readouterr().err


def test_characters_that_could_move_the_cursor_are_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = records.entry(headword="zorb\x1b[2J\u202e")
    records.feed(tmp_path / "feeds" / "invented", "run-1", (entry,), (records.lookup(),))
    assert main(["show", "zorb", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("invented (main)\n\n" + r"zorb\x1b[2J\u202e (1)")


def test_on_a_terminal_the_layout_is_in_style(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(out, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["show", "zorb", "--data", str(data), "--dictionary", "invented"]) == 0
    assert "\x1b[1mzorb (1)" in out.getvalue()


def test_a_search_decodes_only_matching_lines(data: Path) -> None:
    file = data / "feeds" / "other" / "run-1" / feeds.ENTRIES
    file.write_bytes(b"not JSON\n" * 1000 + file.read_bytes())
    assert [entry.id for entry in find(data / "feeds" / "other", "zorb").entries] == ["other:main:zorb"]


def test_a_long_word_without_ascii_is_searched_in_no_time(data: Path) -> None:
    file = data / "feeds" / "other" / "run-1" / feeds.ENTRIES
    file.write_bytes(feeds.encode_line(records.entry(headword="語" * 300 + "x")))
    began = time.perf_counter()
    assert find(data / "feeds" / "other", "語" * 40).entries == ()
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("kind", schema.KINDS)
def test_a_schema_is_printed(kind: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema", kind]) == 0
    assert capfdbinary.readouterr().out.decode() == schema.text(kind)


def test_the_version_is_printed() -> None:
    assert run("--version").stdout.decode().strip() == f"dictcrawler {__version__}"


def test_help_costs_less_than_a_third_of_a_second_of_the_processor() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert b"show the stored entries" in run("--help").stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < 0.3


def test_no_command_loads_scrapy_or_twisted(data: Path) -> None:
    program = (
        "import sys; from dictcrawler.cli.main import main\n"
        "assert main(['show', 'zorb', '--data', sys.argv[1]]) == 0 and main(['schema', 'entry']) == 0\n"
        "assert main(['parse', 'nonesuch', 'page', '--url', 'http://x']) == 2\n"
        "assert not {'scrapy', 'twisted'} & set(sys.modules), 'loaded'"
    )
    done = subprocess.run([sys.executable, "-c", program, data], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()


def test_help_loads_neither_msgspec_nor_rich() -> None:
    program = (
        "import sys; from dictcrawler.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: assert not {'msgspec', 'rich', 'selectolax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT)


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_a_reader_that_leaves_early_ends_the_command_quietly(tmp_path: Path, arguments: list[str]) -> None:
    many = tuple(records.entry(id=f"invented:main:zorb_{number}") for number in range(500))
    records.feed(tmp_path / "feeds" / "invented", "run-1", many, (records.lookup(),))
    command = [sys.executable, "-m", "dictcrawler", "show", "zorb", "--data", str(tmp_path), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("sent", "status", "reported"), [(signal.SIGINT, 130, b"dictcrawler: stopped\n"), (signal.SIGTERM, 143, b"")]
)
def test_a_stopped_command_ends_without_a_traceback(
    tmp_path: Path, sent: signal.Signals, status: int, reported: bytes
) -> None:
    page = tmp_path / "page"
    os.mkfifo(page)
    command = [sys.executable, "-m", "dictcrawler", "parse", "macmillan", str(page), "--url", "https://example.org/"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT) as process:
        # It is open once the command reads it.
        with page.open("wb"):
            process.send_signal(sent)
            assert process.wait(20) == status
        assert process.stderr
        assert process.stderr.read() == reported


def test_a_terminal_without_phonetic_letters_is_no_obstacle(data: Path) -> None:
    done = run("show", "zorb", "--data", data, env=os.environ | {"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0
    assert b"/z\\u0254\\u02d0b/" in done.stdout
