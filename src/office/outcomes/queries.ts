import type { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { ActivityNotFound } from '../../programme/activities/errors.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { outcomeNumbersOf } from '../../programme/activities/outcome-numbers.ts'
import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import type { Outcome } from './outcome.ts'

/** Who is asked about an activity. */
export interface Lead {
  name: string
  /** Undefined: nobody has given an address. */
  email: string | undefined
  /** Their id, if they work here. */
  staffMemberId: string | undefined
}

/** One time that somebody was asked. */
export interface Asked {
  occasion: string
  askedAt: DateTime<true>
  sentAt: DateTime<true> | undefined
  refusedAt: DateTime<true> | undefined
  staffMemberId: string | undefined
}

/** An activity with what was said of it, and who was asked when. */
export interface AskedActivity {
  activity: Activity
  leadAgency: { id: string, slug: string, name: string } | undefined
  /** What the agency that led it on its day is called. */
  ledBy: string | undefined
  outcome: Outcome
  /** When it was said, and by whom of those who work here. */
  givenAt: DateTime<true> | undefined
  givenById: string | undefined
  /** Whether what they learnt is in the report. */
  isChosen: boolean
  stage: string
  lead: Lead | undefined
  asked: Asked[]
  thankedAt: DateTime<true> | undefined
}

const person = { select: { id: true, name: true, email: true, disabledAt: true } } as const
type Person = Prisma.StaffMemberGetPayload<typeof person>

const withLeader = {
  ...withCampaign, leadAgency: { select: { id: true, slug: true, name: true } }, ledAs: { select: { name: true } }
} satisfies Prisma.ActivityInclude

/**
 * Activities of which it can be asked what they came to: what is certain to be meant to take place, and never
 * operational work, which no report counts.
 */
const askable = {
  visibility: { not: 'operational' },
  OR: [
    { status: { in: ['published', 'cancelled'] } },
    { status: 'draft', plan: { is: { stage: { in: ['confirmed', 'done'] } } } }
  ]
} satisfies Prisma.ActivityWhereInput

/** The activities of a campaign that may be asked about, as far as `staff` may do so; all, for what time does. */
export async function listAskedActivities (
  db: Reader, campaignId: string, staff?: StaffMember
): Promise<AskedActivity[]> {
  const known = staff === undefined ? {} : within(staff, 'see reports')
  return await listWhere(db, { AND: [known, askable], campaignId })
}

/** Those of some ids that may be asked about, whoever asks. */
export async function listAskedById (db: Reader, ids: readonly string[]): Promise<AskedActivity[]> {
  return await listWhere(db, { AND: [askable], id: { in: [...ids] } })
}

/** An activity whatever it is, for those who run it. */
export async function getAskedActivity (db: Reader, id: string): Promise<AskedActivity> {
  const [found] = await listWhere(db, { id })
  if (found === undefined) throw new ActivityNotFound()
  return found
}

/** One query after another: in a transaction they have one connection. */
async function listWhere (db: Reader, where: Prisma.ActivityWhereInput): Promise<AskedActivity[]> {
  const rows = await db.activity.findMany({
    where, include: withLeader, orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { slug: 'asc' }]
  })
  const of = { activityId: { in: rows.map(({ id }) => id) } }
  const plans = byActivity(await db.activityPlan.findMany({ where: of, include: { owner: person } }))
  const hosts = byActivity(await db.activityHost.findMany({ where: of, include: { staffMember: person } }))
  const entries = byActivity(await db.entry.findMany({
    where: { ...of, confirmedAt: { not: null }, outcome: null }, select: { activityId: true, name: true, email: true }
  }))
  const reports = byActivity(await db.outcomeReport.findMany({ where: of }))
  const asks = byActivity(await db.outcomeAsk.findMany({ where: of, orderBy: [{ askedAt: 'asc' }, { occasion: 'asc' }] }))
  const thanked = byActivity(await db.thanks.findMany({ where: of }))
  return rows.map(row => {
    const [plan, said] = [plans.get(row.id)?.[0], reports.get(row.id)?.[0]]
    const thankedAt = thanked.get(row.id)?.[0]?.thankedAt
    return {
      activity: activityOf(row),
      leadAgency: row.leadAgency ?? undefined,
      ledBy: (row.ledAs ?? row.leadAgency)?.name,
      outcome: { tookPlace: said?.tookPlace, learnt: said?.learnt ?? '', ...outcomeNumbersOf(row) },
      givenAt: said && instant(said.givenAt),
      givenById: said?.givenById ?? undefined,
      isChosen: said?.isChosen ?? false,
      stage: plan?.stage ?? 'idea',
      lead: leadOf(plan, entries.get(row.id)?.[0], (hosts.get(row.id) ?? []).map(({ staffMember }) => staffMember)),
      asked: (asks.get(row.id) ?? []).map(({ occasion, askedAt, sentAt, refusedAt, staffMemberId }) => ({
        occasion,
        askedAt: instant(askedAt),
        sentAt: sentAt === null ? undefined : instant(sentAt),
        refusedAt: refusedAt === null ? undefined : instant(refusedAt),
        staffMemberId: staffMemberId ?? undefined
      })),
      thankedAt: thankedAt && instant(thankedAt)
    }
  })
}

function byActivity<Row extends { activityId: string | null }> (rows: readonly Row[]): Map<string | null, Row[]> {
  return Map.groupBy(rows, ({ activityId }) => activityId)
}

/**
 * Who leads an activity: whoever looks after it, or else who entered it without an account, or a host of it. Someone
 * who may not sign in any more does not work here, and is not written to.
 */
function leadOf (
  plan: { owner: Person | null, ownerName: string, ownerEmail: string } | undefined,
  entry: { name: string, email: string } | undefined,
  hosts: readonly Person[]
): Lead | undefined {
  const owner = plan?.owner
  if (owner !== null && owner !== undefined && owner.disabledAt === null) return leadFrom(owner)
  if (plan !== undefined && plan.ownerEmail !== '') {
    return { name: plan.ownerName, email: plan.ownerEmail, staffMemberId: undefined }
  }
  if (entry !== undefined) return { ...entry, staffMemberId: undefined }
  const [host] = hosts.filter(({ disabledAt }) => disabledAt === null).sort((one, other) => one.name.localeCompare(other.name, 'en-GB') || (one.id < other.id ? -1 : 1))
  if (host !== undefined) return leadFrom(host)
  return plan === undefined || plan.ownerName === '' ? undefined : { name: plan.ownerName, email: undefined, staffMemberId: undefined }
}

function leadFrom ({ id, name, email }: Person): Lead {
  return { name, email, staffMemberId: id }
}

/** The times that whoever leads an activity now was asked; people without an account are not told apart. */
export function askedOfLead ({ asked, lead }: AskedActivity): Asked[] {
  return asked.filter(({ staffMemberId }) => staffMemberId === lead?.staffMemberId)
}

/** How a campaign asks for numbers; undefined where it does not, or nobody has planned until when. */
export interface CampaignAsking { since: DateTime<true> | undefined, reminds: boolean, dueOn: string | undefined }

export async function findAsking (db: Reader, campaignId: string): Promise<CampaignAsking> {
  const { outcomeAsking, dates } = await db.campaign.findUniqueOrThrow({
    where: { id: campaignId }, select: { outcomeAsking: true, dates: { where: { kind: 'numbers-due' } } }
  })
  return {
    since: outcomeAsking === null ? undefined : instant(outcomeAsking.since),
    reminds: outcomeAsking?.reminds ?? true,
    dueOn: calendarDay(dates[0]?.day)
  }
}

/** Campaigns in which somebody may be due to be asked: they ask, and numbers are not due before yesterday. */
export async function listAskingCampaigns (db: Reader, now: DateTime<true>): Promise<string[]> {
  const rows = await db.campaign.findMany({
    where: {
      outcomeAsking: { isNot: null },
      dates: { some: { kind: 'numbers-due', day: { gte: now.minus({ days: 2 }).toJSDate() } } },
      activities: { some: { ...askable, status: { not: 'cancelled' }, endsAt: { lt: now.toJSDate() }, outcomeReport: null } }
    },
    select: { id: true },
    orderBy: { id: 'asc' }
  })
  return rows.map(({ id }) => id)
}
