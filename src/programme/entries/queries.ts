import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Kind } from '../activities/activity.ts'
import { isForSubmitter } from './entry.ts'
import type { Entry, EntryActivity } from './entry.ts'
import { newEntryForm } from './entry-form.ts'
import type { EntryCampaign, EntryForm } from './entry-form.ts'
import { readEntryAnswers, readEntryQuestions } from './entry-questions.ts'
import { EntryNotFound } from './errors.ts'

/** The form of a campaign, as set up or as organisers find it first; undefined if there is no such campaign. */
export async function findEntryForm (
  db: Reader, slug: string
): Promise<{ campaign: EntryCampaign, form: EntryForm } | undefined> {
  const row = await db.campaign.findUnique({ where: { slug }, include: { entryForm: true } })
  if (row === null) return undefined
  const campaign = {
    id: row.id,
    slug,
    title: row.title,
    zone: row.zone,
    partnership: row.partnership,
    districts: row.districts,
    hashtags: row.hashtags,
    firstDay: dayOf(row.firstDay),
    lastDay: dayOf(row.lastDay)
  }
  if (row.entryForm === null) return { campaign, form: newEntryForm(campaign) }
  const { campaignId: _, opensOn, closesOn, firstDay, lastDay, ...rest } = row.entryForm
  const { kinds, district, visibility, questions, ...form } = rest
  return {
    campaign,
    form: {
      ...form,
      opensOn: dayOf(opensOn),
      closesOn: dayOf(closesOn),
      firstDay: dayOf(firstDay),
      lastDay: dayOf(lastDay),
      kinds: kinds as Kind[],
      district: district ?? undefined,
      visibility: visibility as EntryForm['visibility'],
      questions: readEntryQuestions(questions)
    }
  }
}

function dayOf (at: Date | null): string | undefined {
  return calendarDay(at)
}

const whole = {
  campaign: { select: { id: true, slug: true, title: true, zone: true } }
} satisfies Prisma.EntryInclude

const ofActivity = {
  id: true,
  campaignId: true,
  slug: true,
  title: true,
  summary: true,
  venue: true,
  kind: true,
  status: true,
  visibility: true,
  startsAt: true,
  endsAt: true,
  allDay: true,
  zone: true,
  district: true
} satisfies Prisma.ActivitySelect

type Row = Prisma.EntryGetPayload<{ include: typeof whole }>
type ActivityRow = Prisma.ActivityGetPayload<{ select: typeof ofActivity }>

export async function findEntry (db: Reader, id: string): Promise<Entry | undefined> {
  return (await listEntries(db, { id }))[0]
}

/** Throws `EntryNotFound`. */
export async function getEntry (db: Reader, id: string): Promise<Entry> {
  const entry = await findEntry(db, id)
  if (entry === undefined) throw new EntryNotFound()
  return entry
}

/** The entry by which someone without an account made an activity. */
export async function findEntryOfActivity (db: Reader, activityId: string): Promise<Entry | undefined> {
  return (await listEntries(db, { activityId }))[0]
}

/**
 * The entries that match, the latest first; always with as many queries. Their activities are those that the reader may
 * know of: for staff what is `known` to them, by `within`; otherwise what the person may know of who entered it.
 */
export async function listEntries (
  db: Reader, where: Prisma.EntryWhereInput,
  { known, ...page }: { skip?: number, take?: number, known?: Prisma.ActivityWhereInput } = {}
): Promise<Entry[]> {
  const rows = await db.entry.findMany({
    where, include: whole, orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }], ...page
  })
  const ids = { in: rows.flatMap(({ activityId }) => activityId ?? []) }
  const of = { activityId: ids }
  const select = { activityId: true, returnedAt: true, reason: true } as const
  // One after the other: in a transaction there is one connection.
  const requests = await db.approvalRequest.findMany({ where: of, select })
  const proposals = await db.proposal.findMany({ where: of, select })
  const activities = await db.activity.findMany({ where: { AND: [known ?? {}], id: ids }, select: ofActivity })
  const forms = await db.entryForm.findMany({
    where: { campaignId: { in: rows.map(({ campaignId }) => campaignId) } },
    select: { campaignId: true, visibility: true }
  })
  const formOf = new Map(forms.map(({ campaignId, visibility }) =>
    [campaignId, { visibility: visibility as EntryForm['visibility'] }]))
  const activityOf = new Map(activities.map(activity => [activity.id, activity]))
  const [requestOf, proposalOf] = [requests, proposals].map(some => new Map(some.map(one => [one.activityId, one])))
  return rows.map(row => {
    const id = row.activityId ?? ''
    const found = activityOf.get(id)
    const isTheirs = found !== undefined && isForSubmitter(found.visibility, formOf.get(row.campaignId))
    const activity = found === undefined || (known === undefined && !isTheirs)
      ? undefined
      : entryActivityOf(found, { isForSubmitter: isTheirs, request: requestOf?.get(id), proposal: proposalOf?.get(id) })
    return entryOf(row, activity)
  })
}

type Asked = { returnedAt: Date | null, reason: string } | undefined

function entryOf (row: Row, activity: EntryActivity | undefined): Entry {
  return {
    id: row.id,
    campaign: row.campaign,
    activity,
    isHidden: row.activityId !== null && activity === undefined,
    title: row.title,
    organisation: row.organisation,
    name: row.name,
    email: row.email,
    canonicalEmail: row.canonicalEmail,
    entered: row.entered === null ? undefined : row.entered as Record<string, string>,
    answers: readEntryAnswers(row.answers),
    endsOn: calendarDay(row.endsOn),
    isKeptForAgain: row.isKeptForAgain,
    againOfId: row.againOfId ?? undefined,
    linkVersion: row.linkVersion,
    receivedAt: instant(row.receivedAt),
    confirmedAt: maybe(row.confirmedAt),
    outcome: row.outcome === null ? undefined : row.outcome as NonNullable<Entry['outcome']>,
    reason: row.reason,
    endedAt: maybe(row.endedAt),
    cancellingAskedAt: maybe(row.cancellingAskedAt),
    told: row.told ?? undefined,
    emails: row.emails,
    unreachableAt: maybe(row.unreachableAt)
  }
}

function entryActivityOf (
  activity: ActivityRow,
  { isForSubmitter, request, proposal }: { isForSubmitter: boolean, request: Asked, proposal: Asked }
): EntryActivity {
  const standing = (asked: Asked) => asked === undefined ? 'none' : asked.returnedAt === null ? 'waiting' : 'returned'
  return {
    ...activity,
    isForSubmitter,
    district: activity.district ?? undefined,
    venue: activity.venue ?? undefined,
    startsAt: instant(activity.startsAt),
    endsAt: instant(activity.endsAt),
    approval: standing(request),
    change: standing(proposal),
    reason: (activity.status === 'draft' ? request : proposal)?.reason ?? ''
  }
}

function maybe (at: Date | null) {
  return at === null ? undefined : instant(at)
}

/** Address of the form of a campaign, where its page is to link to it and it takes entries or will. */
export async function findListedForm (db: Reader, campaignId: string) {
  const row = await db.entryForm.findFirst({
    where: { campaignId, isOn: true, isListed: true },
    select: { isOn: true, opensOn: true, closesOn: true, campaign: { select: { slug: true, zone: true } } }
  })
  return row === null
    ? undefined
    : { isOn: row.isOn, opensOn: dayOf(row.opensOn), closesOn: dayOf(row.closesOn), ...row.campaign }
}

export async function countEntries (db: Reader, where: Prisma.EntryWhereInput): Promise<number> {
  return await db.entry.count({ where })
}
