import type { DateTime } from 'luxon'
import { deadlineInWords, momentInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { legalHoldOf } from '../legal-holds/staff-page.ts'
import type { FoundPerson } from '../people/queries.ts'
import { foundOf } from '../people/finding-staff-page.ts'
import { callOf } from '../../programme/support/contact.ts'
import type { Person } from './callers.ts'
import { everythingInWords } from './everything-in-words.ts'
import type { KeptTexts } from './kept-texts.ts'
import { isNothing } from './queries.ts'
import type { Everything } from './queries.ts'

/** The form that asks who is looked up, as it was filled in, with those whom a search found. */
export function searchPageOf (
  typed: string | undefined, found: { people: readonly FoundPerson[], total: number } | undefined, now: DateTime<true>,
  errors?: FormErrors
) {
  return {
    typed,
    found: found && {
      total: found.total,
      isMore: found.total > found.people.length,
      people: found.people.map(person => foundOf(person, now))
    },
    errors
  }
}

/** Who is looked up: what pages call them, and what forms send of them. */
export function whoOf (person: Person) {
  return 'email' in person
    ? { title: person.email, value: person.email }
    : { title: person.name, value: person.reference, phone: callOf(person.phone), isCaller: true }
}

/** Everything about someone, for staff. */
export function personPageOf (person: Person, everything: Everything, texts: KeptTexts, now: DateTime<true>) {
  const { legalHolds, erasure, worksHere } = everything
  return {
    who: whoOf(person),
    isNothing: isNothing(everything),
    everything: everythingInWords(everything, texts),
    holds: legalHolds.map(hold => legalHoldOf(hold, now)),
    erasing: erasure && {
      since: momentInWords(erasure.askedAt, officeZone), by: deadlineInWords(erasure.doneBy, officeZone)
    },
    worksHere
  }
}
