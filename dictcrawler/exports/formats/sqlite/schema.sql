-- The tables of an export. Ids are those of the feed: stable from run to run, use them as primary keys.
-- Columns whose names end in _folded have the text in lower case without diacritics, for searching.
-- Lists of strings are JSON arrays; fields without a column are in entries.json, the unchanged line of the feed.

CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL,
  dictionary TEXT NOT NULL,
  edition TEXT NOT NULL,
  lang TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  reason TEXT,
  keywords INTEGER NOT NULL,
  unique_keywords INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  mean_text_coverage REAL NOT NULL,
  statuses TEXT NOT NULL,
  warnings TEXT NOT NULL,
  fill_rates TEXT NOT NULL,
  changes TEXT NOT NULL,
  arguments TEXT NOT NULL,
  files TEXT NOT NULL,
  code_version TEXT NOT NULL,
  previous_run TEXT,
  rights TEXT NOT NULL,
  license TEXT,
  is_private INTEGER NOT NULL,
  UNIQUE (dictionary, edition)
);

CREATE TABLE entries (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  dictionary TEXT NOT NULL,
  edition TEXT NOT NULL,
  lang TEXT NOT NULL,
  headword TEXT NOT NULL,
  headword_folded TEXT NOT NULL,
  hyphenation TEXT,
  homograph_number TEXT,
  parts_of_speech TEXT NOT NULL,
  raw_parts_of_speech TEXT NOT NULL,
  etymology TEXT,
  content_hash TEXT NOT NULL,
  url TEXT NOT NULL,
  retrieved_from TEXT NOT NULL,
  archived_at TEXT,
  fetched_at TEXT NOT NULL,
  revision TEXT,
  rights TEXT NOT NULL,
  license TEXT,
  attribution TEXT,
  layout TEXT NOT NULL,
  parser TEXT NOT NULL,
  text_coverage REAL NOT NULL,
  structure REAL,
  warnings TEXT NOT NULL,
  json TEXT NOT NULL
);

CREATE TABLE senses (
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  sense_key TEXT,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  position INTEGER NOT NULL,
  number TEXT,
  parent_id TEXT REFERENCES senses (id),
  indicator TEXT,
  variant TEXT,
  contributor TEXT,
  definition TEXT,
  definition_type TEXT,
  usage TEXT
);

CREATE TABLE examples (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  sense_id TEXT REFERENCES senses (id),
  box_id INTEGER REFERENCES boxes (rowid),
  text TEXT NOT NULL,
  transliteration TEXT,
  pattern TEXT,
  gloss TEXT,
  citation TEXT
);

CREATE TABLE boxes (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  kind TEXT NOT NULL,
  title TEXT,
  text TEXT
);

CREATE TABLE relations (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  sense_id TEXT REFERENCES senses (id),
  type TEXT NOT NULL,
  text TEXT NOT NULL,
  transliteration TEXT,
  target_id TEXT,
  url TEXT,
  heading TEXT
);

CREATE TABLE forms (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  text TEXT NOT NULL,
  text_folded TEXT NOT NULL,
  transliteration TEXT,
  tag TEXT
);

CREATE TABLE translations (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  sense_id TEXT NOT NULL REFERENCES senses (id),
  lang TEXT NOT NULL,
  text TEXT NOT NULL,
  transliteration TEXT
);

CREATE TABLE pronunciations (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  form_id INTEGER REFERENCES forms (rowid),
  text TEXT,
  scheme TEXT,
  sound_file TEXT,
  sound_page TEXT
);

CREATE TABLE labels (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  sense_id TEXT REFERENCES senses (id),
  example_id INTEGER REFERENCES examples (rowid),
  form_id INTEGER REFERENCES forms (rowid),
  pronunciation_id INTEGER REFERENCES pronunciations (rowid),
  translation_id INTEGER REFERENCES translations (rowid),
  type TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE frequencies (
  rowid INTEGER PRIMARY KEY,
  entry_id TEXT NOT NULL REFERENCES entries (id),
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  rank INTEGER,
  max INTEGER
);

CREATE TABLE lookups (
  rowid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  dictionary TEXT NOT NULL,
  line INTEGER NOT NULL,
  keyword TEXT NOT NULL,
  normalized TEXT NOT NULL,
  status TEXT NOT NULL,
  entry_ids TEXT NOT NULL,
  suggestions TEXT NOT NULL,
  requested_url TEXT,
  final_url TEXT,
  http_status INTEGER,
  attempts INTEGER NOT NULL,
  error TEXT,
  fetched_at TEXT,
  checked_at TEXT,
  stale_since TEXT,
  duplicate_of INTEGER,
  UNIQUE (run_id, line)
);

-- One row a sense, ready to read.
CREATE VIEW definitions AS
SELECT
  entries.dictionary, entries.headword, entries.homograph_number, entries.parts_of_speech, senses.number,
  senses.indicator, senses.variant, senses.definition, entries.url, senses.entry_id, senses.id AS sense_id
FROM senses JOIN entries ON entries.id = senses.entry_id;

-- One row an example, with its headword and its sense's definition.
CREATE VIEW quotations AS
SELECT
  entries.dictionary, entries.headword, examples.text, examples.pattern, examples.gloss, examples.citation,
  senses.definition, examples.entry_id, examples.sense_id
FROM examples JOIN entries ON entries.id = examples.entry_id LEFT JOIN senses ON senses.id = examples.sense_id;

-- The outcomes of the words of each list.
CREATE VIEW outcomes AS
SELECT dictionary, status, count(*) AS keywords FROM lookups GROUP BY dictionary, status;

-- The texts that entries_fts indexes, one row an entry.
CREATE VIEW entry_texts AS
SELECT
  rowid,
  headword,
  (SELECT group_concat(text, '; ') FROM (SELECT text FROM forms WHERE entry_id = entries.id ORDER BY rowid)) AS forms,
  (SELECT group_concat(definition, ' · ')
     FROM (SELECT definition FROM senses WHERE entry_id = entries.id ORDER BY rowid)) AS definitions,
  (SELECT group_concat(text, ' · ')
     FROM (SELECT text FROM examples WHERE entry_id = entries.id ORDER BY rowid)) AS examples
FROM entries;

CREATE VIRTUAL TABLE entries_fts USING fts5 (
  headword, forms, definitions, examples,
  content = 'entry_texts', content_rowid = 'rowid',
  tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3'
);
