import type { DateTime } from 'luxon'

/** The fields of a hold's form. */
export interface LegalHoldDraft {
  reason: string
  /** The person or team responsible for it. */
  owner: string
  /** The day on which someone checks whether it is still needed, such as `2026-12-01`. */
  reviewOn: string
}

/** What a hold is on: an activity; or a person, by their address in the form used for comparing. */
export type Held = { activity: { id: string, slug: string, title: string } } | { canonicalEmail: string }

/** Keeps what would be deleted, because an inquiry or a court may need it. */
export interface LegalHold extends LegalHoldDraft {
  id: string
  /** Undefined for a lifted hold on a person: their address is not kept. */
  of: Held | undefined
  setAt: DateTime<true>
  liftedAt: DateTime<true> | undefined
  /** Number of bookings that it keeps now. */
  bookings: number
}

/** Maximum number of months until a review: a forgotten hold would keep data that is not needed. */
export const maxMonthsToReview = 12

/** What setting a hold does, in sentences; `bookings` is the number that it keeps. */
export function legalHoldEffects (bookings: number): string[] {
  const [are, goes] = bookings === 1 ? ['1 booking is', 'its'] : [`${bookings} bookings are`, 'their']
  return [
    bookings === 0
      ? 'It keeps no booking at the moment. What is booked from now on is kept.'
      : `${are} kept beyond ${goes} day of deletion, with all details, emails and history.`,
    'Nothing about the people concerned can be deleted before it is lifted, even if they ask for it.'
  ]
}

/** What lifting a hold does, in sentences; `due` is the number of bookings whose day has passed meanwhile. */
export function liftingEffects ({ bookings, due }: { bookings: number, due: number }): string[] {
  return [
    due === 0
      ? 'Nothing is deleted at once: no booking that it keeps is due yet.'
      : `${due === 1 ? '1 booking is' : `${due} bookings are`} deleted for good in the next night, unless another hold keeps ${due === 1 ? 'it' : 'them'}.`,
    ...bookings === due ? [] : [`${bookings - due === 1 ? '1 booking is' : `${bookings - due} bookings are`} deleted on the day that people were told.`]
  ]
}
