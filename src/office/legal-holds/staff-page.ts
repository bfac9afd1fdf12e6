import type { DateTime } from 'luxon'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { maxMonthsToReview } from './legal-hold.ts'
import type { LegalHold } from './legal-hold.ts'

/** What was typed, and what is wrong with it. */
export interface TypedLegalHold {
  values: Readonly<Record<string, string | undefined>>
  errors: FormErrors
}

/** Active holds, and those that were lifted. */
export function legalHoldsPageOf (
  { active, lifted }: { active: readonly LegalHold[], lifted: readonly LegalHold[] }, now: DateTime<true>
) {
  return {
    active: active.map(hold => legalHoldOf(hold, now)),
    lifted: lifted.map(hold => legalHoldOf(hold, now))
  }
}

/** A hold as it is shown to staff. */
export function legalHoldOf (hold: LegalHold, now: DateTime<true>) {
  const { id, of, reason, owner, reviewOn, setAt, liftedAt, bookings } = hold
  const href = `/staff/legal-holds/${id}`
  return {
    href,
    liftingHref: `${href}/lifting`,
    on: of === undefined ? 'A person' : 'activity' in of ? of.activity.title : of.canonicalEmail,
    isPerson: of === undefined || !('activity' in of),
    activityHref: of !== undefined && 'activity' in of ? `/staff/activities/${of.activity.slug}` : undefined,
    reason,
    owner,
    review: calendarDayInWords(reviewOn),
    isDue: liftedAt === undefined && reviewOn <= dayOf(now),
    since: dayInWords(setAt, officeZone),
    lifted: liftedAt && dayInWords(liftedAt, officeZone),
    bookings: bookings === 1 ? '1 booking' : `${bookings} bookings`
  }
}

/** A form about a hold, but for what is typed into it. */
export interface LegalHoldForm {
  /** Address that the form is sent to, and what it is about. */
  action: string
  backHref: string
  backText: string
  heading: string
  submission?: string
  /** Whether it asks for a person's address. */
  asksEmail?: boolean
  hold?: LegalHold
}

/** The form that sets a hold, or changes one. */
export function legalHoldFormOf ({ hold, ...form }: LegalHoldForm, typed?: TypedLegalHold) {
  const values = hold === undefined ? {} : { reason: hold.reason, owner: hold.owner, review_on: hold.reviewOn }
  const { errors } = typed ?? {}
  return { ...form, maxMonthsToReview, isNew: hold === undefined, values: typed?.values ?? values, errors }
}
