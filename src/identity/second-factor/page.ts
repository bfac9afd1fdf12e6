import type { DateTime } from 'luxon'
import { momentInWords } from '../staff/page.ts'
import type { WaysToShow } from '../staff/queries.ts'

/** The page of someone's authenticator. */
export function factorPageOf ({ name, email, factorSince }: WaysToShow, now: DateTime<true>) {
  return { name, email, factorSince: factorSince && momentInWords(factorSince, now) }
}
