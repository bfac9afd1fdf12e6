import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { columnsFor } from '../exports/choosing.ts'
import type { ListColumn } from '../exports/columns.ts'
import { listActivitiesFor } from '../exports/queries.ts'
import type { ListedActivity, Selection } from '../exports/queries.ts'
import { mostActivities } from '../exports/schema.ts'
import type { Run } from './run-queries.ts'
import type { Scope } from './standing-list.ts'

/** Any activities, before they are narrowed. */
export const anyActivity: Selection = { slugs: [], campaign: undefined, from: undefined, before: undefined }

/** The activities that a list is about, whenever they are; undefined if what it was about was deleted. */
export function scopeSelection ({ about, activity, campaign }: Scope): Selection | undefined {
  switch (about) {
    case 'activity': return activity && { ...anyActivity, slugs: [activity.slug] }
    case 'campaign': return campaign && { ...anyActivity, campaign: campaign.slug }
    case 'mine': return anyActivity
  }
}

/** Those that the run of a weekly list is about: published, and beginning within its days from when it was due. */
function weeklySelection (
  whole: Selection, { list: { about }, days: most, dueAt }: Pick<Run, 'list' | 'days' | 'dueAt'>
): Selection {
  const days = about === 'activity' ? undefined : most
  return { ...whole, from: dueAt, before: days === undefined ? undefined : dueAt.plus({ days }), isPublished: true }
}

/**
 * The activities of a run whose attendees someone may know now, at most as many as one list has; undefined if what it
 * is about was deleted.
 */
export async function activitiesOfRun (
  db: Reader, staff: StaffMember, run: Run
): Promise<{ activities: ListedActivity[], total: number } | undefined> {
  const { list, before } = run
  const whole = scopeSelection(list)
  if (whole === undefined || (before !== undefined && before.activity === undefined)) return undefined
  const selection = before?.activity === undefined
    ? weeklySelection(whole, run)
    : { ...whole, slugs: [before.activity.slug] }
  return await listActivitiesFor(db, staff, selection, mostActivities)
}

/** An activity of which someone may do as much as of any: each run asks for its own. */
export function whatTheyLead ({ id, agencyId: leadAgencyId }: StaffMember) {
  return { leadAgencyId, hostIds: [id] }
}

/** The columns that a list of someone’s own may have. */
export function columnsOf (staff: StaffMember): ListColumn[] {
  return columnsFor({ staff, activities: [whatTheyLead(staff)] })
}
