import type { DateTime } from 'luxon'
import { calendarDay, dateOf, instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { live } from '../../programme/booking-rules.ts'
import type { Concerned, ConcernedActivity, ConcernedCampaign, Counts } from './moves.ts'
import { ofAgency, ofPartnership, successionOf } from './succession.ts'
import type { Succession } from './succession.ts'

const withAgency = { agency: { select: { name: true } } } satisfies Prisma.SuccessionInclude
type Row = Prisma.SuccessionGetPayload<{ include: typeof withAgency }>

function successionFrom (row: Row): Succession {
  const { id, day, partnership, agencyId, agency, district, successor, replyTo } = row
  const { pressContact, pressEmail, pressPhone } = row
  return {
    id,
    day: calendarDay(day),
    partnership,
    agencyId: agencyId ?? undefined,
    name: agency?.name ?? partnership,
    district,
    successor,
    replyTo,
    press: pressEmail === '' && pressPhone === '' ? undefined : { pressContact, pressEmail, pressPhone }
  }
}

/** What is still to come, by its day: with `until`, only what is due by then; with `on`, only that day's. */
export async function listPlanned (
  db: Reader, { until, on }: { until?: string, on?: string } = {}
): Promise<Succession[]> {
  const rows = await db.succession.findMany({
    where: {
      doneAt: null,
      ...until !== undefined && { day: { lte: dateOf(until) } },
      ...on !== undefined && { day: dateOf(on) }
    },
    include: withAgency,
    orderBy: [{ day: 'asc' }, { plannedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(successionFrom)
}

export interface DoneSuccession extends Succession { doneAt: DateTime<true>, moved: Partial<Counts> }

/** What was carried out, the latest first: with `day`, only what was planned for it. */
export async function listDone (
  db: Reader, { day, take }: { day?: string, take?: number }
): Promise<DoneSuccession[]> {
  const rows = await db.succession.findMany({
    where: { doneAt: { not: null }, ...day !== undefined && { day: dateOf(day) } },
    include: withAgency,
    orderBy: [{ day: 'desc' }, { plannedAt: 'asc' }, { id: 'asc' }],
    ...take !== undefined && { take }
  })
  return rows.map(row => ({
    ...successionFrom(row), doneAt: instant(row.doneAt ?? row.plannedAt), moved: row.moved as Partial<Counts>
  }))
}

/** Days for which what is planned is said before, and what is done after. */
const [daysBefore, daysAfter] = [14, 7]

export interface SuccessionOfTheseDays extends Succession { isDone: boolean }

/** What is planned for the next days, and what was done in the last, for those who have to look at it. */
export async function listSuccessionsOfTheseDays (db: Reader, now: DateTime<true>): Promise<SuccessionOfTheseDays[]> {
  const rows = await db.succession.findMany({
    where: {
      OR: [
        { doneAt: null, day: { lte: dateOf(dayOf(now.plus({ days: daysBefore }))) } },
        { doneAt: { gt: now.minus({ days: daysAfter }).toJSDate() } }
      ]
    },
    include: withAgency,
    orderBy: [{ day: 'asc' }, { plannedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => ({ ...successionFrom(row), isDone: row.doneAt !== null }))
}

/** What can be chosen: who runs campaigns or districts of them, agencies, and districts, each by name. */
export async function listChoices (
  db: Reader
): Promise<{ partnerships: string[], agencies: Array<{ id: string, name: string }>, districts: string[] }> {
  const names = async (names: Prisma.Sql) =>
    (await db.$queryRaw<Array<{ name: string }>>`SELECT DISTINCT name FROM (${names}) AS named (name) ORDER BY name`)
      .map(({ name }) => name)
  return {
    partnerships: await names(Prisma.sql`
      SELECT partnership FROM campaigns UNION SELECT partnership FROM (
        SELECT DISTINCT ON (campaign_id, district) partnership FROM campaign_partnerships
        WHERE district <> '' ORDER BY campaign_id, district, since DESC) AS latest`),
    agencies: await listAgencies(db),
    districts: await names(Prisma.sql`
      SELECT unnest(districts) FROM campaigns UNION SELECT district FROM activities WHERE district IS NOT NULL`)
  }
}

interface Named { partnerships: string[], agencyIds: string[] }

function namedIn (successions: readonly Succession[]): Named {
  return {
    partnerships: successions.flatMap(({ partnership }) => partnership === '' ? [] : [partnership]),
    agencyIds: successions.flatMap(({ agencyId }) => agencyId ?? [])
  }
}

/** Ids of the campaigns that partnerships run, as a whole or a district of them. */
async function campaignIdsOf (db: Reader, { partnerships }: Named): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM campaigns WHERE partnership = ANY (${partnerships}) OR id IN (
      SELECT campaign_id FROM campaign_partnerships WHERE district <> '' AND partnership = ANY (${partnerships}))
    ORDER BY id`
  return rows.map(({ id }) => id)
}

function activitiesOf (campaignIds: readonly string[], { agencyIds }: Named): Prisma.Sql {
  const of = Prisma.sql`agency_id = ANY (${agencyIds}::uuid[])`
  return Prisma.sql`(a.campaign_id = ANY (${campaignIds}::uuid[]) OR a.lead_agency_id = ANY (${agencyIds}::uuid[])
    OR a.id IN (SELECT activity_id FROM activity_partners WHERE ${of})
    OR a.id IN (SELECT activity_id FROM holds WHERE ${of} AND returned_at IS NULL))`
}

/**
 * Locks the campaigns, then the activities that successions are about, until the transaction ends: nothing of them
 * changes between the reading and the moving.
 */
export async function lockConcerned (db: Reader, successions: readonly Succession[]): Promise<void> {
  const named = namedIn(successions)
  const campaignIds = await campaignIdsOf(db, named)
  await db.$queryRaw`SELECT 1 FROM campaigns WHERE id = ANY (${campaignIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
  await db.$queryRaw`SELECT 1 FROM activities a WHERE ${activitiesOf(campaignIds, named)} ORDER BY a.id FOR UPDATE`
  await db.$queryRaw`
    SELECT 1 FROM staff_members WHERE agency_id = ANY (${named.agencyIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
}

/** Everything that successions are about. One query after another: in a transaction they have one connection. */
export async function findConcerned (db: Reader, successions: readonly Succession[]): Promise<Concerned> {
  const named = namedIn(successions)
  const campaignIds = await campaignIdsOf(db, named)
  const its = { agencyId: { in: named.agencyIds } }
  return {
    campaigns: await listCampaigns(db, campaignIds),
    activities: await listActivities(db, activitiesOf(campaignIds, named)),
    partners: await db.activityPartner.findMany({ where: its }),
    holds: await db.hold.findMany({
      where: { ...its, returnedAt: null }, select: { id: true, agencyId: true, activityId: true }
    }),
    staff: ofAgencies(await db.staffMember.findMany({
      where: its,
      select: { id: true, agencyId: true, name: true, disabledAt: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }]
    })),
    feeds: ofAgencies(await db.agencyFeed.findMany({ where: its, select: { id: true, agencyId: true } })),
    invitations: ofAgencies(await db.coHostInvitation.findMany({
      where: its, select: { id: true, agencyId: true, activityId: true }
    }))
  }
}

function ofAgencies<Its extends { agencyId: string | null }> (rows: readonly Its[]) {
  return rows.flatMap(row => row.agencyId === null ? [] : [{ ...row, agencyId: row.agencyId }])
}

async function listCampaigns (db: Reader, ids: readonly string[]): Promise<ConcernedCampaign[]> {
  const districts = await db.$queryRaw<Array<{ campaignId: string, district: string, partnership: string }>>`
    SELECT DISTINCT ON (campaign_id, district) campaign_id AS "campaignId", district, partnership
    FROM campaign_partnerships WHERE district <> '' AND campaign_id = ANY (${ids}::uuid[])
    ORDER BY campaign_id, district, since DESC`
  const byCampaign = Map.groupBy(districts, ({ campaignId }) => campaignId)
  const rows = await db.campaign.findMany({
    where: { id: { in: [...ids] } },
    select: {
      id: true, title: true, partnership: true, lastDay: true, pressContact: true, pressEmail: true, pressPhone: true
    },
    orderBy: [{ title: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({ lastDay, pressContact, pressEmail, pressPhone, ...row }) => ({
    ...row,
    lastDay: calendarDay(lastDay),
    hasPress: [pressContact, pressEmail, pressPhone].some(said => said !== ''),
    districts: byCampaign.get(row.id) ?? []
  }))
}

async function listActivities (db: Reader, which: Prisma.Sql): Promise<ConcernedActivity[]> {
  const rows = await db.$queryRaw<Array<Record<'id' | 'title' | 'campaignId' | 'startsOn' | 'partnership', string> &
    Record<'district' | 'leadAgencyId' | 'ledAsId', string | null>>>`
    SELECT a.id, a.title, a.campaign_id AS "campaignId", ((a.starts_at AT TIME ZONE a.zone)::date)::text AS "startsOn",
      a.district, coalesce(a.partnership, c.partnership) AS partnership, a.lead_agency_id AS "leadAgencyId",
      a.led_as_id AS "ledAsId"
    FROM activities a JOIN campaigns c ON c.id = a.campaign_id
    WHERE ${which} ORDER BY a.starts_at, a.title, a.id`
  return rows.map(({ district, leadAgencyId, ledAsId, ...row }) => ({
    ...row, district: district ?? undefined, leadAgencyId: leadAgencyId ?? undefined, ledAsId: ledAsId ?? undefined
  }))
}

/** How many have booked each of these activities, so that they read in emails of what passes. */
export async function countBooked (db: Reader, activityIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.booking.groupBy({
    by: ['activityId'], where: { activityId: { in: [...activityIds] }, ...live.where }, _count: true
  })
  return new Map(rows.map(({ activityId, _count }) => [activityId, _count]))
}

/** Who will run an activity, and from which day on: the first change that is planned of it; undefined: none is. */
export async function findNextRunner (
  db: Reader, activityId: string
): Promise<{ day: string, from: string, to: string } | undefined> {
  const planned = await listPlanned(db)
  if (planned.length === 0) return undefined
  const [activity] = await listActivities(db, Prisma.sql`a.id = ${activityId}::uuid`)
  if (activity === undefined) return undefined
  const { district, leadAgencyId, partnership } = activity
  const runner = leadAgencyId === undefined ? ofPartnership(partnership) : ofAgency(leadAgencyId)
  const by = [...Map.groupBy(planned, ({ day }) => day).values()]
    .flatMap(thatDay => successionOf(thatDay, runner, district) ?? [])
    .find(({ day }) => activity.startsOn >= day)
  return by && { day: by.day, from: by.name, to: by.successor }
}

/**
 * Where names also stand in texts, which nothing but people can change: by name, what has it, by its title and what it
 * is.
 */
export async function listTextsNaming (
  db: Reader, names: readonly string[], now: DateTime<true>
): Promise<Map<string, Array<{ title: string, what: string }>>> {
  const rows = await db.$queryRaw<Array<{ name: string, title: string, what: string }>>`
    SELECT named.name, texts.title, texts.what FROM unnest(${[...new Set(names)]}::text[]) AS named (name) JOIN LATERAL (
      SELECT title, what FROM (
        SELECT title, 'campaign' AS what,
          concat_ws(' ', title, strapline, summary, area, privacy_notice, press_contact, press_note) AS says FROM campaigns
        UNION ALL SELECT title, 'page of advice', concat_ws(' ', title, text) FROM advice_pages
        UNION ALL SELECT contact.name, 'support contact', concat_ws(' ', contact.name, purpose, area)
          FROM support_contacts contact
        UNION ALL SELECT title, 'activity', concat_ws(' ', title, summary) FROM activities WHERE ends_at > ${now.toJSDate()}
      ) AS text
      WHERE position(lower(named.name) IN lower(text.says)) > 0 ORDER BY what DESC, title LIMIT 50
    ) AS texts ON true`
  return Map.groupBy(rows, ({ name }) => name)
}
