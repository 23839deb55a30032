"""The elements to count on Longman's pages: those of the publisher's XML, wherever they are nested."""

from dictcrawler.parsing.structure import Counts

COUNTS = Counts(
    selectors={
        # A run-on or sub-entry may have its definition without a sense around it; in a box neither has one.
        "senses": (
            ".Sense:not(.Box *), .Subsense, .Entry:has(> .DEF, > .EXAMPLE), "
            ":is(.RunOn, .SUBENTRY, .SubEntry, .PhrVbEntry):not(:has(.Sense), .Box *):has(.DEF, .EXAMPLE)"
        ),
        # A collocation without a sentence is its own example.
        "examples": (
            ".EXAMPLE, .COLLEXA, .THESEXA, .exa, "
            ":is(.GramExa, .ColloExa, .Collocate):not(:has(.EXAMPLE, .COLLEXA, .THESEXA))"
        ),
        "transcriptions": ".PRON, .AMEVARPRON",
        "terms": ".SYN, .OPP",
        "recordings": ".brefile[data-src-mp3], .amefile[data-src-mp3]",
    },
    is_term=lambda relation: relation.type in {"synonym", "antonym"},
)
