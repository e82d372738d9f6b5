/** What the schema says is wrong with an input, in the words of the window's language. */
import type { z } from 'zod'
import { t } from './i18n.svelte'
import { reasonText } from './reasons'

export function issueText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return t(issue.expected === 'number' || issue.expected === 'int' ? 'form.issue.number' : 'form.required')
    case 'too_small':
      if (issue.origin === 'array') return t('form.issue.oneAtLeast')
      if (issue.origin === 'string') return t('form.required')
      return t('form.issue.atLeast', { n: String(issue.minimum) })
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? t('form.issue.tooLong')
        : t('form.issue.atMost', { n: String(issue.maximum) })
    case 'custom':
      return reasonText(issue.message)
    // Of a pattern with a message of its own.
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? t('form.issue.wrong') : reasonText(issue.message)
    default:
      return t('form.issue.wrong')
  }
}
