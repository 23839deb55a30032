"""``scrapy sample-site`` as a person starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from dictcrawler import sample

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "scrapy", "sample-site"]
ENVIRONMENT = {
    **os.environ,
    "SCRAPY_SETTINGS_MODULE": "sample_settings",
    "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent / "project"))),
    "PYTHONUNBUFFERED": "1",
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


def test_list_prints_every_word_it_knows_one_a_line() -> None:
    result = run("--list", "--words", "12")
    assert result.returncode == 0
    assert result.stdout.splitlines() == list(sample.load("macmillan", 12).words())
    assert result.stdout.splitlines()[-1] == "word000012"
    assert result.stderr == ""


def test_a_reader_that_stops_early_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "--list", "--words", "200000"],
        env=ENVIRONMENT,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ambition\n"
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_it_prints_its_address_answers_there_and_stops_at_ctrl_c() -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", "0", "--words", "5"],
        env=ENVIRONMENT,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line.startswith("Serving the macmillan sample (24 words) at http://127.0.0.1:")
        url = line.split(" at ")[1].split()[0]
        with urllib.request.urlopen(f"{url}/us/dictionary/american/word000005", timeout=10) as response:
            assert response.status == 200
            assert b"word000005" in response.read()
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "Stopped.\n"
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_port_in_use_is_one_clear_line_and_exit_code_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("--port", port)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(f"sample-site: cannot listen on 127.0.0.1 port {port}: ")
    assert "in use" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_dictionary_without_a_sample_is_one_clear_line_and_exit_code_1() -> None:
    result = run("--list", "--dictionary", "klingon")
    assert result.returncode == 1
    known = ", ".join(sample.names())
    assert result.stderr == f"sample-site: argument 'dictionary': 'klingon' has no sample pages; allowed: {known}\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--port", "70000"), "70000 is greater than 65535"),
        (("--words", "-3"), "-3 is negative"),
        (("--delay-ms", "x"), "invalid"),
        (("love",), "unrecognized arguments: love"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_reason(arguments: tuple[str, ...], problem: str) -> None:
    result = run(*arguments)
    assert result.returncode == 2
    assert problem in result.stderr
    assert "Traceback" not in result.stderr


def test_help_explains_every_option() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "until Ctrl-C" in " ".join(result.stdout.split())
    for option in ("--host", "--port", "--words", "--delay-ms", "--dictionary", "--list"):
        assert option in result.stdout
