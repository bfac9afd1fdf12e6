import type { DateTime } from 'luxon'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { answerBy } from './due.ts'
import type { RequestKind } from './due.ts'
import { regulator } from './regulator.ts'
import { monthsKept } from './request.ts'
import type { AskedRequest } from './request.ts'

/** What was typed, and what is wrong with it. */
export interface Typed {
  values: Readonly<Record<string, string | undefined>>
  /** Undefined where nothing is wrong. */
  errors: FormErrors | undefined
}

/** The form for complaints, empty or as it was filled in. */
export function complaintPageOf (submission: string, now: DateTime<true>, typed?: Typed) {
  return { submission, due: dueInWords('complaint', now), monthsKept, regulator, values: typed?.values ?? {}, errors: typed?.errors }
}

/** The last day for an answer to a request made now. */
function dueInWords (kind: RequestKind, now: DateTime<true>): string {
  return calendarDayInWords(answerBy(kind, now, officeZone))
}

/** What people can ask on the page of their own booking. */
export type AskedThere = Exclude<RequestKind, 'complaint'>

/** The last part of each one's address, below the page of the booking. */
export const askedAt: Record<AskedThere, string> = { copy: 'copy', deletion: 'deletion', objection: 'objection' }

interface AskingPage {
  kind: AskedThere
  token: string
  /** Whether there is an address for the answer. */
  hasAddress: boolean
  /** A request that they have made already and that is not answered yet. */
  open: AskedRequest | undefined
  submission: string
}

/** Asking for a copy, for deletion, or objecting; afterwards, by when we answer. */
export function askingPageOf (
  { kind, token, hasAddress, open, submission }: AskingPage, now: DateTime<true>, typed?: Typed
) {
  return {
    kind,
    href: `/bookings/${token}/${askedAt[kind]}`,
    bookingHref: `/bookings/${token}`,
    hasAddress,
    due: dueInWords(kind, now),
    asked: open && { on: dayInWords(open.receivedAt, officeZone), due: calendarDayInWords(open.dueOn) },
    submission,
    regulator,
    values: typed?.values ?? {},
    errors: typed?.errors
  }
}
