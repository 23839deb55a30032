"""Wiktionary's usage labels, typed by table.

The table follows the source's own division (Module:labels and its data: grammatical,
register and usage, regional, topical). A label that is not in it stays as printed, typed
``usage``, and is reported by `known`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dictcrawler.model import Label, LabelType
from dictcrawler.parsing import markup
from dictcrawler.parsing.markup import Node

_WORDS: dict[LabelType, str] = {
    "grammar": """
        abbreviation, adjective, adverb, ambitransitive, as a noun, attributive, attributively, auxiliary,
        by ellipsis, c, cardinal, causative, collective, collectively, comparable, complement, conjunction,
        control verb, copulative, countable, countable and uncountable, defective, determiner, ditransitive, dual,
        ellipsis, ergative, f, f pl, feminine, followed by "to", gender-neutral, gerund, imperative, impersonal, impf,
        in combination, in the plural, in the singular, indefinite, infinitive, inseparable, interjection,
        interrogative, intransitive, invariable, m, m pl, masculine, mass noun, middle voice, modal, n, n pl, neuter,
        not comparable, noun, numeral, object, of a person, ordinal, participle, passive, personal, pf, physically,
        pl, plural, plural only, plural-only, plurale tantum, possessive, postpositive, predicative, predicatively,
        preposition, progressive, pronoun, proper noun, reciprocal, reflexive, relational, relative, separable, sg,
        singular, singular only, singulare tantum, stative, strong, subjunctive, substantive, transitive,
        transitive with of, uncomparable, uncountable, unergative, usually in the plural, verb, vocative, weak,
        with a personal object
    """,
    "register": """
        abbreviated, affectionate, archaic, baby talk, cant, childish, childlike, colloquial, crude slang, dated,
        derogatory, disapproving, dysphemistic, endearing, ethnic slur, euphemism, euphemistic, familiar, fan slang,
        formal, hapax, historic, historical, honorific, humble, humorous, hyperbolic, informal, Internet slang,
        ironic, jargon, jocular, journalese, literary, mildly vulgar, military slang, minced oath, neologism,
        nonce word, nonstandard, obsolete, offensive, officialese, pejorative, poetic, polite, proscribed, rare,
        rhyming slang, sarcastic, self-deprecatory, slang, slur, standard, substandard, text messaging, text slang,
        uncommon, vulgar
    """,
    "region": """
        Africa, African-American Vernacular, African-American Vernacular English, America, American, American English,
        American form, American spelling, Appalachia, Asia, AU, Australia, Australian, Australian English, Bahamas,
        Bermuda, Boston, Britain, British, British English, British form, British spelling, CA, California, Canada,
        Canadian, Canadian English, Canadian spelling, Caribbean, Cockney, Commonwealth, Commonwealth of Nations,
        Cornwall, Devon, dialect, dialectal, England, Estuary English, General American, General Australian, Geordie,
        Ghana, Guyana, Hawaii, Hong Kong, India, Ireland, Irish, Isle of Man, Jamaica, Kent, Kenya, Lancashire,
        Liverpool, London, Malaysia, Manchester, Midland US, Midlands, MLE, Multicultural London English, New England,
        New York, New York City, New Zealand, Newfoundland, Nigeria, Norfolk, North America, Northern England,
        Northern English, Northern Ireland, Northern UK, Northumbria, NZ, Ontario, Orkney, Oxford British English,
        Oxford spelling, Pakistan, Philippines, Received Pronunciation, regional, RP, Scotland, Scots, Scottish,
        Scouse, Shetland, Singapore, Singlish, Somerset, South Africa, South Asia, Southern American English,
        Southern England, Southern US, Standard Canadian, Sussex, Tasmania, Texas, Trinidad and Tobago, Tyneside,
        U.K., U.S., UK, Ulster, US, USA, Wales, Welsh, West Country, West Midlands, Yorkshire, Zimbabwe
    """,
    "domain": """
        accounting, acoustics, advertising, aeronautics, aerospace, agriculture, alchemy, algebra, amateur radio,
        American football, anatomy, Anglicanism, animals, animation, anthropology, apiculture, archaeology, archery,
        architecture, arithmetic, art, arthropodology, artificial intelligence, arts, association football, astrology,
        astronautics, astronomy, astrophysics, athletics, audio, Australian rules football, automotive, aviation,
        backgammon, bacteriology, badminton, ball games, ballet, banking, baseball, basketball, BDSM, beekeeping,
        betting, beverages, Bible, biblical, billiards, biochemistry, biology, birds, birdwatching, board games,
        bodybuilding, botany, bowling, boxing, brewing, bridge, broadcasting, Buddhism, building, bullfighting,
        business, butchery, calculus, calligraphy, card games, cartography, cartomancy, caving, chemical engineering,
        chemistry, chess, Christianity, cinematography, climatology, climbing, cloth, clothing, color, comics,
        commerce, communication, communications, communism, computer graphics, computer languages, computer science,
        computer security, computing, construction, contract bridge, cooking, corporate law, cosmetics, cosmology,
        crafts, cricket, criminal law, cryptography, crystallography, curling, cycling, dance, darts, data management,
        databases, dentistry, diplomacy, diving, dominoes, drama, drugs, Eastern Orthodoxy, ecclesiastical, ecology,
        economics, education, electrical engineering, electricity, electromagnetism, electronics, embryology,
        engineering, entertainment, entomology, epidemiology, equestrianism, espionage, ethics, Falconry, falconry,
        fandom, fantasy, fashion, fencing, fiction, film, finance, firearms, fishing, flags, folklore, food, football,
        forestry, fortifications, Freemasonry, freemasonry, furniture, gambling, games, gaming, gardening, gastronomy,
        gay, gemology, genealogy, genetics, geography, geology, geometry, glassblowing, golf, government, grammar,
        graph theory, gymnastics, hair, heading, healthcare, heraldry, herpetology, Hinduism, historiography, hockey,
        horse racing, horses, horticulture, hunting, hydrology, ice hockey, ichthyology, immunology, imperial,
        insurance, international law, Internet, internet, Islam, jewelry, journalism, Judaism, judo, knitting,
        land art, law, law enforcement, legal, lexicography, LGBT, library science, linguistics, literature, logging,
        logic, logistics, machine learning, machining, magic, mahjong, malacology, management, manufacturing,
        marine biology, marketing, martial arts, masonry, mathematics, maths, mechanical engineering, mechanics,
        media, medicine, metallurgy, metalworking, metaphysics, meteorology, metrology, microbiology, military,
        mineralogy, mining, molecular biology, monarchy, Mormonism, motor racing, motorcycling, music,
        musical instruments, mycology, mythology, nautical, Nazism, networking, neuroanatomy, neurology, neuroscience,
        nobility, nuclear physics, number theory, numismatics, nutrition, obstetrics, occult, oil industry, oncology,
        online gaming, operating systems, ophthalmology, optics, organic chemistry, ornithology, paganism, painting,
        paleontology, paper, parapsychology, particle physics, pathology, performing arts, petrochemistry, petrology,
        pharmacology, pharmacy, philately, philosophy, phonetics, phonology, photography, physical chemistry, physics,
        physiology, planetology, plumbing, poetry, poker, politics, pool, pornography, pottery, printing,
        pro wrestling, probability theory, professional wrestling, programming, prosody, Protestantism, psychiatry,
        psychoanalysis, psychology, publishing, quantum mechanics, racing, radio, rail, rail transport, railways,
        real estate, religion, retail, rhetoric, road transport, robotics, role-playing games, Roman Catholicism,
        roofing, rowing, rugby, rugby league, rugby union, sailing, science, science fiction, sciences, Scientology,
        scouting, sculpture, seismology, semiotics, set theory, sewing, sex, sexuality, shipping, shooting,
        skateboarding, skating, skiing, slavery, snooker, snowboarding, soccer, social sciences, sociology, software,
        soil science, sound engineering, sport, sports, squash, statistical mechanics, statistics, stock exchange,
        stock market, sugar-making, surfing, surgery, surveying, swimming, systematics, table tennis, tarot, taxation,
        taxonomy, technical, technology, telecommunications, telegraphy, telephony, television, tennis, textiles,
        theater, theatre, theology, tiling, time, topology, tourism, toxicology, toys, trading, transport, travel,
        typography, underwater diving, vegetable, vehicles, veterinary medicine, video games, virology, volleyball,
        weaponry, weapons, weather, weaving, weightlifting, wine, winemaking, woodworking, wrestling, writing,
        zoology, zootomy
    """,
    "usage": """
        also, broadly, by analogy, by extension, chiefly, especially, especially in the phrase, figurative,
        figuratively, fixed, generally, humorously, idiomatic, in a figurative sense, in negation,
        in negative constructions, in phrases, in set phrases, in the negative, literal, literally, loosely,
        metaphoric, metaphorical, metaphorically, metonymic, metonymically, modern, narrowly, negative,
        negative polarity, negatively, of, often, originally, rarely, set phrase, simile, sometimes, specifically,
        strictly, synecdoche, synecdochically, transferred sense, transferred senses, usually, with a negative,
        with negative
    """,
}  # fmt: skip
_TYPES: dict[str, LabelType] = {
    word.strip().casefold(): label_type for label_type, words in _WORDS.items() for word in words.split(",")
}
# "now rare", "chiefly UK": the type is that of the word they soften.
_SOFTENED = re.compile(
    r"^(?:(?:also|chiefly|especially|formerly|frequently|generally|largely|mainly|mostly|now|often|originally"
    r"|possibly|predominantly|primarily|sometimes|somewhat|usually|very|in|the) )+"
)
# "with to or with", "followed by a verb": what the word is built with.
_PATTERN = re.compile(r"^(?:with|followed by|in the form|construed with|takes) \S")
_JOINED = re.compile(r" (?:or|and) |/")

LABEL_CLASSES = frozenset(
    {"ib-content", "qualifier-content", "label-content", "usage-label-sense", "usage-label-accent", "usage-label-term"}
)
# The printed parentheses, colons and commas around labels.
SEPARATOR_CLASSES = frozenset({"ib-brac", "qualifier-brac", "label-brac", "ib-colon"})


def is_label(node: Node) -> bool:
    """Whether the element prints labels."""
    return not LABEL_CLASSES.isdisjoint(markup.classes(node))


def is_separator(node: Node) -> bool:
    """Whether the element prints only a parenthesis or a colon."""
    return not SEPARATOR_CLASSES.isdisjoint(markup.classes(node))


def known(text: str) -> bool:
    """Whether the table, or a rule beside it, types the label."""
    return _look_up(text) is not None


def typed(text: str, default: LabelType = "usage") -> Label:
    """The label with its type by table; ``default`` when it is not known."""
    return Label(text=text, type=_look_up(text) or default)


def printed(text: str) -> Iterator[str]:
    """The single labels of a printed group: "(nautical, transitive or intransitive)"."""
    text = text.strip("[] ")
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    for part in inner.split(","):
        joined = [word.strip() for word in _JOINED.split(part)]
        if all(word.casefold() in _TYPES for word in joined):
            yield from joined
        elif part.strip():
            yield part.strip()


def read(node: Node, default: LabelType = "usage") -> tuple[Label, ...]:
    """The labels that an element prints."""
    return tuple(typed(text, default) for text in printed(markup.text(node)))


def in_all(nodes: Iterable[Node], default: LabelType = "usage") -> tuple[Label, ...]:
    """The labels that several elements print."""
    return tuple(label for node in nodes for label in read(node, default))


def _look_up(text: str) -> LabelType | None:
    folded = text.casefold()
    if folded in _TYPES:
        return _TYPES[folded]
    bare = _SOFTENED.sub("", folded)
    if bare in _TYPES:
        return _TYPES[bare]
    return "grammar" if _PATTERN.match(bare) else None
