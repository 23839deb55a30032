"""A running site over feeds of all four dictionaries, and a browser to look at it."""

from __future__ import annotations

import io
import os
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from dictcrawler import feeds
from dictcrawler.feeds.sounds import Sound, folder_of
from dictcrawler.storage.sounds import SoundStore
from tests.support import weeks
from tests.support.browsing import CHROMIUM, OPTIONS, Visitor, browsing


@pytest.fixture(scope="session")
def data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Feeds of the sample site in all dictionaries, and one with three weekly runs."""
    folder = tmp_path_factory.mktemp("browse")
    shutil.copytree(sample_data / "feeds", folder / "feeds", symlinks=True)
    weeks.three(folder / "feeds" / "invented", 60)
    _fetch_a_recording(folder)
    return folder


def _fetch_a_recording(folder: Path) -> None:
    """The files that ``dictcrawler sounds`` would have left: half a second of silence, as the recording of "love"."""
    spoken = next(each for each in feeds.read_entries(folder / "feeds" / "wiktionary") if each.headword == "love")
    url = next(each.sound_file for each in spoken.pronunciations if each.sound_file)
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(8_000))
    with SoundStore(folder_of(folder, "wiktionary", "sample")) as store:
        name, digest = store.keep(stream.getvalue(), "wav")
        store.record(
            Sound(url=url, status="fetched", file=name, bytes=len(stream.getvalue()), media_type="audio/wav",
                  sha256=digest, fetched_at=weeks.BEGIN, license="CC-BY-SA-4.0", author="A Speaker", rights="A Speaker")
        )  # fmt: skip


@pytest.fixture(scope="session")
def site(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with browsing(data, tmp_path_factory.mktemp("cache")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS), env=dict(os.environ))
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """In every test: no console message, no policy violation, no dialog, no request that leaves the machine."""
    visiting = Visitor(browser)
    yield visiting
    visiting.close()
    assert visiting.complaints == []
