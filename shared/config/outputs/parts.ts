/** Settings that several kinds of output share. */
import { z } from 'zod'
import '../field'

/** A name that may hold {output}, {pipeline}, {rule}, {name}, {source} and the labels of the series. */
export const template = (placeholder: string) =>
  z
    .string()
    .min(1)
    .max(1000)
    .meta({ form: { code: true, placeholder } })

/** What a message about one alert says, with {{name}} and the like; without one it is made for you. */
export const alertText = () =>
  z
    .string()
    .max(10_000)
    .optional()
    .meta({ form: { advanced: true, code: true, placeholder: '{{name}}: {{series}} {{value}} {{unit}}' } })

export const language = () => z.enum(['en', 'zh-CN']).default('en').describe('The language of what people read.')

/** Of messages that people read. */
export const people = () => ({
  language: language(),
  text: alertText().describe(
    'The line for one alert; {{name}} {{series}} {{value}} {{unit}} {{state}} {{severity}} {{time}} {{reason}} stand for what it says.',
  ),
})
