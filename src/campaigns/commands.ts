import type { DateTime } from 'luxon'
import { Prisma } from '../database/generated/client.ts'
import type { Db } from '../database/connect.ts'
import type { StaffMember } from '../http/session.ts'
import { record } from '../staff/audit.ts'
import { AgencyExists, CampaignChanged, CampaignExists, CampaignNotFound, DistrictsInUse } from './errors.ts'
import { findEditedCampaign, listDistrictsInUse } from './queries.ts'
import type { NewAgency, NewCampaign } from './schema.ts'
import { differences, editionOf } from './texts.ts'
import type { CampaignTexts } from './texts.ts'

/** Adds a campaign without activities: it shows nowhere until it has some that the public may know of. */
export async function addCampaign (
  db: Db, { slug, firstDay, lastDay, ...rest }: NewCampaign, now: DateTime<true>
): Promise<void> {
  try {
    await db.$transaction(async tx => {
      await tx.campaign.create({
        data: { ...rest, slug, firstDay: date(firstDay), lastDay: date(lastDay), createdAt: now.toJSDate() }
      })
      await record(tx, { staffMemberId: undefined, action: 'campaign.added', subject: slug }, now)
    })
  } catch (error) {
    throw isTaken(error) ? new CampaignExists(slug) : error
  }
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

/** Which campaign, as whoever asks has read it, and the districts of which they have said that they may go. */
export interface ReadCampaign { slug: string, edition: string, without: readonly string[] }

/**
 * Changes what a campaign says of itself. Nobody is written to: letters say what is true when they go.
 * Throws `CampaignChanged`, `CampaignNotFound`, and `DistrictsInUse` for districts that are not in `without`.
 */
export async function changeTexts (
  db: Db, { slug, edition, without }: ReadCampaign, texts: CampaignTexts, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM campaigns WHERE slug = ${slug} FOR UPDATE`
    const before = await findEditedCampaign(tx, slug)
    if (before === undefined) throw new CampaignNotFound()
    const changed = differences(before, texts)
    // Also a second press on the same button, which finds its own work done.
    if (Object.keys(changed).length === 0) return
    if (editionOf(before) !== edition) throw new CampaignChanged()
    const removed = before.districts.filter(district => !texts.districts.includes(district))
    const inUse = await listDistrictsInUse(tx, before.id, removed, now)
    if (inUse.some(({ district }) => !without.includes(district))) throw new DistrictsInUse(inUse)

    const { title, summary, hashtags, districts, privacyNotice, discreet, daysUntilErasure } = texts
    await tx.campaign.update({
      where: { slug }, data: { title, summary, hashtags, districts, privacyNotice, discreet, daysUntilErasure }
    })
    await record(tx, { staffMemberId: by.id, action: 'campaign.changed', subject: slug, details: changed }, now)
  })
}

/** The driver takes a calendar day as midnight in UTC. */
function date (day: string | undefined): Date | null {
  return day === undefined ? null : new Date(`${day}T00:00:00Z`)
}

/** The slug is the only thing of a campaign or an agency that must be unlike all others. */
function isTaken (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
