import type { DateTime } from 'luxon'
import { createActivities, takeTurns } from '../../programme/activities/commands.ts'
import { copyNamed } from '../../programme/activities/named-people.ts'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { copyArrangements, freeSlug } from './create.ts'
import type { Parts } from './edit.ts'
import { AnswersRefused } from './errors.ts'
import { problemsWith } from './problems.ts'
import { lockCurrentActivity } from './queries.ts'
import { firstDayOf, onDay } from './repeats.ts'

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
    await createActivities(tx, seal, made, now, { by })
    await copyNamed(tx, made.map(({ id }) => id), current.id)
    await copyArrangements(tx, made.map(({ id }) => id), slug)
    await record(tx, { staffMemberId: by.id, action: 'activity.repeated', subject: slug, details: { days: missing } }, now)
    return made.length
  })
}
