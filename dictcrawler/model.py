"""The vocabulary: Lookup ▸ Entry ▸ Sense ▸ Definition, Example, Label …

One class for each object of the published feed, named after OASIS DMLex 1.0 in
snake_case (``docs/feed-format.md`` lists every field and marks what DMLex does not
have). The classes are `msgspec` structs: frozen, typed, validated when a feed is
read, and the source of the JSON Schema.

Two rules hold everywhere:

* a list is always present in a line, ``()`` meaning that the source prints none (only a sense's translations
  are left out, unless the run includes them); in Python it may be left out;
* an optional scalar that the source does not print is left out of the feed
  (``None`` here), never ``null`` and never an empty string.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

SCHEMA_VERSION: Final = "1.1"

Text = Annotated[str, Meta(min_length=1)]
Digest = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
Ratio = Annotated[float, Meta(ge=0, le=1)]
Instant = Annotated[datetime, Meta(tz=True)]

LabelType = Literal["grammar", "register", "region", "domain", "usage", "restriction"]
DefinitionType = Literal["full", "quick", "same_as", "see", "form_of"]
PartOfSpeech = Literal[
    "abbreviation",
    "adjective",
    "adverb",
    "article",
    "auxiliary verb",
    "combining form",
    "conjunction",
    "contraction",
    "determiner",
    "exclamation",
    "infinitive marker",
    "interfix",
    "interjection",
    "letter",
    "linking verb",
    "modal verb",
    "noun",
    "number",
    "ordinal number",
    "participle",
    "particle",
    "phrasal verb",
    "phrase",
    "predeterminer",
    "prefix",
    "preposition",
    "pronoun",
    "proper noun",
    "proverb",
    "punctuation mark",
    "quantifier",
    "short form",
    "suffix",
    "symbol",
    "verb",
]
RelationType = Literal[
    "antonym",
    "coordinate_term",
    "counterpart",
    "derived",
    "holonym",
    "homograph",
    "homophone",
    "hypernym",
    "hyponym",
    "idiom",
    "main_entry",
    "meronym",
    "phrasal_verb",
    "phrase",
    "related",
    "rhyme",
    "see_also",
    "synonym",
    "troponym",
]


def digest_of(data: bytes) -> str:
    """The sha256 of some bytes, in the form of a `Digest`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def instant() -> datetime:
    """The present moment in whole seconds of UTC, as an `Instant` of the feed."""
    return datetime.now(UTC).replace(microsecond=0)


DEFECT = "defect: "
"""Prefix of a lookup's ``error`` when this program is at fault, not the page."""


class Status(StrEnum):
    """How the lookup of one keyword ended. Exactly one for each keyword."""

    FOUND = "found"
    REDIRECTED = "redirected"
    NOT_IN_DICTIONARY = "not_in_dictionary"
    NOT_ARCHIVED = "not_archived"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    DISALLOWED = "disallowed"
    HTTP_ERROR = "http_error"
    NETWORK_ERROR = "network_error"
    TOO_LARGE = "too_large"
    PARSE_ERROR = "parse_error"
    INVALID_KEYWORD = "invalid_keyword"
    REMOVED = "removed"

    @property
    def has_entries(self) -> bool:
        """The dictionary has the word and its entries were read."""
        return self in (Status.FOUND, Status.REDIRECTED)

    @property
    def is_answer(self) -> bool:
        """The lookup has its answer: entries, or proof that there are none."""
        return self.has_entries or self in (
            Status.NOT_IN_DICTIONARY,
            Status.NOT_ARCHIVED,
            Status.INVALID_KEYWORD,
            Status.REMOVED,
        )

    @property
    def is_asked(self) -> bool:
        """A request for the word was sent, or would have been."""
        return self not in (Status.INVALID_KEYWORD, Status.REMOVED)


class Record(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all objects of the feed: frozen, keyword arguments only, ``None`` left out.

    They are trees of other records and texts: no cycle, so the garbage collector need not look at them.
    """


def _nothing() -> tuple[()]:
    """The default of a list. ``omit_defaults`` does not omit the result of a factory, so every line has the list."""
    return ()


class Label(Record, frozen=True, kw_only=True):
    """A usage label as the dictionary prints it (DMLex ``label``)."""

    text: Text
    type: LabelType


class Frequency(Record, frozen=True, kw_only=True):
    """A frequency or level mark, e.g. stars ``3`` of 3, CEFR ``B1``, Longman ``S1``.

    ``rank`` is the value as a number, out of ``max``, for marks that are numbers.
    """

    scheme: Text
    value: Text
    rank: int | None = None
    max: int | None = None


class Transcription(Record, frozen=True, kw_only=True):
    """A transcription without its slashes; ``scheme`` is a BCP 47 tag such as ``en-US-fonipa``."""

    text: Text
    scheme: Text


class Pronunciation(Record, frozen=True, kw_only=True):
    """One way to say the headword. ``sound_file`` is the mp3 where there is one,
    ``alternate_sound_files`` the same recording in other formats, ``sound_page`` the page that
    names its author and licence."""

    transcriptions: tuple[Transcription, ...] = field(default_factory=_nothing)
    sound_file: Text | None = None
    alternate_sound_files: tuple[Text, ...] = field(default_factory=_nothing)
    sound_page: Text | None = None
    labels: tuple[Label, ...] = field(default_factory=_nothing)


class InflectedForm(Record, frozen=True, kw_only=True):
    """A form of the headword and the grammatical slot it fills (``past tense``).

    ``pronunciations`` are those of the form (DMLex has them here too).
    ``transliteration`` is the form in Latin letters, where the source prints it in both.
    """

    text: Text
    transliteration: Text | None = None
    tag: Text | None = None
    labels: tuple[Label, ...] = field(default_factory=_nothing)
    pronunciations: tuple[Pronunciation, ...] = field(default_factory=_nothing)


class Etymology(Record, frozen=True, kw_only=True):
    """The origin of the word, as prose."""

    description: Text


class Definition(Record, frozen=True, kw_only=True):
    """The meaning of the sense. ``usage`` is a sentence on use printed inside the definition."""

    text: Text
    definition_type: DefinitionType
    usage: Text | None = None


class Example(Record, frozen=True, kw_only=True):
    """A sentence or phrase that shows the use of the sense.

    ``pattern`` is the bold frame printed before it ("power over"), ``gloss`` its "(= …)" explanation or its
    translation, ``transliteration`` the text in Latin letters, ``citation`` the work a dated quotation comes from.
    """

    text: Text
    transliteration: Text | None = None
    pattern: Text | None = None
    gloss: Text | None = None
    citation: Text | None = None
    labels: tuple[Label, ...] = field(default_factory=_nothing)


class Translation(Record, frozen=True, kw_only=True):
    """A word of another language that means the same (DMLex ``headwordTranslation``).

    ``lang`` is the BCP 47 tag of that language.
    """

    lang: Text
    text: Text
    transliteration: Text | None = None
    labels: tuple[Label, ...] = field(default_factory=_nothing)


class Sense(Record, frozen=True, kw_only=True):
    """One numbered meaning; a sub-sense names its ``parent`` by sense id.

    ``indicator`` is the menu or signpost line, ``variant`` the phrase that the sense is about ("the country").
    ``contributor`` credits a sense that readers submitted (Macmillan's Open Dictionary) and is absent from the editors'
    own. ``translations`` are present only in a run that includes them.

    ``sense_key`` is computed from the sense's content (`dictcrawler.feeds.hashing`): it stays the same when senses are
    inserted above it, whereas an ``id`` that counts positions changes.
    """

    id: Text
    sense_key: Text | None = None
    number: Text | None = None
    parent: Text | None = None
    indicator: Text | None = None
    variant: Text | None = None
    contributor: Text | None = None
    labels: tuple[Label, ...] = field(default_factory=_nothing)
    definitions: tuple[Definition, ...] = field(default_factory=_nothing)
    examples: tuple[Example, ...] = field(default_factory=_nothing)
    translations: tuple[Translation, ...] | None = None


class Relation(Record, frozen=True, kw_only=True):
    """A link to other words. ``from_`` (``from`` in the feed) is the sense it starts at,
    ``to`` the id of the entry or sense it points at, ``group`` the thesaurus heading, or the sense and
    the qualifiers printed with the word; ``transliteration`` is the word in Latin letters."""

    type: RelationType
    text: Text
    transliteration: Text | None = None
    from_: Text | None = field(default=None, name="from")
    to: Text | None = None
    url: Text | None = None
    group: Text | None = None


class Box(Record, frozen=True, kw_only=True):
    """A framed note: collocations, metaphor, usage …; paragraphs in ``text``, one space apart."""

    kind: Text
    title: Text | None = None
    text: Text | None = None
    examples: tuple[Example, ...] = field(default_factory=_nothing)


class LexicalEntry(Record, frozen=True, kw_only=True):
    """The lexical content of one entry: one homograph or part of speech, as the
    dictionary itself divides it. This much, and no more, is what ``content_hash`` covers.

    ``hyphenation`` is the headword as printed with its dividing points ("ser‧en‧dip‧i‧ty").
    """

    id: Text
    dictionary: Text
    edition: Text
    lang: Text
    headword: Text
    hyphenation: Text | None = None
    homograph_number: Text | None = None
    parts_of_speech: tuple[PartOfSpeech, ...] = field(default_factory=_nothing)
    raw_parts_of_speech: tuple[Text, ...] = field(default_factory=_nothing)
    labels: tuple[Label, ...] = field(default_factory=_nothing)
    frequency: tuple[Frequency, ...] = field(default_factory=_nothing)
    pronunciations: tuple[Pronunciation, ...] = field(default_factory=_nothing)
    inflected_forms: tuple[InflectedForm, ...] = field(default_factory=_nothing)
    etymologies: tuple[Etymology, ...] = field(default_factory=_nothing)
    senses: tuple[Sense, ...] = field(default_factory=_nothing)
    relations: tuple[Relation, ...] = field(default_factory=_nothing)
    boxes: tuple[Box, ...] = field(default_factory=_nothing)

    @property
    def says_something(self) -> bool:
        """The entry has content for a reader: a sense, a relation or a box."""
        return bool(self.senses or self.relations or self.boxes)


class Source(Record, frozen=True, kw_only=True):
    """The citation: where the entry was read, when, and by what.

    ``url`` is the dictionary's own address, ``retrieved_from`` the address that was fetched
    (an archive's address, say), ``payload_digest`` the sha256 of the decoded body.
    ``text_coverage`` is the share of the page's words that landed in a field, ``structure`` the share of
    its senses, examples, transcriptions … that were read; absent in entries of format 1.0.
    """

    url: Text
    retrieved_from: Text
    archived_at: Instant | None = None
    fetched_at: Instant
    payload_digest: Digest
    layout: Text
    parser: Text
    revision: Text | None = None
    rights: Text
    license: Text | None = None
    attribution: Text | None = None
    text_coverage: Ratio
    structure: Ratio | None = None
    warnings: tuple[Text, ...] = field(default_factory=_nothing)


class Entry(LexicalEntry, frozen=True, kw_only=True, tag_field="schema_version", tag=SCHEMA_VERSION):
    """One line of ``entries.jsonl``: the content, its hash and its citation."""

    content_hash: Digest
    source: Source

    def __repr__(self) -> str:
        parts = ", ".join(self.parts_of_speech or self.raw_parts_of_speech)
        senses = f"{len(self.senses)} sense{'s' * (len(self.senses) != 1)}"
        return f"<Entry {self.id}: {', '.join(filter(None, (parts, senses)))}>"

    def _repr_html_(self) -> str:
        from dictcrawler import notebook  # noqa: PLC0415 - it imports these classes

        return notebook.of_entry(self)


class PageState(Record, frozen=True, kw_only=True):
    """One HTTP answer, remembered for a conditional request (RFC 9110, section 13)."""

    url: Text
    status: int
    digest: Digest
    parser: Text
    etag: Text | None = None
    last_modified: Text | None = None
    location: Text | None = None


class Lookup(Record, frozen=True, kw_only=True):
    """One line of ``lookups.jsonl``: the outcome of one line of the word list.

    ``entries`` travel inside the lookup from the spider to the store, so that a keyword
    is stored whole or not at all; in ``lookups.jsonl`` only their ids remain. ``pages``, the
    answers of the site that it was read from, travel with them and stay in the store.
    ``checked_at`` is when the site last confirmed that nothing had changed since ``fetched_at``.
    ``duplicate_of`` is the earlier line with the same word: the word is looked up once.
    """

    keyword: str
    line: int
    normalized: str
    dictionary: Text
    edition: Text
    status: Status
    entry_ids: tuple[Text, ...] = field(default_factory=_nothing)
    suggestions: tuple[Text, ...] = field(default_factory=_nothing)
    requested_url: Text | None = None
    final_url: Text | None = None
    http_status: int | None = None
    attempts: int
    error: Text | None = None
    fetched_at: Instant | None = None
    checked_at: Instant | None = None
    stale_since: Instant | None = None
    duplicate_of: int | None = None
    run: Text
    entries: tuple[Entry, ...] = ()
    pages: tuple[PageState, ...] = ()

    def __repr__(self) -> str:
        # In ``lookups.jsonl`` only the ids of the entries remain.
        count = len(self.entry_ids)
        entries = f", {count} entr{'y' if count == 1 else 'ies'}" if self.status.has_entries else ""
        return f"<Lookup {self.keyword!r}: {self.status.value}{entries}>"

    def _repr_html_(self) -> str:
        from dictcrawler import notebook  # noqa: PLC0415 - it imports these classes

        return notebook.of_lookup(self)


class MovedSense(Record, frozen=True, kw_only=True):
    """A sense whose id changed while its content did not: ``from`` and ``to`` are the ids."""

    sense_key: Text
    from_: Text = field(name="from")
    to: Text


class Change(Record, frozen=True, kw_only=True):
    """One line of ``changes.jsonl``: an entry added, changed or removed since the previous complete run.

    ``cause`` is ``content`` (the page changed), ``parser`` (our reading of the same page changed),
    ``words`` (its word left the list) or ``request`` (it was removed on request). ``fields`` names the fields that
    changed, ``moved`` the senses of which only the id changed. ``entry`` is the new entry, absent when it was removed.
    """

    type: Literal["added", "changed", "removed"]
    id: Text
    cause: Literal["content", "parser", "words", "request"]
    content_hash: Digest | None = None
    previous_hash: Digest | None = None
    fields: tuple[Text, ...] = field(default_factory=_nothing)
    moved: tuple[MovedSense, ...] = field(default_factory=_nothing)
    entry: Entry | None = None


class FeedFile(Record, frozen=True, kw_only=True):
    """Size and checksum of one published file."""

    lines: int
    bytes: int
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class RunManifest(Record, frozen=True, kw_only=True):
    """``run.json``: the run's arguments, its results, and the checksums of the files.

    ``complete``: every line of the list has its outcome. ``reason``: why the run was not made
    ``latest``. ``published``: ``beside`` for a sound run that was not made ``latest`` because it answers
    only some of the words. ``fill_rates``: for each watched field, the share of entries that have it.
    ``changes``: counts by type and cause. ``migrated``: how many entries differ from the previous run
    in their format only. ``defects``: how many words hit a fault of this program; absent when none did.
    ``taken_out``: how many entries were removed on request since the run was published; its files, and their
    checksums, are no longer those of that day.
    """

    schema_version: Literal["1.0", "1.1"]
    run: Text
    dictionary: Text
    edition: Text
    arguments: dict[str, str]
    started_at: Instant
    finished_at: Instant
    complete: bool
    reason: Text | None = None
    published: Literal["beside"] | None = None
    defects: int | None = None
    keywords: int
    unique_keywords: int
    words_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    statuses: dict[str, int]
    warnings: dict[str, int]
    entries: int
    mean_text_coverage: Ratio
    mean_structure: Ratio | None = None
    mean_parts: float | None = None
    fill_rates: dict[str, float]
    changes: dict[str, int]
    migrated: int | None = None
    taken_out: int | None = None
    files: dict[str, FeedFile]
    code_version: Text
    previous_run: Text | None = None
