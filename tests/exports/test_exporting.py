"""``dictcrawler export``, in every format: refusals, replacements, failures, marks, and identical bytes each time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from dictcrawler import exports, feeds
from dictcrawler.__main__ import main
from dictcrawler.errors import FeedError
from tests.support import records
from tests.support.server import ROOT

OPEN = records.source(license="CC-BY-SA-4.0", attribution="Wiki authors: zorb", revision="77")
CLOSED = records.source(license=None, rights="© an inventor, all rights reserved")
# To the writer, a limit of the file size looks like a full disk.
FULL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from dictcrawler.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def feed(data: Path, name: str = "invented", *, cited: object = OPEN, words: int = 1) -> Path:
    entries = tuple(
        records.entry(cited=cited, id=f"{name}:main:{number}", dictionary=name, senses=(), relations=())
        for number in range(words)
    )
    return records.feed(data / "feeds" / name, "run-1", entries, (records.lookup(),))


def below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def out(tmp_path: Path, name: str) -> Path:
    return tmp_path / f"made{exports.load(name).suffix or ''}"


def test_list_names_every_format_and_its_requirements(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", "--list"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    for name in exports.names():
        assert f"\n{name} " in f"\n{listed}"
        assert exports.load(name).summary in listed


def test_formats_are_not_loaded_for_other_commands() -> None:
    code = "import sys; from dictcrawler.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    loaded = "sys.exit(any(name.startswith('dictcrawler.exports') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code + loaded], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", exports.names())
def test_two_exports_of_a_run_are_equal_to_the_byte(tmp_path: Path, sample_data: Path, name: str) -> None:
    run = sample_data / "feeds" / "wiktionary"
    for folder in ("one", "two"):
        exports.export(name, [run], out(tmp_path / folder, name))
    assert below(tmp_path / "one") == below(tmp_path / "two")
    assert any("README.md" in file for file in below(tmp_path / "one"))


@pytest.mark.parametrize("name", exports.names())
def test_the_card_gives_licence_citation_counts_and_checksums(tmp_path: Path, sample_data: Path, name: str) -> None:
    made = exports.export(name, [sample_data / "feeds" / "oxford"], out(tmp_path, name))
    card = made.card.read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: cc0-1.0\n")
    assert "| entries | 24 |" in card
    assert feeds.read_run(sample_data / "feeds" / "oxford").run in card
    for file in made.files:
        stored = (made.card.parent / file.name).read_bytes()
        assert f"| `{file.name}` | {len(stored):,} | `{hashlib.sha256(stored).hexdigest()}` |" in card


@pytest.mark.parametrize("name", exports.names())
def test_closed_content_is_a_marked_private_copy_and_never_shareable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    feed(tmp_path, cited=CLOSED)
    wanted = ["export", name, "invented", "--data", str(tmp_path), "-o", str(out(tmp_path, name))]
    assert main([*wanted, "--shareable"]) == 2
    assert "not shareable: Private copy" in capsys.readouterr().err
    assert not out(tmp_path, name).exists()
    assert main(wanted) == 0
    assert "private copy" in capsys.readouterr().out
    card = (tmp_path / "made" if out(tmp_path, name).is_dir() else tmp_path) / "README.md"
    assert "license: other\nlicense_name: all-rights-reserved\n" in card.read_text(encoding="utf-8")


def content(files: Iterable[Path]) -> str:
    """The content of all files of an export, unpacked."""
    parts = []
    for path in files:
        if path.suffix == ".parquet":
            parts.append(str(pq.read_table(path).to_pylist()))
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        else:
            parts.append(path.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(parts)


@pytest.mark.parametrize("name", exports.names())
def test_an_export_states_an_open_licence_with_its_authors_or_that_it_is_a_private_copy(
    tmp_path: Path, name: str
) -> None:
    for kind, cited in (("open", OPEN), ("closed", CLOSED)):
        run = feed(tmp_path / kind, cited=cited)
        made = exports.export(name, [run], out(tmp_path / kind, name))
        folder = made.card.parent
        text = content(folder / file.name for file in made.files)
        expected = ("CC-BY-SA-4.0", "Wiki authors: zorb", records.URL) if kind == "open" else ("private copy", "©")
        assert [part for part in expected if part.lower() not in text.lower()] == []
        assert ("private copy" in text.lower()) == (kind == "closed")


@pytest.mark.parametrize("name", exports.names())
def test_a_full_disk_half_way_leaves_nothing_and_is_reported(tmp_path: Path, name: str) -> None:
    feed(tmp_path, words=300)
    place = tmp_path / "place"
    command = ["export", name, "invented", "--data", str(tmp_path), "-o", str(out(place, name))]
    # Python 3.11 would leave compiled modules that are cut off at this limit (importlib, _write_atomic).
    full = subprocess.run(
        [sys.executable, "-B", "-c", FULL_DISK, "4096", *command], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert full.returncode == 4, full.stderr
    assert full.stderr.count("\n") == 1
    assert "cannot be written" in full.stderr
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("name", exports.names())
def test_an_existing_export_is_kept_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    feed(tmp_path)
    command = ["export", name, "invented", "--data", str(tmp_path), "-o", str(out(tmp_path / "place", name))]
    assert main(command) == 0
    first = below(tmp_path / "place")
    assert main(command) == 2
    assert "exists already; give --force" in capsys.readouterr().err
    feed_again = records.feed(tmp_path / "feeds" / "invented", "run-2", (records.entry(cited=OPEN),), ())
    assert main([*command, "--force"]) == 0
    second = below(tmp_path / "place")
    assert first.keys() == second.keys()
    assert first != second
    assert feed_again.exists()


def test_a_readme_of_something_else_is_kept(tmp_path: Path) -> None:
    feed(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("my notes")
    assert main(["export", "csv", "invented", "--data", str(tmp_path), "-o", str(tmp_path / "mine" / "z.csv")]) == 0
    assert sorted(below(tmp_path / "mine")) == ["README.md", "z.csv", "z.csv.README.md"]
    assert (tmp_path / "mine" / "README.md").read_text() == "my notes"


def test_force_replaces_no_folder_that_is_not_an_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("my notes")
    command = ["export", "dmlex", "invented", "--data", str(tmp_path), "-o", str(tmp_path / "mine"), "--force"]
    assert main(command) == 2
    assert "is not an export" in capsys.readouterr().err
    assert (tmp_path / "mine" / "README.md").read_text() == "my notes"


@pytest.mark.parametrize(
    ("arguments", "status", "reported"),
    [
        (["csv", "nowhere"], 4, "there is no feed 'nowhere' (there are: damaged, empty, invented, other, unfinished)"),
        (["csv", "damaged"], 4, "not the file that run.json lists"),
        (["csv", "unfinished"], 4, "this run is not finished"),
        (["csv", "empty"], 4, "there is nothing to export"),
        (["csv", "invented", "invented/run-1"], 2, "are runs of one dictionary"),
        (["wiktextract", "invented", "other"], 2, "holds one dictionary"),
        (["csv", "invented", "--columns", "headword,colour"], 2, "no column 'colour'"),
        (["csv", "invented", "--card", "sense"], 2, "unrecognized arguments: --card sense"),
        (["kindle", "invented"], 2, "invalid choice: 'kindle'"),
    ],
)
def test_an_impossible_export_prints_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, reported: str
) -> None:
    feed(tmp_path)
    feed(tmp_path, "other")
    feed(tmp_path, "empty", words=0)
    damaged = feed(tmp_path, "damaged")
    (damaged / "run-1" / "entries.jsonl").write_bytes(b"")
    unfinished = feed(tmp_path, "unfinished") / "run-1" / "run.json"
    unfinished.write_bytes(unfinished.read_bytes().replace(b'"complete":true', b'"complete":false'))
    before = below(tmp_path)
    try:
        ended = main(["export", *arguments, "--data", str(tmp_path)])
    except SystemExit as error:
        ended = int(error.code or 0)
    assert ended == status
    assert reported in capsys.readouterr().err
    assert below(tmp_path) == before


def test_without_a_path_an_export_gets_a_folder_named_for_its_run(tmp_path: Path) -> None:
    feed(tmp_path)
    assert main(["export", "csv", "invented", "--data", str(tmp_path)]) == 0
    assert sorted(below(tmp_path / "exports")) == [
        "invented-main-run-1/csv/README.md",
        "invented-main-run-1/csv/invented-main.csv",
    ]


def test_a_manifest_cannot_lead_an_export_to_another_folder(tmp_path: Path) -> None:
    manifest = feed(tmp_path) / "run-1" / "run.json"
    written = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps(written | {"edition": "../x/y", "run": ".."}))
    assert main(["export", "csv", "invented", "--data", str(tmp_path)]) == 0
    (made,) = (tmp_path / "exports").rglob("*.csv")
    assert made.resolve().is_relative_to(tmp_path / "exports")
    # A manifest with an invalid dictionary name is refused when it is read.
    manifest.write_text(json.dumps(written | {"dictionary": "../../../up"}))
    assert main(["export", "csv", "invented", "--data", str(tmp_path), "--force"]) == 4


@pytest.mark.parametrize("name", ["dmlex", "sqlite"])
def test_an_id_that_is_there_twice_is_an_error_of_the_feed(tmp_path: Path, name: str) -> None:
    twice = (records.entry(cited=OPEN),) * 2
    run = records.feed(tmp_path / "feeds" / "invented", "run-1", twice, ())
    with pytest.raises(FeedError, match="an id is there twice"):
        exports.export(name, [run], out(tmp_path, name))


def test_a_sense_whose_parent_is_missing_or_itself_is_shown(tmp_path: Path) -> None:
    first, second = records.content().senses
    senses = (msgspec.structs.replace(first, parent=second.id), msgspec.structs.replace(second, parent=second.id))
    run = records.feed(tmp_path / "feed", "run-1", (records.entry(senses=senses),), ())
    made = exports.export("html", [run], tmp_path / "made.html").path.read_text(encoding="utf-8")
    assert "a large ball" in made
    assert "the game of it" in made


def test_a_line_that_goes_bad_half_way_leaves_nothing(tmp_path: Path) -> None:
    mixed = (records.entry(cited=OPEN), records.entry(cited=CLOSED, id="invented:main:other"))
    run = records.feed(tmp_path / "feeds" / "invented", "run-1", mixed, ())
    with pytest.raises(FeedError, match="line 2: invented:main:other is under None"):
        exports.export("csv", [run], tmp_path / "place" / "made.csv")
    assert list((tmp_path / "place").iterdir()) == []
