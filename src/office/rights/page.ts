import type { DateTime } from 'luxon'
import { dayInWords } from '../../programme/activities/when.ts'
import { officeZone } from '../../platform/clock.ts'

/** The page before a copy is shown: a link that a mail program opens by itself shows nothing. */
export function copyConfirmPageOf (token: string, until: DateTime<true>) {
  return { href: `/copies/${token}`, until: dayInWords(until, officeZone) }
}
