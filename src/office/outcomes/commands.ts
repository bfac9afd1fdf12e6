import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { ActivityNotFound } from '../../programme/activities/errors.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { outcomeColumnsOf } from '../../programme/activities/outcome-numbers.ts'
import { lockActivities, lockActivity } from '../../programme/activities/queries.ts'
import { NothingToTell, NumbersUnusual, OutcomeChanged, OutcomeLinkEnded } from './errors.ts'
import { isLinkOpen } from './moments.ts'
import { outcomeDraft, outcomeToKeep, unusualIn, unusualToken } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import { findAsking, getAskedActivity } from './queries.ts'
import type { AskedActivity } from './queries.ts'

/** What somebody says of an activity, the version that they read, and the unusual numbers that they say are right. */
export interface Telling {
  activityId: string
  outcome: Outcome & { tookPlace: boolean }
  versionHash: string
  sure: string | undefined
}

/**
 * Notes what an activity came to, as a member of staff heard it. Throws `OutcomeChanged` for another version than was
 * read, `NothingToTell`, and `NumbersUnusual` until somebody has said that these numbers are right.
 */
export async function noteOutcome (db: Db, telling: Telling, by: StaffMember, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    await lockActivity(tx, telling.activityId)
    const its = await getAskedActivity(tx, telling.activityId)
    await note(tx, its, telling, by, now)
  })
}

/**
 * The same from whoever has the link. Throws `OutcomeLinkEnded` too: the link is that of another address by now, or it
 * is too late. Asked again under the lock, so that nothing is written once it has ended.
 */
export async function tellOutcome (
  db: Db, telling: Telling, isOf: (email: string) => boolean, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { campaign } = await lockActivity(tx, telling.activityId)
    const its = await getAskedActivity(tx, telling.activityId)
    assertLinkOpen(its, (await findAsking(tx, campaign.id)).dueOn, isOf, now)
    await note(tx, its, telling, undefined, now)
  })
}

/** Throws `OutcomeLinkEnded` unless the link of an address is good for an activity at `now`. */
export function assertLinkOpen (
  { activity, lead }: AskedActivity, dueOn: string | undefined, isOf: (email: string) => boolean, now: DateTime<true>
): void {
  const isTheirs = lead?.email !== undefined && isOf(lead.email)
  const isOpen = dueOn !== undefined && isLinkOpen(activity, dueOn, now)
  if (!isTheirs || !isOpen || activity.visibility === 'operational') throw new OutcomeLinkEnded()
}

async function note (
  tx: Tx, { activity, outcome: before, isChosen }: AskedActivity, { outcome, versionHash, sure }: Telling,
  by: StaffMember | undefined, now: DateTime<true>
): Promise<void> {
  if (activity.status === 'cancelled') throw new NothingToTell('cancelled')
  if (now < activity.endsAt) throw new NothingToTell('not over')
  const kept = outcomeToKeep(activity, outcome, before)
  const changed = outcomeDraft.changed(before, kept)
  // Includes a second press on the same button.
  if (changed.length === 0) return
  if (outcomeDraft.versionHash(before) !== versionHash) throw new OutcomeChanged()
  if (unusualIn(kept).length > 0 && unusualToken(kept) !== sure) throw new NumbersUnusual()
  const { tookPlace, learnt } = kept
  const said = {
    tookPlace,
    learnt,
    // Organisers chose the sentence that they had read, not whatever comes in its place.
    isChosen: isChosen && learnt === before.learnt,
    givenAt: now.toJSDate(),
    givenById: by?.id ?? null
  }
  await tx.activity.update({ where: { id: activity.id }, data: outcomeColumnsOf(kept) })
  await tx.outcomeReport.upsert({
    where: { activityId: activity.id }, create: { activityId: activity.id, ...said }, update: said
  })
  // On the board it is done, too; what did not take place is not.
  const stage = tookPlace ? 'done' : 'confirmed'
  await tx.activityPlan.upsert({
    where: { activityId: activity.id }, create: { activityId: activity.id, stage }, update: { stage }
  })
  // What was learnt is not in the trail: it may name someone, and the trail outlives it.
  const { learnt: _, ...differences } = outcomeDraft.differences(before, kept)
  await record(tx, {
    staffMemberId: by?.id,
    action: by === undefined ? 'outcome.told' : 'outcome.noted',
    subject: activity.slug,
    details: { ...differences, ...changed.includes('learnt') && { changed: ['learnt'] } }
  }, now)
}

/** Sentences as they were shown, and those of them that are to be in the report. */
export interface LearningChoice { shown: readonly string[], wanted: readonly string[] }

/**
 * Chooses which sentences of what was learnt are in the report. Only what differs from what was shown changes, and a
 * sentence that was changed since is not chosen unread: its key is of its words.
 */
export async function chooseLearning (
  db: Db, campaign: { id: string, slug: string }, { shown, wanted }: LearningChoice, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const ids = [...new Set([...shown, ...wanted].map(key => key.split('.')[0] ?? ''))]
    await lockActivities(tx, ids)
    const known = await tx.activity.findMany({
      where: { AND: [within(by, 'see reports')], campaignId: campaign.id, id: { in: ids } }, select: { id: true }
    })
    if (known.length < ids.length) throw new ActivityNotFound()
    const rows = await tx.outcomeReport.findMany({ where: { activityId: { in: ids }, learnt: { not: '' } } })
    const changed = rows.filter(row =>
      shown.includes(learningKey(row)) && wanted.includes(learningKey(row)) !== row.isChosen)
    for (const { activityId, isChosen } of changed) {
      await tx.outcomeReport.update({ where: { activityId }, data: { isChosen: !isChosen } })
    }
    if (changed.length === 0) return
    await record(tx, {
      staffMemberId: by.id,
      action: 'learning.chosen',
      subject: campaign.slug,
      details: { chosen: changed.filter(row => !row.isChosen).length, left: changed.filter(row => row.isChosen).length }
    }, now)
  })
}

/** What a tick beside a sentence stands for: this activity and these words. */
export function learningKey ({ activityId, learnt }: { activityId: string, learnt: string }): string {
  return `${activityId}.${outcomeDraft.versionHash({ learnt })}`
}
