/** What is written for people and editors is true of the program. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { workspaceJsonSchema } from '../../../main/cli/schema'
import { alertRule } from '../../../shared/config/alert'
import { workspace } from '../../../shared/config/workspace'

const read = (path: string): string => readFileSync(path, 'utf8')
const guide = (language: string): string => read(`resources/guide/guide.${language}.html`)
const ids = (html: string): string[] => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id as string)
const EXAMPLES = ['workspace-example', 'rule-example']
const example = (html: string, id: string): unknown =>
  JSON.parse(new RegExp(`id="${id}">([^]*?)</code>`).exec(html)?.[1] ?? 'none') as unknown

describe('the JSON schema of the workspace', () => {
  it('is the one that the program prints; renew it with: npm run -s weir -- schema > resources/workspace.schema.json', () => {
    expect(read('resources/workspace.schema.json')).toBe(workspaceJsonSchema())
  })
  it('explains every setting', () => {
    const silent: string[] = []
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties, ...rest } = node as { properties?: Record<string, { description?: string; const?: string }> }
      for (const [name, value] of Object.entries(properties ?? {})) {
        if (value.description === undefined && value.const === undefined) silent.push(`${path}.${name}`)
        visit(value, `${path}.${name}`)
      }
      for (const value of Object.values(rest)) visit(value, path)
    }
    visit(JSON.parse(workspaceJsonSchema()), 'workspace')
    expect(silent).toEqual([])
  })
})

describe.each(['en', 'zh-CN'])('the guide in %s', (language) => {
  it('has an example of a workspace that can be used as it is', () => {
    expect(workspace.safeParse(example(guide(language), 'workspace-example')).error).toBeUndefined()
  })
  it('has an example of an alert rule that can be used as it is', () => {
    expect(alertRule.safeParse(example(guide(language), 'rule-example')).error).toBeUndefined()
  })
  it('has the same chapters as the others, each in the contents, and only pictures that are there', () => {
    const html = guide(language)
    expect(ids(html)).toEqual(ids(guide('en')))
    expect([...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)).toEqual(
      ids(html).filter((id) => !EXAMPLES.includes(id)),
    )
    for (const [, name] of html.matchAll(/(?:src|href)="([^"#]+)"/g))
      expect(() => read(`resources/guide/${name}`)).not.toThrow()
  })
})
