"""Generates the files of a new dictionary: three places in a clone of the project, or a package of its own.

The folders ``templates/clone/`` and ``templates/package/`` mirror what is written: a file ``…/$name.py.tmpl`` becomes
``…/NAME.py``. Placeholders are filled in both in its path and in its text; ``$parser`` is the text of
``templates/parser.py.tmpl``, which both have.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError
from dictcrawler.text import printable
from dictcrawler.version import __version__

TEMPLATES = Path(__file__).parent / "templates"
SUFFIX = ".tmpl"
EXAMPLE_WORD = "glimble"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
_LONGEST = 500
"""Most characters of a URL or a title."""
_EDITION = re.compile(r"[a-z][a-z0-9-]{0,29}")
# Parts of an address that say what kind of page it is; what else is there before the word names the edition.
_KINDS = frozenset("d define definition dictionaries dictionary entries entry lookup search w wiki word words".split())
# The common part of RFC 5646: language, perhaps script, perhaps region.
_LANG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def create(root: Path, *, name: str, url: str, lang: str, title: str | None = None) -> tuple[Path, ...]:
    """Write all files below the folder of a clone, or none.

    ``url`` has ``{slug}`` in place of the word, ``lang`` is a BCP 47 tag.

    :returns: the new files, relative to ``root``.
    :raises ArgumentError: when an argument is wrong, or one of the files exists already.
    """
    files = dict(_files("clone", _values(name, url, lang, title)))
    _check_places(root, name)
    return _written(root, files)


def create_package(folder: Path, *, name: str, url: str, lang: str, title: str | None = None) -> tuple[Path, ...]:
    """Write a package that brings the dictionary, in a new folder ``dictcrawler-NAME`` below ``folder``, or nothing.

    The arguments are those of `create`; what is returned too, relative to ``folder``.

    :raises ArgumentError: when an argument is wrong, or the new folder exists already.
    """
    values = _values(name, url, lang, title)
    files = dict(_files("package", values))
    if (folder / values["distribution"]).exists():
        raise ArgumentError("NAME", f"{folder / values['distribution']} is there already", "a new name")
    return _written(folder, files)


def _written(root: Path, files: Mapping[Path, str]) -> tuple[Path, ...]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return tuple(files)


def is_clone(root: Path) -> bool:
    """Whether a folder is a clone of the project, with its tests."""
    return (root / "tests" / "dictionaries").is_dir()


def places(name: str) -> tuple[Path, ...]:
    """The three places where the files of a dictionary lie."""
    return (
        Path("dictcrawler/dictionaries", name),
        Path("dictcrawler/spiders", f"{name}.py"),
        Path("tests/dictionaries", name),
    )


def _values(name: str, url: str, lang: str, title: str | None) -> Mapping[str, str]:
    camelcase = "".join(part.capitalize() for part in _valid_name(name).split("_"))
    before, after = urlsplit(_valid_url(url)).path.split("{slug}")
    series = __version__.rpartition(".")[0]
    return {
        "name": name,
        "camelcase": camelcase,
        "title": _valid_title(title) if title is not None else camelcase,
        "url": url,
        "host": urlsplit(url).netloc,
        "example_url": url.replace("{slug}", EXAMPLE_WORD),
        "lang": _valid_lang(lang),
        "edition": _edition(before) or lang,
        "path_pattern": f"{re.escape(before)}([^/]+){re.escape(after)}",
        "example_word": EXAMPLE_WORD,
        "distribution": f"dictcrawler-{name.replace('_', '-')}",
        "module": f"dictcrawler_{name}",
        # The Python API may change with the second number (docs/versions.md).
        "requirement": f"~={series}.0",
        "dot": ".",
    }


def _edition(path: str) -> str | None:
    """The edition that an address names: ``american`` in ``/us/dictionary/american/``; ``None`` when it names none."""
    named = path.rpartition("/")[0].rpartition("/")[2].lower()
    return named if _EDITION.fullmatch(named) and named not in _KINDS else None


def _files(kind: str, values: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    parser = Template((TEMPLATES / f"parser.py{SUFFIX}").read_text(encoding="utf-8"))
    filled = {**values, "parser": parser.substitute(values)}
    for template in sorted((TEMPLATES / kind).rglob(f"*{SUFFIX}")):
        path = str(template.relative_to(TEMPLATES / kind)).removesuffix(SUFFIX)
        text = template.read_text(encoding="utf-8")
        yield Path(Template(path).substitute(filled)), Template(text).substitute(filled)


def _check_places(root: Path, name: str) -> None:
    if not is_clone(root):
        raise ArgumentError("NAME", f"{root} is not a checkout of the project", "a checkout, with its tests/")
    for place in places(name):
        if (root / place).exists():
            raise ArgumentError("NAME", f"{name!r} is taken: {place} is there already", "a new name")


def _valid_name(name: str) -> str:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ArgumentError(
            "NAME", f"{name[:60]!r} cannot be a Python module", "up to 50 of a-z, 0-9 and _, a letter first"
        )
    if name in dictionaries.names():
        raise ArgumentError("NAME", f"{name!r} is taken", "a new name; there are " + ", ".join(dictionaries.names()))
    return name


def _valid_url(url: str) -> str:
    if len(url) > _LONGEST or printable(url) != url:
        raise ArgumentError("--url", f"{url[:60]!r} is too long or does not print", f"up to {_LONGEST} characters")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ArgumentError("--url", f"{url!r}: {error}", "an http:// or https:// URL") from error
    if "@" in parts.netloc:
        # Not quoted: a password would appear in the user's log.
        raise ArgumentError("--url", "it has a user's name or password, which would be in the code", "a URL without")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError("--url", f"{url!r} is not an address", "an http:// or https:// URL")
    if url.count("{slug}") != 1 or "{slug}" not in parts.path or re.search(r"[{}\"\\\s]", url.replace("{slug}", "")):
        raise ArgumentError("--url", f"{url!r} has no place for the word", "a URL with one {slug} in its path")
    return url


def _valid_lang(lang: str) -> str:
    if not _LANG.fullmatch(lang):
        raise ArgumentError("--lang", f"{lang!r} is not a language tag", "a BCP 47 tag such as en-GB or de")
    return lang


def _valid_title(title: str) -> str:
    if not title.strip() or len(title) > _LONGEST or re.search(r"[\"\\]", title) or printable(title) != title:
        raise ArgumentError(
            "--title", f"{title[:60]!r} cannot be used in the code", "one line without quotes and backslashes"
        )
    return title.strip()
