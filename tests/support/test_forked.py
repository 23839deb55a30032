"""A forked program behaves as one that an interpreter of its own runs."""

from __future__ import annotations

import os
import sys

import pytest

from tests.support import forked

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are forked on Linux only")


def test_it_reads_its_own_input_and_ends_with_its_own_status() -> None:
    for text, expected in (('{"word": "love"}', (0, '{\n    "word": "love"\n}\n')), ("{", (1, ""))):
        process = forked.start("json.tool", env=os.environ, streams=(forked.PIPE, forked.PIPE, forked.PIPE))
        assert isinstance(process, forked.Process)
        assert process.stdin is not None
        process.stdin.write(text)
        out, _ = process.communicate(timeout=60)
        assert (process.returncode, out) == expected


@pytest.mark.parametrize("name", ["DATA_DIR", "STORE_URL"])
def test_it_reads_its_own_environment_also_where_modules_read_it_at_import(name: str) -> None:
    env = os.environ | {"DICTCRAWLER_DATA": "elsewhere", "DICTCRAWLER_STORE": "elsewhere"}
    assert forked.run("scrapy", "settings", "--get", name, env=env).stdout == "elsewhere\n"


def test_a_killed_one_ends_with_that_signal() -> None:
    with forked.start("json.tool", env=os.environ, streams=(forked.PIPE, forked.PIPE, forked.PIPE)) as process:
        assert process.poll() is None
        process.kill()
        assert process.wait(60) == -9


def test_a_variable_of_the_interpreter_is_obeyed() -> None:
    process = forked.start("dictcrawler", "--version", env=os.environ | {"PYTHONHASHSEED": "1"})
    assert not isinstance(process, forked.Process)
    assert process.communicate(timeout=60)[0].startswith("dictcrawler ")
