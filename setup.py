"""Only for ``scrapyd-deploy``, which builds the egg with this file; everything else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SEEDS = Path(__file__).parent / "data" / "keywords" / "seed.txt"


class BuildWithSeeds(build_py):
    """Copies the seed words into the wheel: an installed package has no ``data/keywords``."""

    def run(self) -> None:
        """Build the modules, then copy the list beside the module that reads it."""
        super().run()
        # A deployed egg has no folder to read a list from (docs/decisions/0011).
        if SEEDS.exists() and not self.editable_mode:
            self.copy_file(str(SEEDS), str(Path(self.build_lib) / "dictcrawler" / "plan" / "seed.txt"))


setup(cmdclass={"build_py": BuildWithSeeds})
