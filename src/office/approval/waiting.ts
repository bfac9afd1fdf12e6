import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { changeToApprove, draftToApprove } from '../../programme/activities/approval.ts'
import type { Changes } from '../editor/proposals.ts'

/** Filter for activities of which something waits for a coordinator: to become public, or a change of it. */
export const waitsForApproval = {
  OR: [draftToApprove, changeToApprove]
} satisfies Prisma.ActivityWhereInput

/** What is read of them. */
export const whatWaits = {
  id: true,
  status: true,
  district: true,
  endsAt: true,
  approvalRequest: { select: { askedAt: true } },
  proposal: { select: { askedAt: true, changes: true } }
} satisfies Prisma.ActivitySelect

/** What waits of an activity: since when, and in which districts someone has to be a coordinator to approve it. */
export interface Matter {
  /** The same for as long as it waits, and another when somebody asks once more. */
  key: string
  isChange: boolean
  askedAt: DateTime<true>
  districts: Array<string | undefined>
}

/** What waits of an activity that the filter found; undefined where it was overtaken by the end. */
export function matterOf (
  { id, status, district, endsAt, approvalRequest, proposal }: Prisma.ActivityGetPayload<{ select: typeof whatWaits }>,
  now: DateTime<true>
): Matter | undefined {
  const isChange = status === 'published'
  const asked = isChange ? proposal : approvalRequest
  if (asked === null) return undefined
  const askedAt = instant(asked.askedAt)
  if (isChange && isOvertaken({ askedAt, endsAt: instant(endsAt) }, now)) return undefined
  const wanted = (proposal?.changes as Changes | undefined)?.district?.[1] ?? district
  return {
    key: `${id} ${askedAt.toISO()}`,
    isChange,
    askedAt,
    districts: (isChange ? [district, wanted] : [district]).map(name => name === null || name === '' ? undefined : name)
  }
}

/** Whether a change was asked for before the end of its activity, which is over by now: then nobody approves it. */
export function isOvertaken (
  { askedAt, endsAt }: { askedAt: DateTime<true>, endsAt: DateTime<true> }, now: DateTime<true>
): boolean {
  return askedAt < endsAt && endsAt <= now
}
