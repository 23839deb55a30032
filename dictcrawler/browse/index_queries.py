"""The SQL of the index. Conditions and lists of ``?`` are filled in; values are always parameters."""

from __future__ import annotations

from typing import Final

_HIT = """
SELECT id, headword, headword_folded, homograph_number, parts_of_speech,
  (SELECT definition FROM senses WHERE entry_id = entries.id AND definition IS NOT NULL ORDER BY rowid LIMIT 1)
    AS snippet
FROM entries
"""
WITH_HEADWORD: Final = _HIT + "WHERE headword_folded = ? {condition} ORDER BY rowid LIMIT ?"
BEGINNING_WITH: Final = (
    _HIT + "WHERE headword_folded > ? AND headword_folded < ? {condition} ORDER BY headword_folded, rowid LIMIT ?"
)
FILTERED: Final = _HIT + "WHERE 1 {condition} ORDER BY headword_folded, rowid LIMIT ?"

IN_TEXTS: Final = """
SELECT entries.rowid AS number FROM entries_fts JOIN entries ON entries.rowid = entries_fts.rowid
WHERE entries_fts MATCH ? {condition} LIMIT ?
"""
RANKED_IN_TEXTS: Final = """
SELECT entries.rowid AS number FROM entries_fts JOIN entries ON entries.rowid = entries_fts.rowid
WHERE entries_fts MATCH ? {condition} ORDER BY bm25(entries_fts, 10, 5, 2, 1) LIMIT ?
"""
NUMBERED: Final = """
SELECT rowid AS number, id, headword, headword_folded, homograph_number, parts_of_speech, NULL AS snippet
FROM entries WHERE rowid IN ({values})
"""
DEFINITIONS: Final = """
SELECT entry_id, definition AS text FROM senses WHERE entry_id IN ({values}) AND definition IS NOT NULL ORDER BY rowid
"""
EXAMPLES: Final = "SELECT entry_id, text FROM examples WHERE entry_id IN ({values}) ORDER BY rowid"

OF_FORM: Final = "AND id IN (SELECT entry_id FROM forms WHERE text_folded = ?)"
OF_PART: Final = "AND EXISTS (SELECT 1 FROM json_each(entries.parts_of_speech) WHERE value = ?)"
OF_LEVEL: Final = "AND id IN (SELECT entry_id FROM frequencies WHERE scheme = ? AND value = ?)"
OF_LABEL: Final = "AND id IN (SELECT entry_id FROM labels WHERE text = ?)"

ENTRIES: Final = "SELECT json FROM entries WHERE headword_folded = ? ORDER BY rowid"
ENTRIES_BY_FORM: Final = """
SELECT json FROM entries WHERE id IN (SELECT entry_id FROM forms WHERE text_folded = ?) ORDER BY rowid
"""
ENTRY: Final = "SELECT json FROM entries WHERE id = ?"
ENTRY_BY_SENSE: Final = "SELECT json FROM entries WHERE id = (SELECT entry_id FROM senses WHERE id = ?)"
KNOWN_ENTRIES: Final = "SELECT id FROM entries WHERE id IN ({values})"
KNOWN_SENSES: Final = "SELECT id FROM senses WHERE id IN ({values})"
KNOWN_WORDS: Final = "SELECT folded FROM spellings WHERE folded IN ({values})"

BEFORE: Final = "SELECT word FROM spellings WHERE folded < ? ORDER BY folded DESC LIMIT ?"
AFTER: Final = "SELECT word FROM spellings WHERE folded > ? ORDER BY folded LIMIT ?"
CHOICES: Final = "SELECT value, entries FROM choices WHERE kind = ? ORDER BY entries DESC, value"
OUTCOMES: Final = "SELECT status, suggestions FROM lookups WHERE normalized IN (?, ?) ORDER BY line LIMIT 5"
COUNT: Final = "SELECT coalesce(max(rowid), 0) AS count FROM spellings"
SAMPLE: Final = "SELECT word FROM spellings WHERE rowid % ? = 0 LIMIT ?"
SIMILAR: Final = """
SELECT spellings.folded, word FROM spellings_fts JOIN spellings ON spellings.rowid = spellings_fts.rowid
WHERE spellings_fts MATCH ? ORDER BY bm25(spellings_fts) LIMIT 60
"""
SLIPPED: Final = """
SELECT DISTINCT folded, word FROM slips JOIN spellings ON spellings.rowid = spelling WHERE form IN ({values}) LIMIT 60
"""
