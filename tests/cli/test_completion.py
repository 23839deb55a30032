"""``dictcrawler completion``: the suggestions of a shell when Tab is pressed."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from dictcrawler.cli.completion import OPTIONS
from dictcrawler.cli.main import SCRAPYS
from tests.support.server import ROOT

# As bash does at Tab: call the function of the script with the line so far. One line of output for each line.
TAB = """
eval "$(dictcrawler completion bash)"
for line; do
    COMP_LINE=$line COMP_POINT=${#line} COMP_TYPE=9 COMP_KEY=9 COMPREPLY=()
    _python_argcomplete dictcrawler
    printf '%s|' "${COMPREPLY[@]}"
    echo
done
"""
OFFERED = {
    "mis": ["missing "],
    "crawl long": ["longman "],
    "crawl macmillan -a so": ["source="],
    "crawl macmillan -a edition=": ["american", "british"],
    "crawl macmillan -a words=my": ["my-words.txt "],
    "crawl wiktionary -s DOWNLOAD_TIME": ["DOWNLOAD_TIMEOUT="],
    "export csv --sha": ["--shareable "],
    "missing gl": ["glimwords "],
    "words my": ["my-words.txt "],
    "completion f": ["fish "],
}
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


def environment(folder: Path) -> dict[str, str]:
    """Where ``dictcrawler`` is a command."""
    command = folder / "bin" / "dictcrawler"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dictcrawler "$@"\n')
    command.chmod(0o755)
    return os.environ | {"PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def test_bash_offers_what_can_follow(tmp_path: Path) -> None:
    (tmp_path / "my-words.txt").touch()
    (tmp_path / "data/feeds/glimwords").mkdir(parents=True)
    typed = ["bash", "-c", TAB, "bash", *(f"dictcrawler {line}" for line in OFFERED)]
    done = subprocess.run(
        typed, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=120
    )
    offered = [line.rstrip("|").split("|") for line in done.stdout.splitlines()]
    assert dict(zip(OFFERED, offered, strict=True)) == OFFERED, done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(tmp_path: Path, shell: str) -> None:
    made = subprocess.run(
        ["dictcrawler", "completion", shell], env=environment(tmp_path), capture_output=True, text=True, check=True
    ).stdout
    assert "dictcrawler" in made
    if shutil.which(shell) is None:
        assert {"zsh": "#compdef dictcrawler", "fish": "complete --command dictcrawler"}[shell] in made
        return
    subprocess.run([shell, "-n"], input=made, text=True, check=True)


@pytest.mark.parametrize("name", sorted(SCRAPYS))
def test_the_options_of_scrapys_commands_are_all_there(name: str) -> None:
    command = import_module(f"dictcrawler.commands.{name}").Command()
    command.settings = {"LOG_LEVEL": "INFO"}
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    assert set(OPTIONS[name]) == set(parser._option_string_actions)
