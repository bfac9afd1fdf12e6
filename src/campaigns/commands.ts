import type { DateTime } from 'luxon'
import { Prisma } from '../database/generated/client.ts'
import type { Db } from '../database/connect.ts'
import { record } from '../staff/audit.ts'
import { AgencyExists, CampaignExists } from './errors.ts'
import type { NewAgency, NewCampaign } from './schema.ts'

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

/** The driver takes a calendar day as midnight in UTC. */
function date (day: string | undefined): Date | null {
  return day === undefined ? null : new Date(`${day}T00:00:00Z`)
}

/** The slug is the only thing of a campaign or an agency that must be unlike all others. */
function isTaken (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
