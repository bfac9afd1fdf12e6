import type { DateTime } from 'luxon'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { calendarDay, dateOf } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { idFromForm, namedId } from '../../platform/named-id.ts'
import type { Seal } from '../../platform/seal.ts'
import { freeSlug, slugOf } from '../../platform/slug.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { addressFor, isUnheardOf } from '../../programme/activities/address.ts'
import { createActivities, takeTurns } from '../../programme/activities/commands.ts'
import { lockCurrentActivities, readCurrentActivities } from '../../programme/activities/current-activities.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { copyQuestions, copyQuestionsOfCampaign } from '../../programme/evaluations/commands.ts'
import { takeTurns as takeTurnsWithCampaigns } from '../../programme/campaigns/commands.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { copyCycle } from '../cycle/commands.ts'
import { firstDayOf } from '../editor/repeats.ts'
import { copiesOf, shifted } from './copying.ts'
import { NotAllOfThem } from './errors.ts'

/** A week to be copied, from the form that asks for it. */
export interface CopyRequest {
  /** Id of the form as it was shown: sent twice, it makes one copy. */
  submission: string
  title: string
  /** First day of the copy, as `2026-12-01`. */
  firstDay: string
  /** Ids of the activities to copy. */
  ids: readonly string[]
}

/** The activities of a campaign that someone may copy, with their bookings only as numbers, soonest first. */
export async function listCopyable (
  db: Reader, seal: Seal, campaignId: string, by: StaffMember
): Promise<CurrentActivity[]> {
  const rows = await db.activity.findMany({ where: copyable(campaignId, by), select: { slug: true } })
  return inTime(await readCurrentActivities(db, seal, rows.map(({ slug }) => slug)))
}

function copyable (campaignId: string, by: StaffMember): Prisma.ActivityWhereInput {
  return { AND: [within(by, 'run activities')], campaignId }
}

function inTime (activities: ReadonlyMap<string, CurrentActivity>): CurrentActivity[] {
  return [...activities.values()].sort((one, other) =>
    one.startsAt.toMillis() - other.startsAt.toMillis() || one.title.localeCompare(other.title, 'en-GB'))
}

/** The day from which the days of a week are counted: its first, or that of its first activity. */
export function firstDayOfWeek (
  firstDay: string | undefined, activities: readonly CurrentActivity[]
): string | undefined {
  return firstDay ?? (activities[0] && firstDayOf(activities[0]))
}

/**
 * Copies a campaign to other dates: its texts, settings and questions, and the chosen activities as drafts, at the same
 * local times on the same days after the first. Bookings, holds, hosts, links and outcome numbers stay where they are;
 * plans come along as ideas, and say which activity they were. The same form sent again adds nothing. Returns the slug
 * of the copy and how many drafts it has by now. Throws `CampaignNotFound`, and `NotAllOfThem` where one of the chosen
 * ones cannot be copied any more.
 */
export async function copyWeek (
  { db, seal }: { db: Db, seal: Seal }, campaignId: string, { submission, title, firstDay, ids }: CopyRequest,
  by: StaffMember, now: DateTime<true>
): Promise<{ slug: string, count: number }> {
  const id = idFromForm(submission, { campaignId, title, firstDay, ids: [...ids].sort() })
  return await db.$transaction(async tx => {
    await takeTurnsWithCampaigns(tx)
    await takeTurns(tx)
    const made = await tx.campaign.findUnique({ where: { id }, select: { slug: true } })
    if (made !== null) {
      return { slug: made.slug, count: await tx.activity.count({ where: { campaignId: id, status: 'draft' } }) }
    }
    const original = await tx.campaign.findUnique({ where: { id: campaignId } })
    if (original === null) throw new CampaignNotFound()

    const known = await tx.activity.findMany({ where: copyable(campaignId, by), select: { id: true, slug: true } })
    const chosen = known.filter(activity => ids.includes(activity.id))
    if (chosen.length < ids.length) throw new NotAllOfThem([])
    const all = await lockCurrentActivities(tx, seal, known.map(({ slug }) => slug))
    const from = firstDayOfWeek(calendarDay(original.firstDay), inTime(all)) ?? firstDay
    const shift = { from, to: firstDay }
    const copies = copiesOf(inTime(all).filter(activity => ids.includes(activity.id)), shift, now)
    const wrong = copies.flatMap(copy =>
      'leftOut' in copy ? [`“${copy.current.title}” cannot be copied. ${copy.leftOut}`] : [])
    if (wrong.length > 0) throw new NotAllOfThem(wrong)

    const slug = await copyCampaign(tx, original, { id, title, shift }, now)
    const slugFor = await slugsFor(tx)
    const pairs = copies.flatMap(copy => {
      if ('leftOut' in copy) return []
      const { draft, current: { id: original } } = copy
      return [{ id: namedId(`${id} ${original}`), original, draft: { ...draft, campaignId: id, slug: slugFor(draft) } }]
    })
    await createActivities(tx, seal, pairs, now)
    await copyWhatIsBeside(tx, pairs)
    await copyWhatItSays(tx, { from: campaignId, to: id })
    await copyCycle(tx, { from: campaignId, to: id }, day => shifted(day, shift))
    await copyQuestionsOfCampaign(tx, { from: campaignId, to: id })
    await copyQuestions(tx, pairs.map(pair => ({ from: pair.original, to: pair.id })))
    await record(tx, {
      staffMemberId: by.id, action: 'campaign.copied', subject: slug, details: { from: original.slug, activities: pairs.length }
    }, now)
    return { slug, count: pairs.length }
  })
}

/** Adds a campaign like another one, on its own days; returns its slug. */
async function copyCampaign (
  tx: Tx, { id: copiedFromId, slug: _, createdAt: __, ...like }: Prisma.CampaignGetPayload<object>,
  { id, title, shift }: { id: string, title: string, shift: { from: string, to: string } }, now: DateTime<true>
): Promise<string> {
  const moved = (day: Date | null) => day && dateOf(shifted(calendarDay(day), shift))
  const others = await tx.campaign.findMany({ select: { slug: true } })
  const slug = freeSlug(slugOf(title) || 'campaign', new Set([...others.map(({ slug }) => slug), 'new']))
  await tx.campaign.create({
    data: {
      ...like,
      id,
      copiedFromId,
      slug,
      title,
      firstDay: moved(like.firstDay),
      lastDay: moved(like.lastDay),
      createdAt: now.toJSDate()
    }
  })
  // Its districts are run by who runs them in the original.
  await tx.$executeRaw`
    INSERT INTO campaign_partnerships (campaign_id, district, since, partnership)
    SELECT ${id}::uuid, district, since, partnership FROM campaign_partnerships
    WHERE campaign_id = ${copiedFromId}::uuid AND district <> ''`
  return slug
}

/** Copies what a campaign says to each audience, and its pages of advice as drafts: what they say may have changed. */
async function copyWhatItSays (tx: Tx, { from, to }: { from: string, to: string }): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO key_messages (campaign_id, audience, position, text)
    SELECT ${to}::uuid, audience, position, text FROM key_messages WHERE campaign_id = ${from}::uuid`
  const pages = await tx.advicePage.findMany({ where: { campaignId: from }, include: { links: true } })
  for (const { id: _, links, ...page } of pages) {
    await tx.advicePage.create({
      data: {
        ...page,
        campaignId: to,
        status: 'draft',
        links: { create: links.map(({ advicePageId: _, ...link }) => link) }
      }
    })
  }
}

/** Gives slugs that are free, also beside those that it gave before. */
async function slugsFor (tx: Tx): Promise<(draft: ActivityDraft) => string> {
  const taken = new Set((await tx.activity.findMany({ select: { slug: true } })).map(({ slug }) => slug)).add('new')
  return draft => {
    if (isUnheardOf(draft)) return addressFor(draft)
    const base = `${draft.slug.replace(/-\d{4}-\d{2}-\d{2}(-\d+)?$/, '').slice(0, 61)}-${firstDayOf(draft)}`
    const slug = freeSlug(base, taken)
    taken.add(slug)
    return slug
  }
}

/** Copies what the form about an activity does not ask, and its plan: what was done then is still to do now. */
async function copyWhatIsBeside (tx: Tx, pairs: ReadonlyArray<{ id: string, original: string }>): Promise<void> {
  const [ids, originals] = [pairs.map(({ id }) => id), pairs.map(({ original }) => original)]
  await tx.$executeRaw`
    UPDATE activities AS copy SET over_booking_percent = was.over_booking_percent, offer_hours = was.offer_hours,
      another_date_at = was.another_date_at, entry = was.entry, reminders = was.reminders, follow_up = was.follow_up
    FROM unnest(${ids}::uuid[], ${originals}::uuid[]) AS pair (id, original) JOIN activities was ON was.id = pair.original
    WHERE copy.id = pair.id`
  await tx.$executeRaw`
    INSERT INTO activity_plans (
      activity_id, stage, owner_id, owner_name, owner_email, staffing, materials, risk, notes, copied_from_id)
    SELECT pair.id, 'idea', owner.id, coalesce(was.owner_name, ''), coalesce(was.owner_email, ''), coalesce(was.staffing, ''),
      coalesce(was.materials, ''), CASE WHEN was.risk = 'done' THEN 'needed' ELSE coalesce(was.risk, 'not-said') END,
      coalesce(was.notes, ''), pair.original
    FROM unnest(${ids}::uuid[], ${originals}::uuid[]) AS pair (id, original)
      LEFT JOIN activity_plans was ON was.activity_id = pair.original
      LEFT JOIN staff_members owner ON owner.id = was.owner_id AND owner.disabled_at IS NULL`
}
