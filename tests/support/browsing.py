"""The site as a program of its own, and a browser that opens its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.server import ROOT

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DICTIONARIES = ("longman", "macmillan", "oxford", "wiktionary")


@contextmanager
def browsing(data: Path, cache: Path, *arguments: str) -> Iterator[str]:
    """Run ``dictcrawler browse``; returns the address that it prints, without the last slash."""
    command = [
        sys.executable,
        "-m",
        "dictcrawler",
        "browse",
        "--port",
        "0",
        "--data",
        data,
        "--cache",
        cache,
        *arguments,
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        line = process.stdout.readline()
        found = re.search(r"http://\S+(?=/)", line)
        if found is None:
            pytest.fail(f"browse did not begin: {line}{process.stderr.read()}")
        try:
            yield found[0]
        finally:
            process.terminate()
            # 143: stopped before it listened for the signal.
            assert process.wait(20) in (0, 143)


@dataclass
class Visitor:
    """Opens pages and records events that must not happen on any of them."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, url: str, **options: Any) -> Page:
        """A page in a window of its own; ``options`` are those of a browser context."""
        context = self.browser.new_context(**({"viewport": {"width": 1180, "height": 860}} | options))
        self._contexts.append(context)
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective))"
        )
        page = context.new_page()
        page.on("console", lambda it: self.complaints.append(f"{it.type}: {it.text}") if it.type != "log" else None)
        page.on("pageerror", lambda it: self.complaints.append(f"error: {it}"))
        page.on("dialog", lambda it: self.complaints.append(f"dialog: {it.message}") or it.dismiss())
        page.on("request", lambda it: self._asked(it.url))
        page.goto(url)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _asked(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "file:///")):
            self.complaints.append(f"a request to {url}")
