"""The labels that Wiktionary prints, by type.

The division is the source's own (Module:labels and its data: grammatical, register and usage, regional, topical).
"""

from __future__ import annotations

from dictcrawler.model import LabelType

WORDS: dict[LabelType, str] = {
    "grammar": """
        abbreviation, ablative, absolute, accusative, adjective, adverb, ambitransitive, an, anim, animal, as a noun,
        attributive, attributively, auxiliary, by ellipsis, c, cardinal, causative, classifier, clitic, collective,
        collectively, common, comparable, complement, conjunction, construct state, control verb, copulative,
        countable, countable and uncountable, dative, declinable, defective, deponent, determinate, determiner,
        ditransitive, dual, ellipsis, ergative, f, f pl, feminine, followed by "to", frequentative, gender-neutral,
        genitive, gerund, imperative, imperfective, impersonal, impf, in combination, in the plural, in the singular,
        inan, indeclinable, indefinite, indeterminate, infinitive, inseparable, instrumental, interjection,
        interrogative, intransitive, invariable, iterative, kana only, locative, m, m pl, masculine, mass noun, middle
        voice, modal, momentane, n, n pl, neuter, nominative, nonvir, not comparable, noun, numeral, nvir, object, of
        a person, optative, ordinal, participle, partitive, passive, perfective, pers, personal, pf, physically, pl,
        plural, plural only, plural-only, plurale tantum, possessive, postpositive, predicative, predicatively,
        preposition, prepositional, progressive, pronoun, proper noun, reciprocal, reflexive, relational, relative,
        semi-deponent, separable, sg, singular, singular only, singulare tantum, stative, strong, subjunctive,
        substantive, suru, transitive, transitive with of, translative, triggers lenition, uncomparable, uncountable,
        unergative, usually in the plural, verb, vir, vocative, weak, with a personal object
    """,
    "register": """
        abbreviated, affectionate, archaic, baby talk, cant, childish, childlike, colloquial, crude slang, dated,
        derogatory, disapproving, dysphemistic, endearing, ethnic slur, euphemism, euphemistic, familiar, fan slang,
        formal, hapax, historic, historical, honorific, humble, humorous, hyperbolic, informal, Internet slang,
        ironic, jargon, jocular, journalese, literary, mildly vulgar, military slang, minced oath, neologism, nonce
        word, nonstandard, obsolete, offensive, officialese, pejorative, poetic, polite, proscribed, rare, rhyming
        slang, sarcastic, self-deprecatory, slang, slur, standard, substandard, text messaging, text slang, uncommon,
        vulgar
    """,
    "region": """
        Acadia, Acadian, Aeolic, Afghanistan, Africa, African-American Vernacular, African-American Vernacular
        English, Algeria, Alsace, America, American, American English, American form, American spelling, Andalusia,
        Andes, Appalachia, Arcadocypriot, Argentina, Asia, Attic, AU, Australia, Australian, Australian English,
        Austria, Austrian, Azores, Bahamas, Balearic, Bali, Bavaria, Bavarian, Beijing, Belgium, Bengal, Berlin,
        Bermuda, Boeotian, Bohemia, Bolivia, Bosnia, Boston, Brazil, Brazilian, Britain, British, British English,
        British form, British spelling, Brunei, Byzantine, CA, Cajun, California, Cambodia, Canada, Canadian, Canadian
        English, Canadian spelling, Canary Islands, Cantonese, Caribbean, Castilian, Catalonia, Central America,
        Chile, China, Cockney, Colombia, Commonwealth, Commonwealth of Nations, Congo, Cornwall, Costa Rica, Cretan,
        Croatia, Cuba, Cypriot, Cyprus, Czechia, Dalmatia, Dari, Denmark, Devon, dialect, dialectal, Dominican
        Republic, Doric, East Asia, East Germany, Ecuador, Egypt, Ekavian, El Salvador, England, Epic, Estonia,
        Estuary English, Europe, Extremadura, Fiji, Finland, Flanders, Florence, France, Franconia, Fujian, Galicia,
        Gascon, General American, General Australian, Geordie, Georgia, Germany, Ghana, Gheg, Goa, Greater Poland,
        Greece, Guangdong, Guatemala, Guernsey, Guinea, Gulf, Guyana, Gyeongsang, Hainan, Haiti, Hakka, Hamgyong,
        Hanoi, Hawaii, Hejazi, Helsinki, Hesse, Hijazi, Hokkaido, Hokkien, Homeric, Honduras, Hong Kong, Huế, Iberia,
        Iceland, Ijekavian, Ikavian, India, Indonesia, Ionic, Iran, Iraq, Ireland, Irish, Isan, Isle of Man, Italy,
        Jamaica, Japan, Java, Jeju, Jeolla, Jersey, Jordan, Kajkavian, Kansai, Karelia, Kashmir, Kent, Kenya, Kerala,
        Koine, Korea, Kyoto, Kyushu, Kyūshū, Laconian, Lancashire, Languedoc, Laos, Lapland, Latin America, Latvia,
        Lebanon, Lesser Poland, Levant, Limousin, Lithuania, Liverpool, Lombardy, London, Louisiana, Luxembourg,
        Macau, Madagascar, Madrid, Mainland China, Majorca, Malaysia, Manchester, Manchuria, Mandarin, Manila,
        Mauritius, Mexico, Middle East, Midland US, Midlands, Min Nan, MLE, Moldova, Mongolia, Montenegro, Moravia,
        Morocco, Mozambique, Multicultural London English, Munster, Myanmar, Navarre, Netherlands, New England, New
        York, New York City, New Zealand, Newfoundland, Nicaragua, Nigeria, Norfolk, Normandy, North America, North
        Korea, Northern England, Northern English, Northern Ireland, Northern UK, Northumbria, Norway, NZ, Okinawa,
        Ontario, Orkney, Osaka, Ostrobothnia, Oxford British English, Oxford spelling, Pakistan, Palatinate,
        Palestine, Panama, Paraguay, Paris, Penang, Peru, Philippine, Philippines, Picardy, Piedmont, Podhale, Poland,
        Pomerania, Porto, Portugal, Prague, Provence, Prussia, Puerto Rico, Pyongan, Quanzhou, Quebec, Québec,
        Received Pronunciation, regional, Rio de Janeiro, Rioplatense, Romagna, Romania, Rome, RP, Ruhrgebiet, Russia,
        Réunion, Saigon, Sardinia, Savo, Saxony, Scandinavia, Scotland, Scots, Scottish, Scouse, Senegal, Serbia,
        Seville, Shanghai, Shetland, Shikoku, Sichuan, Sicily, Silesia, Singapore, Singlish, Slovakia, Slovenia,
        Somerset, South Africa, South America, South Asia, South Korea, Southern American English, Southern England,
        Southern US, Spain, Sri Lanka, Standard Canadian, Sudan, Sumatra, Suriname, Sussex, Swabia, Sweden, Swiss,
        Switzerland, Syria, São Paulo, Taiwan, Tajik, Tamil Nadu, Tartu, Tasmania, Tavastia, Tehran, Teochew, Texas,
        Thailand, Tibet, Tohoku, Tokyo, Tosk, Transylvania, Trinidad and Tobago, Tunisia, Turkey, Tuscany, Tyneside,
        Tyrol, U.K., U.S., Uganda, UK, Ukraine, Ulster, Uruguay, US, USA, Uzbekistan, Valencia, Valencian, Venezuela,
        Venice, Vienna, Vietnam, Wales, Wallachia, Wallonia, Warsaw, Welsh, West Country, West Midlands, Westphalia,
        Wu, Xiamen, Xiang, Yemen, Yorkshire, Zanzibar, Zhangzhou, Zimbabwe, Zürich, Åland
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
        insurance, international law, Internet, internet, Islam, jewelry, journalism, Judaism, judo, knitting, land
        art, law, law enforcement, legal, lexicography, LGBT, library science, linguistics, literature, logging,
        logic, logistics, machine learning, machining, magic, mahjong, malacology, management, manufacturing, marine
        biology, marketing, martial arts, masonry, mathematics, maths, mechanical engineering, mechanics, media,
        medicine, metallurgy, metalworking, metaphysics, meteorology, metrology, microbiology, military, mineralogy,
        mining, molecular biology, monarchy, Mormonism, motor racing, motorcycling, music, musical instruments,
        mycology, mythology, nautical, Nazism, networking, neuroanatomy, neurology, neuroscience, nobility, nuclear
        physics, number theory, numismatics, nutrition, obstetrics, occult, oil industry, oncology, online gaming,
        operating systems, ophthalmology, optics, organic chemistry, ornithology, paganism, painting, paleontology,
        paper, parapsychology, particle physics, pathology, performing arts, petrochemistry, petrology, pharmacology,
        pharmacy, philately, philosophy, phonetics, phonology, photography, physical chemistry, physics, physiology,
        planetology, plumbing, poetry, poker, politics, pool, pornography, pottery, printing, pro wrestling,
        probability theory, professional wrestling, programming, prosody, Protestantism, psychiatry, psychoanalysis,
        psychology, publishing, quantum mechanics, racing, radio, rail, rail transport, railways, real estate,
        religion, retail, rhetoric, road transport, robotics, role-playing games, Roman Catholicism, roofing, rowing,
        rugby, rugby league, rugby union, sailing, science, science fiction, sciences, Scientology, scouting,
        sculpture, seismology, semiotics, set theory, sewing, sex, sexuality, shipping, shooting, skateboarding,
        skating, skiing, slavery, snooker, snowboarding, soccer, social sciences, sociology, software, soil science,
        sound engineering, sport, sports, squash, statistical mechanics, statistics, stock exchange, stock market,
        sugar-making, surfing, surgery, surveying, swimming, systematics, table tennis, tarot, taxation, taxonomy,
        technical, technology, telecommunications, telegraphy, telephony, television, tennis, textiles, theater,
        theatre, theology, tiling, time, topology, tourism, toxicology, toys, trading, transport, travel, typography,
        underwater diving, vegetable, vehicles, veterinary medicine, video games, virology, volleyball, weaponry,
        weapons, weather, weaving, weightlifting, wine, winemaking, woodworking, wrestling, writing, zoology, zootomy
    """,
    "usage": """
        also, broadly, by analogy, by extension, careful, careful speech, careful style, chiefly, connected speech,
        emphatic, especially, especially in the phrase, fast speech, figurative, figuratively, fixed, generally,
        humorously, idiomatic, in a figurative sense, in negation, in negative constructions, in phrases, in set
        phrases, in the negative, literal, literally, loosely, metaphoric, metaphorical, metaphorically, metonymic,
        metonymically, modern, narrowly, negative, negative polarity, negatively, of, often, originally, phonemic,
        phonetic, rapid speech, rarely, set phrase, simile, sometimes, specifically, stressed, strictly, strong form,
        synecdoche, synecdochically, transferred sense, transferred senses, unstressed, usually, weak form, with a
        negative, with negative
    """,
}  # fmt: skip
