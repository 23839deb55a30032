"""``python -m dictcrawler prune`` over the pages that crawls have kept."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler import feeds
from dictcrawler.feeds import history
from dictcrawler.runs import prune as pruning
from dictcrawler.runs.prune import Prune
from dictcrawler.storage import locks, warc_files
from tests.support import forked, records
from tests.support.kept import files, problems
from tests.support.server import Handler, Serve, crawl, scrapy

STORE = "sqlite:///{data}/store/{dictionary}.sqlite"
FRUIT = "a hard round fruit"
WORDS = "apple,banana,bananna"


class ChangingSite:
    """The sample site. ``noise`` is in each page and in no entry, ``definition`` in a definition of "apple"."""

    def __init__(self, pages: Handler) -> None:
        self._pages = pages
        self.noise = ""
        self.definition = FRUIT

    async def answer(self, request: web.Request) -> web.StreamResponse:
        answer = await self._pages(request)
        if isinstance(answer, web.Response) and answer.text:
            answer.text = answer.text.replace("</body>", f"<!-- {self.noise} --></body>")
            if request.path.endswith("/apple"):
                assert FRUIT in answer.text
                answer.text = answer.text.replace(FRUIT, self.definition)
        return answer


@pytest.fixture
def site(dictionary_pages: Handler) -> ChangingSite:
    return ChangingSite(dictionary_pages)


@pytest.fixture
def url(serve: Serve, site: ChangingSite) -> str:
    return f"{serve(site.answer).url}/us/dictionary/american/{{keyword}}"


def crawled(data: Path, url: str, words: str = WORDS) -> Path:
    """Crawl everything again; returns the file of pages that this made."""
    before = set(files(data))
    done = crawl(data, "source=live", f"base_url={url}", f"word={words}", "refresh=all", settings={"DOWNLOAD_DELAY": 0})
    assert done.status in (0, 5), done.log
    [made] = set(files(data)) - before
    return made


def prune(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.run("dictcrawler", "prune", *arguments, "--data", str(data), env=os.environ)


def reparsed(data: Path) -> tuple[bytes, list[tuple[str, str]]]:
    """Read the kept pages again; returns the entries and outcomes of the new run."""
    process = scrapy("reparse", "macmillan", "--processes", "1", data=data)
    _, log = process.communicate(timeout=60)
    assert process.returncode in (0, 5), log
    assert "were not kept" not in log
    return published(data)


def published(data: Path) -> tuple[bytes, list[tuple[str, str]]]:
    latest = data / "feeds/macmillan/latest"
    outcomes = [(each.keyword, each.status.value) for each in feeds.read_lookups(latest)]
    return (latest / feeds.ENTRIES).read_bytes(), outcomes


def named(data: Path) -> set[str]:
    """The files that the index names."""
    with closing(sqlite3.connect(data / "store/macmillan.sqlite")) as store:
        return {name for (name,) in store.execute("select file from pages union select file from payloads")}


def test_pages_go_with_the_last_run_that_cites_them_and_the_rest_is_read_again_to_the_byte(
    tmp_path: Path, site: ChangingSite, url: str
) -> None:
    made = []
    for number in range(4):
        site.noise, site.definition = f"visit {number}", f"a fruit, {number}"
        made.append(crawled(tmp_path, url))
    before = published(tmp_path)

    reported = prune(tmp_path, "--keep", "2", "--dry-run")
    assert reported.stdout.count("would remove") == 3, reported
    assert files(tmp_path) == made
    size = made[1].stat().st_size
    done = prune(tmp_path, "--keep", "2")
    assert done.stdout == reported.stdout.replace("would remove", "removed")
    assert f"removed {made[1]} ({size:,} bytes)\nin all: 2 runs, 1 files of kept pages, " in done.stdout
    # The entry of "banana" has never changed: it cites the first page with this text.
    assert files(tmp_path) == [made[0], *made[2:]]

    assert prune(tmp_path, "--keep", "1").returncode == 0
    assert files(tmp_path) == [made[0], made[3]]
    assert named(tmp_path) == {made[0].name, made[3].name}
    assert prune(tmp_path, "--keep", "1").stdout == "in all: 0 runs, 0 files of kept pages, 0 bytes\n"
    assert problems(*files(tmp_path)) == 0
    assert reparsed(tmp_path) == before
    site.noise, site.definition = "visit 4", "a fruit, once more"
    last = crawled(tmp_path, url)
    assert published(tmp_path)[1] == before[1]
    prune(tmp_path, "--keep", "1")
    assert files(tmp_path) == [made[0], last]


def test_a_file_that_several_runs_have_is_freed_with_the_last_of_them(tmp_path: Path, url: str) -> None:
    for _ in range(3):
        crawled(tmp_path, url)
    runs = sorted(path for path in (tmp_path / "feeds/macmillan").iterdir() if not path.is_symlink())
    before = published(tmp_path)
    assert len({(run / feeds.ENTRIES).stat().st_ino for run in runs}) == 1
    reported = prune(tmp_path, "--keep", "1", "--dry-run")
    for run in runs[:2]:
        own = sum(path.stat().st_size for path in run.iterdir() if path.name != feeds.ENTRIES)
        assert f"would remove {run} ({own:,} bytes)" in reported.stdout
    assert prune(tmp_path, "--keep", "1").stdout == reported.stdout.replace("would remove", "removed")
    assert published(tmp_path) == before
    assert (tmp_path / "feeds/macmillan/latest" / feeds.ENTRIES).stat().st_nlink == 1


def test_a_file_stays_while_a_later_one_has_the_same_body_only_as_a_reference(
    tmp_path: Path, site: ChangingSite, url: str
) -> None:
    made = []
    for number in range(3):
        site.definition = f"a fruit, {number}"
        made.append(crawled(tmp_path, url, "apple,bananna"))
    prune(tmp_path, "--keep", "1")
    # No entry cites the page of a miss.
    assert files(tmp_path) == [made[0], made[2]]
    assert problems(*files(tmp_path)) == 0
    before = published(tmp_path)
    assert reparsed(tmp_path) == before


def test_of_pages_that_nothing_cites_the_newest_stay(tmp_path: Path, site: ChangingSite, url: str) -> None:
    made = []
    for site.noise in "ab":
        made.append(crawled(tmp_path, url, "bananna"))
    prune(tmp_path, "--keep", "9")
    assert files(tmp_path) == made[1:]
    assert reparsed(tmp_path)[1] == [("bananna", "not_in_dictionary")]


def test_pages_cited_by_another_feed_of_the_dictionary_stay(tmp_path: Path, site: ChangingSite, url: str) -> None:
    first = crawled(tmp_path, url, "apple")
    feed = tmp_path / "feeds/macmillan"
    shutil.copytree(feed, feed.with_name("macmillan-british"), symlinks=True)
    site.definition = "a fruit"
    second = crawled(tmp_path, url, "apple")
    assert "in all: 1 runs, 0 files" in prune(tmp_path, "--keep", "1", "--dictionary", "macmillan").stdout
    assert files(tmp_path) == [first, second]
    help_text = " ".join(prune(tmp_path, "--help").stdout.split())
    assert "the runs of this feed only, and the kept pages of its whole dictionary" in help_text
    shutil.rmtree(feed.with_name("macmillan-british"))
    assert "in all: 0 runs, 1 files" in prune(tmp_path, "--keep", "1").stdout
    assert files(tmp_path) == [second]


def test_a_file_that_was_the_source_of_a_crawl_stays(tmp_path: Path, site: ChangingSite, url: str) -> None:
    first = crawled(tmp_path, url, "bananna")
    again = crawl(tmp_path, f"warc={first}", f"base_url={url}", "word=bananna")
    assert again.statuses == {"bananna": "not_in_dictionary"}, again.log
    site.noise = "another"
    second = crawled(tmp_path, url, "bananna")
    prune(tmp_path, "--keep", "1")
    assert files(tmp_path) == [first, second]


def test_the_remains_of_an_interrupted_prune_are_removed_by_the_next(
    tmp_path: Path, site: ChangingSite, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    first = crawled(tmp_path, url, "apple")
    site.definition = "a fruit"
    second = crawled(tmp_path, url, "apple")
    before = published(tmp_path)
    feed = tmp_path / "feeds/macmillan"
    requested = Prune(dictionary="macmillan", feeds=(feed,), data=tmp_path, store_url=STORE, keep=1)
    with monkeypatch.context() as patched:
        patched.setattr(warc_files, "remove", stop)
        with pytest.raises(KeyboardInterrupt):
            list(pruning.prune(requested))
    assert files(tmp_path) == [first, second]
    assert named(tmp_path) == {second.name}
    assert reparsed(tmp_path) == before
    # The first body again: its file is forgotten, so it is kept in full and not as a reference to a removed record.
    site.definition = FRUIT
    third = crawled(tmp_path, url, "apple")
    assert f"removed {first} " in prune(tmp_path, "--keep", "9").stdout
    assert files(tmp_path) == [second, third]
    assert problems(second, third) == 0
    assert prune(tmp_path, "--keep", "9").stdout == "in all: 0 runs, 0 files of kept pages, 0 bytes\n"


def test_while_a_crawl_runs_nothing_of_its_dictionary_is_removed(tmp_path: Path, site: ChangingSite, url: str) -> None:
    for noise in "abc":
        site.noise = noise
        crawled(tmp_path, url, "apple")
    kept = files(tmp_path)
    with locks.hold_run(
        STORE.format(data=tmp_path, dictionary="macmillan"), tmp_path, "macmillan", "macmillan-british"
    ):
        refused = prune(tmp_path, "--keep", "1")
        assert refused.returncode == 75
        assert "another crawl is running" in refused.stderr
        assert len(list((tmp_path / "feeds/macmillan").glob("2*"))) == 3
        assert files(tmp_path) == kept
        assert prune(tmp_path, "--keep", "1", "--dry-run").stdout.count("would remove") == 3
    assert prune(tmp_path, "--keep", "1").stdout.count("removed") == 3


def test_without_the_store_of_the_crawls_no_page_is_touched(tmp_path: Path, site: ChangingSite, url: str) -> None:
    for noise in "ab":
        site.noise = noise
        crawled(tmp_path, url, "apple")
    kept = files(tmp_path)
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    done = prune(tmp_path, "--keep", "1", "--store", elsewhere)
    assert (done.returncode, "there is no store" in done.stderr) == (0, True)
    assert files(tmp_path) == kept
    assert not (tmp_path / "elsewhere.sqlite").exists()


def copied(data: Path, dictionary: str) -> Path:
    """The runs of "macmillan" as those of another dictionary, which has kept pages and no store yet."""
    feed = data / "feeds" / dictionary
    shutil.copytree(data / "feeds/macmillan", feed, symlinks=True)
    for manifest in feed.glob(f"2*/{feeds.RUN}"):
        manifest.write_text(manifest.read_text().replace('"dictionary": "macmillan"', f'"dictionary": "{dictionary}"'))
    (data / "pages" / dictionary).mkdir()
    return feed


def test_where_the_store_cannot_be_opened_nothing_goes_and_the_other_dictionaries_are_pruned(
    tmp_path: Path, site: ChangingSite, url: str
) -> None:
    for noise in "ab":
        site.noise = noise
        crawled(tmp_path, url, "bananna")
    broken = copied(tmp_path, "broken")
    (tmp_path / "store/broken.sqlite").write_text("no database, but long enough to be looked at as one" * 9)
    done = prune(tmp_path, "--keep", "1")
    assert (done.returncode, "broken.sqlite" in done.stderr, "Traceback" in done.stderr) == (4, True, False)
    assert len(list(broken.glob("2*"))) == 2
    assert "\nin all: 1 runs, 1 files of kept pages, " in done.stdout


def test_files_removed_before_a_failure_are_counted(tmp_path: Path, site: ChangingSite, url: str) -> None:
    for noise in "ab":
        site.noise = noise
        crawled(tmp_path, url, "bananna")
    kept = files(tmp_path)
    (tmp_path / "feeds/macmillan/latest" / feeds.ENTRIES).write_bytes(b"{")
    done = prune(tmp_path, "--keep", "1")
    assert (done.returncode, feeds.ENTRIES in done.stderr) == (4, True)
    assert "\nin all: 1 runs, 0 files of kept pages, " in done.stdout
    assert files(tmp_path) == kept


@pytest.mark.parametrize("wrong", ["sqlite:///{x}", "sqlite:///{}", "sqlite:///{data", "sqlite:///{data.x}"])
def test_a_store_url_with_something_else_in_braces_is_wrong_usage(tmp_path: Path, wrong: str) -> None:
    for number in (1, 2):
        records.feed(tmp_path / "feeds/macmillan", f"run-{number}", (), ())
    done = prune(tmp_path, "--keep", "1", "--store", wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert "STORE_URL" in done.stderr
    assert "{data} and {dictionary}" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(history.runs(tmp_path / "feeds/macmillan")) == 2


@pytest.mark.parametrize(
    "command", [("crawl", "macmillan", "-a", "source=sample", "-a", "word=hi"), ("reparse", "macmillan")]
)
def test_a_crawl_and_a_reparse_refuse_it_too(tmp_path: Path, command: tuple[str, ...]) -> None:
    records.feed(tmp_path / "feeds/macmillan", "run-1", (), ())
    process = scrapy(*command, "-s", "STORE_URL=sqlite:///{x}", data=tmp_path)
    out, log = process.communicate(timeout=60)
    assert process.returncode == 2, log
    assert "{data} and {dictionary}" in out + log
    assert "Traceback" not in out + log


def test_no_manifest_leads_a_prune_out_of_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = records.feed(data / "feeds" / "invented", "run-1", (records.entry(),), (records.lookup(),)) / "run-1"
    reported = json.loads((run / feeds.RUN).read_bytes())
    (run / feeds.RUN).write_text(json.dumps(reported | {"dictionary": "../../outside"}), encoding="utf-8")
    done = prune(data, "--keep", "1")
    assert done.returncode == 4
    assert f"{run / feeds.RUN}: dictionary '../../outside' is not the name of a dictionary" in done.stderr
    assert list(tmp_path.iterdir()) == [data]
    assert list(data.iterdir()) == [data / "feeds"]
