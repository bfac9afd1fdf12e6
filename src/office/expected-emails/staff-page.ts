import type { DateTime } from 'luxon'
import { nameOf } from '../../mail/emails/staff-page.ts'
import { waitsInWords, whySent } from '../../mail/emails/why.ts'
import { officeZone } from '../../platform/clock.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import { dayInWords, shortMoment, timeInWords } from '../../programme/activities/when.ts'
import { daysAhead } from './queries.ts'
import type { CountedLine } from './queries.ts'

export const linesPerPage = 50

export const address = '/staff/letters/to-come'

interface ToCome {
  lines: readonly CountedLine[]
  total: number
  page: number
  strangersSince: DateTime<true> | undefined
}

/** What goes next: by day, in the office's zone, and by time. */
export function toComePageOf ({ lines, total, page, strangersSince }: ToCome, now: DateTime<true>) {
  const days = Map.groupBy(lines, ({ at }) => at < now ? 'Now' : dayInWords(at, officeZone))
  return {
    daysAhead,
    total,
    strangersSince: strangersSince && shortMoment(strangersSince, officeZone),
    days: [...days].map(([day, lines]) => ({ day, lines: lines.map(line => lineOf(line, now)) })),
    pagination: paginationOf(total, page, number => `${address}?page=${number}`, linesPerPage)
  }
}

function lineOf ({ activity, at, kind, emails, withoutAddress, waits }: CountedLine, now: DateTime<true>) {
  return {
    time: at < now ? undefined : timeInWords(at, officeZone),
    kind: kind === 'later-question' ? 'One last question' : kind === 'after-the-day' ? 'The email afterwards' : nameOf(kind),
    title: activity.title,
    href: `/staff/activities/${activity.slug}`,
    to: peopleInWords(emails, waits === undefined && kind === 'offer-lapsed'),
    toCall: withoutAddress === 0 ? undefined : callsInWords(withoutAddress),
    why: waits === undefined ? whyInWords(kind) : waitsInWords({ waits, from: at }, { zone: officeZone })
  }
}

function peopleInWords (emails: number, isAtMost: boolean): string {
  return `To ${emails === 1 ? '1 person' : `${emails.toLocaleString('en-GB')} people`}${isAtMost ? ' at most' : ''}`
}

function callsInWords (withoutAddress: number): string {
  return withoutAddress === 1
    ? '1 of them has no email address: call them.'
    : `${withoutAddress.toLocaleString('en-GB')} of them have no email address: call them.`
}

function whyInWords (kind: CountedLine['kind']): string {
  switch (kind) {
    case 'later-question': return 'They agreed to be asked once more.'
    case 'after-the-day': return 'The morning after, to everyone with a place: thank you, or sorry we missed you. It asks what they thought.'
    case 'offer-lapsed': return 'To those who have not answered the offer of a place by then.'
    case 'waiting-list-closed': return 'Booking closes then: to those who still wait.'
    default: return whySent(kind)
  }
}
