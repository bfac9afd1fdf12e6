import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { freeSlug, slugOf } from '../../platform/slug.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { adviceDraft, answersOf } from './advice-page.ts'
import type { AdviceDraft, AdviceLink, AdvicePage } from './advice-page.ts'
import { AdviceChanged, AdviceNotFound } from './errors.ts'
import { findAdvice } from './queries.ts'

/** A page of advice in the state that the editor has read. */
export interface ReadAdvice { id: string, versionHash: string }

/**
 * Adds a page of advice to a campaign, or, for undefined, to none. Its slug is made from its title. The same form sent
 * twice adds one.
 */
export async function addAdvice (
  db: Db, { id, campaignId, ...draft }: AdviceDraft & { id: string, campaignId: string | undefined }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    // The slug is compared with all others, so only one transaction at a time adds any.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('pages of advice'))`
    if (await tx.advicePage.count({ where: { id } }) > 0) return
    const others = await tx.advicePage.findMany({ where: { campaignId: campaignId ?? null }, select: { slug: true } })
    const slug = freeSlug(slugOf(draft.title) || 'advice', new Set(others.map(({ slug }) => slug)))
    await tx.advicePage.create({ data: { id, campaignId: campaignId ?? null, slug, ...columnsOf(draft) } })
    await writeLinks(tx, id, draft.links)
    await record(tx, {
      staffMemberId: by.id, action: 'advice.added', subject: draft.title, details: { status: draft.status }
    }, now)
  })
}

/** Changes a page of advice; its slug, which is in addresses, stays. Throws `AdviceChanged` and `AdviceNotFound`. */
export async function changeAdvice (
  db: Db, { id, versionHash }: ReadAdvice, draft: AdviceDraft, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const before = await lockAdvice(tx, id)
    if (before === undefined) throw new AdviceNotFound()
    const changed = adviceDraft.differences(answersOf(before), answersOf(draft))
    // Includes a second press on the same button, which finds the change already made.
    if (Object.keys(changed).length === 0) return
    if (adviceDraft.versionHash(answersOf(before)) !== versionHash) throw new AdviceChanged()
    await tx.advicePage.update({ where: { id }, data: columnsOf(draft) })
    await tx.adviceLink.deleteMany({ where: { advicePageId: id } })
    await writeLinks(tx, id, draft.links)
    await record(tx, { staffMemberId: by.id, action: 'advice.changed', subject: before.title, details: changed }, now)
  })
}

/** Removes a page of advice. Throws `AdviceNotFound` and `AdviceChanged`. */
export async function removeAdvice (
  db: Db, { id, versionHash }: ReadAdvice, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const before = await lockAdvice(tx, id)
    if (before === undefined) throw new AdviceNotFound()
    if (adviceDraft.versionHash(answersOf(before)) !== versionHash) throw new AdviceChanged()
    await tx.advicePage.delete({ where: { id } })
    // All that it said, so that one removed by mistake can be typed again.
    const { links, ...said } = answersOf(before)
    const details = { text: said.text, links: links.join('; '), status: said.status }
    await record(tx, { staffMemberId: by.id, action: 'advice.removed', subject: before.title, details }, now)
  })
}

async function lockAdvice (tx: Tx, id: string): Promise<AdvicePage | undefined> {
  await tx.$queryRaw`SELECT 1 FROM advice_pages WHERE id = ${id}::uuid FOR UPDATE`
  return await findAdvice(tx, id)
}

async function writeLinks (tx: Tx, advicePageId: string, links: readonly AdviceLink[]): Promise<void> {
  await tx.adviceLink.createMany({
    data: links.map(({ title, url, about }, position) => ({ advicePageId, position, title, url, about }))
  })
}

function columnsOf ({ title, audience, text, status, position }: AdviceDraft) {
  return { title, audience, text, status, position }
}
