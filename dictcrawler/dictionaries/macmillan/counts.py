"""The elements to count on Macmillan's pages: list items and elements of the publisher's XML, wherever they are
nested."""

from dictcrawler.parsing.structure import Counts

COUNTS = Counts(
    selectors={
        # Senses of phrasal verbs and of the Open Dictionary are in no list; a derived word has only examples.
        "senses": (
            "ol > li:has(.SENSE, .entry-sense, .SENSE-BODY, .SUB-SENSE-BODY, .greybackground), "
            ".phrasalverbsense, .openSense, .RUNON:has(.EXAMPLES, .DEFINITION, .THES)"
        ),
        # A pattern without a sentence is its own example.
        "examples": ".EXAMPLES .EXAMPLE:not(.EXAMPLE *), .EXAMPLES:not(:has(p, .EXAMPLE))",
        "transcriptions": ".PRON",
        "terms": ".theslink, .synonyms > a",
        "recordings": ".PRONS [data-src-mp3]",
    },
    is_term=lambda relation: relation.type == "synonym",
    has_box_examples=False,
)
