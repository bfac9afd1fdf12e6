import type { DateTime } from 'luxon'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { freeSlug, slugOf } from '../../platform/slug.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { scenarioDraft } from './draft.ts'
import type { ScenarioAnswers } from './draft.ts'
import { ScenarioChanged, ScenarioNotFound, ScenarioPublished, StoryRefused } from './errors.ts'
import { findScenario } from './queries.ts'
import type { KeptScenario } from './queries.ts'
import { fingerprintOf } from './scenario.ts'
import type { Story } from './scenario.ts'
import { readStory } from './twee.ts'

/**
 * Adds a scenario that only staff can read, and returns its slug, which is made from its title and stays. The same form
 * sent twice adds one. Throws `StoryRefused`, and `CampaignNotFound`.
 */
export async function addScenario (
  db: Db, { id, text, campaign }: ScenarioAnswers & { id: string }, by: StaffMember, now: DateTime<true>
): Promise<string> {
  const { title } = soundStory(text)
  return await db.$transaction(async tx => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('slugs of scenarios'))`
    const made = await tx.scenario.findUnique({ where: { id }, select: { slug: true } })
    if (made !== null) return made.slug
    const others = await tx.scenario.findMany({ select: { slug: true } })
    const slug = freeSlug(slugOf(title) || 'scenario', new Set([...others.map(({ slug }) => slug), 'new']))
    const campaignId = await campaignIdOf(tx, campaign)
    await tx.scenario.create({ data: { id, slug, title, text, campaignId, createdAt: now.toJSDate() } })
    await record(tx, { staffMemberId: by.id, action: 'scenario.added', subject: slug, details: { title } }, now)
    return slug
  })
}

/**
 * Saves another text, or another campaign. The public reads the text once it is published; the campaign counts at
 * once. Throws as `addScenario`, and `ScenarioChanged` where someone else was quicker.
 */
export async function changeScenario (
  db: Db, slug: string, { versionHash, ...wanted }: ScenarioAnswers & { versionHash: string }, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  const { title } = soundStory(wanted.text)
  await db.$transaction(async tx => {
    const before = await lockScenario(tx, slug)
    const changed = scenarioDraft.changed(before, wanted)
    // Includes a second press on the same button, which finds the change already made.
    if (changed.length === 0) return
    if (scenarioDraft.versionHash(before) !== versionHash) throw new ScenarioChanged()
    const campaignId = await campaignIdOf(tx, wanted.campaign)
    await tx.scenario.update({ where: { slug }, data: { title, text: wanted.text, campaignId } })
    await record(tx, { staffMemberId: by.id, action: 'scenario.changed', subject: slug, details: { changed } }, now)
  })
}

/**
 * Publishes the text as someone has read it. Steps that say the same as before keep how often their choices were made;
 * what was counted under other words goes. Throws `ScenarioChanged` where there is another text by now.
 */
export async function publishScenario (
  db: Db, slug: string, versionHash: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { id: scenarioId, title, ...scenario } = await lockScenario(tx, slug)
    if (scenarioDraft.versionHash(scenario) !== versionHash) {
      throw new ScenarioChanged('It is not published. Read it again first.')
    }
    const { text } = scenario
    if (text === scenario.publishedText) return
    const { steps } = soundStory(text)
    await tx.scenario.update({ where: { slug }, data: { publishedTitle: title, publishedText: text } })
    await tx.scenarioTotal.deleteMany({ where: { scenarioId, step: { notIn: steps.map(fingerprintOf) } } })
    await record(tx, { staffMemberId: by.id, action: 'scenario.published', subject: slug, details: { title } }, now)
  })
}

/** Takes a scenario from the public. How often choices were made is kept for when it is published again. */
export async function takeDownScenario (db: Db, slug: string, by: StaffMember, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const { publishedText } = await lockScenario(tx, slug)
    if (publishedText === undefined) return
    await tx.scenario.update({ where: { slug }, data: { publishedTitle: null, publishedText: null } })
    await record(tx, { staffMemberId: by.id, action: 'scenario.taken-down', subject: slug }, now)
  })
}

/** Deletes a scenario that the public cannot read, with its totals. Throws `ScenarioPublished`. */
export async function deleteScenario (db: Db, slug: string, by: StaffMember, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const { publishedText, title } = await lockScenario(tx, slug)
    if (publishedText !== undefined) throw new ScenarioPublished()
    await tx.scenario.delete({ where: { slug } })
    await record(tx, { staffMemberId: by.id, action: 'scenario.deleted', subject: slug, details: { title } }, now)
  })
}

/**
 * Counts a choice, and nothing of who made it. One statement for one row, which it holds no longer than that; a text
 * that was replaced meanwhile leaves a row that nobody reads, until the next is published.
 */
export async function countChoice (db: Db, scenarioId: string, step: string, choice: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO scenario_totals (scenario_id, step, choice, count)
    SELECT id, ${step}, ${choice}::smallint, 1 FROM scenarios WHERE id = ${scenarioId}::uuid AND published_text IS NOT NULL
    ON CONFLICT (scenario_id, step, choice) DO UPDATE SET count = scenario_totals.count + 1`
}

/** The story of a text; throws `StoryRefused` with all that is wrong with it. */
function soundStory (text: string): Story {
  const { story, problems } = readStory(text)
  if (problems.length > 0) throw new StoryRefused(problems)
  return story
}

/** Lets people go on choosing meanwhile: rows of totals that refer to this one do not wait. */
async function lockScenario (tx: Tx, slug: string): Promise<KeptScenario> {
  await tx.$queryRaw`SELECT 1 FROM scenarios WHERE slug = ${slug} FOR NO KEY UPDATE`
  const scenario = await findScenario(tx, slug)
  if (scenario === undefined) throw new ScenarioNotFound()
  return scenario
}

async function campaignIdOf (tx: Tx, slug: string | undefined): Promise<string | null> {
  if (slug === undefined) return null
  const campaign = await tx.campaign.findUnique({ where: { slug }, select: { id: true } })
  if (campaign === null) throw new CampaignNotFound()
  return campaign.id
}
