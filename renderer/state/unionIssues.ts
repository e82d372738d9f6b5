/** What is wrong with a value that may be one of several things: of the one that it is meant to be, by its `kind`. */
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Every issue with its whole path. */
export function flatIssues(issues: readonly Issue[], prefix: readonly PropertyKey[] = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...prefix, ...issue.path]
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }]
    const branches = issue.errors.map((errors) => flatIssues(errors, path))
    /** Not meant: its kind is another, or it has several itself and none of them is. */
    const isOther = (found: Issue): boolean =>
      (found.path.length === path.length + 1 && found.path.at(-1) === 'kind') ||
      (found.code === 'invalid_union' && found.path.length === path.length)
    return branches.find((found) => !found.some(isOther)) ?? [{ ...issue, path }]
  })
}
