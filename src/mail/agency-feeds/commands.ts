import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { hashOf } from '../../identity/staff/token.ts'
import { AgencyNotFound } from '../../programme/campaigns/errors.ts'
import { FeedMadeBefore, FeedNotFound } from './errors.ts'
import { findFeedOf } from './queries.ts'
import { newFeedToken } from './token.ts'

/** A feed to be made, from a form; without an agency for the partnership's own people. */
export interface FeedRequest { id: string, name: string, agencyId: string | undefined }

/**
 * Makes a feed; returns the token of its address, which is kept nowhere. The same form sent twice makes one. Throws
 * `FeedMadeBefore` then, and `AgencyNotFound`.
 */
export async function makeFeed (
  db: Db, { id, name, agencyId }: FeedRequest, by: StaffMember, now: DateTime<true>
): Promise<string> {
  const token = newFeedToken()
  await db.$transaction(async tx => {
    const agency = agencyId === undefined
      ? undefined
      : await tx.agency.findUnique({ where: { id: agencyId }, select: { slug: true } })
    if (agency === null) throw new AgencyNotFound()
    const { count } = await tx.agencyFeed.createMany({
      data: { id, name, agencyId: agencyId ?? null, tokenHash: hashOf(token), madeAt: now.toJSDate() },
      skipDuplicates: true
    })
    if (count === 0) throw new FeedMadeBefore()
    const details = { agency: agency?.slug ?? 'the partnership' }
    await record(tx, { staffMemberId: by.id, action: 'feed.made', subject: name, details }, now)
  })
  return token
}

/** Ends a feed at once: its address is then as one that was never made. Throws `FeedNotFound`. */
export async function endFeed (db: Db, id: string, by: StaffMember, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const feed = await findFeedOf(tx, by, id)
    const { count } = await tx.agencyFeed.deleteMany({ where: { id } })
    if (feed === undefined || count === 0) throw new FeedNotFound()
    const details = { agency: feed.agency?.name ?? 'the partnership' }
    await record(tx, { staffMemberId: by.id, action: 'feed.ended', subject: feed.name, details }, now)
  })
}

/**
 * Notes the day on which a calendar asked, so that staff can tell a feed that nobody uses. Once a day, and no closer:
 * when somebody's computer is on is nobody's business.
 */
export async function noteFetched (db: Db, id: string, day: string): Promise<void> {
  const on = dateOf(day)
  await db.agencyFeed.updateMany({
    where: { id, OR: [{ lastFetchedOn: null }, { lastFetchedOn: { lt: on } }] }, data: { lastFetchedOn: on }
  })
}
