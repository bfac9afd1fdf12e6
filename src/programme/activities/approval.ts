import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { ActivityDraft } from './draft.ts'
import { ApprovalNeeded } from './errors.ts'

/** What may be approved: what is to be public; and what was entered without an account, also if it is for partners. */
const toBeKnown = {
  OR: [{ visibility: 'public' }, { visibility: 'partners', entry: { isNot: null } }]
} satisfies Prisma.ActivityWhereInput

/** Filter for drafts that wait for a coordinator. What was hidden since does not: who approves it would publish it. */
export const draftToApprove = {
  ...toBeKnown, status: 'draft', approvalRequest: { is: { returnedAt: null } }
} satisfies Prisma.ActivityWhereInput

/** The same for what is published and of which a change waits; what is hidden only where it is to become public. */
export const changeToApprove = {
  AND: [{ OR: [toBeKnown, { proposal: { is: { changes: { path: ['visibility', '1'], equals: 'public' } } } }] }],
  status: 'published',
  proposal: { is: { returnedAt: null } }
} satisfies Prisma.ActivityWhereInput

/** Someone who approves what becomes public in a campaign, in some districts or, without any, in all. */
export interface Coordinator {
  staffMemberId: string
  districts: readonly string[]
}

/**
 * True for someone who approves what becomes public in a district of a campaign: an admin, an organiser of the
 * partnership itself, or an organiser who is its coordinator for all or for that district. What has no district waits
 * for one for all.
 */
export function approves (
  { id, role, agencyId }: StaffMember, coordinators: readonly Coordinator[], district: string | undefined
): boolean {
  if (role === 'admin' || (role === 'organiser' && agencyId === undefined)) return true
  return role === 'organiser' && coordinators.some(({ staffMemberId, districts }) =>
    staffMemberId === id && (districts.length === 0 || (district !== undefined && districts.includes(district))))
}

/**
 * What everyone reads of an activity, and what decides where and by whom it is read: in it a change waits for a
 * coordinator. The link to it is its organisers' own matter, and so is how many may come while people book as before.
 */
export const readByEveryone: ReadonlySet<keyof ActivityDraft> = new Set([
  'title', 'summary', 'kind', 'startsAt', 'endsAt', 'allDay', 'venue', 'hasSecretPlace', 'district', 'audiences',
  'visibility', 'embargoUntil', 'leadAgencyId', 'booking'
])

/** Whether a coordinator has to approve of an activity as it is to be, because someone may not who wants it so. */
export async function isForCoordinators (
  db: Reader, { campaignId, district, visibility }: Pick<ActivityDraft, 'campaignId' | 'district' | 'visibility'>,
  by: StaffMember
): Promise<boolean> {
  if (visibility !== 'public') return false
  const { needsApproval, coordinators } = await db.campaign.findUniqueOrThrow({
    where: { id: campaignId },
    select: { needsApproval: true, coordinators: { where: { staffMemberId: by.id } } }
  })
  return needsApproval && !approves(by, coordinators, district)
}

/** The same of many activities at once, to be asked again and again. */
export async function forCoordinators (
  db: Reader, by: StaffMember
): Promise<(draft: Pick<ActivityDraft, 'campaignId' | 'district' | 'visibility'>) => boolean> {
  const campaigns = await db.campaign.findMany({
    where: { needsApproval: true },
    select: { id: true, coordinators: { where: { staffMemberId: by.id } } }
  })
  const coordinatorsOf = new Map(campaigns.map(({ id, coordinators }) => [id, coordinators]))
  return ({ campaignId, district, visibility }) => {
    const coordinators = coordinatorsOf.get(campaignId)
    return visibility === 'public' && coordinators !== undefined && !approves(by, coordinators, district)
  }
}

/** Throws `ApprovalNeeded` where someone would make public what a coordinator has to approve. */
export async function assertApproved (
  db: Reader, draft: Pick<ActivityDraft, 'campaignId' | 'district' | 'visibility'>, by: StaffMember
): Promise<void> {
  if (await isForCoordinators(db, draft, by)) throw new ApprovalNeeded()
}
