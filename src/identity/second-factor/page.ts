import type { DateTime } from 'luxon'
import { momentInWords } from '../staff/page.ts'
import type { WaysToShow } from '../staff/queries.ts'

/** Somebody and their authenticator. */
export function factorPageOf ({ name, email, factorSince }: WaysToShow, now: DateTime<true>) {
  return { name, email, factorSince: factorSince && momentInWords(factorSince, now) }
}
