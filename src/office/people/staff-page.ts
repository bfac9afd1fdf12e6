import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { placesInWords } from '../../programme/activities/in-words.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords, deadlineInWords, momentInWords, shortMoment } from '../../programme/activities/when.ts'
import { factsOf } from '../audit/details-in-words.ts'
import type { Answer } from '../../booking/bookings/answer-columns.ts'
import { isReachable, liveStatuses } from '../../booking/bookings/booking.ts'
import { receivedInWords } from '../../booking/bookings/handover.ts'
import { attendanceInWords } from '../../booking/attendees/attendance-in-words.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { kindsInWords, statusTags as emailTags } from '../../mail/emails/in-words.ts'
import { isKind } from '../../mail/emails/kinds.ts'
import type { BulletinText, LoggedEmail } from '../../mail/emails/queries.ts'
import { shownAnswer } from '../../mail/emails/staff-page.ts'
import { hasList, hasLostTurn } from '../on-behalf/turn.ts'
import { oneLine } from '../../platform/one-line.ts'
import { mailtoOf } from '../../platform/typed.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { may, mayEver } from '../../identity/staff/roles.ts'
import { callOf } from '../../programme/support/contact.ts'
import { isAnswerable } from './access.ts'
import { historyOf } from './history.ts'
import type { DeedOn, Line } from './history.ts'
import type { Past, Person } from './queries.ts'

interface PersonPage {
  staff: StaffMember
  activity: KnownActivity
  person: Person
  past: Past
  emails: readonly LoggedEmail[]
  /** How many emails there are; of very many only the newest are read. */
  emailsTotal: number
  bulletins: ReadonlyMap<number, BulletinText>
}

/** The answer that was typed, and what is wrong with it. */
export interface TypedAnswer { typed: { answer?: string }, errors: FormErrors }

/** One booking: the person, their needs, what can be done, and what has happened. */
export function personPageOf (
  { staff, activity, person, past, emails, emailsTotal, bulletins }: PersonPage, now: DateTime<true>,
  given?: TypedAnswer
) {
  const { zone } = activity
  const href = `/staff/activities/${activity.slug}/bookings/${person.id}`
  const mayRun = may(staff, 'run activities', activity)
  const { email, unreachableAt, joinedAt } = person
  const { accessNeeds: access, question, ...answers } = answersOf({ activity, person, mayRun }, now, given)
  return {
    ...runningOf(activity),
    href,
    person: {
      ...answers,
      reference: person.reference,
      status: statusTagOf(person),
      heldFor: person.heldFor,
      offeredUntil: person.offeredUntil === undefined ? undefined : deadlineInWords(person.offeredUntil, zone),
      bookedAt: momentInWords(person.createdAt, zone),
      joinedAt: joinedAt === undefined ? undefined : momentInWords(joinedAt, zone),
      attended: attendanceInWords(person),
      remindersOff: person.remindersOff
    },
    ways: [
      { text: 'Emails', href: `${href}/letters` },
      ...mayRun ? waysOf(activity, person, href, now) : []
    ],
    mayAnswerForData: mayEver(staff, 'answer for personal data'),
    unreachable: unreachableAt === undefined
      ? undefined
      : {
          since: momentInWords(unreachableAt, zone),
          answer: email === undefined ? undefined : lastRefusalIn(emails),
          mayTick: mayRun
        },
    access,
    question,
    history: pastOf({ activity, person, past, emails, bulletins }).toReversed(),
    emailsLeftOut: emailsTotal > emails.length,
    errors: given?.errors
  }
}

/** The booking of someone, for a member of staff who may do things to it or not. */
type Seen = Pick<PersonPage, 'person' | 'activity'> & { mayRun: boolean }

/** What the person answered, for the page: a new answer does not compile until it stands here. */
function answersOf (seen: Seen, now: DateTime<true>, given?: TypedAnswer) {
  const { name, email, phone, role, district, places, heardFrom } = seen.person
  return {
    name,
    email: email === undefined ? undefined : { address: email, href: mailtoOf(email) },
    phone: callOf(phone),
    role,
    district,
    places: placesInWords(places),
    accessNeeds: accessOf(seen, now, given),
    question: questionOf(seen.person, seen.activity),
    heardFrom
  } satisfies Record<Answer, unknown>
}

/** A mail server's last answer about an email that did not arrive. */
function lastRefusalIn (emails: readonly LoggedEmail[]): string | undefined {
  const [last] = emails.filter(({ status }) => status === 'failed' || status === 'bounced')
    .sort((one, other) => other.createdAt.toMillis() - one.createdAt.toMillis())
  return shownAnswer(last?.answer)
}

/** What an organiser can do about a booking in its current state. */
function waysOf (activity: KnownActivity, person: Person, href: string, now: DateTime<true>) {
  const mayChange = liveStatuses.includes(person.status) && isToCome(activity, now)
  return [
    mayChange && { text: 'Change details', href: `${href}/details` },
    mayChange && { text: 'Move to another date', href: `${href}/move` },
    mayChange && { text: 'Make new links', href: `${href}/links` },
    hasLostTurn(person) && hasList(activity, now) && { text: 'Restore their turn', href: `${href}/turn` },
    mayChange && { text: 'Cancel the booking', href: `${href}/cancellation` }
  ].filter(way => way !== false)
}

function accessOf ({ person, activity, mayRun }: Seen, now: DateTime<true>, given?: TypedAnswer) {
  const { accessNeeds, accessAnswer, accessAnsweredAt } = person
  const mayAnswer = mayRun && isAnswerable(person, activity, now)
  if (accessNeeds === undefined && accessAnswer === undefined && given === undefined) return undefined
  return {
    needs: accessNeeds,
    answer: accessAnswer,
    answeredAt: accessAnsweredAt === undefined ? undefined : momentInWords(accessAnsweredAt, activity.zone),
    mayAnswer,
    typed: given?.typed.answer ?? '',
    wasTyped: given !== undefined
  }
}

function questionOf (person: Person, { slug, zone }: KnownActivity) {
  const { question, questionOutcome, questionSettledAt, questionSettledBy, handovers } = person
  if (question === undefined && questionOutcome === undefined && handovers.length === 0) return undefined
  return {
    text: question,
    outcome: questionOutcome,
    received: handovers.map(handover => receivedInWords(handover, zone)),
    settledAt: questionSettledAt === undefined ? undefined : momentInWords(questionSettledAt, zone),
    settledBy: questionSettledBy ?? 'someone who has left',
    onTheDayHref: `/staff/activities/${slug}/evening`
  }
}

/** An email, as a line of a history shows it. */
interface EmailLine { tag: { text: string, classes: string }, heading: string | undefined }

function pastOf (
  { activity: { zone }, person, past, emails, bulletins }: Omit<PersonPage, 'staff' | 'emailsTotal'>
) {
  const { events, deeds, activities } = past
  const others = emails.map((email): Line<EmailLine> => lineOf(email, bulletins))
    .sort((one, other) => one.at.toMillis() - other.at.toMillis())
  const { createdAt, copiedFromBookingId, offeredUntil } = person
  const lines = historyOf({ events, deeds, others, createdAt, isCopy: copiedFromBookingId !== undefined }, {
    activity: id => {
      const activity = activities.get(id)
      if (activity === undefined) return undefined
      const { title, allDay, startsAt } = activity
      return `“${title}” on ${allDay ? dayInWords(startsAt, activity.zone) : momentInWords(startsAt, activity.zone)}`
    },
    offeredUntil: offeredUntil && deadlineInWords(offeredUntil, zone)
  })
  return lines.map(({ at, says, by, deed, extra }) => ({
    when: shortMoment(at, zone), says, by, facts: deed === undefined ? [] : moreOf(deed), email: extra
  }))
}

function lineOf (
  { kind, sequence, status, copy, createdAt, sentAt }: LoggedEmail, bulletins: PersonPage['bulletins']
): Line<EmailLine> {
  const name = isKind(kind) ? kindsInWords[kind].name : kind
  const bulletin = kind === 'bulletin' ? bulletins.get(sequence) : undefined
  return {
    at: sentAt ?? createdAt,
    says: `Email${copy > 0 ? ', sent again' : ''}: ${name}`,
    by: '',
    extra: { tag: emailTags[status], heading: bulletin && oneLine(bulletin.heading) }
  }
}

/** Other details of an action in the audit trail, without the booking, which is known here; for an email its name. */
function moreOf ({ action, details, isToAll }: DeedOn): string[] {
  if (isToAll || action.startsWith('letter.') || action === 'booking.prioritised') return []
  const { booking, was, became, ...facts } = (details ?? {}) as Record<string, unknown>
  return factsOf(action, facts, new Map())
}

/** The effects of answering an access need, before it is done. */
export function answerPageOf (activity: KnownActivity, person: Person, required: ConfirmationRequired, body: unknown) {
  const { name, reference, accessNeeds, accessAnswer } = person
  const fields = hiddenFieldsOf(body)
  return {
    ...runningOf(activity),
    ...effectsOf(required),
    href: `/staff/activities/${activity.slug}/bookings/${person.id}`,
    person: { name, reference, needs: accessNeeds, before: accessAnswer, isWritten: isReachable(person) },
    answer: fields.find(field => field.name === 'answer')?.value,
    fields
  }
}
