import type { DateTime } from 'luxon'
import { addressFor } from '../../programme/activities/address.ts'
import { createActivities, takeTurns } from '../../programme/activities/commands.ts'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { copyQuestions } from '../../programme/evaluations/commands.ts'
import type { Tx } from '../../platform/database/connect.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import type { Answers, Surroundings } from './answers.ts'
import { readOrRefuse } from './edit.ts'
import type { Parts } from './edit.ts'
import { AnswersRefused } from './errors.ts'
import { problemsWith } from './problems.ts'

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
 * arrangements and the questions of the original, but not its bookings and not its Teams link. Throws `AnswersRefused`.
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
    const draft = readOrRefuse(answers, base, around)
    const wrong = problemsWith(undefined, draft, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)

    const slug = await freeSlug(tx, addressFor(draft))
    await createActivities(tx, seal, [{ id, draft: { ...draft, slug } }], now, { by })
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

/** Copies to activities what their form does not ask, from another activity. */
export async function copyArrangements (tx: Tx, ids: readonly string[], slug: string): Promise<void> {
  const original = await tx.activity.findUnique({
    where: { slug },
    select: {
      id: true,
      overBookingPercent: true,
      offerHours: true,
      anotherDateAt: true,
      joinMode: true,
      reminders: true,
      followUp: true
    }
  })
  if (original === null) return
  const { id: from, ...data } = original
  await tx.activity.updateMany({ where: { id: { in: [...ids] } }, data })
  await copyQuestions(tx, ids.map(to => ({ from, to })))
}

/** A slug that is not in use; `new` is reserved for the form's address. */
export async function freeSlug (tx: Tx, wanted: string): Promise<string> {
  const base = wanted === '' ? 'activity' : wanted.slice(0, 72)
  const taken = new Set((await tx.activity.findMany({
    where: { slug: { startsWith: base } }, select: { slug: true }
  })).map(({ slug }) => slug)).add('new')
  if (!taken.has(base)) return base
  let n = 2
  while (taken.has(`${base}-${n}`)) n++
  return `${base}-${n}`
}
