"""An entry laid out for its page: senses in a tree, relations with their senses, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dictcrawler.browse.citing import Citation, cite
from dictcrawler.model import Entry, Frequency, Pronunciation, Relation, RelationType, Sense

_ORDER: tuple[RelationType, ...] = (
    "synonym", "antonym", "hypernym", "hyponym", "troponym", "holonym", "meronym", "coordinate_term",
    "phrasal_verb", "phrase", "idiom", "derived", "main_entry", "homograph", "counterpart", "related", "see_also",
    "homophone", "rhyme",
)  # fmt: skip
_NAMES: Mapping[str, tuple[str, str]] = {
    "main_entry": ("main entry", "main entries"),
    "see_also": ("see also", "see also"),
    "derived": ("derived", "derived"),
    "related": ("related", "related"),
}
_STARS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Link:
    """A related word with at most one link: ``entry`` is the id of an entry or sense that can be opened here,
    ``word`` a headword that can be looked up here, ``url`` the dictionary's own page."""

    text: str
    transliteration: str | None = None
    entry: str | None = None
    word: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Relations of one kind, with their thesaurus heading."""

    name: str
    heading: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class SenseView:
    """A sense, the words related to it, and its sub-senses."""

    sense: Sense
    related: tuple[Links, ...]
    children: list[SenseView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """A frequency or level mark: filled and empty ``stars``, or the ``text`` of a badge."""

    scheme: str
    text: str
    filled: int = 0
    empty: int = 0


@dataclass(frozen=True, slots=True)
class EntryView:
    """The content of an entry's page. ``feed`` is the name of its feed."""

    feed: str
    entry: Entry
    marks: tuple[Mark, ...]
    senses: tuple[SenseView, ...]
    related: tuple[Links, ...]
    citation: Citation

    @property
    def spoken(self) -> tuple[Pronunciation, ...]:
        """Pronunciations that have something to show."""
        return tuple(each for each in self.entry.pronunciations if each.transcriptions or each.sound_file)


def targets(entries: Iterable[Entry]) -> tuple[set[str], set[str]]:
    """The ids that relations of the entries point to, and the words of relations without an id."""
    relations = [relation for entry in entries for relation in entry.relations]
    return {each.to for each in relations if each.to}, {each.text for each in relations}


def view(feed: str, entry: Entry, known_ids: set[str], is_word: Mapping[str, bool]) -> EntryView:
    """Lay out an entry. ``known_ids`` and ``is_word`` decide which of its `targets` can be opened here."""
    ids = {sense.id for sense in entry.senses}
    by_sense: dict[str | None, list[Relation]] = {}
    for relation in entry.relations:
        if relation.to is None or relation.to != relation.from_:
            by_sense.setdefault(relation.from_ if relation.from_ in ids else None, []).append(relation)

    def links(relations: Sequence[Relation]) -> tuple[Links, ...]:
        return tuple(_grouped(relations, known_ids, is_word))

    return EntryView(
        feed=feed,
        entry=entry,
        marks=tuple(map(_mark, entry.frequency)),
        senses=_tree(SenseView(sense, links(by_sense.get(sense.id, ()))) for sense in entry.senses),
        related=links(by_sense.get(None, ())),
        citation=cite(entry),
    )


def _tree(views: Iterable[SenseView]) -> tuple[SenseView, ...]:
    """Sub-senses under their parents. A parent that comes after its child is ignored."""
    seen: dict[str, SenseView] = {}
    top: list[SenseView] = []
    for view in views:
        parent = seen.get(view.sense.parent or "")
        (top if parent is None else parent.children).append(view)
        seen[view.sense.id] = view
    return tuple(top)


def _grouped(relations: Sequence[Relation], known_ids: set[str], is_word: Mapping[str, bool]) -> Iterable[Links]:
    groups: dict[tuple[int, str | None], dict[Link, None]] = {}
    for relation in relations:
        place = groups.setdefault((_ORDER.index(relation.type), relation.group), {})
        place[_link(relation, known_ids, is_word)] = None
    for number, heading in sorted(groups, key=lambda key: key[0]):
        links = tuple(groups[number, heading])
        yield Links(_name(_ORDER[number], len(links)), heading, links)


def _name(kind: RelationType, count: int) -> str:
    plain = kind.replace("_", " ")
    one, many = _NAMES.get(kind, (plain, f"{plain}s"))
    return one if count == 1 else many


def _link(relation: Relation, known_ids: set[str], is_word: Mapping[str, bool]) -> Link:
    if relation.to in known_ids:
        return Link(relation.text, relation.transliteration, entry=relation.to)
    if is_word.get(relation.text):
        return Link(relation.text, relation.transliteration, word=relation.text)
    return Link(relation.text, relation.transliteration, url=relation.url)


def _mark(frequency: Frequency) -> Mark:
    scheme, value, rank, most = frequency.scheme.replace("_", " "), frequency.value, frequency.rank, frequency.max
    if rank is not None and most is not None and 0 <= rank <= most <= _STARS_AT_MOST:
        return Mark(scheme, f"{rank} of {most}", rank, most - rank)
    if value == "listed":
        return Mark(scheme, scheme)
    return Mark(scheme, value if most is None else f"{value} of {most}")
