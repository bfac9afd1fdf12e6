import type { DateTime } from 'luxon'
import { recordAll } from '../../identity/staff/audit.ts'
import { dateOf } from '../../platform/clock.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { takeTurns as takeTurnsOfActivities } from '../../programme/activities/commands.ts'
import { agencyNamed, takeTurns, writeReplyAddress } from '../../programme/campaigns/commands.ts'
import { listReplyAddresses } from '../../programme/campaigns/queries.ts'
import { dayOf } from '../../programme/support/kept-contact.ts'
import { detailsOf } from './commands.ts'
import { announceToAdmins } from './notices.ts'
import { countsOf, movesOf } from './moves.ts'
import type { Counts, Moves, Passing } from './moves.ts'
import { findConcerned, listPlanned, lockConcerned } from './queries.ts'
import { repliesFrom } from './succession.ts'
import type { Succession } from './succession.ts'

/** Before any day of which something is known. */
const ever = '1900-01-01'

/**
 * Carries out what is due, day by day: each day is one transaction, and done once. A day on which no worker ran is made
 * up for, as if it had been done on its day. Nobody who booked is emailed; admins are, so that they do what is left.
 */
export async function carryOutSuccessions (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  // Each minute asks this: nearly always there is nothing, and no turn is taken for it.
  while ((await listPlanned(db, { until: dayOf(now) })).length > 0) {
    await db.$transaction(async tx => { await carryOutOneDay(tx, outbox, now) })
  }
}

async function carryOutOneDay (tx: Tx, outbox: Outbox, now: DateTime<true>): Promise<void> {
  await takeTurns(tx)
  await takeTurnsOfActivities(tx)
  const due = await listPlanned(tx, { until: dayOf(now) })
  const [first] = due
  // Another process was quicker.
  if (first === undefined) return
  const { day } = first
  const successions = due.filter(one => one.day === day)
  const plannedBy = await plannersOf(tx, successions)
  const successors = await successorIds(tx, successions, plannedBy, now)
  await lockConcerned(tx, successions)
  const moves = movesOf(await findConcerned(tx, successions), successions, day)
  await passCampaigns(tx, moves, day)
  await passContacts(tx, moves, successions)
  for (const succession of successions) {
    const to = successors.get(succession.id)
    if (to !== undefined) await passAgency(tx, moves, succession, to)
  }
  await keepWhoLed(tx, moves)
  const counts = successions.map(one => ({ one, moved: countsOf(moves, one.id) }))
  for (const { one: { id }, moved } of counts) {
    await tx.succession.update({ where: { id }, data: { doneAt: now.toJSDate(), moved } })
  }
  await recordAll(tx, counts.map(({ one, moved }) => ({
    staffMemberId: plannedBy.get(one.id),
    action: 'succession.done',
    subject: one.name,
    details: { ...detailsOf(one), ...some(moved) }
  })), now)
  await announceToAdmins(tx, outbox, { day, about: 'done' }, now)
}

async function plannersOf (tx: Tx, successions: readonly Succession[]): Promise<Map<string, string>> {
  const rows = await tx.succession.findMany({
    where: { id: { in: successions.map(({ id }) => id) } }, select: { id: true, plannedById: true }
  })
  return new Map(rows.map(({ id, plannedById }) => [id, plannedById]))
}

/** Ids of the agencies to which agencies pass, by succession. What is not there is added, in the planner's name. */
async function successorIds (
  tx: Tx, successions: readonly Succession[], plannedBy: ReadonlyMap<string, string>, now: DateTime<true>
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { id, agencyId, successor } of successions) {
    const by = plannedBy.get(id)
    if (agencyId === undefined || by === undefined) continue
    ids.set(id, (await agencyNamed(tx, successor, { id: by }, now)).id)
  }
  return ids
}

/**
 * Writes down from which day on who runs campaigns and their districts, and has every activity say it: what began
 * before keeps its name.
 */
async function passCampaigns (tx: Tx, { campaigns, districts }: Moves, day: string): Promise<void> {
  const since = dateOf(day)
  for (const { id: campaignId, partnership, by: { successor } } of campaigns) {
    const before = { campaignId, district: '', partnership }
    const { count } = await tx.campaignPartnership.updateMany({
      where: { ...before, partnership: null }, data: { partnership }
    })
    if (count === 0) await tx.campaignPartnership.create({ data: { ...before, since: dateOf(ever) } })
    await tx.campaignPartnership.create({ data: { campaignId, district: '', since, partnership: null } })
    await tx.campaign.update({ where: { id: campaignId }, data: { partnership: successor } })
  }
  await tx.campaignPartnership.createMany({
    data: districts.map(({ campaignId, district, by: { successor } }) =>
      ({ campaignId, district, since, partnership: successor }))
  })
  const changed = [...campaigns.map(({ id }) => id), ...districts.map(({ campaignId }) => campaignId)]
  await tx.$executeRaw`
    UPDATE activities SET partnership = partnership_on(campaign_id, district, (starts_at AT TIME ZONE zone)::date)
    WHERE campaign_id = ANY (${changed}::uuid[])
      AND partnership IS DISTINCT FROM partnership_on(campaign_id, district, (starts_at AT TIME ZONE zone)::date)`
}

/** Has replies to emails, and journalists, reach whoever takes over. */
async function passContacts (tx: Tx, { press }: Moves, successions: readonly Succession[]): Promise<void> {
  for (const [partnership, address] of repliesFrom(successions, await listReplyAddresses(tx))) {
    await writeReplyAddress(tx, partnership, address)
  }
  for (const { id, by } of press) {
    if (by.press !== undefined) await tx.campaign.update({ where: { id }, data: by.press })
  }
}

/** Passes what is of an agency to another, of the activities its lead first. */
async function passAgency (tx: Tx, moves: Moves, { id, agencyId }: Succession, to: string): Promise<void> {
  const its = <What extends object>(all: ReadonlyArray<Passing<What>>) => all.filter(({ by }) => by.id === id)
  const idsOf = (all: ReadonlyArray<Passing<{ id: string }>>) => ({ in: its(all).map(({ id }) => id) })
  const led = its([...moves.led, ...moves.kept]).map(({ id }) => id)
  await tx.activity.updateMany({ where: { id: { in: led } }, data: { leadAgencyId: to } })
  const partners = its(moves.partners).map(({ activityId }) => activityId)
  await tx.$executeRaw`
    INSERT INTO activity_partners (activity_id, agency_id)
    SELECT unnest(${partners}::uuid[]), ${to}::uuid ON CONFLICT DO NOTHING`
  await tx.$executeRaw`
    DELETE FROM activity_partners WHERE activity_id = ANY (${partners}::uuid[]) AND agency_id = ${agencyId}::uuid`
  await tx.hold.updateMany({ where: { id: idsOf(moves.holds) }, data: { agencyId: to } })
  await tx.staffMember.updateMany({ where: { id: idsOf(moves.staff) }, data: { agencyId: to } })
  await tx.agencyFeed.updateMany({ where: { id: idsOf(moves.feeds) }, data: { agencyId: to } })
  await tx.coHostInvitation.updateMany({ where: { id: idsOf(moves.invitations) }, data: { agencyId: to } })
}

/** Notes who led what began before; and of what both led and took part in, that they lead it. */
async function keepWhoLed (tx: Tx, { kept, led, partners }: Moves): Promise<void> {
  const before = kept.map(({ ledAsId, leadAgencyId }) => ledAsId ?? leadAgencyId ?? null)
  await tx.$executeRaw`
    UPDATE activities SET led_as_id = before.agency_id
    FROM unnest(${kept.map(({ id }) => id)}::uuid[], ${before}::uuid[]) AS before (id, agency_id)
    WHERE activities.id = before.id`
  const touched = [...led.map(({ id }) => id), ...partners.map(({ activityId }) => activityId)]
  await tx.$executeRaw`
    DELETE FROM activity_partners USING activities
    WHERE activities.id = activity_id AND agency_id = lead_agency_id AND activity_id = ANY (${touched}::uuid[])`
}

/** The numbers that are not 0. */
function some (counts: Counts): Partial<Counts> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
