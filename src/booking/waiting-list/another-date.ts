import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { bookingsWait, placesInWords } from '../../programme/activities/in-words.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import { assertApproved } from '../../programme/activities/approval.ts'
import { keepKnowing } from '../../programme/activities/named-people.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { bookable } from '../../programme/activities/supply.ts'
import { copyQuestions } from '../../programme/evaluations/commands.ts'
import { slugOf } from '../../platform/slug.ts'
import { isPoliceWork } from '../../programme/activities/activity.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { copiedColumns, sealedAgainColumns } from '../bookings/answer-columns.ts'
import { listWaitersToCall } from '../bookings/recipients.ts'
import { newReference } from '../bookings/reference.ts'
import { closedAnswers } from '../bookings/sealed-answers.ts'
import { instant } from '../../platform/clock.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation, toCallInWords } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { DateWrong } from './errors.ts'

/** Start of the other date; its join link, sealed, if there is one already. */
export interface AnotherDate {
  startsAt: DateTime<true>
  joinUrlSealed: string | undefined
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Makes a copy of an activity on another date, as long as the first and with its questions; returns its slug. Its
 * places go to those who wait for the first: each is asked once, in the same order, before anyone else can have a
 * place. They keep waiting for the first until they accept. Throws `DateWrong`, `ApprovalNeeded` and
 * `ConfirmationRequired`.
 *
 * The Teams link is not copied, because every meeting has its own; nor are holds. A draft stays one. Police work is for
 * those named for it again: that two people agreed to show the first date says nothing about the other.
 */
export async function makeAnotherDate (
  db: Db, outbox: Outbox, activityId: string, { startsAt, joinUrlSealed, confirmed }: AnotherDate,
  by: StaffMember, now: DateTime<true>
): Promise<string> {
  return await db.$transaction(async tx => {
    const first = await lockActivity(tx, activityId)
    const visibility = isPoliceWork(first) ? 'operational' : first.visibility
    if (first.status === 'published') await assertApproved(tx, { ...first, visibility, campaignId: first.campaign.id }, by)
    const times = timesOf(first, startsAt)
    if (startsAt <= now) throw new DateWrong('past')
    if (times.bookingClosesAt !== null && times.bookingClosesAt <= now.toJSDate()) throw new DateWrong('closed')
    requireConfirmation(await effectsOfAnotherDate(tx, first), confirmed)

    const copy = await copyActivity(tx, first, { ...times, visibility, joinUrlSealed: joinUrlSealed ?? null }, now)
    if (visibility === 'operational') await keepKnowing(tx, [copy.id], by)
    await copyQuestions(tx, [{ from: activityId, to: copy.id }])
    const asked = await copyWaitingPeople(tx, activityId, copy.id, now)
    await outbox.announce(tx, 'place.freed', [{ activityId: copy.id }])
    await record(tx, {
      staffMemberId: by.id, action: 'another-date.made', subject: copy.slug, details: { of: first.slug, waiting: asked }
    }, now)
    return copy.slug
  })
}

/** What making another date of an activity does to those who wait for it, whenever that is. */
export async function effectsOfAnotherDate (db: Reader, activity: Activity): Promise<Effects> {
  const { waiting, waitingBookings } = await occupancyOf(db, activity.id)
  if (waitingBookings === 0) return { sentences: [], changes: [] }
  const toCall = await listWaitersToCall(db, activity)
  const hours = activity.offerHours === 1 ? '1 hour' : `${activity.offerHours} hours`
  return {
    changes: [],
    sentences: [
      `${bookingsWait(waitingBookings)} for ${placesInWords(waiting)}, and the new date has ${placesInWords(bookable(activity))}.`,
      'We ask them in the order of this waiting list, until the new places run out. We ask each person once, by email.',
      ...toCallInWords(toCall),
      `Each has ${hours} to answer, or less if booking closes sooner. The time never runs out at night. If someone says no or does not answer, we ask the next person.`,
      'Anyone who accepts leaves this date. Everyone else keeps their turn here.',
      'Nobody else can have a place on the new date until we have asked them all.'
    ],
    toCall
  }
}

async function copyActivity (
  tx: Tx, first: Activity, other: Times & Pick<Activity, 'visibility'> & { joinUrlSealed: string | null }, now: DateTime<true>
): Promise<{ id: string, slug: string }> {
  const {
    id: _, icalUid, icalSequence, createdAt, walkIns, peopleReached, premisesVisited, leafletsGiven, conversations,
    ...row
  } = await tx.activity.findUniqueOrThrow({ where: { id: first.id } })
  const partners = await tx.activityPartner.findMany({ where: { activityId: first.id }, select: { agencyId: true } })
  const named = await tx.namedPerson.findMany({ where: { activityId: first.id }, select: { staffMemberId: true } })
  const groups = await tx.priorityGroup.findMany({ where: { activityId: first.id }, omit: { activityId: true } })
  return await tx.activity.create({
    data: {
      ...row,
      slug: await freeSlug(tx, first, other),
      ...other,
      bookingOpensAt: null,
      status: first.status === 'draft' ? 'draft' : 'published',
      cancellationReason: null,
      anotherDateOfId: first.id,
      createdAt: now.toJSDate(),
      partners: { create: partners },
      namedPeople: { create: named },
      priorityGroups: { create: groups }
    },
    select: { id: true, slug: true }
  })
}

interface Times { startsAt: Date, endsAt: Date, bookingClosesAt: Date | null }

/** The same local duration as the first date, with booking closing as long before the start. */
function timesOf (first: Activity, startsAt: DateTime<true>): Times {
  const shown = (at: DateTime<true>) => at.setZone(first.zone).setZone('utc', { keepLocalTime: true })
  const at = (of: DateTime<true>) =>
    shown(startsAt).plus(shown(of).diff(shown(first.startsAt))).setZone(first.zone, { keepLocalTime: true })
  return {
    startsAt: startsAt.toJSDate(),
    endsAt: at(first.endsAt).toJSDate(),
    bookingClosesAt: first.bookingClosesAt === undefined ? null : at(closesAt(first)).toJSDate()
  }
}

/** The first date's slug with the day of the other: `online-safety-2026-12-08`. */
async function freeSlug (tx: Tx, { slug, zone }: Activity, { startsAt }: Times): Promise<string> {
  const day = wallClock(instant(startsAt), zone).slice(0, 10)
  const base = `${slugOf(slug.replace(/-\d{4}-\d{2}-\d{2}(-\d+)?$/, '').slice(0, 66))}-${day}`
  const taken = new Set((await tx.activity.findMany({
    where: { slug: { startsWith: base } }, select: { slug: true }
  })).map(({ slug }) => slug))
  if (!taken.has(base)) return base
  let n = 2
  while (taken.has(`${base}-${n}`)) n++
  return `${base}-${n}`
}

/**
 * Puts those who wait for one activity on the waiting list of another, in their order; returns how many. What is sealed
 * is sealed again, for the new booking.
 */
async function copyWaitingPeople (tx: Tx, from: string, to: string, now: DateTime<true>): Promise<number> {
  const waiting = await tx.booking.findMany({
    where: { activityId: from, status: 'waiting' },
    select: { id: true, phone: true, accessNeeds: true, question: true },
    orderBy: [{ priority: 'asc' }, { arrival: 'asc' }]
  })
  const rows = waiting.map(({ id: from, ...answers }) => {
    const id = randomUUID()
    return { id, from, reference: newReference(), submission_id: randomUUID(), ...closedAnswers(tx, id, answers) }
  })
  return await tx.$executeRaw`
    INSERT INTO bookings (
      id, activity_id, reference, status, priority, created_at, changed_at, waited_at, submission_id, carried_from,
      ${sealedAgainColumns}, ${copiedColumns})
    SELECT
      id, ${to}::uuid, reference, 'waiting', priority, ${now.toJSDate()}, ${now.toJSDate()}, ${now.toJSDate()},
      submission_id, coalesce(carried_from, "from"), ${sealedAgainColumns}, ${copiedColumns}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS carried (
        id uuid, "from" uuid, reference text, submission_id uuid, phone text, phone_mark text, access_needs text,
        question text)
      JOIN (SELECT id AS first, priority, arrival, carried_from, ${copiedColumns} FROM bookings) AS those ON first = "from"
    ORDER BY priority, arrival`
}
