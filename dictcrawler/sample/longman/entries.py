"""Invented entries, written for this project: ``PAGES`` in alphabetical order.

``REDIRECTS`` maps inflected forms to the address they redirect to.
"""

from __future__ import annotations

from dictcrawler.sample.longman.authoring import (
    AMERICAN,
    BRITISH,
    COUNTABLE,
    INFORMAL,
    INTRANSITIVE,
    SPOKEN,
    TRANSITIVE,
    UNCOUNTABLE,
    collocations,
    corpus,
    domain,
    entry,
    ex,
    form,
    note,
    page,
    run_on,
    said,
    sense,
    thesaurus,
)

REDIRECTS = {"apples": "apple", "called": "call", "felt": "feel", "loves": "love", "hullo": "hello"}

PAGES = (
    page(
        entry(
            "ambition",
            "noun",
            sense(
                "a thing you have long wished to do and are working towards",
                "Her one ambition was to cross the lake by balloon.",
                ex("He nursed an ambition to keep bees.", "ambition to do something"),
                ex("She has realised every ambition.", "realise an ambition", "do what you hoped to do"),
                labels=[COUNTABLE],
                synonyms=["aim", "dream"],
            ),
            sense("the wish to get far in life", labels=[UNCOUNTABLE], opposites=["apathy"]),
            hyphenation="am‧bi‧tion",
            frequency="●●○ W3",
            spoken=said("ambition", "æmˈbɪʃən"),
            boxes=[
                collocations(
                    ex("We all harbour an ambition or two.", "harbour an ambition", "have one in secret", "verbs"),
                    ex("thwart somebody’s ambition", "thwart somebody’s ambition", None, "verbs"),
                    ex("Seeing snow was his lifelong ambition.", "lifelong ambition", None, "adjectives"),
                )
            ],
            origin="Old Borrish ambire to walk about for votes",
        ),
        family=[("noun", "ambitiousness"), ("adjective", "ambitious"), ("adverb", "ambitiously")],
    ),
    page(
        entry(
            "apple",
            "noun",
            sense(
                "a round fruit that is crisp and pale inside, with skin that may be red, green or yellow",
                "Two apples rolled under the cart.",
                labels=[COUNTABLE, UNCOUNTABLE],
                see=["crab apple", "the apple of somebody’s eye"],
            ),
            hyphenation="ap‧ple",
            labels=[domain("Fruit"), domain("Plants")],
            frequency="●●○",
            spoken=said("apple", "ˈæpəl"),
        )
    ),
    page(
        entry(
            "banana",
            "noun",
            sense("a long bent fruit whose thick skin turns from green to yellow", "The monkey peeled a banana."),
            sense("", labels=[INFORMAL], see=["go bananas"]),
            hyphenation="ba‧na‧na",
            labels=[domain("Fruit")],
            spoken=said("banana", "bəˈnɑːnə", "-ˈnæ-"),
        )
    ),
    page(
        entry(
            "buzz",
            "verb",
            sense(
                "to make the long humming noise of a bee or a small motor",
                "A wasp was buzzing inside the lamp.",
                signpost="hum",
                labels=[INTRANSITIVE],
            ),
            sense(
                "",
                signpost="be lively",
                subs=[
                    sense("if a place buzzes, much is going on in it", "By noon the harbour was buzzing."),
                    sense(
                        "if your head buzzes, you cannot stop thinking",
                        ex("My head buzzed with new plans.", "buzz with something"),
                        labels=[SPOKEN],
                    ),
                ],
            ),
            homograph="1",
            frequency="●○○ S3",
            spoken=said("buzz", "bʌz"),
            phrasal_verbs=["buzz around", "buzz off"],
            boxes=[
                corpus("buzz", "Flies buzzed over the pears.", "Two phones began to buzz at once."),
                corpus("buzz with something", "The hall buzzed with talk."),
            ],
        ),
        entry(
            "buzz",
            "noun",
            sense("to telephone a friend", "Give us a buzz from the pier.", unit="give somebody a buzz"),
            homograph="2",
            labels=[INFORMAL, BRITISH],
            spoken=said("buzz", "bʌz"),
        ),
        entry(
            "buzz",
            "noun",
            sense(
                "talk about a product that makes people want it before it is on sale",
                "The trailer made plenty of buzz for a film without actors.",
                labels=[UNCOUNTABLE, domain("MARKETING")],
            ),
            business=True,
        ),
        family=[("noun", "buzzer")],
    ),
    page(
        entry(
            "bye",
            "interjection",
            sense("you say this as you leave", "Bye, Tom, mind the step!", labels=[SPOKEN], opposites=["hello"]),
            frequency="●●● S1",
            spoken=said("bye", "baɪ"),
            forms=[form("also", "bye-bye")],
            see=["by and large"],
        )
    ),
    page(
        entry(
            "call",
            "verb",
            sense(
                "to reach somebody by telephone",
                ex("She called the vet about the goat.", "call somebody/something"),
                signpost="telephone",
                labels=[INTRANSITIVE, TRANSITIVE],
                synonyms=["phone", "ring"],
            ),
            sense("", signpost="shout", see=["call out"]),
            sense("to end your work", "It is dark, so let us call it a day.", unit="call it a day", labels=[SPOKEN]),
            homograph="1",
            frequency="●●● S1 W1",
            spoken=said("call", "kɔːl", "kɒːl"),
            phrasal_verbs=["call back", "call off"],
            alike="Meaning 1: to telephone somebody",
            boxes=[
                note("register", "Register", "In letters to a firm people write telephone:", "Please telephone us."),
                thesaurus("call", "to reach a person by telephone", "I shall call at six."),
                thesaurus("dial", "to press the numbers", "He dialled with his nose."),
                corpus("call", "The school called twice.", "Who called?"),
            ],
            origin="Early Borrish kalla",
        ),
        entry(
            "call",
            "noun",
            sense("a talk by telephone", ex("There is a call for you.", "call for somebody"), signpost="telephone"),
            sense("the sound that an animal makes", "An owl’s call woke us.", signpost="animal", see=["birdsong"]),
            homograph="2",
            frequency="●●● S1 W1",
            labels=[COUNTABLE],
            spoken=said("call", "kɔːl", "kɒːl"),
        ),
        entry(
            "call",
            "noun",
            sense(
                "the right to buy shares on a later day at a price fixed now",
                ex("He sold a call on ten tons of copper.", "call on something"),
                labels=[COUNTABLE, domain("FINANCE")],
                opposites=["put"],
            ),
            business=True,
            spoken=said("call", "kɔːl"),
        ),
        family=[("noun", "caller"), ("verb", "recall")],
    ),
    page(
        entry(
            "determine",
            "verb",
            sense(
                "to find out how something is",
                ex("The divers determined that the wreck was a barge.", "determine that"),
                labels=[TRANSITIVE, domain("SCIENCE")],
            ),
            hyphenation="de‧ter‧mine",
            frequency="●●● W1",
            spoken=said("determine", "dɪˈtɜːmən", "-ɜːr-"),
            boxes=[note("grammar", "GRAMMAR: Progressive", "Determine is not used in the progressive.")],
            run_ons=[run_on("determinable", "adjective", "Its age is not determinable.")],
        ),
        family=[("noun", "determination"), ("adjective", "determined")],
    ),
    page(
        entry(
            "environmental",
            "adjective",
            sense(
                "about the land, water and air in which people, animals and plants live",
                ex("The environmental damage can be seen from the moon.", "environmental damage/impact"),
            ),
            hyphenation="en‧vi‧ron‧men‧tal",
            labels=[domain("Environment")],
            frequency="●●● W2",
            spoken=said("environmental", "ɪnˌvaɪrənˈmentl"),
            run_ons=[run_on("environmentally", "adverb")],
        )
    ),
    page(
        entry(
            "feel",
            "verb",
            sense(
                "to have a mood or notice a state of your body",
                "I feel cold when the wind turns.",
                ex("Do you feel like a stranger here?", "feel like somebody/something"),
                signpost="mood/body",
                labels=[INTRANSITIVE],
            ),
            sense("to touch a thing in order to learn about it", "Feel this wool.", signpost="touch"),
            homograph="1",
            frequency="●●● S1 W1",
            spoken=said("feel", "fiːl"),
            forms=[form("past tense", "felt"), form("past participle", "felt")],
            phrasal_verbs=["feel for"],
            alike="Meaning 2: to touch something",
            boxes=[
                thesaurus("feel", "to touch in order to learn something", "She felt the baby’s brow."),
                thesaurus("finger", "to move your fingers over something", "He fingered the coins in his pocket."),
            ],
        ),
        entry(
            "feel",
            "noun",
            sense("the way a thing seems when you touch it", ex("He knew the feel of oak.", "the feel of something")),
            homograph="2",
            labels=[COUNTABLE],
            spoken=said("feel", "fiːl"),
        ),
    ),
    page(
        entry(
            "hello",
            "interjection, noun",
            sense("you say this when you meet somebody", "Hello! Is that your boat?", labels=[SPOKEN]),
            sense("to have a short friendly talk", "Come over and say hello.", unit="say hello"),
            hyphenation="hel‧lo",
            frequency="●●● S1",
            spoken=said("hello", "heˈləʊ", "-ˈloʊ"),
            forms=[form("also", "hallo", INFORMAL), form("also", "hullo", BRITISH)],
        )
    ),
    page(
        entry(
            "hi",
            "interjection",
            sense("hello, to people whom you know", "Hi, Mum.", labels=[SPOKEN, INFORMAL], synonyms=["hello"]),
            frequency="●●● S1",
            spoken=said("hi", "haɪ"),
        )
    ),
    page(
        entry(
            "like",
            "preposition",
            sense("much the same as another person or thing", "The cloud looked like a teapot.", opposites=["unlike"]),
            homograph="1",
            frequency="●●● S1 W1",
            spoken=said("like", "laɪk"),
            boxes=[note("grammar", "GRAMMAR: Comparing", "Before a noun use like:", "He swims like a frog.")],
        ),
        entry(
            "like",
            "verb",
            sense(
                "to find somebody or something pleasant",
                ex("My aunt likes driving at night.", "like doing something"),
                ex("She likes being alone.", "like doing something"),
                labels=[TRANSITIVE],
                synonyms=["enjoy"],
                opposites=["dislike"],
            ),
            homograph="2",
            frequency="●●● S1 W1",
            spoken=said("like", "laɪk"),
        ),
        family=[("noun", "liking"), ("adjective", "likeable")],
    ),
    page(
        entry(
            "love",
            "verb",
            sense("to be very fond of a person", "He loved her from the first wet Monday.", synonyms=["adore"]),
            homograph="1",
            frequency="●●● S1 W1",
            labels=[TRANSITIVE],
            spoken=said("love", "lʌv"),
            alike="Meaning 1: to be fond of somebody",
            boxes=[
                thesaurus("love", "to be very fond of somebody", "Grandad loved us all."),
                thesaurus("dote on", "to be so fond that you see no faults", "She dotes on that parrot."),
            ],
            origin="Old Borrish lufa",
        ),
        entry(
            "love",
            "noun",
            sense(
                "the feeling that ties you to a person who is dear to you",
                ex("His love for the sea began in a bath.", "love for/of something"),
                ex("They fell in love on a tram.", "fall in love", "begin to love each other"),
                "Love can make a wise man foolish.",
                signpost="feeling",
                labels=[UNCOUNTABLE],
            ),
            sense("no points in tennis", ex("She leads by thirty to love.", gloss="30–0"), signpost="tennis"),
            homograph="2",
            frequency="●●● S1 W1",
            spoken=said("love", "lʌv"),
            forms=[form("also", "luv", AMERICAN), form("plural", "loves")],
        ),
        family=[("noun", "lover"), ("adjective", "loving")],
    ),
)
