import type { DateTime } from 'luxon'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { calendarDay } from '../../platform/clock.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { daysOf } from '../../programme/entries/entry-form.ts'
import { lockCampaign } from '../../programme/campaigns/change-content.ts'
import { EntriesClosed } from '../../programme/entries/errors.ts'
import { findEntryForm } from '../../programme/entries/queries.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { answersOf } from '../editor/answers.ts'
import { getCurrentActivity } from '../editor/queries.ts'
import { movedAnswers, shownAnswers } from './entered.ts'
import type { FormShape } from './page.ts'

/** The values of the form from an earlier entry: the same on the same weekday, with who entered it. */
export async function againValues (
  db: Reader, seal: Seal, { earlier, campaign, form }: FormShape & { earlier: Entry }, now: DateTime<true>
): Promise<Record<string, string>> {
  const { organisation, name, email } = earlier
  const person = { organisation, name, email, keep: earlier.isKeptForAgain ? 'yes' : '' }
  if (earlier.activity === undefined) return person
  const {
    title, summary, kind, venue, district, audiences, booking, all_day: allDay, secret_place: isSecret, ...answers
  } = answersOf(await getCurrentActivity(db, seal, earlier.activity.slug))
  const from = await db.campaign.findUnique({ where: { id: earlier.campaign.id }, select: { firstDay: true } })
  const moved = shownAnswers(movedAnswers(
    { ...answers, title, summary, kind, venue, district, audiences, booking, all_day: allDay, secret_place: '' },
    { firstDay: calendarDay(from?.firstDay) }, daysOf(form, campaign), calendarDayOf(now, campaign.zone)
  ))
  return {
    ...person,
    title,
    summary,
    kind: (form.kinds as readonly string[]).includes(kind) ? kind : '',
    // What is entered is for anyone to come to, and everyone reads where.
    venue: isSecret === 'yes' ? '' : venue,
    district: campaign.districts.length === 0 || campaign.districts.includes(district) ? district : '',
    audiences: moved.audiences,
    booking: ['none', 'drop-in'].includes(booking) ? booking : '',
    all_day: allDay,
    starts_day: moved.starts_day,
    ends_day: moved.ends_day,
    starts_time: moved.starts_time,
    ends_time: moved.ends_time
  }
}

/** Has the links to all entries of an address sent to it; nothing where there are none. */
export async function requestEntryLinks (
  db: Db, outbox: Outbox, { campaignId, canonicalEmail }: { campaignId: string, canonicalEmail: string },
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const latest = await tx.entry.findFirst({
      where: { canonicalEmail, confirmedAt: { not: null } }, select: { id: true }, orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }]
    })
    if (latest === null) return
    await outbox.announce(tx, 'entry-links.due', [{
      entryId: latest.id, campaignId, isInvitation: false, askedAt: now.toISO()
    }])
  })
}

/** An address that took part in an earlier campaign, and agreed to be asked again. */
interface Invited { entryId: string, canonicalEmail: string }

/** Those who are to be invited to a campaign: each address once, and none that has entered something or was invited. */
export async function listToInvite (db: Reader, campaignId: string, earlierId: string): Promise<Invited[]> {
  return await db.$queryRaw<Invited[]>`
    SELECT DISTINCT ON (entry.canonical_email) entry.id AS "entryId", entry.canonical_email AS "canonicalEmail"
    FROM entries entry JOIN activities activity ON activity.id = entry.activity_id AND activity.status = 'published'
    WHERE entry.campaign_id = ${earlierId}::uuid AND entry.confirmed_at IS NOT NULL AND entry.outcome IS NULL
      AND entry.is_kept_for_again AND entry.unreachable_at IS NULL
      AND NOT EXISTS (
        SELECT FROM entries other WHERE other.canonical_email = entry.canonical_email
          AND (other.campaign_id = ${campaignId}::uuid OR other.invited_to_id = ${campaignId}::uuid))
    ORDER BY entry.canonical_email, entry.received_at DESC, entry.id`
}

/** Other campaigns in which something was entered, the latest first; or only one of them, if it is one. */
export async function listEarlierCampaigns (
  db: Reader, campaignId: string, only?: string
): Promise<Array<{ id: string, slug: string, title: string }>> {
  return await db.campaign.findMany({
    where: {
      AND: [{ id: { not: campaignId } }, only === undefined ? {} : { id: only }],
      entries: { some: { confirmedAt: { not: null } } }
    },
    select: { id: true, slug: true, title: true },
    orderBy: [{ firstDay: { sort: 'desc', nulls: 'last' } }, { title: 'asc' }],
    take: 20
  })
}

/** What inviting them does, in sentences. */
export function invitingEffects (invited: readonly Invited[], earlier: string): Effects {
  const count = invited.length
  return {
    sentences: count === 0
      ? []
      : [`${count === 1 ? '1 address that' : `${count} addresses that`} took part in “${earlier}” ${count === 1 ? 'gets' : 'get'} an email with a link, by which the form is filled in with what ${count === 1 ? 'it' : 'they'} entered then.`],
    changes: [],
    basis: invited.map(({ entryId }) => entryId).join(' ')
  }
}

/** Whom to invite to what, and the token of what was read about it. */
export interface Inviting {
  campaign: { id: string, slug: string }
  earlierId: string
  confirmed: string | undefined
}

/**
 * Invites who entered something in an earlier campaign, and agreed to be asked again, to enter it in this one: each
 * address once for each campaign. Returns how many. Throws `ConfirmationRequired`, and `EntriesClosed` where the form
 * is switched off.
 */
export async function inviteAgain (
  db: Db, outbox: Outbox,
  { campaign, earlierId, confirmed }: Inviting,
  by: StaffMember, now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    // The campaign and not its form: a form that was never saved has no row to lock.
    await lockCampaign(tx, campaign.slug)
    if ((await findEntryForm(tx, campaign.slug))?.form.isOn !== true) throw new EntriesClosed('The form is switched off. Switch it on first: people get a link to it.')
    const invited = await listToInvite(tx, campaign.id, earlierId)
    const { title } = await tx.campaign.findUniqueOrThrow({ where: { id: earlierId }, select: { title: true } })
    requireConfirmation(invitingEffects(invited, title), confirmed)
    const ids = invited.map(({ entryId }) => entryId)
    await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
    await tx.entry.updateMany({ where: { id: { in: ids } }, data: { invitedToId: campaign.id } })
    await outbox.announce(tx, 'entry-links.due', invited.map(({ entryId }) =>
      ({ entryId, campaignId: campaign.id, isInvitation: true, askedAt: now.toISO() })))
    await record(tx, { staffMemberId: by.id, action: 'entries.invited', subject: campaign.slug, details: { addresses: invited.length } }, now)
    return invited.length
  })
}
