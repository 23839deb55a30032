"""The pages: invented entries, written for this project.

``PAGES`` are the pages by title, ``SEE_ALSO`` the titles that a page names at its top; ``REDIRECTS`` lead from one
title to another.
"""

from __future__ import annotations

from collections.abc import Mapping

from dictcrawler.model import LexicalEntry
from dictcrawler.sample.wiktionary.authoring import (
    alternative,
    audio,
    form,
    form_of,
    labels,
    origin,
    page,
    plural,
    quoted,
    said,
    section,
    sense,
    verb_forms,
    word,
)

COUNTABLE, UNCOUNTABLE = labels("grammar", "countable, uncountable")
TRANSITIVE, INTRANSITIVE = labels("grammar", "transitive, intransitive")
INFORMAL, DATED, RARE = labels("register", "informal, dated, rare")
RP, AMERICAN, NORTHERN, UK = labels("region", "Received Pronunciation, General American, Northern England, UK")
CRICKET, COMPUTING, TENNIS = labels("domain", "cricket, computing, tennis")
(IDIOMATIC,) = labels("usage", "idiomatic")

PAGES: Mapping[str, tuple[LexicalEntry, ...]] = {
    "hi": page(
        "hi",
        section(
            origin(
                "A cry to make someone look up, later a greeting.",
                word(
                    "Interjection",
                    sense("A short greeting among people who know one another.", "Hi, is that seat free?"),
                    sense("Calls for someone’s attention.", labels=[DATED, UK], since="from 15th c."),
                    labels=(INFORMAL,),
                    forms=(alternative("hy", DATED),),
                ),
                word("Noun", sense("The word of greeting itself.", "She gave us a quick hi."), forms=plural("his")),
            ),
            spoken=[said("haɪ"), audio("En-us-hi.ogg", AMERICAN)],
            rhyme="aɪ",
            homophones=["high"],
        ),
    ),
    "apple": page(
        "apple",
        section(
            origin(
                "From an old name for any round fruit.",
                word(
                    "Noun",
                    sense(
                        "A round fruit with crisp flesh and a core of pips.",
                        "He packed two apples for the train.",
                        quoted("The apples lay in straw until March.", "1871, Ada Thornby, A Year at the Mill"),
                        labels=[COUNTABLE],
                        nyms=[("hypernym", "fruit"), ("hyponym", "codling"), ("hyponym", "russet")],
                        subs=[
                            sense("Its flesh, as food.", "a tart of apple and quince", labels=[UNCOUNTABLE]),
                            sense("The wood of its tree."),
                        ],
                    ),
                    sense(
                        "Someone’s favourite, in a few set phrases.", labels=[IDIOMATIC], anchor="English:_favourite"
                    ),
                    forms=plural("apples"),
                    lists=(("derived", "apple butter"), ("derived", "apple pie"), ("related", "pomace")),
                ),
            ),
            spoken=[said("ˈæp.əl", RP, AMERICAN), audio("En-uk-apple.ogg", UK), audio("En-us-apple.ogg", AMERICAN)],
        ),
    ),
    "apples": page(
        "apples", section(origin("See apple.", word("Noun", form_of("plural of", "apple"))), spoken=[said("ˈæp.əlz")])
    ),
    "banana": page(
        "banana",
        section(
            origin(
                "Brought home by sailors from the West African coast.",
                word(
                    "Noun",
                    sense("A long bent fruit that is yellow when ripe.", "Slice a banana over the porridge."),
                    sense("The tall plant, no tree, that bears it.", nyms=[("synonym", "plantain")]),
                    forms=plural("bananas"),
                    note="The plant is called a tree by almost everyone but botanists.",
                ),
                word("Adjective", sense("Curved like this fruit."), labels=labels("grammar", "not comparable")),
            ),
            spoken=[said("bəˈnɑː.nə", RP), said("bəˈnæn.ə", AMERICAN)],
        ),
    ),
    "call": page(
        "call",
        section(
            origin(
                "From a northern verb for shouting.",
                word(
                    "Noun",
                    sense("A talk by telephone.", "There was a call for you.", labels=[COUNTABLE]),
                    sense("The cry of an animal.", "the call of an owl", nyms=[("coordinate_term", "song")]),
                    forms=plural("calls"),
                ),
                word(
                    "Verb",
                    sense("To ring someone up.", labels=[TRANSITIVE], nyms=[("synonym", "phone")]),
                    sense("To speak in a loud voice.", labels=[INTRANSITIVE], nyms=[("antonym", "whisper")]),
                    forms=verb_forms("calls", "calling", "called"),
                    lists=(("derived", "call off"), ("derived", "call up")),
                ),
            ),
            origin(
                "Shortened from a longer word of network engineers.",
                word(
                    "Noun", sense("A request from one program to another.", labels=[COMPUTING]), forms=plural("calls")
                ),
            ),
            spoken=[said("kɔːl", RP), audio("En-uk-call.ogg", UK)],
            rhyme="ɔːl",
        ),
    ),
    "feel": page(
        "feel",
        section(
            origin(
                "From a word for the palm of the hand.",
                word(
                    "Verb",
                    sense("To learn by touch.", "Feel how smooth it is.", labels=[TRANSITIVE]),
                    sense(
                        "To have an emotion.", "I feel better.", quoted("He felt it keenly.", "1902, Jon Ames, Tides")
                    ),
                    forms=verb_forms("feels", "feeling", "felt"),
                ),
                word("Noun", sense("The impression that touch gives.", "a silky feel"), forms=plural("feels")),
            ),
            origin(
                "Of unknown origin.",
                word("Adverb", sense("Very much; an invention of hill farmers.", labels=[NORTHERN, RARE])),
            ),
            spoken=[said("fiːl")],
        ),
    ),
    "hello": page(
        "hello",
        section(
            origin(
                "Altered from a hunters’ shout.",
                word(
                    "Interjection",
                    sense("The usual greeting.", "Hello, come in!", nyms=[("synonym", "hi"), ("antonym", "goodbye")]),
                    sense("Said when one picks up the telephone."),
                    forms=(alternative("hallo", DATED), alternative("hullo", UK)),
                ),
                word("Noun", sense("An act of greeting.", "a round of hellos"), forms=plural("hellos")),
                word("Verb", sense("To greet.", labels=[RARE]), forms=verb_forms("hellos", "helloing", "helloed")),
            ),
            spoken=[said("həˈləʊ", RP), said("həˈloʊ", AMERICAN), audio("En-us-hello.ogg", AMERICAN)],
        ),
    ),
    "bye": page(
        "bye",
        section(
            origin(
                "Clipped from goodbye.",
                word("Interjection", sense("Said on parting.", "Bye, see you Monday!", labels=[INFORMAL])),
            ),
            origin(
                "From a side way or side matter.",
                word(
                    "Noun",
                    sense("A place in the next round, had without playing.", "They drew a bye."),
                    sense("A run that the bat had no part in.", labels=[CRICKET]),
                    forms=plural("byes"),
                ),
            ),
            spoken=[said("baɪ")],
            homophones=["buy", "by"],
        ),
    ),
    "like": page(
        "like",
        section(
            origin(
                "From a verb that meant to please.",
                word(
                    "Verb",
                    sense(
                        "To find pleasant.", "Do you like plums?", labels=[TRANSITIVE], nyms=[("antonym", "dislike")]
                    ),
                    forms=verb_forms("likes", "liking", "liked"),
                ),
                word("Noun", sense("A mark of approval left on a page.", labels=[COMPUTING]), forms=plural("likes")),
            ),
            origin(
                "From a word for body or shape.",
                word(
                    "Adjective",
                    sense("Of the same kind.", "people of like mind"),
                    forms=(form("comparative", "liker"), form("superlative", "likest")),
                ),
                word("Preposition", sense("In the manner of.", "It shone like glass.")),
            ),
            spoken=[said("laɪk"), audio("En-uk-like.ogg", UK)],
        ),
        section(
            origin(
                "Of the same root as the English word.",
                word("Verb", sense("To like.", "Vi liker vinteren."), forms=(form("present tense", "liker"),)),
                word("Adverb", sense("Equally.", "like stor")),
            ),
            edition="norwegian-bokmål",
            spoken=[said("ˈliː.kə", lang="nb")],
        ),
    ),
    "love": page(
        "love",
        section(
            origin(
                "From a root that meant to care and to desire.",
                word(
                    "Noun",
                    sense(
                        "Deep affection.",
                        "their love for the old house",
                        labels=[UNCOUNTABLE],
                        since="from 9th c.",
                        nyms=[("synonym", "fondness"), ("antonym", "hatred")],
                        subs=[sense("Such a feeling joined with desire."), sense("The one who is so loved.")],
                    ),
                    sense("A way to address a stranger kindly.", labels=[INFORMAL, UK]),
                    forms=plural("loves"),
                    lists=(("derived", "lovelorn"), ("see_also", "heart")),
                ),
                word(
                    "Verb",
                    sense("To hold very dear.", "She loved the sea.", labels=[TRANSITIVE]),
                    forms=verb_forms("loves", "loving", "loved"),
                ),
            ),
            origin(
                "Perhaps from playing for nothing.",
                word("Noun", sense("No points at all.", "fifteen to love", labels=[TENNIS, UNCOUNTABLE])),
            ),
            spoken=[said("lʌv", RP), said("lʊv", NORTHERN), audio("En-us-love.ogg", AMERICAN)],
            rhyme="ʌv",
        ),
    ),
    "Love": page(
        "Love",
        section(
            origin(
                "From the common noun, as a name.",
                word("Proper noun", sense("A family name."), forms=plural("Loves")),
            )
        ),
    ),
    "environmental": page(
        "environmental",
        section(
            origin(
                "Built on the noun for surroundings.",
                word(
                    "Adjective",
                    sense("Having to do with the natural world.", "environmental harm", nyms=[("synonym", "green")]),
                    sense("Of the surroundings of a thing."),
                    labels=labels("grammar", "not comparable"),
                    lists=(("derived", "environmentally"),),
                ),
            ),
            spoken=[said("ɪnˌvaɪɹənˈmɛntl̩", RP), said("ɛnˌvaɪɹənˈmɛntəl", AMERICAN)],
        ),
    ),
    "buzz": page(
        "buzz",
        section(
            origin(
                "From the sound.",
                word(
                    "Noun",
                    sense("The low hum of a bee.", nyms=[("synonym", "hum")]),
                    sense("Excited talk.", "The buzz was that he had left.", labels=[INFORMAL]),
                    forms=plural("buzzes"),
                    pronunciations=(said("bʊz", NORTHERN),),
                ),
                word(
                    "Verb",
                    sense("To hum as bees do.", "Flies buzzed at the pane.", labels=[INTRANSITIVE]),
                    forms=verb_forms("buzzes", "buzzing", "buzzed"),
                ),
            ),
            origin("From a maker’s name.", word("Noun", sense("A close haircut."), forms=plural("buzzes"))),
            spoken=[said("bʌz"), audio("En-us-buzz.ogg", AMERICAN)],
        ),
    ),
    "ambition": page(
        "ambition",
        section(
            origin(
                "From a word for going round to ask for votes.",
                word(
                    "Noun",
                    sense("A strong wish to get on.", "a clerk without ambition", labels=[UNCOUNTABLE]),
                    sense("What one so wishes for.", "Her ambition was to fly.", labels=[COUNTABLE]),
                    forms=plural("ambitions"),
                ),
                word(
                    "Verb",
                    sense("To wish for.", labels=[RARE]),
                    forms=verb_forms("ambitions", "ambitioning", "ambitioned"),
                ),
            ),
            spoken=[said("æmˈbɪʃ.ən")],
        ),
    ),
    "determine": page(
        "determine",
        section(
            origin(
                "From a verb for setting bounds.",
                word(
                    "Verb",
                    sense("To settle.", "Chance determined it.", labels=[TRANSITIVE], nyms=[("synonym", "decide")]),
                    sense("To find out.", "We must determine the cause.", since="from 17th c."),
                    forms=verb_forms("determines", "determining", "determined"),
                ),
            ),
            spoken=[said("dɪˈtɜː.mɪn", RP), said("dɪˈtɝ.mɪn", AMERICAN)],
        ),
    ),
    "liebeln": page(
        "liebeln",
        section(
            origin("From the verb for loving.", word("Verb", sense("To flirt."))),
            edition="german",
            spoken=[said("ˈliː.bəln", lang="de")],
        ),
    ),
}

SEE_ALSO: Mapping[str, tuple[str, ...]] = {"love": ("Love",), "Love": ("love",), "liebeln": ("Liebeln",)}
REDIRECTS: Mapping[str, str] = {"well_hello": "hello"}
