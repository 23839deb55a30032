"""The elements to count on Oxford's pages, in the names of either layout."""

from dictcrawler.parsing.structure import Counts

COUNTS = Counts(
    selectors={
        # A derived word may have its definition without a sense around it.
        "senses": "li.sense, .sn-g, .dr-g:not(:has(.sense, .sn-g)):has(.def, .x)",
        "examples": ".x, .unx",
        "transcriptions": ".phon",
        # Topics are labels, and the references of a box are part of its text.
        "terms": ".xr-g:not([resource='topicdict'], .unbox *)",
        "recordings": "[data-src-mp3], [data-src-ogg]",
    },
    is_term=lambda relation: relation.type in {"synonym", "antonym", "see_also"} or relation.url is not None,
)
