"""Writes docs/run.svg, the README's picture: ``.venv/bin/python docs/terminal.py`` in the project's folder.

Each command runs, on the sample site and in a folder of its own; the picture shows what it printed.
"""

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "dictcrawler crawl macmillan -a source=sample -a word=hi,apple,bananna",
    "dictcrawler show hi",
)
WIDTH = 100


def main() -> None:
    """Run the commands and draw them."""
    screen = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            screen.print(Text.assemble(("$ ", "bold green"), command))
            screen.print(Text.from_ansi(_run(command, folder)))
    # Else each picture has styles of another name.
    picture = screen.export_svg(title="dictcrawler", unique_id="run")
    # No fonts from elsewhere: a page that shows the picture loads nothing for it.
    picture = re.sub(r"\s*@font-face \{.*?\n    \}\n", "\n", picture, flags=re.DOTALL)
    (ROOT / "docs/run.svg").write_text("\n".join(map(str.rstrip, picture.splitlines())) + "\n", encoding="utf-8")


def _run(command: str, folder: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout


if __name__ == "__main__":
    main()
