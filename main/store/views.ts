/**
 * Views for people who open the file with other tools. Times are ISO 8601 in UTC; what a raw reading was is in
 * compressed chunks, and comes out by `weir export`.
 *
 * Statistics of a result are packed little-endian doubles, and SQLite has no function to unpack one. So the view reads
 * the 52 bits of the fraction and the 11 of the exponent from the hexadecimal text and multiplies by the power of two:
 * exact, also below the normal range (IEEE 754-2019, 3.4), and without mathematical functions, which not every tool
 * has. The power is of two factors, so that the table is a page of the file and not eleven: 2^0 … 2^63 first, which
 * loses nothing, then 2^(64k − 1074), which gives the double itself.
 */

const isoTime = (us: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%S', (${us} - ((${us} % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') ||
   printf('.%06dZ', ((${us} % 1000000) + 1000000) % 1000000)`

/** The n-th hexadecimal digit of a double as it is written, from the sign down; `hex` is in the order of the file. */
const digit = (n: number): string => {
  const at = 2 * (7 - (n >> 1)) + (n & 1) + 1
  return `(instr('0123456789ABCDEF', substr(hex, ${at}, 1)) - 1)`
}
const shifted = (digits: readonly number[]): string =>
  digits.map((n, i) => `${digit(n)} * ${16 ** (digits.length - 1 - i)}`).join(' + ')

const HEAD = shifted([0, 1, 2])
const FRACTION = shifted([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])

export const VIEWS = `
  DROP VIEW IF EXISTS weir_series;
  DROP VIEW IF EXISTS weir_chunks;
  DROP VIEW IF EXISTS weir_results;
  DROP TABLE IF EXISTS power_of_two;

  CREATE TABLE power_of_two (exponent INTEGER PRIMARY KEY, value REAL NOT NULL);
  INSERT INTO power_of_two
    WITH RECURSIVE up(e, v) AS (SELECT 0, 1.0 UNION ALL SELECT e + 1, v * 2.0 FROM up WHERE e < 971),
      down(e, v) AS (SELECT -1, 0.5 UNION ALL SELECT e - 1, v / 2.0 FROM down WHERE e > -1074)
    SELECT e, v FROM (SELECT e, v FROM up UNION ALL SELECT e, v FROM down)
      WHERE e BETWEEN 0 AND 63 OR (e + 1074) % 64 = 0;

  CREATE VIEW weir_series AS
    SELECT id, source, name, labels, unit, display FROM series WHERE source <> 'group';

  CREATE VIEW weir_chunks AS
    SELECT chunk.id, series.source, series.name, series.labels, series.unit,
      ${isoTime('time_min')} AS "from", ${isoTime('time_max')} AS "to",
      samples, gaps, min, max, sum / nullif(samples - gaps, 0) AS mean, first, last,
      tier < 2 AS raw, bytes
    FROM chunk JOIN series ON series.id = chunk.series;

  CREATE VIEW weir_results AS
    SELECT pipeline, source, name, labels, ${isoTime('start_us')} AS "start", ${isoTime('end_us')} AS "end",
      revision, repaired, statistic,
      CASE WHEN head & 2047 = 2047 THEN CASE WHEN fraction = 0 THEN iif(head > 2047, -9e999, 9e999) END
        ELSE iif(head > 2047, -1.0, 1.0) * (fraction + iif(head & 2047 = 0, 0, 4503599627370496)) *
          (SELECT value FROM power_of_two WHERE exponent = power & 63) *
          (SELECT value FROM power_of_two WHERE exponent = (power & -64) - 1074) END AS value
    FROM (SELECT *, max(head & 2047, 1) - 1 AS power FROM (SELECT *, ${HEAD} AS head, ${FRACTION} AS fraction
      FROM (SELECT pipeline.name AS pipeline, series.source, series.name, series.labels, start_us, end_us, revision,
          repaired, each.value AS statistic, hex(substr(stats, 8 * each.key + 1, 8)) AS hex
        FROM window_result JOIN pipeline ON pipeline.id = window_result.pipeline
          JOIN series ON series.id = window_result.key, json_each(pipeline.aggregates) AS each)));
`
