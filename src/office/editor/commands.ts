import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { changeActivity, createActivities, takeTurns } from '../../programme/activities/commands.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { ActivityNotFound, BookingNotOpen } from '../../programme/activities/errors.ts'
import { objectionsTo, objectionsToChange } from '../../programme/activities/objections.ts'
import { getActivity, lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { lockCurrentActivities } from '../../programme/activities/current-activities.ts'
import { slugOf } from '../../platform/slug.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { servingEffects } from '../../booking/waiting-list/serving-effects.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { keepingKey } from '../../programme/teams/meeting.ts'
import type { Seal } from '../../programme/teams/seal.ts'
import { answersOf, readAnswers } from './answers.ts'
import type { Answers, Surroundings } from './answers.ts'
import { together, unitsChanged, units } from './both-changed.ts'
import { editEffects } from './effects.ts'
import { AnswersRefused, BothChanged, CannotBeDeleted, NotReady, PeopleRelyOnIt } from './errors.ts'
import { changesInWords } from './in-words.ts'
import { problemsWith } from './problems.ts'
import { reliedOn } from './queries.ts'
import { firstDayOf, onDay } from './repeats.ts'
import { whyNotDeleted } from './relied-on.ts'

interface Parts {
  db: Db
  outbox: Outbox
  seal: Seal
}

/** An edit of an activity's form, with what its editor saw when they opened it. */
export interface Edit {
  typed: Answers
  saw: string
  /** The token of what they have read that it does; undefined: nothing yet. */
  confirmed: string | undefined
  /** Why no one is to be told: it changes no meaning. Undefined: people are told. */
  quietBecause: string | undefined
  around: Surroundings
}

/**
 * Changes an activity as its form says, with what follows from it for its people. What others changed meanwhile and
 * this form did not touch stays. Returns whether anything changed, and whether the people concerned are told.
 *
 * Decides under the activity's row lock, so that it emails exactly those it said it would. A change of wording alone
 * may be saved without telling anyone, for a reason that stays in the trail. Throws `AnswersRefused`; `BothChanged`
 * where someone else changed the same part; and `ConfirmationRequired`, also where a change is to be saved quietly and
 * may not be.
 */
export async function editActivity (
  { db, outbox, seal }: Parts, slug: string, { typed, saw, confirmed, quietBecause, around }: Edit, by: StaffMember,
  now: DateTime<true>
): Promise<'told' | 'quietly' | 'as-it-was'> {
  return await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    assertEditable(current, now)
    const asItIs = answersOf(current)
    const { answers, both } = together(answersOf(read(typed, current, around)), saw, asItIs)
    if (both.length > 0) throw new BothChanged(answers, asItIs, both)
    const draft = read(answers, current, around)
    const wrong = problemsWith(current, draft, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)

    const changed = unitsChanged(asItIs, answersOf(draft))
    if (changed.length === 0) return 'as-it-was'
    const after = answersOf(draft)
    const changes = changesInWords(asItIs, after, around)
    const effects = editEffects({ current, draft, recipients: await countRecipients(tx, current), changes }, now)
    const isQuiet = quietBecause !== undefined && effects.told + effects.toCall.count > 0
    requireConfirmation(effects, isQuiet && !effects.mayBeQuiet ? undefined : confirmed)
    await changeActivity(tx, outbox, seal, current, draft, now, { isQuiet })
    const fields = changed.flatMap(unit => units[unit]).filter(field => asItIs[field] !== after[field])
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity.changed',
      subject: slug,
      details: {
        ...Object.fromEntries(fields.map(field => [field, [asItIs[field], after[field]]])),
        ...(isQuiet ? { told: 0, nobodyToldBecause: quietBecause } : { told: effects.told })
      }
    }, now)
    return isQuiet ? 'quietly' : 'told'
  })
}

function read (answers: Answers, base: ActivityDraft, around: Surroundings): ActivityDraft {
  const read = readAnswers(answers, base, around)
  if ('wrong' in read) throw new AnswersRefused(read.wrong)
  return read.draft
}

async function lockCurrentActivity (tx: Tx, seal: Seal, slug: string): Promise<CurrentActivity> {
  const current = (await lockCurrentActivities(tx, seal, [slug])).get(slug)
  if (current === undefined) throw new ActivityNotFound()
  return current
}

/** A cancelled activity stays as people were told; a past one stays as it was. */
function assertEditable ({ status, booking, endsAt }: CurrentActivity, now: DateTime<true>): void {
  if (status === 'cancelled') throw new BookingNotOpen('cancelled')
  if (booking === 'places' && endsAt <= now) throw new BookingNotOpen('over')
}

/** An activity to be made: the form's submission id, and the activity that it is copied from. */
export interface NewActivity {
  submission: string
  answers: Answers
  base: ActivityDraft
  copiedFrom: string | undefined
  around: Surroundings
}

/**
 * Adds an activity as a draft; returns its slug. The same form with the same answers adds nothing. A copy also has the
 * arrangements of the original, but not its bookings and not its Teams link. Throws `AnswersRefused`.
 */
export async function createActivity (
  { db, seal }: Omit<Parts, 'outbox'>, { submission, answers, base, copiedFrom, around }: NewActivity, by: StaffMember,
  now: DateTime<true>
): Promise<string> {
  const id = idFromForm(submission, { answers, campaign: base.campaignId, copiedFrom })
  return await db.$transaction(async tx => {
    await takeTurns(tx)
    const made = await tx.activity.findUnique({ where: { id }, select: { slug: true } })
    if (made !== null) return made.slug
    const draft = read(answers, base, around)
    const wrong = problemsWith(undefined, draft, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)

    const slug = await freeSlug(tx, slugOf(draft.title))
    await createActivities(tx, seal, [{ id, draft: { ...draft, slug } }], now)
    if (copiedFrom !== undefined) await copyArrangements(tx, [id], copiedFrom)
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity.created',
      subject: slug,
      details: { title: draft.title, ...(copiedFrom !== undefined && { copiedFrom }) }
    }, now)
    return slug
  })
}

/** More days for an activity, from the form that repeats it. */
export interface Repeats {
  /** Id of the form as it was shown: sent twice, it adds each day once. */
  submission: string
  days: readonly string[]
}

/**
 * Adds an activity again on other days at the same local times, as drafts: all or none. Returns how many. The same form
 * sent again adds those of its days that it has not added yet. Throws `AnswersRefused`.
 */
export async function repeatActivity (
  { db, seal }: Omit<Parts, 'outbox'>, slug: string, { submission, days }: Repeats, by: StaffMember, now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    await takeTurns(tx)
    const current = await lockCurrentActivity(tx, seal, slug)
    const idOn = (day: string) => idFromForm(submission, { slug, day })
    const there = new Set((await tx.activity.findMany({
      where: { id: { in: days.map(idOn) } }, select: { id: true }
    })).map(({ id }) => id))
    const missing = days.filter(day => !there.has(idOn(day)))
    const wrong: string[] = []
    const drafts = missing.flatMap(day => {
      const read = onDay({ ...current, joinUrl: undefined, status: 'draft' }, day)
      if ('wrong' in read) {
        wrong.push(read.wrong)
        return []
      }
      const [objection] = problemsWith(undefined, read.draft, now)
      if (objection !== undefined) wrong.push(`${day}: ${objection.text}`)
      return { id: idOn(day), draft: read.draft }
    })
    if (wrong.length > 0) throw new AnswersRefused([{ field: 'days', text: wrong.slice(0, 5).join('. ') }])

    const made: Array<{ id: string, draft: ActivityDraft }> = []
    for (const { id, draft } of drafts) {
      const wanted = `${slug.replace(/-\d{4}-\d{2}-\d{2}(-\d+)?$/, '').slice(0, 61)}-${firstDayOf(draft)}`
      made.push({ id, draft: { ...draft, slug: await freeSlug(tx, wanted) } })
    }
    if (made.length === 0) return 0
    await createActivities(tx, seal, made, now)
    await copyArrangements(tx, made.map(({ id }) => id), slug)
    await record(tx, { staffMemberId: by.id, action: 'activity.repeated', subject: slug, details: { days: missing } }, now)
    return made.length
  })
}

/** Copies to activities what their form does not ask, from another activity. */
async function copyArrangements (tx: Tx, ids: readonly string[], slug: string): Promise<void> {
  const data = await tx.activity.findUnique({
    where: { slug },
    select: {
      overBookingPercent: true, offerHours: true, anotherDateAt: true, joinMode: true, reminders: true, followUp: true
    }
  })
  if (data !== null) await tx.activity.updateMany({ where: { id: { in: [...ids] } }, data })
}

/** A slug that is not in use; `new` is reserved for the form's address. */
async function freeSlug (tx: Tx, wanted: string): Promise<string> {
  const base = wanted === '' ? 'activity' : wanted.slice(0, 72)
  const taken = new Set((await tx.activity.findMany({
    where: { slug: { startsWith: base } }, select: { slug: true }
  })).map(({ slug }) => slug)).add('new')
  if (!taken.has(base)) return base
  let n = 2
  while (taken.has(`${base}-${n}`)) n++
  return `${base}-${n}`
}

/**
 * Publishes a draft, and serves those who wait on it. Does nothing if it is published already. Throws `NotReady`, and
 * `ConfirmationRequired` where someone is served.
 */
export async function publishActivity (
  { db, outbox, seal }: Parts, slug: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (current.status === 'published') return
    if (current.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (current.endsAt <= now && current.booking === 'places') throw new BookingNotOpen('over')
    const draft: ActivityDraft = { ...current, status: 'published' }
    if (objectionsTo(draft).length > 0) throw new NotReady()
    requireConfirmation(await effectsOfPublishing(tx, current.id, now), confirmed)
    await change(tx, outbox, seal, current, 'published', now)
    if (draft.booking === 'places') await outbox.announce(tx, 'place.freed', [{ activityId: current.id }])
    await record(tx, { staffMemberId: by.id, action: 'activity.published', subject: slug }, now)
  })
}

/** What publishing a draft at `now` does to those who wait on it. */
export async function effectsOfPublishing (db: Reader, activityId: string, now: DateTime<true>): Promise<Effects> {
  const published: Activity = { ...await getActivity(db, activityId), status: 'published' }
  return { ...await servingEffects(db, published, await occupancyOf(db, activityId), now), changes: [] }
}

/**
 * Makes a published activity a draft again, which only staff see. Throws `PeopleRelyOnIt`; a draft already, it does
 * nothing.
 */
export async function unpublishActivity (
  { db, outbox, seal }: Parts, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (current.status === 'draft') return
    if (current.status === 'cancelled') throw new BookingNotOpen('cancelled')
    if (objectionsToChange(current, { ...current, status: 'draft' }).length > 0) throw new PeopleRelyOnIt()
    await change(tx, outbox, seal, current, 'draft', now)
    await record(tx, { staffMemberId: by.id, action: 'activity.taken-down', subject: slug }, now)
  })
}

/**
 * Deletes a draft for good, with everything prepared for it: messages that were not sent, holds that have ended, people
 * who were to be asked and do not know of it, and the Teams meeting that we made. Throws `CannotBeDeleted` where
 * someone has relied on it, or another activity is another date of it.
 */
export async function deleteDraft (
  { db, outbox }: Omit<Parts, 'seal'>, activityId: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const because = whyNotDeleted(activity, await reliedOn(tx, activityId))
    if (because !== undefined) throw new CannotBeDeleted(because)

    const { slug, title } = activity
    await tx.booking.deleteMany({ where: { activityId } })
    await leaveMeeting(tx, outbox, activityId)
    await tx.bulletin.deleteMany({ where: { activityId } })
    await tx.hold.deleteMany({ where: { activityId } })
    await tx.activity.delete({ where: { id: activityId } })
    await record(tx, { staffMemberId: by.id, action: 'activity.deleted', subject: slug, details: { title } }, now)
  })
}

/**
 * Announces that the Teams meeting we made for an activity is to be deleted. Throws `CannotBeDeleted` while a job has
 * it in hand, because we cannot tell yet which meeting that makes.
 */
async function leaveMeeting (tx: Tx, outbox: Outbox, activityId: string): Promise<void> {
  const [{ isFree } = { isFree: true }] = await tx.$queryRaw<Array<{ isFree: boolean }>>`
    SELECT pg_try_advisory_xact_lock(${keepingKey}::int, hashtext(${activityId})) AS "isFree"`
  if (!isFree) throw new CannotBeDeleted('Its Teams meeting is being made or changed at this moment. Try again in a minute.')
  const meeting = await tx.teamsMeeting.findUnique({
    // A meeting that was let go stays in Teams: the link that someone pasted may be another way into it.
    where: { activityId, status: { not: 'removed' } }, select: { meetingIdSealed: true, madeAs: true }
  })
  const { leftovers = [] } = (meeting?.madeAs ?? {}) as { leftovers?: string[] }
  const left = [meeting?.meetingIdSealed ?? [], leftovers].flat()
  await outbox.announce(tx, 'meeting.left', left.map(meetingIdSealed => ({ meetingIdSealed })))
}

async function change (
  tx: Tx, outbox: Outbox, seal: Seal, current: CurrentActivity, status: ActivityDraft['status'], now: DateTime<true>
): Promise<void> {
  await changeActivity(tx, outbox, seal, current, { ...current, status }, now)
}
