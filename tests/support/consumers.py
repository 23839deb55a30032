"""The programs that exports are written for, each run as its users run it; missing ones skip the test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.server import ROOT

# The schemas published by the owners of the formats, which we may not distribute.
SCHEMAS = Path(os.environ.get("DICTCRAWLER_SCHEMAS", ROOT.parent / "shared" / "schemas"))

ENV = ROOT / os.environ.get("EXPORTS_ENV", ".venv-exports")


def tool(name: str) -> str:
    """A program of the environment that ``tests/environments/exports/requirements.txt`` describes."""
    program = ENV / "bin" / name
    if not program.exists():
        pytest.skip(f"{program} is missing; make test installs it")
    return str(program)


def installed(name: str) -> str:
    """A program of the system, as ``.ci/run`` installs it."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed; on Debian: apt-get install {name}")
    return program


def answer(*command: str | Path, stdin: str | None = None) -> str:
    """The output of a program."""
    done = subprocess.run(
        command,
        check=False,
        timeout=120,
        capture_output=True,
        text=True,
        input=stdin,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def script(name: str, *arguments: str | Path) -> str:
    """The output of a script of ``tests/exports/scripts``, run in the environment of the consumers."""
    return answer(tool("python"), ROOT / "tests" / "exports" / "scripts" / name, *arguments)


def schema(name: str) -> Path:
    """A schema published by the owners of a format."""
    path = SCHEMAS / name
    if not path.exists():
        pytest.skip(f"{path} is missing; DICTCRAWLER_SCHEMAS names another folder")
    return path
