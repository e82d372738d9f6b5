import { describe, expect, it } from 'vitest'
import { compilePattern, compileSelection, PatternError } from '../../../shared/model/pattern'

const pump = { name: 'motor.current', labels: { site: 'A', line: 'pump-1' } }

describe('a series pattern', () => {
  it.each([
    ['motor.current', true],
    ['motor', false],
    ['motor.*', true],
    ['*current', true],
    ['m?tor.current', true],
    ['?', false],
    ['*', true],
    ['  motor.current  ', true],
    ['"motor.current"', true],
    ['"motor.*"', false],
    ['{}', true],
    ['{site="A"}', true],
    ['motor.current{site="A", line=~"pump-*"}', true],
    ['motor.current{ site = "A" , line =~ "pump-?" }', true],
    ['motor.current{site!="A"}', false],
    ['motor.current{line!~"pump-*"}', false],
    ['motor.current{line!~"fan-*"}', true],
    ['motor.current{missing=""}', true],
    ['motor.current{missing!="x"}', true],
    ['motor.current{missing=~"?*"}', false],
    ['motor.current{"site"="A"}', true],
    ['motor.current{line="pump-*"}', false],
  ])('%s', (text, matches) => expect(compilePattern(text)(pump)).toBe(matches))

  it('takes names with brackets, spaces and accents as they are', () => {
    const labels = {}
    expect(compilePattern('sensors[0].temp')({ name: 'sensors[0].temp', labels })).toBe(true)
    expect(compilePattern('Außen temp*')({ name: 'Außen temperatur', labels })).toBe(true)
    expect(compilePattern('"a{b}"')({ name: 'a{b}', labels })).toBe(true)
    expect(compilePattern('?')({ name: '🌡', labels })).toBe(true)
  })

  it('reaches no property that is not a label', () =>
    expect(compilePattern('{constructor=~"?*"}')({ name: 'x', labels: {} })).toBe(false))

  it.each([
    ['', 'expected the name of a series or { at character 1'],
    ['a{', 'expected a label at character 3'],
    ['a{site}', 'expected =, !=, =~ or !~ at character 7'],
    ['a{site="A"', 'expected } at character 11'],
    ['a{site=A}', 'expected a text in double quotes at character 8'],
    ['a{site="A",}', 'expected a label at character 12'],
    ['a{site="A"} b', 'expected the end of the pattern at character 13'],
    ['a{site="\\q"}', 'expected a text in double quotes, with JSON escapes at character 8'],
  ])('%s is refused with the place', (text, message) => {
    expect(() => compilePattern(text)).toThrow(PatternError)
    expect(() => compilePattern(text)).toThrow(message)
  })

  it('does not hang on many stars', () => {
    const started = performance.now()
    expect(compilePattern('*a'.repeat(200) + 'b')({ name: 'a'.repeat(5000), labels: {} })).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('a selection without patterns takes everything, else what any of them matches', () => {
    expect(compileSelection([])(pump)).toBe(true)
    expect(compileSelection(['x', 'motor.*'])(pump)).toBe(true)
    expect(compileSelection(['x', 'y'])(pump)).toBe(false)
  })
})
