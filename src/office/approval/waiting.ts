import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { approves, changeToApprove, draftToApprove } from '../../programme/activities/approval.ts'
import type { Coordinator } from '../../programme/activities/approval.ts'
import type { Changes } from '../editor/proposals.ts'

/**
 * Filter for activities of which something waits: a draft that is to become public, a change of what everyone reads, or
 * that it is cancelled, as who entered it without an account asks where people have booked.
 */
export const waits = {
  OR: [
    draftToApprove,
    changeToApprove,
    { status: 'published', entry: { is: { outcome: null, cancellingAskedAt: { not: null } } } }
  ]
} satisfies Prisma.ActivityWhereInput

/** What is read of them. */
export const whatWaits = {
  id: true,
  status: true,
  district: true,
  endsAt: true,
  leadAgencyId: true,
  approvalRequest: { select: { askedAt: true, returnedAt: true } },
  proposal: { select: { askedAt: true, returnedAt: true, changes: true } },
  entry: { select: { outcome: true, cancellingAskedAt: true } }
} satisfies Prisma.ActivitySelect

/** What waits of an activity, and since when. */
export interface Matter {
  /** The same for as long as it waits, and another when somebody asks once more. */
  key: string
  about: 'draft' | 'change' | 'cancelling'
  askedAt: DateTime<true>
  /** In which districts someone has to be a coordinator to approve it. */
  districts: Array<string | undefined>
  /** Whose organisers run it; undefined: those of the partnership. */
  leadAgencyId: string | undefined
}

/** What waits of an activity that the filter found, except what was overtaken by the end. */
export function mattersOf (
  { id, status, district, leadAgencyId, ...row }: Prisma.ActivityGetPayload<{ select: typeof whatWaits }>,
  now: DateTime<true>
): Matter[] {
  const { approvalRequest, proposal, entry } = row
  const endsAt = instant(row.endsAt)
  const isPublished = status === 'published'
  const matters: Matter[] = []
  const add = (about: Matter['about'], asked: Date, districts: ReadonlyArray<string | null>) => {
    const askedAt = instant(asked)
    matters.push({
      key: `${id} ${about === 'cancelling' ? 'cancelling ' : ''}${askedAt.toISO()}`,
      about,
      askedAt,
      districts: districts.map(name => name === null || name === '' ? undefined : name),
      leadAgencyId: leadAgencyId ?? undefined
    })
  }
  if (!isPublished && approvalRequest?.returnedAt === null) add('draft', approvalRequest.askedAt, [district])
  const isOver = (asked: Date) => isOvertaken({ askedAt: instant(asked), endsAt }, now)
  if (isPublished && proposal?.returnedAt === null && !isOver(proposal.askedAt)) {
    add('change', proposal.askedAt, [district, (proposal.changes as Changes).district?.[1] ?? district])
  }
  const { outcome, cancellingAskedAt } = entry ?? { outcome: null, cancellingAskedAt: null }
  if (isPublished && outcome === null && cancellingAskedAt !== null && now < endsAt) {
    add('cancelling', cancellingAskedAt, [district])
  }
  return matters
}

/**
 * Whether a matter is for someone who knows of its activity: what becomes public is for those who approve it in all of
 * its districts, what is to be cancelled for those who run it.
 */
export function isFor (
  staff: StaffMember, { about, districts, leadAgencyId }: Pick<Matter, 'about' | 'districts' | 'leadAgencyId'>,
  coordinators: readonly Coordinator[]
): boolean {
  return about === 'cancelling'
    ? may(staff, 'run activities', { leadAgencyId, hostIds: [] })
    : districts.every(district => approves(staff, coordinators, district))
}

/** Whether a change was asked for before the end of its activity, which is over by now: then nobody approves it. */
export function isOvertaken (
  { askedAt, endsAt }: { askedAt: DateTime<true>, endsAt: DateTime<true> }, now: DateTime<true>
): boolean {
  return askedAt < endsAt && endsAt <= now
}
