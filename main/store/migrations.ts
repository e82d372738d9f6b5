/** Numbered migrations; `user_version` of the file is the number of the last one applied. */
import { StoreError } from './store-error'
import type { Database } from './database'
import { VIEWS } from './views'

/** "Weir" as the file's application id, so that `file` and SQLite tools can tell whose it is. */
export const APPLICATION_ID = 0x57656972

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- Who sends. Labels are a JSON object with sorted names. Unit and display name may change; they are not identity.
  CREATE TABLE series (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL,
    unit TEXT, display TEXT, UNIQUE (source, name, labels));

  -- The log: one block a commit, in arrival order. Bounds in microseconds; body as in journal-block.ts.
  CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, samples INTEGER NOT NULL,
    time_min INTEGER, time_max INTEGER, arrival_min INTEGER, arrival_max INTEGER,
    crc INTEGER NOT NULL, body BLOB NOT NULL);

  -- Results by identity. Statistics as little-endian doubles in the order of pipeline.aggregates, NaN for null.
  CREATE TABLE pipeline (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, aggregates TEXT NOT NULL);
  CREATE TABLE window_result (
    pipeline INTEGER NOT NULL, key INTEGER NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER NOT NULL,
    number INTEGER NOT NULL DEFAULT -1, revision INTEGER NOT NULL, repaired INTEGER NOT NULL DEFAULT 0,
    stats BLOB NOT NULL, PRIMARY KEY (pipeline, key, start_us, end_us, number)) WITHOUT ROWID;

  -- What could not be decoded: the newest 10,000 per source.
  CREATE TABLE rejected (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, arrival_us INTEGER NOT NULL,
    key TEXT NOT NULL, reason TEXT NOT NULL, payload BLOB NOT NULL);
  CREATE INDEX rejected_source ON rejected (source, id);

  -- Where each source goes on, committed with the samples before it.
  CREATE TABLE cursor (
    source TEXT NOT NULL, partition TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, partition)) WITHOUT ROWID;

  -- State of the window operators after journal block seq; a start reads the newest one and the journal after it.
  CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body BLOB NOT NULL);
  `,
  `
  -- What the numbers of a pipeline are about (its input and how it is changed); null: of before this column.
  ALTER TABLE pipeline ADD COLUMN meaning TEXT;
  `,
  `
  -- MQTT packets that commits covered, by which redeliveries are recognised; packed as in inflight.ts.
  CREATE TABLE inflight (
    source TEXT NOT NULL, client TEXT NOT NULL, slot INTEGER NOT NULL, seq INTEGER NOT NULL, packets BLOB NOT NULL,
    PRIMARY KEY (source, client, slot));
  `,
  `
  -- Where samples stay: runs of one series in the order of time, ties in the order of arrival (ids grow with arrival).
  -- Bounds in microseconds; tier 0 as a pass made it, tier 1 merged; statistics without gaps, null where all are gaps;
  -- body as in chunk/chunk.ts. meta 'chunked' is the last journal block that is in chunks.
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, series INTEGER NOT NULL, tier INTEGER NOT NULL,
    time_min INTEGER NOT NULL, time_max INTEGER NOT NULL, samples INTEGER NOT NULL, gaps INTEGER NOT NULL,
    min REAL, max REAL, sum REAL, first REAL, last REAL, crc INTEGER NOT NULL, body BLOB NOT NULL);
  -- Covers everything but the body: charts of a year read it alone.
  CREATE INDEX chunk_series ON chunk (series, time_min, time_max, tier, samples, gaps, min, max, sum, first, last);
  -- Which series have enough for a merge.
  CREATE INDEX chunk_unmerged ON chunk (series, samples) WHERE tier = 0;
  INSERT OR IGNORE INTO meta (name, value) VALUES ('chunked', '0');
  `,
  `
  -- Chunks summed up by 10 s to 1 day, so that charts of weeks need not decode them; body as in rollup/body.ts.
  CREATE TABLE rollup (
    chunk INTEGER NOT NULL REFERENCES chunk (id) ON DELETE CASCADE, bucket_us INTEGER NOT NULL,
    crc INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (chunk, bucket_us)) WITHOUT ROWID;
  `,
  `
  -- Tier 2: summed up; the samples went by age and the body is empty, statistics and rollups stay.
  -- Bytes of the body and of the rollups, so that sizes by series are read from the index alone.
  ALTER TABLE chunk ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE chunk ADD COLUMN rollup_bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE chunk SET bytes = length(body), rollup_bytes =
    coalesce((SELECT sum(length(rollup.body)) FROM rollup WHERE rollup.chunk = chunk.id), 0);
  DROP INDEX chunk_series;
  CREATE INDEX chunk_series ON chunk
    (series, time_min, time_max, tier, samples, gaps, min, max, sum, first, last, bytes, rollup_bytes);
  -- The oldest samples of all series.
  CREATE INDEX chunk_age ON chunk (time_max, series, bytes) WHERE tier < 2;
  `,
  VIEWS,
  `
  -- Journal blocks that could not be read when their samples were to be moved: kept as they were, shown as gaps.
  CREATE TABLE damaged_block (
    seq INTEGER PRIMARY KEY, samples INTEGER NOT NULL,
    time_min INTEGER, time_max INTEGER, arrival_min INTEGER, arrival_max INTEGER,
    crc INTEGER NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL);
  `,
  `
  -- Sources whose samples are kept only in memory: the state of their window operators, written with every commit of
  -- theirs (there is no journal to repeat), and the journal block before it. Body null: samples are stored again.
  CREATE TABLE memory_only (
    source TEXT PRIMARY KEY, seq INTEGER NOT NULL, newest_us INTEGER, crc INTEGER, body BLOB);
  `,
  `
  -- What is needed to decode a rejected record again, and whether that may be; counts by reason of all there were.
  -- Kind '': of before this, and those beyond the kinds that are counted apart.
  ALTER TABLE rejected ADD COLUMN kind TEXT NOT NULL DEFAULT '';
  ALTER TABLE rejected ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE rejected ADD COLUMN capped INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE rejected ADD COLUMN partition TEXT NOT NULL DEFAULT '';
  ALTER TABLE rejected ADD COLUMN broker_us INTEGER;
  ALTER TABLE rejected ADD COLUMN labels TEXT;
  ALTER TABLE rejected ADD COLUMN header TEXT;
  DROP INDEX rejected_source;
  CREATE INDEX rejected_source ON rejected (source, capped, id);
  CREATE TABLE rejected_count (
    source TEXT NOT NULL, kind TEXT NOT NULL, records INTEGER NOT NULL, last_us INTEGER NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (source, kind)) WITHOUT ROWID;
  INSERT INTO rejected_count SELECT source, '', records, arrival_us, reason
    FROM (SELECT source, count(*) AS records, max(id), arrival_us, reason FROM rejected GROUP BY source);
  `,
  // 11: changes of alerts; `series` is null for a source as a whole, `value` where there is none.
  `
  CREATE TABLE alert_event (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, name TEXT NOT NULL, severity TEXT NOT NULL,
    source TEXT NOT NULL, series INTEGER, from_state TEXT NOT NULL, to_state TEXT NOT NULL, time_us INTEGER NOT NULL,
    at_us INTEGER NOT NULL, value REAL, reason TEXT NOT NULL, revised INTEGER NOT NULL, notify TEXT, until_us INTEGER,
    desktop INTEGER NOT NULL);
  CREATE INDEX alert_event_rule ON alert_event (rule, number);
  CREATE INDEX alert_event_series ON alert_event (series, number);
  CREATE INDEX alert_event_desktop ON alert_event (number) WHERE desktop = 1;
  `,
  // 12: what is to leave for other systems, until they confirm it; body as JSON; set_aside is the reason.
  `
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, output TEXT NOT NULL, rule TEXT, created_us INTEGER NOT NULL,
    body TEXT NOT NULL, set_aside TEXT);
  CREATE INDEX outbox_waiting ON outbox (output, seq) WHERE set_aside IS NULL;
  CREATE INDEX outbox_set_aside ON outbox (output, seq) WHERE set_aside IS NOT NULL;
  CREATE TABLE outbox_count (
    output TEXT PRIMARY KEY, delivered INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  `,
]

/**
 * Brings a file up to this version's schema.
 * @throws StoreError NEWER where the file was written by a newer Weir; the file is left unchanged.
 */
export async function migrate(db: Database): Promise<void> {
  const version = Number((await db.one('PRAGMA user_version'))?.['user_version'])
  if (version > MIGRATIONS.length)
    throw new StoreError(
      'NEWER',
      `${db.file} was written by a newer Weir (format ${version}; this one reads up to ${MIGRATIONS.length})`,
      'Update Weir, or choose another file. The file was not changed.',
    )
  const owner = Number((await db.one('PRAGMA application_id'))?.['application_id'])
  const tables = Number((await db.one("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'"))?.['n'])
  if (owner !== APPLICATION_ID && tables > 0)
    throw new StoreError(
      'FOREIGN',
      `${db.file} belongs to another program`,
      'Choose another file. The file was not changed.',
    )
  for (let next = version; next < MIGRATIONS.length; next++) {
    await db.exec(
      `BEGIN IMMEDIATE; ${MIGRATIONS[next] as string}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${next + 1}; COMMIT`,
    )
  }
}
