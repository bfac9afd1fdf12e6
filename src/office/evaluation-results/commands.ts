import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { noteGone } from '../../booking/evaluations/commands.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { TextNotFound } from './errors.ts'
import { evaluationResults, findText } from './queries.ts'
import type { Results } from './results.ts'

/**
 * Deletes what someone wrote about an activity, by its name: it names a person, or tells of harm and was handed to
 * safeguarding. The trail keeps that it was deleted, never what it said. Throws `TextNotFound`.
 */
export async function deleteText (
  db: Db, { id, slug }: Activity, name: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    // Answering writes all texts anew, under this lock.
    await tx.$queryRaw`SELECT 1 FROM questionnaires WHERE activity_id = ${id}::uuid FOR UPDATE`
    const text = await findText(tx, id, name)
    if (text === undefined) throw new TextNotFound()
    const gone = await tx.evaluationText.findMany({ where: { ...text, activityId: id }, select: { id: true } })
    await tx.evaluationText.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } })
    await noteGone(tx, gone, now)
    await record(tx, {
      staffMemberId: by.id, action: 'evaluation.text-deleted', subject: slug, details: { question: text.question }
    }, now)
  })
}

/** Reads what people thought, for a file, and records who has it. Nothing may be sent before this has committed. */
export async function exportResults (
  db: Db, activity: Activity, by: StaffMember, now: DateTime<true>
): Promise<Results> {
  return await db.$transaction(async tx => {
    const [results] = await evaluationResults(tx, [activity], now)
    await record(tx, { staffMemberId: by.id, action: 'evaluation.exported', subject: activity.slug }, now)
    return results ?? { answered: [], questions: [] }
  })
}
