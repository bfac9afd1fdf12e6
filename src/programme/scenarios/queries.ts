import type { Reader } from '../../platform/database/connect.ts'
import type { Totals } from './totals.ts'

/** A scenario as staff have it. */
export interface KeptScenario {
  id: string
  slug: string
  title: string
  text: string
  /** Slug of the campaign that it belongs to. */
  campaign: string | undefined
  campaignTitle: string | undefined
  publishedText: string | undefined
}

/** Every scenario, by title. */
export async function listScenarios (
  db: Reader
): Promise<Array<{ slug: string, title: string, campaign: string | undefined, isPublished: boolean }>> {
  const rows = await db.scenario.findMany({
    select: { slug: true, title: true, publishedTitle: true, campaign: { select: { title: true } } },
    orderBy: [{ title: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({ slug, title, publishedTitle, campaign }) =>
    ({ slug, title, campaign: campaign?.title, isPublished: publishedTitle !== null }))
}

export async function findScenario (db: Reader, slug: string): Promise<KeptScenario | undefined> {
  const row = await db.scenario.findUnique({
    where: { slug }, include: { campaign: { select: { slug: true, title: true } } }
  })
  if (row === null) return undefined
  const { id, title, text, campaign, publishedText } = row
  return {
    id,
    slug,
    title,
    text,
    campaign: campaign?.slug,
    campaignTitle: campaign?.title,
    publishedText: publishedText ?? undefined
  }
}

/** A scenario as the public has it, with how often its choices were made. */
export async function findPublishedScenario (
  db: Reader, slug: string
): Promise<{ id: string, text: string, campaign: string | undefined, totals: Totals } | undefined> {
  const row = await db.scenario.findUnique({
    where: { slug }, select: { id: true, publishedText: true, campaign: { select: { slug: true } }, totals: true }
  })
  if (row === null || row.publishedText === null) return undefined
  return { id: row.id, text: row.publishedText, campaign: row.campaign?.slug, totals: totalsOf(row.totals) }
}

/** How often the choices of a scenario were made, in every wording that was published last. */
export async function countChoices (db: Reader, scenarioId: string): Promise<Totals> {
  return totalsOf(await db.scenarioTotal.findMany({ where: { scenarioId } }))
}

function totalsOf (rows: ReadonlyArray<{ step: string, choice: number, count: number }>): Totals {
  const totals = new Map<string, Map<number, number>>()
  for (const { step, choice, count } of rows) {
    const counts = totals.get(step)
    if (counts === undefined) totals.set(step, new Map([[choice, count]]))
    else counts.set(choice, count)
  }
  return totals
}
