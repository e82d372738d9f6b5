/** JSON records, and records that are one number. */
import { Rejected } from '../contracts'
import type { Decoder } from '../contracts'
import type { Decoding, EventTime } from '../../shared/config/decoding'
import { KnownShapes } from './known-shapes'
import { SeriesRefs } from './series-refs'
import { createStructuredDecoder, MAX_NESTING, MAX_VALUES } from './structured'
import { numberOf, shown, textOf } from './text'

/** Of keys that stand twice in an object, the last counts. */
export function createJsonDecoder(config: Decoding, time: EventTime): Decoder {
  const parse = (payload: Uint8Array) => parseJson(textOf(payload))
  // Shapes hold true and false as bytes that stay the same.
  if (config.booleans === true) return createStructuredDecoder(config, time, parse)
  return createStructuredDecoder(config, time, parse, (rules, refs) => new KnownShapes(config, rules, refs))
}

/** @throws Rejected */
export function parseJson(text: string): unknown {
  // Deeper nesting than 64 needs at least 130 characters; most records are shorter.
  if (text.length > 2 * MAX_NESTING) checkShape(text)
  try {
    return JSON.parse(text)
  } catch {
    throw new Rejected(`not JSON: ${shown(text)}`)
  }
}

/** Neither nested too deep nor of too many values; brackets and commas within strings do not count. */
function checkShape(text: string): void {
  let depth = 0
  let values = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) quoted = !quoted
    else if (quoted) {
      if (c === 0x5c) i += 1
    } else if (c === 0x2c) values += 1
    else if (c === 0x7b || c === 0x5b) {
      values += 1
      if (++depth > MAX_NESTING) throw new Rejected(`nested deeper than ${MAX_NESTING} levels`)
    } else if (c === 0x7d || c === 0x5d) depth -= 1
  }
  if (values > MAX_VALUES) throw new Rejected(`more than ${MAX_VALUES} values in a record`)
}

/** A record that is one number, such as `21.5`. */
export function createNumberDecoder(config: Decoding): Decoder {
  const refs = new SeriesRefs(config)
  return {
    decode(record, into) {
      into.sample(refs.at(refs.ofRecord(record), 'value'), null, numberOf(textOf(record.payload), 'the payload'))
      return true
    },
  }
}
