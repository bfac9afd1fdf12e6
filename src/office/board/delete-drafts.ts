import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { lockActivities } from '../../programme/activities/queries.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { deleteDraftIn } from '../editor/delete-draft.ts'
import { CannotBeDeleted } from '../editor/errors.ts'
import { hasMeetingOfOurs, reliedOn } from '../editor/queries.ts'
import { whyNotDeleted } from '../editor/relied-on.ts'
import { DraftsStay } from './errors.ts'

/** What is to be deleted, and the token of what was read about it. */
export interface Deletion {
  ids: readonly string[]
  confirmed: string | undefined
}

/**
 * Deletes several drafts of a campaign for good, by the rules by which one is deleted: all of them, or none. Throws
 * `DraftsStay` where something relies on any, or where one is gone by now, and `ConfirmationRequired` until what goes
 * was read. Returns how many were deleted.
 */
export async function deleteDrafts (
  { db, outbox }: { db: Db, outbox: Outbox }, campaignId: string, { ids, confirmed }: Deletion, by: StaffMember,
  now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    await lockActivities(tx, ids)
    const drafts = await tx.activity.findMany({
      where: { AND: [within(by, 'run activities')], campaignId, id: { in: [...ids] } },
      select: { id: true, title: true, status: true, startsAt: true, endsAt: true, allDay: true, zone: true },
      orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { id: 'asc' }]
    })
    const obstacles: string[] = []
    const free: string[] = []
    const sentences: string[] = []
    for (const draft of drafts) {
      const named = `“${draft.title}”, ${whenInWords({ ...draft, startsAt: instant(draft.startsAt), endsAt: instant(draft.endsAt) })}`
      const because = whyNotDeleted(draft, await reliedOn(tx, draft.id))
      if (because === undefined) {
        free.push(draft.id)
        sentences.push(await hasMeetingOfOurs(tx, draft.id) ? `${named}, with the Teams meeting that we made for it` : named)
      } else {
        obstacles.push(`${named}: ${because}`)
      }
    }
    const gone = ids.length - drafts.length
    if (gone > 0) obstacles.push(gone === 1 ? '1 of them is not there any more.' : `${gone} of them are not there any more.`)
    if (obstacles.length > 0) throw new DraftsStay(obstacles, free)

    requireConfirmation({ sentences, changes: [] }, confirmed)
    for (const { id, title } of drafts) {
      try {
        await deleteDraftIn(tx, outbox, id, by, now)
      } catch (error) {
        if (!(error instanceof CannotBeDeleted)) throw error
        throw new DraftsStay([`“${title}”: ${error.message}`], ids.filter(other => other !== id))
      }
    }
    return drafts.length
  })
}
