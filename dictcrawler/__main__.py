"""``python -m dictcrawler``."""

import sys

from dictcrawler.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
