import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { AdvicePage } from './advice-page.ts'

const withLinks = { links: { orderBy: { position: 'asc' }, omit: { advicePageId: true, position: true } } } satisfies
  Prisma.AdvicePageInclude

const inOrder = [{ position: 'asc' }, { title: 'asc' }, { id: 'asc' }] satisfies Prisma.AdvicePageOrderByWithRelationInput[]

/** The pages of advice of a campaign, or, for undefined, of none. */
export async function listAdvice (db: Reader, campaignId: string | undefined): Promise<AdvicePage[]> {
  const rows = await db.advicePage.findMany({
    where: { campaignId: campaignId ?? null }, include: withLinks, orderBy: inOrder
  })
  return rows.map(adviceOf)
}

/** Those that are published: of no campaign, and of those that are given, which people must be allowed to know of. */
export async function listPublishedAdvice (db: Reader, campaignIds: readonly string[]): Promise<AdvicePage[]> {
  const rows = await db.advicePage.findMany({
    where: { status: 'published', OR: [{ campaignId: null }, { campaignId: { in: [...campaignIds] } }] },
    include: withLinks,
    orderBy: inOrder
  })
  return rows.map(adviceOf)
}

/** Finds a published page beneath a campaign, or, for undefined, beneath none. */
export async function findPublishedAdvice (
  db: Reader, campaignId: string | undefined, slug: string
): Promise<AdvicePage | undefined> {
  const row = await db.advicePage.findFirst({
    where: { campaignId: campaignId ?? null, slug, status: 'published' }, include: withLinks
  })
  return row === null ? undefined : adviceOf(row)
}

export async function findAdvice (db: Reader, id: string): Promise<AdvicePage | undefined> {
  const row = await db.advicePage.findUnique({ where: { id }, include: withLinks })
  return row === null ? undefined : adviceOf(row)
}

/** The campaign of a page of advice. */
export async function findCampaignOf (
  db: Reader, { campaignId }: Pick<AdvicePage, 'campaignId'>
): Promise<{ slug: string, title: string } | undefined> {
  if (campaignId === undefined) return undefined
  return await db.campaign.findUnique({ where: { id: campaignId }, select: { slug: true, title: true } }) ?? undefined
}

/** Converts a row with its links. */
function adviceOf (row: Prisma.AdvicePageGetPayload<{ include: typeof withLinks }>): AdvicePage {
  return {
    ...row,
    campaignId: row.campaignId ?? undefined,
    audience: row.audience as AdvicePage['audience'],
    status: row.status as AdvicePage['status']
  }
}
