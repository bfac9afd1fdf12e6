import { z } from 'zod'
import { unknownField } from '../http/form-answers.ts'
import { isKind } from './kinds.ts'
import type { LetterKind } from './kinds.ts'
import type { LetterStatus } from './in-words.ts'

/** Which letters the log shows, as its address says it; anything else shows all. */
export const shown = {
  'not-arrived': { text: 'Did not arrive', statuses: ['failed', 'bounced'] },
  waiting: { text: 'Waiting to go', statuses: ['queued'] },
  sent: { text: 'Sent', statuses: ['sent'] },
  withdrawn: { text: 'Not sent any more', statuses: ['withdrawn'] }
} as const satisfies Record<string, { text: string, statuses: readonly LetterStatus[] }>
export type Shown = keyof typeof shown

/** What an address or a form asks the log to show. */
export interface LogView {
  show: Shown | undefined
  kind: LetterKind | undefined
}

/** Reads which letters are asked for; what does not exist asks for nothing. */
export function logViewOf (given: Readonly<Record<string, unknown>>): LogView {
  const { show, kind } = given
  return {
    show: typeof show === 'string' && Object.hasOwn(shown, show) ? show as Shown : undefined,
    kind: typeof kind === 'string' && isKind(kind) ? kind : undefined
  }
}

/** The button that sends a letter again. Its fields say to which page to come back; whatever they say does no harm. */
export const sendAgainForm = z.strictObject({
  of: z.unknown().optional(), show: z.unknown().optional(), kind: z.unknown().optional(), page: z.unknown().optional()
}, { error: unknownField })
