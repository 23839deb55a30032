"""The machines that the tests of this folder start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machines import Machines, machines
from tests.support.postgres import Postgres


@pytest.fixture
def made(tmp_path: Path, server: Postgres) -> Iterator[Machines]:
    """Machines that share one PostgreSQL server. Programs still running at the end of the test are ended."""
    with machines(tmp_path, server) as made:
        yield made
