"""Import packages into a new collection of Anki, one after another; print the resulting cards as JSON.

After the first import one card gets a review history, to see whether later imports keep it.
"""

import json
import sys
import tempfile
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageRequest


def counts(log):
    names = ("new", "updated", "duplicate", "conflicting", "first_field_match", "missing_notetype", "missing_deck")
    return {name: len(getattr(log, name)) for name in names}


def shown(card):
    output = card.render_output()
    return {
        "word": card.note()["Word"],
        "id": card.note()["Id"],
        "template": card.template()["name"],
        "question": output.question_text,
        "answer": output.answer_text,
        "sounds": [tag.filename for tag in output.answer_av_tags],
        "style": output.css,
        "tags": card.note().tags,
        "due": card.due,
        "reps": card.reps,
    }


def main(packages):
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection(str(Path(folder) / "collection.anki2"))
        imports = []
        for number, package in enumerate(packages):
            log = collection.import_anki_package(ImportAnkiPackageRequest(package_path=package)).log
            imports.append(counts(log))
            if number == 0:
                card = collection.get_card(min(collection.find_cards("")))
                card.reps, card.ivl, card.type, card.queue, card.due = 7, 30, 2, 2, 99
                collection.update_card(card)
        cards = [shown(collection.get_card(number)) for number in sorted(collection.find_cards(""))]
        named = collection.decks.all_names_and_ids()
        integrity, is_sound = collection.fix_integrity()
        report = {
            "imports": imports,
            "notes": collection.note_count(),
            "decks": {deck.name: collection.decks.get(deck.id)["desc"] for deck in named},
            "cards": cards,
            "media": sorted(path.name for path in Path(collection.media.dir()).iterdir()),
            "problems": [] if is_sound else [integrity],
        }
        collection.close()
    print(json.dumps(report))


main(sys.argv[1:])
