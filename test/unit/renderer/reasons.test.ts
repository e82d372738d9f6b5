import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { translateReason } from '../../../renderer/state/reasons'
import { endInWords } from '../../../main/electron/end-in-words'
import { KAFKA_REFUSALS } from '../../../main/connections/kafka-connection'
import { REFUSALS } from '../../../main/connections/mqtt-connection'
import { REASONS } from '../../../main/connections/network-errors'
import { parseExpression } from '../../../main/transforms/expression-tree'
import { compilePattern } from '../../../shared/model/pattern'
import table from '../../../resources/translations/reasons.zh-CN.json'

const hanzi = /\p{Script=Han}/u

/** All messages and hints of errors in the store's own code, with something in their places. */
function storeSentences(): string[] {
  const folder = 'main/store'
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const found = files.flatMap((name) => {
    const code = readFileSync(join(folder, name), 'utf8')
    const errors = [...code.matchAll(/new StoreError\(([^;]*?)\)(?:\n|;|$)/gs)].map(([, given = '']) => given)
    const hints = /const HINTS[^{]*\{(.*?)\n\}/s.exec(code)?.[1] ?? ''
    return [...errors, hints].flatMap((text) => [...text.matchAll(/`[^`]*`|'[^']*'/g)].map(([quoted]) => quoted))
  })
  const words = found.map((quoted) => quoted.slice(1, -1)).filter((text) => text.includes(' '))
  return [...new Set(words.map((text) => text.replace(/\$\{operation\}/, 'write').replace(/\$\{[^}]*\}/g, '7')))]
}

/** All reasons that outputs give in their own words, with something in their places. */
function outputSentences(): string[] {
  const folder = 'main/outputs'
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const quoted = code.flatMap((text) => [
    ...text.matchAll(
      /(?:new (?:Error|Refused)\(|mendable\(|reason: |\? null : |\) => |, )(`[^`\n]* [^`\n]*`|'[^'\n]* [^'\n]*')/g,
    ),
  ])
  const words = quoted.map(([, found = '']) => found.slice(1, -1).replace(/\$\{[^}]*\}/g, '7'))
  return [...new Set(words.filter((text) => /^(?:7|the|this|it|wrong|no) .*[a-z]{2}/.test(text)))]
}

describe('reasons in Chinese', () => {
  it.each(outputSentences())('knows what an output says: %s', (sentence) => {
    expect(translateReason('zh-CN', sentence)).toMatch(hanzi)
  })
  it.each(Object.entries(REASONS))('knows the network error %s', (_code, words) => {
    const said = translateReason('zh-CN', words('10.0.0.7:1883'))
    expect(said).toMatch(hanzi)
    expect(said).toContain('10.0.0.7:1883')
  })
  it.each(Object.values(REFUSALS))('knows the refusal: %s', (words) => {
    expect(translateReason('zh-CN', words)).toMatch(hanzi)
  })
  it.each(Object.entries(KAFKA_REFUSALS))('knows the refusal of Kafka: %s', (_type, words) => {
    expect(translateReason('zh-CN', words('plant'))).toMatch(hanzi)
  })
  it('knows what can become of a Kafka log', () => {
    for (const words of [
      'a/0 was deleted and created again; reading goes on at its oldest record',
      'records 1 to 9 of a/0 were deleted or passed over before they were read',
      'a batch of records cannot be decompressed (lz4): the LZ4 block is cut off',
      'nothing listens at kafka-1:9092 (the cluster gives this address itself: see advertised.listeners)',
      'b:9092 closed the connection; does its security fit, PLAINTEXT?',
      'the broker refuses the token',
    ])
      expect(translateReason('zh-CN', words)).toMatch(hanzi)
  })
  it('knows how an engine ends', () => {
    for (const words of [
      endInWords(null, { reason: 'killed', exitCode: 9 }, ''),
      endInWords(3, null, ''),
      endInWords(0, null, ''),
      endInWords(null, { reason: 'oom', exitCode: 1 }, ''),
    ])
      expect(translateReason('zh-CN', words)).toMatch(hanzi)
  })
  it.each([
    '',
    'value +',
    'value * 2)',
    'x',
    'sin',
    'foo(1)',
    'pow(1)',
    '1 < value < 2',
    'value $ 1',
    '1e999',
    '(1',
    '1 ? 2',
  ])('knows what is wrong with the formula %s', (formula) => {
    let said = ''
    try {
      parseExpression(formula, ['value'])
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).not.toBe('')
    expect(translateReason('zh-CN', said)).toMatch(hanzi)
  })
  it.each(['{', 'a{b}', 'a{b=1}', 'a{b="1"', 'a{b="1"}x'])('knows what is wrong with the pattern %s', (pattern) => {
    let said = ''
    try {
      compilePattern(pattern)
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).not.toBe('')
    expect(translateReason('zh-CN', said)).toMatch(hanzi)
  })
  it.each(storeSentences())('knows what the store says: %s', (sentence) => {
    expect(translateReason('zh-CN', sentence)).toMatch(hanzi)
  })
  it('keeps what the sentence tells, also over several lines', () => {
    expect(translateReason('zh-CN', 'not JSON: {"a":\n1')).toBe('不是 JSON：{"a":\n1')
    expect(translateReason('zh-CN', 'b:1 closed the connection before it answered; is it an MQTT broker?')).toBe(
      'b:1 未应答就关闭了连接，它是 MQTT 代理吗？',
    )
  })
  it('leaves English as it is, and what nobody knows', () => {
    expect(translateReason('en', 'nothing listens at a:1')).toBe('nothing listens at a:1')
    expect(translateReason('zh-CN', 'quux')).toBe('quux')
  })
  it('fills every place of its own and no other', () => {
    const places = (text: string): string[] => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort()
    for (const [english, chinese] of Object.entries(table)) expect(places(chinese), english).toEqual(places(english))
  })
})
