import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { record } from '../../identity/staff/audit.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { approves, draftToApprove, isForCoordinators } from '../../programme/activities/approval.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { objectionsTo } from '../../programme/activities/objections.ts'
import { askersOf, noteDecision, requestApproval } from '../../programme/activities/decisions.ts'
import { NotReady } from '../editor/errors.ts'
import type { Parts } from '../editor/edit.ts'
import { publishDraft } from '../editor/publish.ts'
import { lockCurrentActivity } from '../editor/queries.ts'
import { NotToBeApproved } from './errors.ts'
import { isFor, mattersOf, waits, whatWaits } from './waiting.ts'
import type { Matter } from './waiting.ts'

/** How far a draft is on its way to being approved. */
export interface Request {
  askedBy: string
  askedAt: DateTime<true>
  /** Set if it was sent back: by whom, and what has to be changed first. */
  returned: { by: string, reason: string } | undefined
}

/** The request for approval of an activity, if there is one. */
export async function findRequest (db: Reader, activityId: string): Promise<Request | undefined> {
  const row = await db.approvalRequest.findUnique({ where: { activityId } })
  if (row === null) return undefined
  const names = await namesOf(db, [row.askedById, row.returnedById])
  // Who entered it without an account asked by the entry.
  const entry = await db.entry.findUnique({ where: { activityId }, select: { id: true, organisation: true } })
  return {
    askedBy: row.askedById === entry?.id ? entry.organisation : names.get(row.askedById) ?? 'Someone',
    askedAt: instant(row.askedAt),
    returned: row.returnedById === null ? undefined : { by: names.get(row.returnedById) ?? 'Someone', reason: row.reason }
  }
}

/** Whether someone approves what becomes public in a district of a campaign that needs it. */
export async function isApprover (
  db: Reader, { campaignId, district }: { campaignId: string, district: string | undefined }, by: StaffMember
): Promise<boolean> {
  const coordinators = await db.coordinator.findMany({ where: { campaignId, staffMemberId: by.id } })
  return approves(by, coordinators, district)
}

/**
 * Asks coordinators to approve a draft; asked already, it does nothing, and sent back, it asks once more. Throws
 * `NotReady`, and `NotToBeApproved` for what nobody has to approve.
 */
export async function askForApproval (
  { db, seal }: Omit<Parts, 'outbox'>, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const isNeeded = current.status === 'draft' && await isForCoordinators(tx, current, by)
    if (!isNeeded) throw new NotToBeApproved('This needs nobody’s approval.')
    if (objectionsTo({ ...current, status: 'published' }).length > 0) throw new NotReady()
    const asked = await tx.approvalRequest.findUnique({ where: { activityId: current.id } })
    if (asked !== null && asked.returnedAt === null) return
    await requestApproval(tx, current.id, by.id, now)
    await record(tx, { staffMemberId: by.id, action: 'approval.asked', subject: slug }, now)
  })
}

/**
 * Approves the draft that someone has read, and publishes it; published already, it does nothing. Throws
 * `NotToBeApproved`, and what `publishActivity` throws.
 */
export async function approveDraft (
  { db, outbox, seal }: Parts, slug: string,
  { confirmed, read }: { confirmed: string | undefined, read: string | undefined },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (!await isApprover(tx, current, by)) throw new NotToBeApproved(notYours)
    if (current.status === 'published') return
    const isWaiting = await tx.activity.count({ where: { id: current.id, ...draftToApprove } }) > 0
    if (!isWaiting) throw new NotToBeApproved(nobodyAsks)
    await publishDraft(tx, { outbox, seal }, { current, confirmed, read }, by, now)
  })
}

/** Sends a draft back to its organisers, who read the reason on its page and by email. Throws `NotToBeApproved`. */
export async function returnForChanges (
  { db, outbox, seal }: Parts, slug: string, reason: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    if (!await isApprover(tx, current, by)) throw new NotToBeApproved(notYours)
    const asked = await tx.approvalRequest.findUnique({ where: { activityId: current.id } })
    if (asked === null || asked.returnedAt !== null) throw new NotToBeApproved(nobodyAsks)
    await tx.approvalRequest.update({
      where: { activityId: current.id }, data: { returnedById: by.id, returnedAt: now.toJSDate(), reason }
    })
    await noteDecision(tx, outbox, {
      activityId: current.id, about: 'activity', decision: 'returned', reason, askedByIds: askersOf(asked)
    }, by, now)
    await record(tx, { staffMemberId: by.id, action: 'approval.returned', subject: slug, details: { reason } }, now)
  })
}

const nobodyAsks = 'Nobody asks for approval of this any more.'

export const notYours = 'You do not approve this: it is for a coordinator of its district, or of the whole campaign.'

/** Something that waits, with its activity. */
export interface ToApprove extends Pick<Matter, 'key' | 'about' | 'askedAt'> {
  slug: string
  title: string
  campaign: string
  leadAgency: string | undefined
  district: string | undefined
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  allDay: boolean
  zone: string
}

/** What waits for a member of staff to decide at `now`, the soonest first. */
export async function listToApprove (db: Reader, staff: StaffMember, now: DateTime<true>): Promise<ToApprove[]> {
  const rows = await db.activity.findMany({
    where: { AND: [within(staff, 'approve activities'), waits] },
    select: {
      ...whatWaits,
      slug: true,
      title: true,
      startsAt: true,
      allDay: true,
      zone: true,
      campaign: { select: { title: true, coordinators: { where: { staffMemberId: staff.id } } } },
      leadAgency: { select: { name: true } }
    },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }]
  })
  return rows.flatMap(row => {
    const { slug, title, campaign, leadAgency, district, startsAt, endsAt, allDay, zone } = row
    const theirs = mattersOf(row, now).filter(matter => isFor(staff, matter, campaign.coordinators))
    return theirs.map(({ key, about, askedAt }) => ({
      key,
      about,
      askedAt,
      slug,
      title,
      campaign: campaign.title,
      leadAgency: leadAgency?.name,
      district: district ?? undefined,
      startsAt: instant(startsAt),
      endsAt: instant(endsAt),
      allDay,
      zone
    }))
  })
}
