import { calendarDayInWords } from '../../programme/activities/when.ts'
import { officeZone } from '../../platform/clock.ts'
import { extendedAnswerBy } from './due.ts'
import { groundsInWords } from './in-words.ts'
import type { Typed } from './page.ts'
import { groundsForTime } from './request.ts'
import type { AskedRequest, Extended } from './request.ts'
import { requestOf } from './staff-page.ts'
import type { DateTime } from 'luxon'

const ways: Array<[Extended['toldBy'], string]> = [
  ['email', 'By an email with this reason'], ['otherwise', 'I have told them already, by phone or post']
]

/** The form that takes more time for a request. */
export function extensionPageOf (request: AskedRequest, now: DateTime<true>, typed?: Typed) {
  const { values = {}, errors } = typed ?? {}
  return {
    request: requestOf(request, now),
    until: calendarDayInWords(extendedAnswerBy(request.receivedAt, officeZone)),
    grounds: groundsForTime.map(value => ({
      value, text: groundsInWords[value].ours, checked: values.because === value
    })),
    ways: ways.map(([value, text]) => ({ value, text, checked: (values.told_by ?? 'email') === value })),
    values,
    errors
  }
}
