import type { DateTime } from 'luxon'
import { deadlineInWords, momentInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { holdOf } from '../legal-holds/staff-page.ts'
import { everythingInWords } from './page.ts'
import type { KeptTexts } from './page.ts'
import { isNothing } from './queries.ts'
import type { Everything } from './queries.ts'

const zone = 'Europe/London'

/** The form that asks for the address to look up, as it was filled in. */
export function searchPageOf (typed?: { values: { email?: string }, errors: FormErrors }) {
  return { email: typed?.values.email, errors: typed?.errors }
}

/** Everything about one address, for staff. */
export function personPageOf (email: string, everything: Everything, texts: KeptTexts, now: DateTime<true>) {
  const { legalHolds, erasure, worksHere } = everything
  return {
    email,
    isNothing: isNothing(everything),
    everything: everythingInWords(everything, texts),
    holds: legalHolds.map(hold => holdOf(hold, now)),
    erasing: erasure && { since: momentInWords(erasure.askedAt, zone), by: deadlineInWords(erasure.doneBy, zone) },
    worksHere
  }
}
