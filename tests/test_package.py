"""The package as people install it: built, installed into an environment of its own, run in a folder of its own."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.server import ROOT


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program outside this checkout."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DICTCRAWLER_DATA")}
    return subprocess.run(
        [*map(str, command)], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def environment(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel; its dependencies are borrowed from the environment of the
    tests."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    [wheel] = built.glob("*.whl")
    done = run(
        sys.executable, "-m", "pip", "--python", place, "install", "--no-deps", "--no-index", wheel, folder=place
    )
    assert done.returncode == 0, done.stderr
    return place / "bin"


def test_the_wheel_has_all_that_a_checkout_has_and_no_tests(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    kinds = (".py", ".json", ".html", ".css", ".js", ".svg", ".sql", ".tmpl", ".typed")
    package = {str(path.relative_to(ROOT)) for path in (ROOT / "dictcrawler").rglob("*") if path.suffix in kinds}
    assert package <= names
    assert "dictcrawler/plan/seed.txt" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        assert any(name.endswith("/LICENSE") for name in archive.getnames())


def test_a_crawl_needs_no_checkout(environment: Path, tmp_path: Path) -> None:
    folder = tmp_path / "words & more, 辞書"
    folder.mkdir()
    done = run(environment / "dictcrawler", "crawl", "macmillan", "-a", "source=sample", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "keywords         13" in done.stdout
    shown = run(environment / "dictcrawler", "show", "love", folder=folder)
    assert shown.returncode == 0, shown.stderr
    assert "love" in shown.stdout


def test_the_command_prints_its_version_and_python_m_is_the_same_command(environment: Path, tmp_path: Path) -> None:
    typed = run(environment / "dictcrawler", "--version", folder=tmp_path)
    module = run(environment / "python", "-m", "dictcrawler", "--version", folder=tmp_path)
    assert typed.stdout == module.stdout == "dictcrawler 0.2.0\n"


def test_a_missing_extra_is_one_of_the_installed_package(environment: Path, tmp_path: Path) -> None:
    program = "import sys; sys.modules['simplemma'] = None; from dictcrawler.cli.main import main; sys.exit(main())"
    done = run(environment / "python", "-c", program, "words", "text.txt", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == 'dictcrawler: text.txt needs simplemma; type: pip install "dictcrawler[text]"\n'


def test_a_new_dictionary_is_a_package_that_can_be_installed_crawled_and_tested(
    environment: Path, tmp_path: Path
) -> None:
    address = "https://dict.example.org/en/words/{slug}.html"
    made = run(environment / "dictcrawler", "newdictionary", "glim_words", "--url", address, folder=tmp_path)
    assert made.returncode == 0, made.stderr
    package = tmp_path / "dictcrawler-glim-words"
    installed = run(
        *(sys.executable, "-m", "pip", "--python", environment.parent, "install"),
        *("--no-deps", "--no-index", "--no-build-isolation", package),
        folder=tmp_path,
    )
    assert installed.returncode == 0, installed.stderr
    crawled = run(
        *(environment / "dictcrawler", "crawl", "glim_words", "-a", "source=sample", "-a", "word=glimble,grimble"),
        folder=tmp_path,
    )
    assert crawled.returncode == 0, crawled.stderr
    assert "found                      1\n" in crawled.stdout
    assert "grimble: not in dictionary; did you mean glimble?" in crawled.stdout
    shown = run(environment / "dictcrawler", "show", "glimble", folder=tmp_path)
    assert "to shine a little" in shown.stdout
    assert "Invented sample text" in shown.stdout
    # Its own tests pass, except the one that checks that the site's terms are stated.
    tested = run(environment / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", package, folder=tmp_path)
    assert "1 failed, 3 passed" in tested.stdout, tested.stdout
    assert "not stated yet: read the terms of dict.example.org" in tested.stdout
    again = run(environment / "dictcrawler", "newdictionary", "glim_words", "--url", address, folder=tmp_path)
    assert again.returncode == 2
    assert "'glim_words' is taken" in again.stderr
