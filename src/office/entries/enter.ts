import type { DateTime } from 'luxon'
import { canonicalAddress, mailboxOf } from '../../booking/bookings/address.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { dateOf } from '../../platform/clock.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import { record } from '../../identity/staff/audit.ts'
import { addressFor } from '../../programme/activities/address.ts'
import { createActivities, takeTurns } from '../../programme/activities/commands.ts'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { phaseOf } from '../../programme/entries/entry-form.ts'
import type { EntryAnswer } from '../../programme/entries/entry-questions.ts'
import { EnteredBefore, EntriesClosed, EntryMoved } from '../../programme/entries/errors.ts'
import { findEntryForm, getEntry } from '../../programme/entries/queries.ts'
import { lastDayOf } from '../../programme/activities/when.ts'
import { readAnswers } from '../editor/answers.ts'
import type { Answers } from '../editor/answers.ts'
import { freeSlug } from '../editor/create.ts'
import { baseOf } from './entered.ts'

/** So many wait for a coordinator in a campaign, and twice as many for a confirmed address: more are not taken. */
export const mostWaiting = 1000
/** So many of one mailbox. */
export const mostOfAddress = 40
/** So many of one network wait for their addresses to be confirmed: more than a school and a library together. */
export const mostOfNetwork = 200
/** So many emails does a mailbox get about what it has not confirmed, from all campaigns, in as many minutes. */
export const mostUnconfirmed = { count: 3, minutes: 15 }

/** What someone enters, already read by schema.ts. */
export interface Entering {
  /** The id of the form and its answers: the same again is the same entry. */
  id: string
  slug: string
  organisation: string
  name: string
  email: string
  answers: Answers
  draft: ActivityDraft
  given: readonly EntryAnswer[]
  isKeptForAgain: boolean
  againOfId: string | undefined
  /** A mark of the network from which it comes. */
  network: string
}

/**
 * Takes what someone enters, and emails them the link that confirms their address: until then nobody else sees it. The
 * same form again is one entry. Throws `EntriesClosed`, and `EnteredBefore` where that entry has come to an end.
 */
export async function enterActivity (
  db: Db, outbox: Outbox,
  { id, slug, organisation, name, email, answers, draft, given, isKeptForAgain, againOfId, network }: Entering,
  now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const campaignId = await lockForm(tx, slug, now)
    const earlier = await tx.entry.findUnique({ where: { id }, select: { outcome: true } })
    if (earlier !== null) {
      if (earlier.outcome !== null) throw new EnteredBefore()
      return
    }
    const canonicalEmail = canonicalAddress(email)
    await assertRoom(tx, { campaignId, mailbox: mailboxOf(email), network }, now)
    await tx.entry.create({
      data: {
        id,
        campaignId,
        title: draft.title,
        organisation,
        name,
        email,
        canonicalEmail,
        entered: answers,
        answers: [...given],
        endsOn: dateOf(lastDayOf(draft)),
        isKeptForAgain,
        againOfId: againOfId ?? null,
        network,
        receivedAt: now.toJSDate()
      }
    })
    await outbox.announce(tx, 'entry.moved', [{ entryId: id, what: 'confirm' }])
  })
}

/** Locks the form of a campaign, so that nobody is counted beside another. Throws `EntriesClosed`. */
async function lockForm (tx: Tx, slug: string, now: DateTime<true>): Promise<string> {
  await tx.$queryRaw`
    SELECT 1 FROM entry_forms JOIN campaigns ON campaigns.id = campaign_id WHERE slug = ${slug} FOR UPDATE OF entry_forms`
  const found = await findEntryForm(tx, slug)
  if (found === undefined || phaseOf(found.form, found.campaign.zone, now) !== 'open') {
    throw new EntriesClosed('The last day to enter something has passed, or entering is stopped. Nothing was sent.')
  }
  return found.campaign.id
}

/** Entries that wait for a confirmed address, or for a coordinator. */
const waiting = {
  outcome: null,
  OR: [{ confirmedAt: null }, { activity: { status: 'draft', approvalRequest: { is: { returnedAt: null } } } }]
} satisfies Prisma.EntryWhereInput

/**
 * Throws `EntriesClosed` where there are too many already: of the mailbox, which a stranger may have typed, of the
 * network, so that nobody closes the form for everyone from one, and at last of all.
 */
async function assertRoom (
  tx: Tx, { campaignId, mailbox, network }: { campaignId: string, mailbox: string, network: string },
  now: DateTime<true>
): Promise<void> {
  // The form's lock is that of one campaign, and a mailbox gets emails of all.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`entries of ${mailbox}`}, 0))`
  const since = now.minus({ minutes: mostUnconfirmed.minutes }).toJSDate()
  const theirs = ofMailbox(mailbox)
  const unconfirmed = { campaignId, confirmedAt: null }
  const emailed = { ...theirs, confirmedAt: null, receivedAt: { gt: since } }
  if (await tx.entry.count({ where: emailed }) >= mostUnconfirmed.count) {
    throw new EntriesClosed('An email is on its way to this address already. Open it and press the button on its page. Then enter the next activity.')
  }
  if (await tx.entry.count({ where: { campaignId, AND: [theirs, waiting] } }) >= mostOfAddress) {
    throw new EntriesClosed('Very many entries of your address wait already. Please wait until we have read some of them.')
  }
  if (await tx.entry.count({ where: { ...unconfirmed, network } }) >= mostOfNetwork) {
    throw new EntriesClosed('Very many entries from your network wait for someone to open our email. Please try again tomorrow, or use another network.')
  }
  const ofAll = await tx.entry.count({ where: { campaignId, confirmedAt: { not: null }, ...waiting } })
  if (ofAll >= mostWaiting || await tx.entry.count({ where: unconfirmed }) >= 2 * mostWaiting) {
    throw new EntriesClosed('Very many entries wait to be read. Please try again tomorrow.')
  }
}

/** Entries of all addresses of a mailbox. */
function ofMailbox (mailbox: string): Prisma.EntryWhereInput {
  const at = mailbox.lastIndexOf('@')
  const [local, domain] = [mailbox.slice(0, at), mailbox.slice(at)]
  return { OR: [{ canonicalEmail: mailbox }, { canonicalEmail: { startsWith: `${local}+`, endsWith: domain } }] }
}

/**
 * Makes a draft of an entry, as the person who has the link to its mailbox confirms, and asks coordinators to approve
 * it. Confirmed already, it does nothing. Throws `EntryMoved` where it has come to an end.
 */
export async function confirmEntry (
  { db, seal }: { db: Db, seal: Seal }, id: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await takeTurns(tx)
    await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ${id}::uuid FOR UPDATE`
    const entry = await getEntry(tx, id)
    if (entry.confirmedAt !== undefined) return
    const found = await findEntryForm(tx, entry.campaign.slug)
    if (found === undefined || entry.entered === undefined) throw new EntryMoved()
    const draft = storedDraft(entry.entered as Answers, found)
    if (draft === undefined) throw new EntryMoved()
    const slug = await freeSlug(tx, addressFor(draft))
    await createActivities(tx, seal, [{ id, draft: { ...draft, slug } }], now)
    // Everyone reads who runs it: it is approved with the rest.
    await tx.activity.update({ where: { id }, data: { runBy: entry.organisation } })
    await tx.approvalRequest.create({ data: { activityId: id, askedById: id, askedAt: now.toJSDate() } })
    await noteWhatItWas(tx, id, entry.againOfId)
    await tx.entry.update({
      where: { id }, data: { activityId: id, confirmedAt: now.toJSDate(), entered: Prisma.DbNull, network: null }
    })
    await record(tx, { staffMemberId: undefined, action: 'entry.made', subject: slug, details: { title: draft.title } }, now)
  })
}

/** Its plan says of which activity of an earlier campaign it is the next. */
async function noteWhatItWas (tx: Tx, activityId: string, againOfId: string | undefined): Promise<void> {
  if (againOfId === undefined) return
  const earlier = await tx.entry.findUnique({ where: { id: againOfId }, select: { activityId: true } })
  if (earlier?.activityId == null) return
  await tx.activityPlan.create({ data: { activityId, stage: 'idea', copiedFromId: earlier.activityId } })
}

/** What was entered, as a draft; where its district was taken away meanwhile, its organisers give it another. */
function storedDraft (
  entered: Answers, { campaign, form }: NonNullable<Awaited<ReturnType<typeof findEntryForm>>>
): ActivityDraft | undefined {
  const around = { districts: campaign.districts, agencies: [], boundTo: undefined }
  for (const answers of [entered, { ...entered, district: '' }]) {
    const read = readAnswers(answers, baseOf(campaign, form), around)
    if ('draft' in read) return read.draft
  }
  return undefined
}
