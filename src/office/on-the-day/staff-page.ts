import type { DateTime } from 'luxon'
import type { Candidate } from '../../programme/activities/hosts.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { followUpOf } from '../../programme/activities/reminder-times.ts'
import { placesInWords, runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords, momentInWords, timeInWords } from '../../programme/activities/when.ts'
import { receivedInWords } from '../../booking/bookings/handover.ts'
import { statusTagOf } from '../../booking/bookings/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { kindsInWords } from '../../mail/emails/in-words.ts'
import { followUps } from '../../mail/reminders/follow-up.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import { helplinesOf } from '../../programme/support/page.ts'
import type { Seal } from '../../programme/teams/seal.ts'
import { attendanceOf, attendances, notableFrom } from './attendance.ts'
import type { Attendance } from './attendance.ts'
import type { NotNoted } from './commands.ts'
import type { Guest, EmailsOfKind, Question } from './queries.ts'
import type { receiptFields } from './schema.ts'

interface OnTheDay {
  staff: StaffMember
  activity: KnownActivity
  guests: readonly Guest[]
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
  chosen?: ReadonlyMap<string, Attendance>
}

/** Everything needed to run an activity on its day, on one page. */
export function onTheDayPageOf (shown: OnTheDay, now: DateTime<true>, tried?: Tried) {
  const { staff, activity, guests, hosts, contacts, known } = shown
  const href = `/staff/activities/${activity.slug}`
  const runs = may(staff, 'run activities', activity)
  const isNotable = now >= notableFrom(activity)
  const places = guests.reduce((sum, { places }) => sum + places, 0)
  return {
    ...runningOf(activity),
    href: `${href}/evening`,
    lookedAt: timeInWords(now, activity.zone),
    state: stateOf(activity, guests.length),
    hosts: hosts.join(', '),
    hostsHref: runs ? `${href}/hosts` : undefined,
    joining: joiningOf(shown, runs, now),
    guests: {
      total: guests.length,
      places: places > guests.length ? placesInWords(places) : undefined,
      isNotable,
      notableFrom: dayInWords(notableFrom(activity), activity.zone),
      whatItDecides: known && isNotable ? whatItDecides(activity, known.emails, now) : undefined,
      groups: groupsOf(guests, activity, tried?.chosen)
    },
    access: byName(guests).filter(({ accessNeeds }) => accessNeeds !== undefined).map(guest => ({
      name: guest.name,
      needs: guest.accessNeeds,
      answer: guest.accessAnswer,
      href: known && `${href}/bookings/${guest.id}`
    })),
    questions: known && questionsOf(known.questions, activity),
    emails: known && { href: `${href}/letters`, kinds: known.emails.map(one => emailOf(one, href, activity)) },
    helplines: numbersFor(activity, contacts),
    districts: districtsOf(activity).join(', '),
    errors: tried?.errors
  }
}

function stateOf ({ status, forgotten }: KnownActivity, guests: number): string | undefined {
  if (forgotten !== undefined && guests === 0) return 'The details of everyone who booked are deleted. How many came is on the page of the activity.'
  if (status === 'cancelled') return 'This activity is cancelled. Nobody has a place in it any more.'
  return status === 'draft' ? 'This activity is a draft, which only staff see.' : undefined
}

/** How the person who runs it joins the meeting: the link leads there only on the day, and is never shown as text. */
function joiningOf ({ staff, activity, seal }: OnTheDay, runs: boolean, now: DateTime<true>) {
  const { isOnline, joinUrlSealed, status, slug, zone, startsAt } = activity
  if (!isOnline || status === 'cancelled') return undefined
  const leads = runs || activity.hostIds.includes(staff.id)
  const isToday = isOnItsDay(activity, now)
  return {
    meetingHref: runs ? `/staff/activities/${slug}/meeting` : undefined,
    url: leads && isToday && joinUrlSealed !== undefined ? seal.open(joinUrlSealed) : undefined,
    sentence: joinUrlSealed === undefined
      ? 'There is no Teams link yet, so nobody can join.'
      : !leads
          ? 'Its organisers and hosts have the way into Teams here on the day.'
          : isToday ? undefined : `The way into Teams is here on ${dayInWords(startsAt, zone)}.`
  }
}

const groups = [
  { attendance: 'unknown', heading: 'To let in by name' },
  { attendance: 'no', heading: 'Did not come' },
  { attendance: 'yes', heading: 'Here' }
] as const satisfies Array<{ attendance: Attendance, heading: string }>

const choices: Record<Attendance, string> = { yes: 'Here', no: 'Did not come', unknown: 'Not noted' }

/** The words for a note in sentences. */
const noted: Record<Attendance, string> = { yes: 'here', no: 'did not come', unknown: 'not noted' }

/** Guests in groups, those still to be let in first, each by name as it is typed in a lobby. */
function groupsOf (guests: readonly Guest[], { zone }: KnownActivity, chosen?: ReadonlyMap<string, Attendance>) {
  const namesakes = countBy(guests, asCompared)
  const rows = byName(guests).map(guest => {
    const stands = attendanceOf(guest.attended)
    const wanted = chosen?.get(guest.reference) ?? stands
    return {
      stands,
      name: guest.name,
      reference: guest.reference,
      more: guest.places > 1 ? guest.places - 1 : undefined,
      hasNamesake: (namesakes.get(asCompared(guest)) ?? 0) > 1,
      hasAccessNeed: guest.accessNeeds !== undefined,
      joinedAt: guest.joinedAt && timeInWords(guest.joinedAt, zone),
      noted: noted[stands],
      choices: attendances
        .filter(attendance => attendance !== 'unknown' || guest.joinedAt === undefined || stands === 'unknown')
        .map(attendance => ({
          value: `${stands}-${attendance}`, text: choices[attendance], isChosen: attendance === wanted
        }))
    }
  })
  return groups.map(({ attendance, heading }) =>
    ({ attendance, heading, rows: rows.filter(({ stands }) => stands === attendance) }))
}

function byName (guests: readonly Guest[]): Guest[] {
  return [...guests].sort((one, other) =>
    inEnglish.compare(one.name, other.name) || one.reference.localeCompare(other.reference))
}

const inEnglish = new Intl.Collator('en-GB')

/** Equal for two names that look alike in a lobby. */
function asCompared ({ name }: Guest): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

function countBy<T> (all: readonly T[], key: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of all) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
  return counts
}

/** What recording attendance still decides, in a sentence: the email afterwards, until that is sent. */
function whatItDecides (
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
function questionsOf (questions: readonly Question[], activity: KnownActivity) {
  const rows = questions.map(question => questionOf(question, activity))
  const [open, settled] = [rows.filter(({ isOpen }) => isOpen), rows.filter(({ isOpen }) => !isOpen)]
  return { open: open.length, rows: [...open, ...settled] }
}

export function questionOf (question: Question, { slug, zone }: KnownActivity) {
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
    answeredHref: outcome === undefined && text !== undefined ? href : undefined,
    safeguardingHref: text === undefined ? undefined : `${href}/safeguarding`
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

/** What a host sees before and after the day. */
export function notYetPageOf (activity: KnownActivity, now: DateTime<true>) {
  const { startsAt, zone } = activity
  const day = dayInWords(startsAt, zone)
  return {
    ...runningOf(activity),
    heading: now < startsAt ? `This page opens on ${day}` : `This page was open on ${day}`,
    isToCome: now < startsAt,
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
    question: questionOf(question, activity),
    helplines: numbersFor(activity, contacts),
    errors: tried?.errors
  }
}

/** Notes that could not be recorded, in sentences with links to the people they are about. */
export function notNotedInWords (notNoted: readonly NotNoted[], guests: readonly Guest[]): FormErrors {
  const byReference = new Map(guests.map(guest => [guest.reference, guest]))
  const told = notNoted.map(({ reference, because }) => {
    const guest = byReference.get(reference)
    if (guest === undefined || because === 'no-place') return ['form', `The booking ${reference} has no place any more, so nothing was noted of it.`] as const
    return [reference, because === 'joined'
      ? `${guest.name} joined by their own link: choose whether they were here or did not come.`
      : `${guest.name}: someone else noted “${noted[attendanceOf(guest.attended)]}” at the same time, and that stays.`] as const
  })
  return {
    list: told.map(([field, text]) => ({ text, href: `#${field === 'form' ? 'form' : `guest-${field}`}` })),
    of: Object.fromEntries(told.map(([field, text]) => [field, { text }]))
  }
}

interface HostsPage {
  activity: KnownActivity
  candidates: readonly Candidate[]
  /** Ids that are ticked: the current hosts, or what was tried. */
  ticked: readonly string[]
  errors?: FormErrors | undefined
}

/**
 * The form that names hosts: people of the leading agency first, and a warning for others who would not get in. A host
 * who cannot sign in at present is not listed, and stays one, because they cannot be unticked.
 */
export function hostsPageOf ({ activity, candidates, ticked, errors }: HostsPage) {
  const isOfTheLeader = ({ agencyId }: Candidate) => agencyId === undefined || agencyId === activity.leadAgencyId
  const itemOf = (candidate: Candidate) => ({
    value: candidate.id,
    text: candidate.name,
    hint: { text: hintOf(candidate, activity) },
    checked: ticked.includes(candidate.id)
  })
  return {
    ...runningOf(activity),
    shown: activity.hostIds.filter(id => candidates.some(candidate => candidate.id === id)).join(','),
    items: [
      ...candidates.filter(isOfTheLeader).map(itemOf),
      ...candidates.filter(candidate => !isOfTheLeader(candidate)).map(itemOf)
    ],
    errors
  }
}

const rolesInWords = { admin: 'Admin', organiser: 'Organiser', staff: 'Staff', host: 'Host' } as const

function hintOf ({ id, name, role, agencyId, agency }: Candidate, { leadAgencyId }: KnownActivity): string {
  const who = `${rolesInWords[role]}, ${agency ?? 'of the partnership'}`
  return may({ id, name, role, agencyId }, 'see people on the day', { leadAgencyId, hostIds: [id] })
    ? who
    : `${who}. With this role they cannot see who comes: their role has to be Host.`
}
