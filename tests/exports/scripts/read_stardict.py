"""Read a StarDict dictionary with pyglossary; print its words and articles as JSON."""

import json
import sys

from pyglossary.glossary_v2 import Glossary

Glossary.init()
glossary = Glossary()
glossary.directRead(sys.argv[1], formatName="Stardict")
print(
    json.dumps(
        {
            "name": glossary.getInfo("name"),
            "entries": [[entry.l_word, entry.defi] for entry in glossary if not entry.isData()],
        }
    )
)
