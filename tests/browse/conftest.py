"""A running site over feeds of all four dictionaries, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support import weeks
from tests.support.browsing import CHROMIUM, OPTIONS, Visitor, browsing


@pytest.fixture(scope="session")
def data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Feeds of the sample site in all dictionaries, and one with three weekly runs."""
    folder = tmp_path_factory.mktemp("browse")
    shutil.copytree(sample_data / "feeds", folder / "feeds", symlinks=True)
    weeks.three(folder / "feeds" / "invented", 60)
    return folder


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
    """No console message, no policy violation, no dialog, no request that leaves the machine, whatever a test does."""
    visiting = Visitor(browser)
    yield visiting
    visiting.close()
    assert visiting.complaints == []
