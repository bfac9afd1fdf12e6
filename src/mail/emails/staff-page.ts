import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { momentInWords, shortMoment } from '../../programme/activities/when.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { may } from '../../identity/staff/roles.ts'
import { oneLine } from '../../platform/one-line.ts'
import { callOf } from '../../programme/support/contact.ts'
import { expectedEmails } from './expected.ts'
import { kindsInWords, statusTags } from './in-words.ts'
import type { EmailStatus } from './in-words.ts'
import { isKind, kinds, outdatedReason } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import type { PendingEmail } from './pending.ts'
import type { BulletinText, LoggedEmail } from './queries.ts'
import { shown } from './schema.ts'
import type { LogView, Shown } from './schema.ts'
import { outcomeInWords, waitsInWords, whySilent } from './why.ts'
import { paginationOf } from '../../platform/http/pagination.ts'

/** Maximum number of characters shown of what a mail server says: enough to see what is wrong. */
const longestShown = 300

/** A refusal of the button of one email. */
export interface Refused {
  emailId: string
  sentence: string
}

interface Log {
  staff: StaffMember
  activity: KnownActivity
  emails: readonly LoggedEmail[]
  /** The bookings whose emails are shown. */
  bookings: readonly Booking[]
  bulletins: ReadonlyMap<number, BulletinText>
}

interface CountedLog extends Log {
  counts: ReadonlyArray<{ kind: EmailKind, status: EmailStatus, emails: number }>
  view: LogView
  page: number
}

/** The emails of an activity: kinds, recipients and states. */
export function logPageOf ({ counts, view, page, ...log }: CountedLog, now: DateTime<true>, refused?: Refused) {
  const { activity } = log
  const href = `/staff/activities/${activity.slug}/letters`
  const address = (changed: Partial<LogPlace>) => addressOf(href, { ...view, ...changed })
  const count = ({ show, kind }: LogView) => counts
    .filter(group => (show === undefined || isAmong(group.status, show)) && (kind === undefined || group.kind === kind))
    .reduce((sum, { emails }) => sum + emails, 0)
  const total = count(view)
  const everyShow: Array<[Shown | undefined, string]> = [[undefined, 'All'],
    ...Object.entries(shown).map(([show, { text }]) => [show as Shown, text] as [Shown, string])]
  const everyKind = (Object.keys(kinds) as EmailKind[]).filter(kind => counts.some(group => group.kind === kind))
  return {
    ...runningOf(activity),
    href,
    writeHref: may(log.staff, 'run activities', activity) ? `/staff/activities/${activity.slug}/bulletins` : undefined,
    isForgotten: activity.forgotten !== undefined,
    total,
    isEmpty: counts.length === 0,
    view: { show: view.show ?? '', kind: view.kind ?? '', page },
    shows: everyShow.map(([show, text]) =>
      ({ text, emails: count({ ...view, show }), href: address({ show }), isCurrent: view.show === show })),
    kinds: everyKind.length < 2
      ? []
      : [undefined, ...everyKind].map(kind => ({
          text: kind === undefined ? 'All' : nameOf(kind),
          emails: count({ ...view, kind }),
          href: address({ kind }),
          isCurrent: view.kind === kind
        })),
    ...emailsOf(log, now, refused),
    pagination: paginationOf(total, page, number => address({ page: number }))
  }
}

interface BookingLog extends Omit<Log, 'bookings'> {
  booking: Booking
  pending: readonly PendingEmail[]
  /** Which emails were written, whichever page of them is shown. */
  written: ReadonlyArray<Pick<LoggedEmail, 'kind' | 'sequence' | 'status'>>
}

/** The emails of one booking: what became of each and why, those it will get, and those it will not get. */
export function bookingEmailsOf (
  { booking, pending, written, ...log }: BookingLog, now: DateTime<true>, refused?: Refused
) {
  const { activity } = log
  const { id, name, reference, email, phone, unreachableAt, remindersOff } = booking
  const expected = expectedEmails(booking, activity, written, now)
  const mine = pending.filter(({ bookingId }) => bookingId === id)
  const queued = written.filter(({ status }) => status === 'queued')
  const unwritten = mine.filter(({ kind }) => !queued.some(email => email.kind === kind))
  return {
    booking: {
      name,
      reference,
      email,
      phone: callOf(phone),
      status: statusTagOf(booking),
      unreachableSince: unreachableAt === undefined ? undefined : momentInWords(unreachableAt, activity.zone),
      remindersOff
    },
    silent: written.length === 0 && mine.length === 0 ? whySilent(booking) : undefined,
    toCome: [
      ...unwritten.map(email => ({ kind: nameOf(email.kind), why: waitsInWords(email, activity) })),
      ...expected.filter(({ notBecause }) => notBecause === undefined)
        .map(({ kind, dueAt }) => ({ kind: nameOf(kind), at: shortMoment(dueAt, activity.zone) }))
    ],
    notSent: expected.flatMap(({ kind, dueAt, notBecause }) => notBecause === undefined
      ? []
      : [{ kind: nameOf(kind), at: shortMoment(dueAt, activity.zone), why: notBecause }]),
    ...emailsOf({ ...log, bookings: [booking], pending: mine }, now, refused)
  }
}

/** The page of one booking's emails. */
export function bookingLogPageOf (
  { page, total, ...log }: BookingLog & { page: number, total: number }, now: DateTime<true>, refused?: Refused
) {
  const { activity, booking } = log
  const href = `/staff/activities/${activity.slug}/bookings/${booking.id}/letters`
  return {
    ...runningOf(activity),
    logHref: `/staff/activities/${activity.slug}/letters`,
    total,
    ...bookingEmailsOf(log, now, refused),
    pagination: paginationOf(total, page, number => `${href}?page=${number}`)
  }
}

interface LogPlace extends LogView {
  page?: number
  done?: string
}

/** The address of a log in the given view. */
export function addressOf (href: string, { show, kind, page = 1, done }: LogPlace): string {
  const query = new URLSearchParams({
    ...show !== undefined && { show },
    ...kind !== undefined && { kind },
    ...page > 1 && { page: String(page) },
    ...done !== undefined && { done }
  })
  return query.size === 0 ? href : `${href}?${query.toString()}`
}

function isAmong (status: EmailStatus, show: Shown): boolean {
  return (shown[show].statuses as readonly EmailStatus[]).includes(status)
}

/** Lines of a log; with `pending`, the jobs there are, each says what became of it and why. */
function emailsOf (
  { staff, activity, emails, bookings, bulletins, pending }: Log & { pending?: readonly PendingEmail[] },
  now: DateTime<true>, refused?: Refused
) {
  const byId = new Map(bookings.map(booking => [booking.id, booking]))
  const organises = may(staff, 'run activities', activity)
  const base = `/staff/activities/${activity.slug}`
  const isShown = emails.some(({ id }) => id === refused?.emailId)
  return {
    emails: emails.flatMap(email => {
      const { id, bookingId, kind, status, attempts, answer, createdAt, sentAt, copy, isLatest } = email
      const booking = byId.get(bookingId)
      if (booking === undefined) return []
      const bulletin = kind === 'bulletin' ? bulletins.get(email.sequence) : undefined
      return [{
        id: `letter-${id}`,
        name: booking.name,
        reference: booking.reference,
        bookingHref: `${base}/bookings/${bookingId}/letters`,
        kind: nameOf(kind),
        heading: bulletin && oneLine(bulletin.heading),
        isCopy: copy > 0,
        tag: statusTags[status],
        when: whenOf(status, shortMoment(sentAt ?? createdAt, activity.zone)),
        attempts: attemptsInWords(status, attempts),
        answer: shownAnswer(answer),
        why: pending && outcomeInWords(email, pending.find(job => job.kind === kind), activity),
        isLatest,
        againHref: organises && mayGoAgain(email, { ...booking, activity }, bulletin, now)
          ? `${base}/letters/${id}/copies`
          : undefined,
        error: refused?.emailId === id ? refused.sentence : undefined
      }]
    }),
    errors: refused && { list: [{ text: refused.sentence, href: isShown ? `#letter-${refused.emailId}` : '#letters' }] }
  }
}

/** Whether the button is worth showing; the command checks again. */
function mayGoAgain (
  { kind, sequence, status, isLatest }: LoggedEmail, booking: Parameters<typeof outdatedReason>[2],
  bulletin: BulletinText | undefined, now: DateTime<true>
): boolean {
  return isKind(kind) && isLatest && status !== 'queued' &&
    outdatedReason(kind, sequence, booking, now, bulletin) === undefined
}

/** The name of a kind; of one that a later version has added, its own. */
export function nameOf (kind: EmailKind): string {
  return isKind(kind) ? kindsInWords[kind].name : kind
}

function whenOf (status: EmailStatus, at: string): string {
  switch (status) {
    case 'sent': return at
    case 'bounced': return `Sent ${at}`
    default: return `Due ${at}`
  }
}

function attemptsInWords (status: EmailStatus, attempts: number): string | undefined {
  if (attempts === 0) return status === 'queued' ? 'not tried yet' : undefined
  return attempts === 1 ? '1 try' : `${attempts} tries`
}

/** A mail server's answer for people to read: on one line, and cut to what tells them what is wrong. */
export function shownAnswer (answer: string | undefined): string | undefined {
  if (answer === undefined) return undefined
  const characters = Array.from(oneLine(answer).replace(/\s+/g, ' '))
  return characters.length <= longestShown ? characters.join('') : `${characters.slice(0, longestShown).join('')}…`
}
