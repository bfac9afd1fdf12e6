import type { DateTime } from 'luxon'
import { calendarDayInWords, calendarDayOf } from '../../programme/activities/when.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { officeZone } from '../../platform/clock.ts'
import { extendedAnswerBy } from './due.ts'
import { ExtendedAlready, NoMoreTime, RequestAnswered } from './errors.ts'
import type { AskedRequest, Extended, GroundForTime } from './request.ts'

/** More time for a request, and why. */
export interface Extending {
  because: GroundForTime
  /** In the words that the person reads. */
  reason: string
  toldBy: Extended['toldBy']
}

/** Why there is no more time for a request; undefined: there is. */
export function noMoreTimeFor (
  { kind, dueOn, extended, closed }: Pick<AskedRequest, 'kind' | 'dueOn' | 'extended' | 'closed'>, now: DateTime<true>
): RequestAnswered | ExtendedAlready | NoMoreTime | undefined {
  if (closed !== undefined) return new RequestAnswered()
  if (extended !== undefined) return new ExtendedAlready()
  if (kind === 'complaint') return new NoMoreTime()
  return dueOn < calendarDayOf(now, officeZone) ? new NoMoreTime(calendarDayInWords(dueOn)) : undefined
}

/** What taking more time does to the person who asked; nothing where they were told in another way. */
export function extendingEffects (
  { name, receivedAt, unreachableAt }: Pick<AskedRequest, 'name' | 'receivedAt' | 'unreachableAt'>,
  { because, reason, toldBy }: Extending
): Effects {
  const until = calendarDayInWords(extendedAnswerBy(receivedAt, officeZone))
  return {
    sentences: toldBy === 'otherwise'
      ? []
      : [
          `${name} gets an email with this reason, at the address that they gave. It says that we answer by ${until} at the latest.`,
          'We cannot take more time for this request a second time.',
          ...unreachableAt === undefined ? [] : ['Our last email to this address was refused. Call them if you can.']
        ],
    changes: [],
    basis: JSON.stringify([because, reason])
  }
}
