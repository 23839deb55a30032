"""A feed may come from anybody: in all output of the commands a line stays a line and no cursor moves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dictcrawler import feeds
from dictcrawler.cli.main import main
from dictcrawler.model import Entry, RunManifest
from tests.support import records

EVIL = "zorb\n\x1b[2Jmacmillan: all is well\r\u2028\u202e\t"
SPELT = r"zorb\n\x1b[2Jmacmillan: all is well\r\u2028\u202e\t"
OPEN = records.source(license="CC-BY-SA-4.0", rights=EVIL, revision=EVIL, attribution=EVIL)


def entry() -> Entry:
    return msgspec.structs.replace(records.entry(headword=EVIL), source=OPEN)


def feed(data: Path, name: str) -> Path:
    """A feed whose manifest and entry are hostile."""
    folder = records.feed(data / "feeds" / name, "run-1", (entry(),), (records.lookup(),))
    file = folder / "run-1" / feeds.RUN
    reported = msgspec.json.decode(file.read_bytes(), type=RunManifest)
    changed = msgspec.structs.replace(reported, run=EVIL, edition=EVIL, statuses={EVIL: 1}, changes={EVIL: 1})
    file.write_bytes(msgspec.json.encode(changed))
    return folder


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (("runs",), 3),
        (("runs", "--json"), 2),
        (("status", "--json"), 1),
        (("status",), 2),
        (("prune", "--keep", "1", "--dry-run"), 1),
        (("share", "invented"), 1),
        (("export", "csv", "invented"), 2),
        (("report", "invented", "-o", "{data}/report.html"), 1),
    ],
)
def test_no_command_prints_text_of_a_feed_raw(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...], printed: int
) -> None:
    folder = feed(tmp_path, "invented")
    withheld = records.published(folder / f"run-2{EVIL}", (entry(),), (records.lookup(),))
    reported = feeds.read_run(withheld)
    later = msgspec.structs.replace(reported, run=EVIL, reason=EVIL, started_at=reported.started_at.replace(year=2027))
    (withheld / feeds.RUN).write_bytes(msgspec.json.encode(later))
    arguments = [part.format(data=tmp_path) for part in command]
    assert main([*arguments, "--data", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == printed, out
    assert all(line.isprintable() for line in (out + err).splitlines())


def test_a_feed_cannot_forge_a_line_or_column_of_the_notice(tmp_path: Path) -> None:
    feed(tmp_path, "invented")
    assert main(["share", "invented", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    lines = (tmp_path / "out" / "NOTICE").read_text(encoding="utf-8").split("\n")
    [header, row, last] = lines[-3:]
    assert (header.count("\t"), row.count("\t"), last) == (4, 4, "")
    assert row.startswith(f"{SPELT}\t")
    assert all(line.replace("\t", "").isprintable() for line in lines)
    assert SPELT in lines[1]
