import type { DateTime } from 'luxon'
import { placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { followUpOf } from '../../programme/activities/reminder-times.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords, momentInWords, timeInWords } from '../../programme/activities/when.ts'
import { shownCode } from '../../booking/check-in/code.ts'
import { checkInClosesAt, checkInOpensAt } from '../../booking/bookings/check-in-times.ts'
import { qrCodeOf } from '../../platform/qr-code.ts'
import { receivedInWords } from '../../booking/bookings/handover.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { kindsInWords } from '../../mail/emails/in-words.ts'
import { followUps } from '../../mail/emails/follow-up.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { helplinesOf } from '../../programme/support/page.ts'
import type { Seal } from '../../platform/seal.ts'
import { notableFrom } from '../../booking/bookings/attendance.ts'
import { walkInsDraft } from './attendance.ts'
import type { Note } from './attendance.ts'
import { groupsOf } from './guest-list.ts'
import type { Guest, EmailsOfKind, Question } from './queries.ts'
import type { receiptFields } from './schema.ts'

interface OnTheDay {
  staff: StaffMember
  activity: KnownActivity
  guests: readonly Guest[]
  /** How many came without a booking; undefined: nobody counted. */
  walkIns: number | undefined
  /** Names of the hosts. */
  hosts: readonly string[]
  contacts: readonly SupportContact[]
  seal: Seal
  /** Visible only to people who may know attendees; undefined for hosts. */
  known: { questions: readonly Question[], emails: readonly EmailsOfKind[] } | undefined
}

/** What was tried, where the page is shown again because of it. */
export interface Tried {
  errors: FormErrors
  chosen?: ReadonlyMap<string, Note>
  /** The number of people without a booking, as it was typed. */
  typed?: { walk_ins?: string }
}

/** Everything needed to run an activity on its day, on one page. */
export function onTheDayPageOf (shown: OnTheDay, now: DateTime<true>, tried?: Tried) {
  const { staff, activity, guests, hosts, contacts, known } = shown
  const href = `/staff/activities/${activity.slug}`
  const runs = may(staff, 'run activities', activity)
  const mayRecord = may(staff, 'record attendance', activity)
  const isNotable = mayRecord && activity.status !== 'cancelled' && now >= notableFrom(activity)
  const places = guests.reduce((sum, { places }) => sum + places, 0)
  return {
    ...runningOf(activity),
    href: `${href}/evening`,
    codeHref: activity.status === 'published' ? `${href}/evening/code` : undefined,
    lookedAt: timeInWords(now, activity.zone),
    state: stateOf(activity, guests.length),
    hosts: hosts.join(', '),
    hostsHref: runs ? `${href}/hosts` : undefined,
    joining: joiningOf(shown, now),
    guests: {
      total: guests.length,
      places: places > guests.length ? placesInWords(places) : undefined,
      isNotable,
      notableFrom: mayRecord && activity.status !== 'cancelled' ? dayInWords(notableFrom(activity), activity.zone) : undefined,
      whatItDecides: known && isNotable ? whatItDecides(activity, known.emails, now) : undefined,
      groups: groupsOf(guests, activity, tried?.chosen)
    },
    reportHref: known && isNotable && activity.isOnline ? `${href}/attendance-report` : undefined,
    walkIns: isNotable
      ? { value: tried?.typed?.walk_ins ?? shown.walkIns?.toString(), edition: walkInsDraft.versionHash(shown) }
      : undefined,
    access: guests.filter(({ accessNeeds }) => accessNeeds !== undefined).map(guest => ({
      name: guest.name,
      needs: guest.accessNeeds,
      answer: guest.accessAnswer,
      href: known && `${href}/bookings/${guest.id}`
    })),
    questions: known && questionsOf(known.questions, activity, may(staff, 'settle questions', activity)),
    emails: known && { href: `${href}/letters`, kinds: known.emails.map(one => emailOf(one, href, activity)) },
    helplines: numbersFor(activity, contacts),
    districts: districtsOf(activity).join(', '),
    errors: tried?.errors
  }
}

function stateOf ({ status, forgotten }: KnownActivity, guests: number): string | undefined {
  if (forgotten !== undefined && guests === 0) return 'The details of everyone who booked are deleted. How many came is on the page of its attendees.'
  if (status === 'cancelled') return 'This activity is cancelled. Nobody has a place in it any more.'
  return status === 'draft' ? 'This activity is a draft, which only staff see.' : undefined
}

/** How the person who runs it joins the meeting: the link leads there only on the day, and is never shown as text. */
function joiningOf ({ staff, activity, seal }: OnTheDay, now: DateTime<true>) {
  const { isOnline, joinUrlSealed, status, slug, zone, startsAt } = activity
  if (!isOnline || status === 'cancelled') return undefined
  const edits = may(staff, 'edit activities', activity)
  const leads = edits || activity.hostIds.includes(staff.id)
  const isToday = isOnItsDay(activity, now)
  return {
    meetingHref: edits ? `/staff/activities/${slug}/meeting` : undefined,
    url: leads && isToday && joinUrlSealed !== undefined ? seal.open(joinUrlSealed) : undefined,
    sentence: joinUrlSealed === undefined
      ? 'There is no Teams link yet, so nobody can join.'
      : !leads
          ? 'Its organisers, hosts and co-hosts have the way into Teams here on the day.'
          : isToday ? undefined : `The way into Teams is here on ${dayInWords(startsAt, zone)}.`
  }
}

/** What recording attendance still decides, in a sentence: the email afterwards, until that is sent. */
export function whatItDecides (
  activity: KnownActivity, emails: readonly EmailsOfKind[], now: DateTime<true>
): string | undefined {
  if (!activity.followUp || activity.status !== 'published') return undefined
  const { dueAt, until } = followUpOf(activity)
  if (emails.some(({ kind }) => (followUps as readonly string[]).includes(kind))) {
    return 'The emails after the day have gone out, by what was noted then. What you note now is kept, but changes no email.'
  }
  if (now >= until) return undefined
  return `On ${momentInWords(dueAt, activity.zone)}, people who were here get a thank-you, ` +
    'and people who did not come get the way to other dates. What you note until then decides which.'
}

/** The questions, open ones first. */
function questionsOf (questions: readonly Question[], activity: KnownActivity, maySettle: boolean) {
  const rows = questions.map(question => questionOf(question, activity, maySettle))
  const [open, settled] = [rows.filter(({ isOpen }) => isOpen), rows.filter(({ isOpen }) => !isOpen)]
  return { open: open.length, rows: [...open, ...settled] }
}

function questionOf (question: Question, { slug, zone }: KnownActivity, maySettle: boolean) {
  const { bookingId, name, reference, status, lapseReason, text, outcome, settledAt, settledBy, handovers } = question
  const href = `/staff/activities/${slug}/evening/questions/${bookingId}`
  const by = `by ${settledBy ?? 'someone who does not work here any more'}${settledAt === undefined ? '' : `, ${momentInWords(settledAt, zone)}`}`
  return {
    name,
    reference,
    tag: status === 'confirmed' ? undefined : statusTagOf({ status, lapseReason }),
    text,
    isOpen: outcome === undefined && text !== undefined,
    settled: outcome === undefined
      ? undefined
      : outcome === 'answered' ? `Answered: marked ${by}` : `Handed to safeguarding ${by}. Its text is deleted.`,
    received: handovers.map(handover => receivedInWords(handover, zone)),
    answeredHref: maySettle && outcome === undefined && text !== undefined ? href : undefined,
    safeguardingHref: !maySettle || text === undefined ? undefined : `${href}/safeguarding`
  }
}

function emailOf (
  { kind, emails, sent, waiting, notArrived, lastAt }: EmailsOfKind, href: string, { zone }: KnownActivity
) {
  return {
    name: kindsInWords[kind].name,
    emails,
    sent,
    waiting,
    notArrived,
    lastAt: lastAt && momentInWords(lastAt, zone),
    notArrivedHref: `${href}/letters?show=not-arrived&kind=${kind}`
  }
}

/** The districts in which people who come to an activity live. */
function districtsOf ({ district, campaign }: KnownActivity): string[] {
  return district === undefined ? campaign.districts : [district]
}

function numbersFor (activity: KnownActivity, contacts: readonly SupportContact[]) {
  return helplinesOf(contacts, districtsOf(activity))
}

/** Why nobody can type a code. */
const noCode = {
  cancelled: 'This activity is cancelled. Nobody has a place in it any more, so there is no code to type.',
  draft: 'This activity is a draft, which only staff see. Its code is here once it is published.'
}

/** The code by which people say that they were here, to be shown on the last slide. It names nobody. */
export function codePageOf (activity: KnownActivity, code: string, address: string) {
  return {
    ...runningOf(activity),
    onTheDayHref: `/staff/activities/${activity.slug}/evening`,
    nobodyTypes: activity.status === 'published' ? undefined : noCode[activity.status],
    code: shownCode(code),
    address: address.replace(/^https?:\/\//, ''),
    qr: qrCodeOf(address),
    opens: momentInWords(checkInOpensAt(activity), activity.zone),
    closes: momentInWords(checkInClosesAt(activity), activity.zone)
  }
}

/** What a host sees before and after the day. */
export function notYetPageOf (activity: KnownActivity, staff: StaffMember, now: DateTime<true>) {
  const { startsAt, zone } = activity
  const day = dayInWords(startsAt, zone)
  return {
    ...runningOf(activity),
    heading: now < startsAt ? `This page opens on ${day}` : `This page was open on ${day}`,
    isToCome: now < startsAt,
    isCoHost: staff.coHostOf?.includes(activity.id) === true,
    day
  }
}

interface HandOver { activity: KnownActivity, question: Question, contacts: readonly SupportContact[] }

/** What was typed about the person who received a question, and what is wrong with it. */
interface TypedReceipt { typed: Partial<Record<typeof receiptFields[number], string>>, errors: FormErrors }

/** Contacts to call about a question, and the form that says who received it: only that deletes it. */
export function handOverPageOf ({ activity, question, contacts }: HandOver, now: DateTime<true>, tried?: TypedReceipt) {
  const [today = '', time = ''] = wallClock(now, activity.zone).split(' ')
  return {
    values: tried?.typed ?? { received_day: today, received_time: time },
    ...runningOf(activity),
    onTheDayHref: `/staff/activities/${activity.slug}/evening`,
    question,
    helplines: numbersFor(activity, contacts),
    errors: tried?.errors
  }
}
