import type { Answer, WithEveryAnswer } from '../../booking/bookings/answer-columns.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import type { Everything, HeldBooking } from './queries.ts'
import type { KeptTexts } from './kept-texts.ts'

/** Everything about a person as a file for programs, in UTC; with legal holds only for staff. */
export function everythingAsFile (everything: Everything, texts: KeptTexts, isForStaff: boolean) {
  const { bookings, requests, resourceRequests, entries, invitations, later, legalHolds, erasure } = everything
  return {
    bookings: bookings.map(booking => bookingAsFile(booking, texts)),
    requests: requests.map(({ kind, name, email, text, receivedAt, dueOn, acknowledgedAt, extended, closed }) => ({
      kind,
      name,
      email,
      text,
      receivedAt,
      dueOn,
      acknowledgedAt,
      extended,
      answer: closed?.answer,
      answeredAt: closed?.at,
      toldBy: closed?.toldBy,
      toldAt: closed?.toldAt
    })),
    resourceRequests: resourceRequests.map(({ id: _, canonicalEmail: __, told: ___, items, campaign, ...request }) => ({
      ...request, campaign: campaign?.title, items: items.map(({ name, asked, granted }) => ({ name, asked, granted }))
    })),
    invitations: invitations.map(({ name, email, employer, invitedAt, expiresAt }) =>
      ({ name, email, organisation: employer.name, invitedAt, expiresAt })),
    entries: entries.map(entryAsFile),
    laterQuestions: later.map(({ activity, email, sendOn, eraseOn }) => ({
      activity: { title: activity.title, startsAt: activity.startsAt, endsAt: activity.endsAt, zone: activity.zone },
      email,
      sendOn,
      eraseOn
    })),
    ...isForStaff && {
      legalHolds: legalHolds.map(({ of, reason, owner, reviewOn, setAt }) => ({
        on: of !== undefined && 'activity' in of ? of.activity.slug : 'person', reason, owner, reviewOn, setAt
      })),
      erasure
    }
  }
}

function entryAsFile ({ activity, campaign, title, entered, answers, organisation, name, email, ...entry }: Entry) {
  const { receivedAt, confirmedAt, outcome, reason, endedAt, isKeptForAgain } = entry
  const { startsAt, endsAt, zone: itsZone } = activity ?? {}
  return {
    activity: activity && { title: activity.title, startsAt, endsAt, zone: itsZone },
    title,
    entered,
    answers,
    campaign: campaign.title,
    organisation,
    name,
    email,
    receivedAt,
    confirmedAt,
    outcome,
    reason,
    endedAt,
    isKeptForAgain
  }
}

/** A booking for programs: a new answer does not compile until it stands here. */
function bookingAsFile (booking: HeldBooking, texts: KeptTexts) {
  const { activity, past, emails } = booking
  return {
    reference: booking.reference,
    activity: { title: activity.title, startsAt: activity.startsAt, endsAt: activity.endsAt, zone: activity.zone },
    status: booking.status,
    name: booking.name,
    email: booking.email,
    phone: booking.phone,
    role: booking.role,
    district: booking.district,
    places: booking.places,
    heldFor: booking.heldFor,
    group: booking.group,
    accessNeeds: booking.accessNeeds,
    accessAnswer: booking.accessAnswer,
    accessAnsweredAt: booking.accessAnsweredAt,
    question: booking.question,
    questionOutcome: booking.questionOutcome,
    heardFrom: booking.heardFrom,
    bookedAt: booking.createdAt,
    waitedAt: booking.waitedAt,
    confirmedAt: booking.confirmedAt,
    offeredUntil: booking.offeredUntil,
    joinedAt: booking.joinedAt,
    attended: booking.attended,
    camePlaces: booking.camePlaces,
    minutesAtLeast: booking.minutesAtLeast,
    attendanceSource: booking.attendanceSource,
    certificateOn: booking.certificateOn,
    remindersOff: booking.remindersOff,
    unreachableAt: booking.unreachableAt,
    cancelledBy: booking.cancelledBy,
    lapseReason: booking.lapseReason,
    calendarUid: booking.icalUid,
    eraseOn: booking.eraseOn,
    askedAgain: booking.askedAgain,
    events: past.events.map(({ at, status, places, offers, isCalled, reason }) =>
      ({ at, status, places, offers, isCalled, reason })),
    deeds: past.deeds.map(({ at, action }) => ({ at, action })),
    emails: emails.map(({ id, kind, sequence, copy, status, attempts, answer, createdAt, sentAt }) => ({
      kind, sequence, copy, status, attempts, answer, createdAt, sentAt, text: texts.get(id)
    }))
  } satisfies WithEveryAnswer<Answer, unknown>
}
