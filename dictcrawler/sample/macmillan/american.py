"""The American edition: invented entries, written for this project.

``PAGES`` are the pages in alphabetical order; ``SERVED_BY_BARE_WORD`` names the homograph served at the address of the
word without its number; ``REDIRECTS`` are inflected forms and other spellings.
"""

from __future__ import annotations

from dictcrawler.model import Box, LexicalEntry
from dictcrawler.sample.macmillan.authoring import (
    COUNTABLE,
    FORMAL,
    INFORMAL,
    INTRANSITIVE,
    SPOKEN,
    TRANSITIVE,
    UNCOUNTABLE,
    domain,
    embedded,
    entry,
    ex,
    grammar,
    noun_forms,
    region,
    restriction,
    run_on,
    said,
    sense,
    verb_forms,
)

GREETINGS = ("Greetings and farewells", (("hello", "hello__1"), ("hi", "hi_1__1"), ("good morning", "good-morning__1")))
PARTINGS = ("Ways of saying goodbye", (("goodbye", "goodbye_1__1"), ("bye", "bye__1"), ("so long", "so-long__1")))
FRUIT = ("Kinds of fruit", (("apple", "apple__1"), ("banana", "banana__1"), ("pear", "pear__1")))
FONDNESS = ("To be fond of someone", (("love", "love_1__1"), ("care for", "care-for__2"), ("cherish", "cherish__1")))
ENJOYING = ("To enjoy something", (("like", "like_2__1"), ("love", "love_1__8"), ("relish", "relish_2__1")))
FEELINGS = ("Strong feelings", (("passion", "passion__1"), ("love", "love_2__1"), ("longing", "longing_1__1")))
PHONING = ("To use a telephone", (("call", "call_2__1"), ("ring", "ring_1__4"), ("dial", "dial_2__1")))
SHOUTING = ("To speak in a loud voice", (("call", "call_2__7"), ("shout", "shout_1__1"), ("yell", "yell_1__1")))
NOISES = ("Continuous noises", (("buzz", "buzz_1__1"), ("hum", "hum_2__1"), ("drone", "drone_1__1")))
AIMS = ("Plans and hopes", (("ambition", "ambition__1"), ("goal", "goal__2"), ("dream", "dream_1__5")))
DECIDING = ("To decide something", (("determine", "determine__3"), ("settle", "settle_1__2"), ("choose", "choose__1")))

PAGES: tuple[tuple[LexicalEntry, ...], ...] = (
    entry(
        "ambition",
        "ambition",
        "noun",
        sense(
            "something that you hope very much to do or become one day",
            ex("Her ambition is to sail alone around the island.", "ambition is to do something"),
            "He gave up his political ambitions after the vote.",
            ex("They never fulfilled their ambition to own a bakery.", "fulfill/achieve an ambition"),
            labels=[COUNTABLE],
            thesaurus=[AIMS],
        ),
        sense(
            "the strong wish to be successful, rich, or powerful",
            "The new manager is full of ambition.",
            ex("With so little ambition, he was happy to stay a clerk.", gloss="not wanting to get ahead"),
            labels=[UNCOUNTABLE],
        ),
        stars=2,
        spoken=[said("æmˈbɪʃ(ə)n", "ambition")],
        forms=noun_forms("ambition", "ambitions"),
        boxes=[
            Box(
                kind="collocations",
                title="Collocates: ambition",
                text="Adjectives frequently used with ambition burning, great, lifelong, secret, thwarted",
                examples=(),
            )
        ],
        related=["ambitious", "ambitionless"],
    ),
    entry(
        "ambitious",
        "ambitious",
        "adjective",
        sense(
            "wanting very much to be successful",
            "an ambitious young chef",
            ex("My parents were ambitious for all four of us.", "ambitious for"),
        ),
        sense(
            "difficult to do because it needs a lot of work, money, or skill",
            "The plan to rebuild the harbor in a year was too ambitious.",
        ),
        stars=1,
        spoken=[said("æmˈbɪʃəs", "ambitious")],
        children=[
            run_on(
                "ambitiously",
                "adverb",
                "The company had expanded too ambitiously.",
                spoken=said(None, "ambitiously"),
            ),
            run_on("ambitiousness", "noun", spoken=said("æmˈbɪʃəsnəs", "ambitiousness")),
        ],
        related=["ambition"],
    ),
    entry(
        "apple",
        "apple",
        "noun",
        sense(
            "a hard round fruit with white flesh and a smooth red, green, or yellow skin",
            "She cut the apple into four pieces.",
            ex("We planted two apple trees behind the shed.", "apple tree/orchard"),
            labels=[grammar("countable/uncountable")],
            thesaurus=[FRUIT],
            subs=[
                sense(
                    "the soft inside part of this fruit, used as food",
                    "pancakes filled with apple and raisins",
                    labels=[UNCOUNTABLE],
                )
            ],
        ),
        stars=1,
        spoken=[said("ˈæp(ə)l", "apple")],
        forms=noun_forms("apple", "apples"),
        phrases=["the apple of someone’s eye"],
        related=["apple pie", "apple butter"],
    ),
    entry(
        "apple-pie",
        "apple pie",
        "noun",
        sense(
            "a sweet baked dish with pieces of apple under a pastry crust",
            "Grandpa always takes a second slice of apple pie.",
            labels=[grammar("countable/uncountable")],
        ),
        spoken=[said(None, "apple_pie")],
        related=["apple"],
    ),
    entry(
        "banana",
        "banana",
        "noun",
        sense(
            "a long curved fruit with a thick yellow skin",
            "He peeled a banana for the baby.",
            ex("Step over that banana skin!", "banana skin/peel"),
            labels=[COUNTABLE],
            thesaurus=[FRUIT],
        ),
        sense(
            "the large tropical plant that this fruit grows on",
            labels=[COUNTABLE, domain("botany")],
        ),
        spoken=[said("bəˈnænə", "banana")],
        forms=noun_forms("banana", "bananas"),
        see_also=[("go bananas", "go-bananas")],
    ),
    entry(
        "buzz_1",
        "buzz",
        "noun",
        sense(
            "a low continuous sound like the one that a bee makes",
            "the sleepy buzz of insects in the grass",
            indicator="sound",
            labels=[grammar("singular")],
            thesaurus=[NOISES],
        ),
        sense(
            "a strong feeling of excitement or pleasure",
            ex("I get a real buzz from climbing.", "get a buzz from/out of something"),
            ex("There was a buzz about the place.", gloss="everyone seemed excited"),
            indicator="excitement",
            labels=[grammar("singular"), INFORMAL],
            subs=[
                sense(
                    "a pleasant feeling that comes from drinking coffee or alcohol",
                    "One espresso is enough to give me a buzz.",
                    variant="a caffeine buzz",
                ),
                sense(
                    "talk or rumors that everyone is interested in",
                    "The buzz is that she is leaving the band.",
                    variant="the buzz",
                    labels=[region("American")],
                ),
            ],
        ),
        sense(
            "a phone call",
            ex("Give me a buzz when your train gets in.", "give someone a buzz"),
            indicator="phone call",
            labels=[grammar("singular"), SPOKEN],
            thesaurus=[("Telephone calls", (("call", "call_1__1"), ("ring", "ring_2__3"), ("buzz", "buzz_1__10")))],
        ),
        sense(
            "a short burst of online attention for a product before it is sold",
            "Their teaser got plenty of buzz overnight.",
            indicator="attention online",
            contributor="Marisol, Uruguay, 03/11/2017",
        ),
        stars=1,
        spoken=[said("bʌz", "buzz")],
        forms=noun_forms("buzz", "buzzes"),
        homographs=["buzz_2"],
        related=["buzz cut"],
    ),
    entry(
        "buzz_2",
        "buzz",
        "verb",
        sense(
            "to make a low continuous sound like a bee",
            "A wasp buzzed against the window.",
            ex("The office was buzzing with rumors.", "buzz with"),
            labels=[INTRANSITIVE],
            thesaurus=[NOISES],
        ),
        sense(
            "to call someone with an electric signal",
            "Buzz the nurse if you need anything.",
            labels=[grammar("intransitive/transitive")],
        ),
        sense(
            "to fly an aircraft very low over a place",
            labels=[TRANSITIVE, INFORMAL, domain("aviation")],
        ),
        spoken=[said("bʌz", "buzz")],
        forms=verb_forms("buzz", "buzzes", "buzzing", "buzzed", "buzzed"),
        children=[
            embedded(
                "buzz off",
                sense(
                    "used for rudely telling someone to go away",
                    "Buzz off and let me work!",
                    labels=[INTRANSITIVE, SPOKEN],
                ),
            )
        ],
        homographs=["buzz_1"],
        related=["buzz cut"],
    ),
    entry(
        "bye",
        "bye",
        "interjection",
        sense(
            "used when you or someone else is leaving, or at the end of a phone call",
            "Bye, Lena, drive safely!",
            ex("Bye for now.", gloss="until we talk again"),
            labels=[SPOKEN],
            thesaurus=[PARTINGS],
        ),
        stars=2,
        labels=[INFORMAL],
        spoken=[said("baɪ", "bye")],
        related=["bye-bye"],
    ),
    entry(
        "bye-bye",
        "bye-bye",
        "interjection",
        sense("goodbye", kind="same_as", labels=[INFORMAL]),
        spoken=[said("ˌbaɪ ˈbaɪ", "bye_bye")],
        related=["bye"],
    ),
    entry(
        "call_1",
        "call",
        "noun",
        sense(
            "an act of speaking to someone by telephone",
            "I had three calls before breakfast.",
            ex("She has to make a quick call to the bank.", "make a call to"),
            ex("There is a call for you on line two.", "call for"),
            indicator="by telephone",
            labels=[COUNTABLE],
            thesaurus=[("Telephone calls", (("call", "call_1__1"), ("ring", "ring_2__3"), ("buzz", "buzz_1__10")))],
        ),
        sense(
            "a loud shout or sound that someone makes to get attention",
            "They heard a call from the far bank of the river.",
            indicator="shout",
            labels=[COUNTABLE],
            subs=[
                sense(
                    "the sound that a particular bird or animal makes",
                    "the soft call of a dove",
                    labels=[domain("zoology")],
                )
            ],
        ),
        sense(
            "a decision, especially one that is hard to make",
            ex("Leave or stay, it is your call.", "someone’s call", "they must decide"),
            indicator="decision",
            labels=[COUNTABLE, INFORMAL],
        ),
        stars=3,
        spoken=[said("kɔl", "call")],
        forms=noun_forms("call", "calls"),
        phrases=["be on call", "a close call"],
        homographs=["call_2"],
        related=["call center", "curtain call"],
    ),
    entry(
        "call_2",
        "call",
        "verb",
        sense(
            "to telephone someone",
            "Call me when you land.",
            ex("He called his sister with the good news.", "call someone with something"),
            indicator="to telephone",
            labels=[grammar("intransitive/transitive")],
            thesaurus=[PHONING],
        ),
        sense(
            "to use a particular name for someone or something",
            ex("They called the boat Sunrise.", "call someone/something something"),
            ex("What is this tool called?", "be called something"),
            indicator="to name",
            labels=[TRANSITIVE],
        ),
        sense(
            "to say something in a loud voice",
            "Somebody called my name.",
            ex("“Wait!” she called to the driver.", "call to"),
            indicator="to shout",
            labels=[grammar("intransitive/transitive")],
            thesaurus=[SHOUTING],
            subs=[
                sense(
                    "to ask someone to come to you",
                    "The principal called both boys into her office.",
                    labels=[TRANSITIVE],
                ),
            ],
        ),
        sense(
            "to decide that something such as an election or a strike will take place",
            "The miners have called a meeting for Friday.",
            indicator="to announce",
            labels=[TRANSITIVE],
        ),
        stars=3,
        spoken=[said("kɔl", "call")],
        forms=verb_forms("call", "calls", "calling", "called", "called"),
        phrases=["call it a day", "call the shots"],
        phrasal_verbs=["call for"],
        children=[
            embedded(
                "call back",
                sense(
                    "to telephone someone again, or because they telephoned you",
                    "I will call you back in ten minutes.",
                    labels=[grammar("intransitive/transitive")],
                ),
            ),
            embedded(
                "call off",
                sense(
                    "to decide that something planned will not happen",
                    "The picnic was called off because of the storm.",
                    labels=[TRANSITIVE],
                ),
                sense(
                    "to tell a dog or a person to stop attacking",
                    "Call off your dog!",
                    labels=[TRANSITIVE],
                ),
            ),
        ],
        homographs=["call_1"],
        related=["called", "caller"],
    ),
    entry(
        "call-for",
        "call for",
        "phrasal verb",
        sense(
            "to say in public that something must happen",
            "Several teachers called for a longer break.",
            labels=[TRANSITIVE],
        ),
        sense(
            "to need something in order to be done well",
            ex("A job like this calls for patience.", "call for something"),
            labels=[TRANSITIVE],
            thesaurus=[
                ("To need something", (("need", "need_1__1"), ("require", "require__1"), ("take", "take_1__9")))
            ],
        ),
        forms=verb_forms("call for", "calls for", "calling for", "called for", "called for"),
    ),
    entry(
        "call-it-a-day",
        "call it a day",
        "phrase",
        sense(
            "to stop working because you are tired or have done enough",
            "It was getting dark, so we called it a day.",
            labels=[INFORMAL],
        ),
        see_also=[("call", "call_2")],
    ),
    entry(
        "determine",
        "determine",
        "verb",
        sense(
            "to be the thing that decides how something turns out",
            "The price of flour determines the price of bread.",
            labels=[TRANSITIVE],
        ),
        sense(
            "to find out the facts about something",
            ex("Tests determined that the water was safe.", "determine that"),
            ex("Officials could not determine what had started the fire.", "determine what/how/whether"),
            labels=[TRANSITIVE, FORMAL],
            thesaurus=[DECIDING, ("To find something out", (("discover", "discover__1"), ("learn", "learn__3")))],
        ),
        stars=3,
        labels=[restriction("never progressive")],
        spoken=[said("dɪˈtɜrmɪn", "determine")],
        forms=verb_forms("determine", "determines", "determining", "determined", "determined"),
    ),
    entry(
        "environmental",
        "environmental",
        "adjective",
        sense(
            "relating to the land, water, and air around us",
            "the environmental cost of cheap flights",
            ex("She runs an environmental group in Nevada.", "environmental group/campaigner"),
            labels=[restriction("usually before noun")],
            subs=[
                sense(
                    "intended to prevent damage to nature",
                    "environmental laws",
                    labels=[restriction("only before noun")],
                )
            ],
        ),
        sense(
            "caused by the conditions in which someone lives",
            "Some allergies have environmental causes.",
            labels=[domain("medical"), FORMAL],
        ),
        stars=3,
        spoken=[said("ɪnˌvaɪrənˈment(ə)l", "environmental")],
        children=[
            run_on(
                "environmentally",
                "adverb",
                ex("They want a car that is environmentally friendly.", "environmentally friendly/sound"),
                spoken=said("ɪnˌvaɪrənˈment(ə)li", "environmentally"),
            )
        ],
    ),
    entry(
        "feel_1",
        "feel",
        "verb",
        sense(
            "to have a particular emotion or physical feeling",
            "I feel a little dizzy.",
            ex("Nobody felt like dancing.", "feel like doing something", "wanted to dance"),
            ex("She felt sorry for the losing team.", "feel sorry for someone"),
            indicator="emotion",
            labels=[grammar("linking verb")],
        ),
        sense(
            "to touch something in order to find out about it",
            "Feel how cold my hands are.",
            indicator="touch",
            labels=[TRANSITIVE],
            subs=[
                sense(
                    "to search for something with your fingers",
                    ex("He felt in his pocket for the key.", "feel for"),
                    labels=[INTRANSITIVE],
                )
            ],
        ),
        sense(
            "to have a particular opinion",
            ex("Most voters feel that the tax is unfair.", "feel that"),
            indicator="opinion",
            labels=[grammar("intransitive/transitive"), restriction("never passive")],
        ),
        stars=3,
        spoken=[said("fil", "feel")],
        forms=verb_forms("feel", "feels", "feeling", "felt", "felt"),
        boxes=[
            Box(
                kind="metaphor",
                title="Metaphor: feel",
                text="Being happy is like being high up. Being sad is like being low down.",
                examples=(
                    ex("My spirits rose when I saw the lake."),
                    ex("He has been down since the move."),
                    ex("The news lifted everyone."),
                ),
            ),
            Box(
                kind="usage",
                title="Get it right: feel",
                text="Use an adjective after feel, not an adverb, to say what mood someone is in.",
                examples=(ex("I feel sad about the old school."),),
            ),
        ],
        homographs=["feel_2"],
        related=["feel-good"],
    ),
    entry(
        "feel_2",
        "feel",
        "noun",
        sense(
            "the way that something seems when you touch it",
            "I like the feel of wet sand.",
            labels=[grammar("singular")],
        ),
        sense(
            "the character that a place or thing seems to have",
            ex("The café has a homey feel.", "have a … feel"),
            variant="the feel of something",
            labels=[grammar("singular")],
        ),
        spoken=[said("fil", "feel")],
        phrases=["get a feel for something"],
        homographs=["feel_1"],
        related=["feel-good"],
    ),
    entry(
        "felt_1", "felt", "", sense("the past tense and past participle of feel", kind="form_of"), homographs=["felt_2"]
    ),
    entry(
        "felt_2",
        "felt",
        "noun",
        sense("a thick cloth made of pressed wool or fur", "a hat made of gray felt", labels=[UNCOUNTABLE]),
        spoken=[said("felt", "felt")],
        homographs=["felt_1"],
    ),
    entry(
        "hello",
        "hello",
        "interjection",
        sense(
            "used when you meet someone or begin to talk on the telephone",
            "Hello, is this the right bus?",
            "“Hello?” said a voice at the other end.",
            labels=[SPOKEN],
            thesaurus=[GREETINGS],
        ),
        sense(
            "used for getting the attention of someone you cannot see",
            "Hello! Is anybody down there?",
            usage="Say it on a rising tone.",
        ),
        stars=2,
        spoken=[
            said("heˈloʊ", "hello", "american", region("American")),
            said("həˈləʊ", "hello", "british", region("British")),
        ],
        see_also=[("hi", "hi_1"), ("goodbye", "goodbye_1")],
        counterpart=True,
    ),
    entry(
        "hi_1",
        "hi",
        "interjection",
        sense(
            "a friendly word that you use when you see someone you know",
            "Hi, Tomas, come on in.",
            ex("Say hi to your cousins for me.", "say hi to someone"),
            labels=[SPOKEN],
            thesaurus=[GREETINGS],
        ),
        stars=2,
        labels=[INFORMAL],
        spoken=[said("haɪ", "hi")],
        homographs=["hi_2"],
    ),
    entry(
        "hi_2",
        "hi",
        "noun",
        sense("a short friendly greeting", "We swapped a few hurried his.", labels=[COUNTABLE, INFORMAL]),
        spoken=[said("haɪ", "hi")],
        homographs=["hi_1"],
    ),
    entry(
        "like_1",
        "like",
        "adjective, adverb, conjunction, preposition",
        sense(
            "similar to someone or something else",
            "The clouds looked like sheep.",
            ex("What is your new teacher like?", "what is someone/something like"),
            indicator="similar",
            thesaurus=[("Similar things", (("like", "like_1__1"), ("alike", "alike_1__1"), ("akin to", "akin__1")))],
        ),
        sense(
            "such as",
            "Green vegetables like spinach are good for you.",
            indicator="for example",
            labels=[SPOKEN],
        ),
        sense(
            "in the same way as",
            "Nobody bakes bread like my uncle does.",
            usage="Careful writers prefer as in this meaning.",
            indicator="in the same way",
            labels=[INFORMAL],
        ),
        stars=3,
        spoken=[
            said("laɪk", "like", "american"),
        ],
        homographs=["like_2", "like_3"],
        phrases=["nothing like", "more like"],
    ),
    entry(
        "like_2",
        "like",
        "verb",
        sense(
            "to think that someone or something is pleasant",
            "Do you like mango?",
            ex("My neighbor likes telling jokes.", "like doing something"),
            ex("I like to get up before the birds.", "like to do something"),
            labels=[TRANSITIVE, restriction("never progressive")],
            thesaurus=[ENJOYING, FONDNESS],
        ),
        sense(
            "to press a button to show that you enjoyed something online",
            "Forty people liked her photo.",
            labels=[TRANSITIVE, domain("computing")],
        ),
        stars=3,
        spoken=[said("laɪk", "like")],
        forms=verb_forms("like", "likes", "liking", "liked", "liked"),
        homographs=["like_1", "like_3"],
        phrases=["if you like"],
    ),
    entry(
        "like_3",
        "like",
        "noun",
        sense(
            "the things that someone enjoys",
            "The form asks about your likes and dislikes.",
            variant="likes",
            labels=[grammar("plural")],
        ),
        spoken=[said("laɪk", "like")],
        forms=noun_forms("like", "likes"),
        homographs=["like_1", "like_2"],
    ),
    entry(
        "love_1",
        "love",
        "verb",
        sense(
            "to feel deep affection for someone, often in a romantic way",
            "He has loved her since college.",
            ex("They love their grandchildren dearly.", "love someone dearly"),
            labels=[restriction("never progressive")],
            thesaurus=[FONDNESS],
            subs=[
                sense(
                    "to feel that a place, idea, or animal matters a great deal to you",
                    "She loved that noisy little town.",
                )
            ],
        ),
        sense(
            "to enjoy something very much",
            "Kids love puddles.",
            ex("We would love to see the northern lights.", "love to do something"),
            ex("My brother loves fixing clocks.", "love doing something"),
            ex("I would love a cup of tea.", gloss="would like one very much"),
            labels=[SPOKEN, restriction("never passive")],
            thesaurus=[ENJOYING, FONDNESS],
        ),
        stars=3,
        labels=[TRANSITIVE],
        spoken=[said("lʌv", "love")],
        forms=verb_forms("love", "loves", "loving", "loved", "loved"),
        phrases=["I’d love to", "love to hate"],
        boxes=[
            Box(
                kind="collocations",
                title="Collocates: love",
                text="Adverbs frequently used with love fiercely, secretly, tenderly",
                examples=(),
            ),
            Box(
                kind="metaphor",
                title="Metaphor: love",
                text="Love is like a journey that two people make together.",
                examples=(
                    ex("Their marriage had reached a dead end."),
                    ex("We have come a long way, you and I."),
                ),
            ),
        ],
        homographs=["love_2"],
        related=["love seat", "lovebird", "puppy love"],
        counterpart=True,
    ),
    entry(
        "love_2",
        "love",
        "noun",
        sense(
            "a very strong feeling of affection and attraction",
            "It was love that made them stay.",
            ex("his love for a woman he had never met", "love for"),
            indicator="affection",
            labels=[UNCOUNTABLE],
            thesaurus=[FEELINGS],
        ),
        sense(
            "great enjoyment of something",
            ex("a love of old maps", "love of"),
            indicator="enjoyment",
            labels=[grammar("singular/uncountable")],
            subs=[
                sense(
                    "something that you enjoy very much",
                    "Chess and gardening are her great loves.",
                    labels=[COUNTABLE],
                )
            ],
        ),
        sense(
            "a score of zero in tennis",
            ex("She leads by three games to love.", gloss="no games"),
            indicator="in tennis",
            labels=[UNCOUNTABLE, domain("sports")],
        ),
        sense(
            "a friendly way of talking to someone",
            "Are you all right, love?",
            indicator="way of talking to someone",
            labels=[region("British"), SPOKEN],
        ),
        stars=3,
        spoken=[said("lʌv", "love")],
        forms=noun_forms("love", "loves"),
        phrases=["fall in love", "there is no love lost between someone and someone"],
        homographs=["love_1"],
        related=["love seat", "lovebird", "puppy love"],
        counterpart=True,
    ),
)

SERVED_BY_BARE_WORD = {
    "buzz": "buzz_1",
    "call": "call_2",
    "feel": "feel_1",
    "felt": "felt_1",
    "hi": "hi_1",
    "like": "like_1",
    "love": "love_1",
}
REDIRECTS = {
    "ambitions": "ambition",
    "apples": "apple",
    "bananas": "banana",
    "calls": "call_2",
    "calling": "call_2",
    "determines": "determine",
    "determining": "determine",
    "feels": "feel_1",
    "hallo": "hello",
    "loves": "love_1",
    "loving": "love_1",
}
