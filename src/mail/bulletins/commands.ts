import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { namesSecretPlace } from '../../programme/activities/place.ts'
import { getActivity, lockActivity } from '../../programme/activities/queries.ts'
import { getChosen } from '../../booking/bookings/queries.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { emailKey } from '../emails/email-key.ts'
import { recordOwedEmails } from '../emails/owing.ts'
import { stopped } from '../emails/kinds.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { bulletinAfter, bulletinDraft, sendingEffects } from './bulletin.ts'
import type { Audience, Bulletin, BulletinDraft } from './bulletin.ts'
import { BulletinChanged, BulletinNotFound, BulletinSent, BulletinTextChanged, NobodyToWriteTo, TellsSecretPlace } from './errors.ts'
import { countRecipientsOf, findBulletinById, getBulletin, listRecipientIds, lockBulletin } from './queries.ts'

/** Identifies a bulletin by its number within the activity. */
export interface BulletinAddress {
  activityId: string
  number: number
}

/**
 * Begins a bulletin, and returns its number: nothing goes out yet. `id` is the form's: sent twice as it was, it begins
 * one. With another text, after going back, it throws `BulletinTextChanged`: what it began may have been changed since.
 * Throws `ChosenGone` where someone it is for was chosen and has left the activity.
 */
export async function writeBulletin (
  db: Db, activityId: string, { id, ...draft }: BulletinDraft & { id: string }, by: StaffMember, now: DateTime<true>
): Promise<number> {
  return await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const begun = await findBulletinById(tx, id)
    if (begun !== undefined) return assertAsBegun(begun, activityId, draft)
    if (draft.audience === 'chosen') await getChosen(tx, activityId, draft.bookingIds ?? [])
    const { _max: { number: latest } } = await tx.bulletin.aggregate({ where: { activityId }, _max: { number: true } })
    const number = 1 + (latest ?? 0)

    await tx.bulletin.create({
      data: { ...columnsOf(draft), id, activityId, number, madeById: by.id, createdAt: now.toJSDate() }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'bulletin.written', subject: slug, details: { number, ...audienceOf(draft) }
    }, now)
    return number
  })
}

/** Returns the number of a bulletin whose form came again. Throws where that says anything else by now, or was sent. */
function assertAsBegun (begun: Bulletin, activityId: string, draft: BulletinDraft): number {
  if (begun.activityId !== activityId) throw new BulletinNotFound()
  if (bulletinDraft.changed(begun, draft).length === 0) return begun.number
  if (begun.sentAt !== undefined) throw new BulletinSent()
  throw new BulletinTextChanged(begun.number)
}

/**
 * Changes a bulletin that has not been sent. One for people who were chosen stays for these. Throws
 * `BulletinTextChanged` where it is not the version that its writer has read, unless it says the same already.
 */
export async function changeBulletin (
  db: Db, { activityId, number }: BulletinAddress, edit: BulletinEdit, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { slug } = await lockActivity(tx, activityId)
    const { id, sentAt, ...before } = await getBulletin(tx, activityId, number)
    if (sentAt !== undefined) throw new BulletinSent()
    const draft = bulletinAfter(before, edit)
    if (bulletinDraft.changed(before, draft).length === 0) return
    if (bulletinDraft.versionHash(before) !== edit.versionHash) throw new BulletinTextChanged(number)

    await tx.bulletin.update({ where: { id }, data: columnsOf(draft) })
    await record(tx, {
      staffMemberId: by.id, action: 'bulletin.written', subject: slug, details: { number, ...audienceOf(draft) }
    }, now)
  })
}

/** What is changed; the audience is asked only where nobody was chosen. */
export interface BulletinEdit extends Pick<BulletinDraft, 'heading' | 'body'> {
  audience?: Audience | undefined
  /** Of the message as its writer has read it. */
  versionHash: string
}

function columnsOf ({ audience, bookingIds = [], heading, body }: BulletinDraft) {
  return { audience, bookingIds: [...bookingIds], heading, body }
}

/** Who a bulletin is for, as the trail keeps it. */
function audienceOf ({ audience, bookingIds = [] }: BulletinDraft) {
  return audience === 'chosen' ? { audience, bookings: bookingIds.length } : { audience }
}

/** Which bulletin to send, and what its sender has read; `host` is the service's own. */
export interface Sending extends BulletinAddress {
  /** Of the text. */
  versionHash: string
  /** The confirmation token of the recipients that they read; undefined: nothing read yet. */
  confirmed: string | undefined
  host: string
}

/**
 * Sends a bulletin to everyone it is for at this moment. Pressed twice, it goes once; people who join later do not get
 * it. People who emails do not reach are owed one too: its failure to arrive puts them on the list of people to call.
 *
 * Under the activity's row lock no one's place changes while the recipients are picked, and of simultaneous presses
 * only the first finds a draft. Throws `BulletinChanged`, `NobodyToWriteTo`, `TellsSecretPlace` and
 * `ConfirmationRequired`.
 */
export async function sendBulletin (
  db: Db, outbox: Outbox, { activityId, number, versionHash, confirmed, host }: Sending, by: StaffMember,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const bulletin = await getBulletin(tx, activityId, number)
    if (bulletin.sentAt !== undefined) return
    if (bulletinDraft.versionHash(bulletin) !== versionHash) throw new BulletinChanged()
    const recipients = await listRecipientIds(tx, activityId, bulletin)
    const counts = await countRecipientsOf(tx, activity, bulletin)
    const { people, toCall } = counts
    if (people === 0) throw new NobodyToWriteTo()
    await assertKeepsPlace(tx, activity, bulletin, recipients)
    requireConfirmation(sendingEffects(counts), confirmed)

    await tx.bulletin.update({ where: { id: bulletin.id }, data: { sentAt: now.toJSDate() } })
    const emails = recipients.map(bookingId => emailKey('bulletin', { bookingId, sequence: number }))
    await recordOwedEmails(tx, outbox, emails, host, now)
    await record(tx, {
      staffMemberId: by.id,
      action: 'bulletin.sent',
      subject: activity.slug,
      details: { number, ...audienceOf(bulletin), people, toCall: toCall.count }
    }, now)
  })
}

/** Throws `TellsSecretPlace` where the text names a secret place and someone gets it who is not told that. */
async function assertKeepsPlace (
  tx: Tx, activity: Activity, { heading, body }: BulletinDraft, recipients: readonly string[]
): Promise<void> {
  if (!namesSecretPlace(activity, `${heading}\n${body}`)) return
  const others = await tx.$queryRaw<unknown[]>`
    SELECT FROM bookings WHERE id = ANY (${recipients}::uuid[]) AND status <> 'confirmed' LIMIT 1`
  if (others.length > 0) throw new TellsSecretPlace()
}

/**
 * Stops a bulletin on its way: emails that no worker has in hand are not sent any more. Those in hand are left alone,
 * because a mail server may have them already; should it not take one, that one is not tried again. Does nothing where
 * nothing is left to stop.
 *
 * Locks emails in the order of their key, as workers do: so no two wait for each other.
 */
export async function stopBulletin (
  db: Db, { activityId, number }: BulletinAddress, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { id, sentAt, stoppedAt } = await lockBulletin(tx, activityId, number)
    if (sentAt === undefined || stoppedAt !== undefined) return
    const ofBulletin = { kind: 'bulletin', sequence: number, booking: { activityId }, status: 'queued' }
    if (await tx.email.count({ where: ofBulletin }) === 0) return

    await tx.bulletin.update({ where: { id }, data: { stoppedAt: now.toJSDate() } })
    const withdrawn = await tx.$executeRaw`
      WITH waiting AS MATERIALIZED (
        SELECT l.id
        FROM bookings b JOIN letters l ON l.booking_id = b.id AND l.kind = 'bulletin' AND l.sequence = ${number}
        WHERE b.activity_id = ${activityId}::uuid AND l.status = 'queued'
          AND (l.claimed_until IS NULL OR l.claimed_until <= ${now.toJSDate()})
        ORDER BY l.booking_id, l.copy
        FOR UPDATE OF l)
      UPDATE letters SET status = 'withdrawn', claimed_until = NULL, answer = ${stopped}
      FROM waiting WHERE letters.id = waiting.id`
    const { slug } = await getActivity(tx, activityId)
    await record(tx, {
      staffMemberId: by.id, action: 'bulletin.stopped', subject: slug, details: { number, emails: withdrawn }
    }, now)
  })
}

/** Has a draft bulletin sent to the member of staff who asks, at their own address, with a made-up booking. */
export async function testBulletin (
  db: Db, outbox: Outbox, { activityId, number }: BulletinAddress, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { slug } = await getActivity(tx, activityId)
    const { id, sentAt } = await getBulletin(tx, activityId, number)
    if (sentAt !== undefined) throw new BulletinSent()

    await outbox.announce(tx, 'bulletin.tested', [{ bulletinId: id, staffMemberId: by.id, at: now.toISO() }])
    await record(tx, { staffMemberId: by.id, action: 'bulletin.tested', subject: slug, details: { number } }, now)
  })
}
