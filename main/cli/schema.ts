/** `weir schema`: the JSON schema of the workspace file, for editors. */
import { z } from 'zod'
import { workspace } from '../../shared/config/workspace'
import { parseOptions } from './arguments'

export function workspaceJsonSchema(): string {
  const schema = z.toJSONSchema(workspace, {
    io: 'input',
    unrepresentable: 'any',
    // Hints for the forms of the window say nothing to an editor.
    override: ({ jsonSchema }) => delete jsonSchema['form'],
  })
  return `${JSON.stringify({ ...schema, title: 'Weir workspace' }, null, 2)}\n`
}

export function schemaCommand(args: string[]): Promise<number> {
  parseOptions(args, [], [])
  process.stdout.write(workspaceJsonSchema())
  return Promise.resolve(0)
}
