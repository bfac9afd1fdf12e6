import type { DateTime } from 'luxon'
import { momentInWords } from '../../programme/activities/when.ts'

/** Who received a question that was handed to safeguarding, where, when, and their reference for it. */
export interface Handover {
  hub: string
  receivedBy: string
  receivedAt: DateTime<true>
  reference: string
}

/** `Received by Pat Smith, Cumberland Hub, Tuesday 1 December 2026 at 6pm. Their reference: C-1042` */
export function receivedInWords ({ hub, receivedBy, receivedAt, reference }: Handover, zone: string): string {
  return `Received by ${receivedBy}, ${hub}, ${momentInWords(receivedAt, zone)}. Their reference: ${reference}`
}
