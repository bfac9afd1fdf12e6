import type { DateTime } from 'luxon'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import { isTaken } from '../../platform/database/errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { freeSlug, slugOf } from '../../platform/slug.ts'
import { isSameName } from '../../platform/typed.ts'
import type { Campaign } from './campaign.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import {
  AgencyExists, AgencyNameTaken, AgencyNotFound, CampaignChanged, CampaignExists, CampaignNotFound, DistrictsInUse
} from './errors.ts'
import { nextNight, promiseEffects } from './erasure.ts'
import { countPromised, findEditedCampaign, listDistrictsInUse } from './queries.ts'
import type { CampaignDraft, NewAgency, NewCampaign } from './schema.ts'
import { textsDraft, textsOf } from './texts.ts'
import type { CampaignTexts } from './texts.ts'

/** Adds a campaign without activities: it is shown nowhere until it has a public one. */
export async function addCampaign (
  db: Db, { slug, firstDay, lastDay, ...rest }: NewCampaign, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      await tx.campaign.create({
        data: {
          ...rest,
          slug,
          firstDay: dateOf(firstDay),
          lastDay: dateOf(lastDay),
          discreet: beginsDiscreet(rest.kind),
          createdAt: now.toJSDate()
        }
      })
      await record(tx, { staffMemberId: undefined, action: 'campaign.added', subject: slug }, now)
    })
  } catch (error) {
    throw isTaken(error) ? new CampaignExists(slug) : error
  }
}

/**
 * Adds a campaign from a form, and returns its slug, which is made from its title. The same form sent twice adds one.
 */
export async function createCampaign (
  db: Db, { id, title, firstDay, lastDay, ...rest }: CampaignDraft, by: StaffMember, now: DateTime<true>
): Promise<string> {
  return await db.$transaction(async tx => {
    await takeTurns(tx)
    const made = await tx.campaign.findUnique({ where: { id }, select: { slug: true } })
    if (made !== null) return made.slug
    const base = slugOf(title) || 'campaign'
    const others = await tx.campaign.findMany({ select: { slug: true } })
    const slug = freeSlug(base, new Set([...others.map(({ slug }) => slug), 'new']))
    await tx.campaign.create({
      data: {
        ...rest,
        id,
        slug,
        title,
        firstDay: dateOf(firstDay),
        lastDay: dateOf(lastDay),
        // Several agencies enter what they do.
        needsApproval: rest.kind === 'week-of-action',
        discreet: beginsDiscreet(rest.kind),
        createdAt: now.toJSDate()
      }
    })
    await record(tx, { staffMemberId: by.id, action: 'campaign.added', subject: slug, details: { title } }, now)
    return slug
  })
}

/**
 * Whether emails and calendars of a new campaign do not name its topic. A week has dozens of activities at once, which
 * people have to tell apart; to come to most of them tells nothing about anyone.
 */
function beginsDiscreet (kind: Campaign['kind']): boolean {
  return kind !== 'week-of-action'
}

/**
 * Adds a partner agency from a form. The same form sent twice adds one. Throws `AgencyNameTaken` if there is one with
 * that name, in any spelling.
 */
export async function createAgency (
  db: Db, { id, name }: { id: string, name: string }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    if (await tx.agency.count({ where: { id } }) > 0) return
    const agencies = await tx.agency.findMany({ select: { slug: true, name: true } })
    if (agencies.some(agency => isSameName(agency.name, name))) throw new AgencyNameTaken(name)
    const slug = freeSlug(slugOf(name) || 'agency', new Set(agencies.map(({ slug }) => slug)))
    await tx.agency.create({ data: { id, slug, name } })
    await record(tx, { staffMemberId: by.id, action: 'agency.added', subject: slug, details: { name } }, now)
  })
}

/** Renames an agency; its slug, which is in files and addresses, stays. Throws as `createAgency`. */
export async function renameAgency (
  db: Db, slug: string, name: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    const agencies = await tx.agency.findMany({ select: { slug: true, name: true } })
    const agency = agencies.find(agency => agency.slug === slug)
    if (agency === undefined) throw new AgencyNotFound()
    if (agency.name === name) return
    if (agencies.some(other => other.slug !== slug && isSameName(other.name, name))) throw new AgencyNameTaken(name)
    await tx.agency.update({ where: { slug }, data: { name } })
    await record(tx, { staffMemberId: by.id, action: 'agency.changed', subject: slug, details: { from: agency.name, to: name } }, now)
  })
}

/** The agency with a name, in any spelling. */
export async function findAgencyNamed (
  tx: Reader, name: string
): Promise<{ id: string, slug: string, name: string } | undefined> {
  const agencies = await tx.agency.findMany({ select: { id: true, slug: true, name: true } })
  return agencies.find(agency => isSameName(agency.name, name))
}

/** The agency with a name, in any spelling, or else a new one that `by` has asked for. */
export async function agencyNamed (
  tx: Tx, name: string, by: { id: string }, now: DateTime<true>
): Promise<{ id: string, slug: string, name: string }> {
  await takeTurns(tx)
  const found = await findAgencyNamed(tx, name)
  if (found !== undefined) return found
  const slugs = await tx.agency.findMany({ select: { slug: true } })
  const slug = freeSlug(slugOf(name) || 'agency', new Set(slugs.map(({ slug }) => slug)))
  const { id } = await tx.agency.create({ data: { slug, name } })
  await record(tx, { staffMemberId: by.id, action: 'agency.added', subject: slug, details: { name } }, now)
  return { id, slug, name }
}

/** Has replies to the emails of a partnership go to an address; an empty one: to the address that sends them. */
export async function writeReplyAddress (tx: Tx, partnership: string, address: string): Promise<void> {
  if (address === '') await tx.replyAddress.deleteMany({ where: { partnership } })
  else await tx.replyAddress.upsert({ where: { partnership }, create: { partnership, address }, update: { address } })
}

/** Names and slugs are compared with all others, so only one transaction at a time adds any. */
export async function takeTurns (tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('campaigns and agencies'))`
}

/** Adds a partner agency, for activities to name and for its staff to belong to. */
export async function addAgency (db: Db, { slug, name }: NewAgency, now: DateTime<true>): Promise<void> {
  try {
    await db.$transaction(async tx => {
      await tx.agency.create({ data: { slug, name } })
      await record(tx, { staffMemberId: undefined, action: 'agency.added', subject: slug }, now)
    })
  } catch (error) {
    throw isTaken(error) ? new AgencyExists(slug) : error
  }
}

/**
 * Which campaign, the version of it that was read, the districts that may be removed although they are in use, and the
 * confirmation token of the effects that were read.
 */
export interface ReadCampaign {
  slug: string
  versionHash: string
  without: readonly string[]
  confirmed?: string | undefined
}

/**
 * Changes what a campaign says of itself. No one is emailed: emails say what is true when they are sent.
 * Throws `CampaignChanged`, `CampaignNotFound`, `DistrictsInUse` for districts that are not in `without`, and
 * `ConfirmationRequired` where those who have booked were told of another day on which their details go.
 *
 * Changing the number of days until erasure locks the activities, as the trigger on campaigns does: no one books
 * between counting those who were told and the change.
 */
export async function changeTexts (
  db: Db, { slug, versionHash, without, confirmed }: ReadCampaign, texts: CampaignTexts, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM campaigns WHERE slug = ${slug} FOR NO KEY UPDATE`
    const before = await findEditedCampaign(tx, slug)
    if (before === undefined) throw new CampaignNotFound()
    const changed = textsDraft.differences(before, texts)
    // Includes a second press on the same button, which finds the change already made.
    if (Object.keys(changed).length === 0) return
    if (textsDraft.versionHash(before) !== versionHash) throw new CampaignChanged()
    const removed = before.districts.filter(district => !texts.districts.includes(district))
    const inUse = await listDistrictsInUse(tx, before.id, removed, now)
    if (inUse.some(({ district }) => !without.includes(district))) throw new DistrictsInUse(inUse)

    const { daysUntilErasure } = texts
    if (daysUntilErasure !== before.daysUntilErasure) {
      await tx.$queryRaw`SELECT 1 FROM activities WHERE campaign_id = ${before.id}::uuid ORDER BY id FOR UPDATE`
      const promised = await countPromised(tx, before.id, daysUntilErasure, nextNight(now))
      const sentences = promiseEffects(promised, before.daysUntilErasure, daysUntilErasure)
      requireConfirmation({ sentences, changes: [] }, confirmed)
    }
    await tx.campaign.update({ where: { slug }, data: textsOf(texts) })
    await record(tx, { staffMemberId: by.id, action: 'campaign.changed', subject: slug, details: changed }, now)
  })
}
