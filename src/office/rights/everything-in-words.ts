import type { DateTime } from 'luxon'
import { dayInWords, calendarDayInWords, deadlineInWords, momentInWords, whenInWords } from '../../programme/activities/when.ts'
import type { Answer, WithEveryAnswer } from '../../booking/bookings/answer-columns.ts'
import { attendanceInWords } from '../../booking/attendees/attendance-in-words.ts'
import { attendeeRoleInWords } from '../../booking/bookings/page.ts'
import { statusTagOf } from '../../booking/bookings/status-tag.ts'
import { kindsInWords as emailsInWords, statusTags as emailTags } from '../../mail/emails/in-words.ts'
import { isKind } from '../../mail/emails/kinds.ts'
import type { LoggedEmail } from '../../mail/emails/queries.ts'
import { historyOf } from '../people/history.ts'
import { kindsInWords } from '../requests/in-words.ts'
import { gettingInWords, organisationKindsInWords, quantityInWords, statusTags } from '../resource-requests/in-words.ts'
import { erasedOn } from '../resource-requests/request.ts'
import type { ResourceRequest } from '../resource-requests/request.ts'
import { stateTags as entryTags } from '../entries/in-words.ts'
import { erasedOn as entryErasedOn, stateOf } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { officeZone } from '../../platform/clock.ts'
import type { AskedRequest } from '../requests/request.ts'
import type { CoHostInvitation } from '../co-hosts/invitation.ts'
import type { Everything, HeldBooking, LaterQuestion } from './queries.ts'
import type { KeptTexts } from './kept-texts.ts'

/** Everything about a person, for reading: by staff, and by the person, who does not see the names of staff. */
export function everythingInWords (
  { bookings, requests, resourceRequests, entries, invitations, later }: Everything, texts: KeptTexts
) {
  return {
    bookings: bookings.map(booking => bookingInWords(booking, texts)),
    requests: [
      ...requests.map(requestInWords), ...resourceRequests.map(resourceRequestInWords),
      ...entries.map(entryInWords), ...invitations.map(invitationInWords)
    ],
    later: later.map(laterInWords)
  }
}

interface Fact { label: string, value: string }

/** A fact that may be absent. */
type Said = [label: string, value: string | false | undefined]

/** Facts that are present, in order. */
function factsOf (facts: readonly Said[]): Fact[] {
  return facts.flatMap(([label, value]) => value === undefined || value === false || value === '' ? [] : { label, value })
}

/** A booking for reading: a new answer does not compile until it stands among the facts. */
function bookingInWords (booking: HeldBooking, texts: KeptTexts) {
  const { activity } = booking
  const moment = (at: DateTime<true> | undefined) => at && momentInWords(at, activity.zone)
  return {
    title: activity.title,
    when: whenInWords(activity),
    facts: factsOf(Object.values({
      reference: ['Booking reference', booking.reference],
      status: ['Status', statusTagOf(booking).text],
      name: ['Name', booking.name],
      email: ['Email address', booking.email],
      phone: ['Phone number', booking.phone],
      role: ['Who', attendeeRoleInWords[booking.role]],
      district: ['Lives in', booking.district],
      places: ['Places', String(booking.places)],
      askedAgain: ['Asked for again with this address', booking.askedAgain.map(({ name }) => name).join(', ')],
      heldFor: ['Place kept for', booking.heldFor],
      group: ['Group on the waiting list', booking.group],
      accessNeeds: ['Would help to take part', booking.accessNeeds],
      accessAnswer: ['Arranged for that', booking.accessAnswer],
      accessAnsweredAt: ['Arranged on', moment(booking.accessAnsweredAt)],
      question: ['Question', booking.question],
      questionOutcome: ['What became of the question', booking.questionOutcome?.replace('-', ' ')],
      heardFrom: ['Heard about it from', booking.heardFrom],
      createdAt: ['Booked', moment(booking.createdAt)],
      waitedAt: ['Joined the waiting list', moment(booking.waitedAt)],
      confirmedAt: ['Place confirmed', moment(booking.confirmedAt)],
      offeredUntil: ['Place kept until', moment(booking.offeredUntil)],
      joinedAt: ['Opened the link to join', moment(booking.joinedAt)],
      attended: ['On the day', attendanceInWords(booking)],
      certificateOn: ['Certificate given out on', booking.certificateOn && calendarDayInWords(booking.certificateOn)],
      remindersOff: ['Reminders', booking.remindersOff && 'Not wanted'],
      unreachableAt: ['Emails have not arrived since', moment(booking.unreachableAt)],
      eraseOn: ['To be deleted on', calendarDayInWords(booking.eraseOn)]
    } satisfies WithEveryAnswer<Answer, Said>)),
    history: pastOf(booking),
    emails: booking.emails.map(email => emailInWords(email, booking, texts))
  }
}

/** The history of a booking; it says what staff did, without their names. */
function pastOf (booking: HeldBooking) {
  const { past: { events, deeds, activities }, createdAt, copiedFromBookingId, offeredUntil, activity } = booking
  const lines = historyOf({
    events,
    deeds: deeds.map(deed => ({ ...deed, who: 'An organiser' })),
    others: [],
    createdAt,
    isCopy: copiedFromBookingId !== undefined
  }, {
    activity: id => {
      const known = activities.get(id)
      return known && `“${known.title}”, ${whenInWords(known)}`
    },
    offeredUntil: offeredUntil && deadlineInWords(offeredUntil, activity.zone)
  })
  return lines.map(({ at, says, by }) => ({ when: momentInWords(at, activity.zone), says, by }))
}

function emailInWords (
  { id, kind, sequence, status, copy, createdAt, sentAt, answer }: LoggedEmail, { bulletins, activity }: HeldBooking,
  texts: KeptTexts
) {
  const bulletin = kind === 'bulletin' ? bulletins.get(sequence) : undefined
  return {
    name: `${isKind(kind) ? emailsInWords[kind].name : kind}${copy > 0 ? ', sent again' : ''}`,
    status: emailTags[status],
    when: momentInWords(sentAt ?? createdAt, activity.zone),
    answer,
    text: texts.get(id) ?? (bulletin && `${bulletin.heading}\n\n${bulletin.body}`)
  }
}

function requestInWords ({ kind, receivedAt, dueOn, name, email, text, extended, closed }: AskedRequest) {
  return {
    kind: kindsInWords[kind].name,
    facts: factsOf([
      ['Received', dayInWords(receivedAt, officeZone)],
      ['Name', name],
      ['Email address', email],
      ['What was said', text],
      ['Answer by', closed === undefined && calendarDayInWords(dueOn)],
      ['We took more time on', extended && dayInWords(extended.at, officeZone)],
      ['Why we took more time', extended?.reason],
      ['Answered', closed && dayInWords(closed.at, officeZone)],
      ['Our answer', closed?.answer]
    ])
  }
}

function resourceRequestInWords (request: ResourceRequest) {
  return {
    kind: 'Request for resources',
    facts: factsOf([
      ...request.items.map((item): Said => [item.name, quantityInWords(item)]),
      ['Status', statusTags[request.status].text],
      ['Asked', dayInWords(request.askedAt, officeZone)],
      ['Name', request.name],
      ['Organisation', request.organisation],
      ['Kind of organisation', request.organisationKind && organisationKindsInWords[request.organisationKind]],
      ['Email address', request.email],
      ['Phone number', request.phone],
      ['How they get it', gettingInWords[request.getting]],
      ['Work address', request.address],
      ['Needed by', calendarDayInWords(request.neededBy)],
      ['Needed for', request.purpose],
      ['Campaign', request.campaign?.title],
      ['What we wrote', request.message],
      ['To be deleted on', calendarDayInWords(erasedOn(request))]
    ])
  }
}

function entryInWords (entry: Entry) {
  const { activity, entered = {}, answers, campaign, organisation, name, email, receivedAt, reason } = entry
  return {
    kind: 'Activity entered without an account',
    facts: factsOf([
      ['Activity', activity?.title ?? entry.title],
      ['What was typed', entered.summary],
      ['When', activity && whenInWords(activity)],
      ['Campaign', campaign.title],
      ['Status', entryTags[stateOf(entry)].text],
      ['Entered', dayInWords(receivedAt, officeZone)],
      ['Name', name],
      ['Organisation', organisation],
      ['Email address', email],
      ...answers.map(({ question, answer }): Said => [question, answer]),
      ['What we wrote', reason],
      ['Wants an email when there is a next time', entry.isKeptForAgain && 'Yes'],
      ['To be deleted on', calendarDayInWords(entryErasedOn(entry))]
    ])
  }
}

/** Without what they are invited to: they may not know of that before they accept. */
function invitationInWords ({ name, email, employer, invitedAt, expiresAt }: CoHostInvitation) {
  return {
    kind: 'Invitation to co-host an activity',
    facts: factsOf([
      ['Invited', dayInWords(invitedAt, officeZone)],
      ['Name', name],
      ['Email address', email],
      ['Organisation', employer.name],
      ['To be deleted on', dayInWords(expiresAt.plus({ days: 1 }), officeZone)]
    ])
  }
}

function laterInWords ({ activity, email, sendOn, eraseOn }: LaterQuestion) {
  return {
    title: activity.title,
    when: whenInWords(activity),
    facts: factsOf([
      ['Agreed to be asked once more, on', calendarDayInWords(sendOn)],
      ['Email address', email],
      ['To be deleted on', calendarDayInWords(eraseOn)]
    ])
  }
}
