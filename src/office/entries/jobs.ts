import { calendarDayInWords, whenInWords } from '../../programme/activities/when.ts'
import { erasedOn, isCancellingAsked, stateOf } from '../../programme/entries/entry.ts'
import type { Entry, EntryState } from '../../programme/entries/entry.ts'
import { findEntry, findEntryForm, findEntryOfActivity, listEntries } from '../../programme/entries/queries.ts'
import { quoted } from '../../mail/emails/body.ts'
import type { EmailContext } from '../../mail/emails/email-context.ts'
import { greetingName } from '../../mail/emails/greeting.ts'
import { sendStandalone } from '../../mail/emails/standalone.ts'
import { ending } from '../../mail/emails/ending.ts'
import { oneLine } from '../../platform/one-line.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { EntryLinks } from './links.ts'
import { emailOf, noteEntrantUnreachable, noteEntryTold } from './keeping.ts'
import type { EntryEmail } from './keeping.ts'

/** What emails about entries need. */
export interface EntryContext extends EmailContext {
  entryLinks: EntryLinks
}

type Ends = Promise<Array<PromiseSettledResult<void>>>

/** Where an entry stands while an email about it still holds; undefined: whatever became of it. */
const holdsFor: Partial<Record<EntryEmail, EntryState>> = {
  confirm: 'unconfirmed',
  withdrawn: 'withdrawn',
  refused: 'refused',
  published: 'published',
  returned: 'returned',
  cancelled: 'cancelled',
  'not-cancelled': 'published'
}

/**
 * Tells people where their entries stand; returns each one's result, in the order given. If an entry has moved on, the
 * email about where it stands now follows, and this one is not sent. Runs at least once: another copy is the same
 * email. Fails where there is to be another try.
 */
export async function tellOfEntries (
  context: EntryContext, moved: ReadonlyArray<Facts['entry.moved']>
): Ends {
  return await Promise.allSettled(moved.map(async ({ entryId, what }) => {
    const entry = await findEntry(context.db, entryId)
    if (entry === undefined) return
    const matter = what.split(' ')[0] as EntryEmail
    // Who has asked once more since waits for another answer.
    if (matter === 'not-cancelled' && isCancellingAsked(entry)) return
    await tell(context, entry, matter, what)
  }))
}

/** The same of what coordinators decided about what people entered, or about a change of it. */
export async function tellOfDecidedEntries (context: EntryContext, decided: ReadonlyArray<Facts['approval.decided']>): Ends {
  return await Promise.allSettled(decided.map(async ({ decisionId }) => {
    await tellOfDecided(context, decisionId)
  }))
}

async function tellOfDecided (context: EntryContext, decisionId: string): Promise<void> {
  const row = await context.db.approvalDecision.findUnique({ where: { id: decisionId } })
  // How it ended otherwise is told of the entry itself.
  if (row === null || row.activityId === null || !['approved', 'returned'].includes(row.decision)) return
  const entry = await findEntryOfActivity(context.db, row.activityId)
  if (entry === undefined) return
  // A change that only members of staff asked for is not theirs; and beside rows of staff, one row is for them.
  const isOfStaff = row.askedById !== null
  if (isOfStaff && (row.about === 'change' || await isToldByAnother(context.db, row))) return
  const isApproved = row.decision === 'approved'
  const matter: EntryEmail = row.about === 'activity'
    ? (isApproved ? 'published' : 'returned')
    : isApproved ? 'change-approved' : 'change-returned'
  // Not by the row: of a decision that several asked for there is one each, and who entered it is told once.
  await tell(context, entry, matter, `${matter} ${row.decidedAt.toISOString()}`, row.reason)
}

/** Whether who entered it without an account has a row of their own of this decision. */
async function isToldByAnother (
  db: EntryContext['db'], { activityId, about, decidedAt }: { activityId: string | null, about: string, decidedAt: Date }
): Promise<boolean> {
  return await db.approvalDecision.count({ where: { activityId, about, decidedAt, askedById: null } }) > 0
}

/** The same of what organisers have cancelled. */
export async function tellOfCancelledEntries (context: EntryContext, changed: ReadonlyArray<Facts['activity.changed']>): Ends {
  const ids = [...new Set(changed.map(({ activityId }) => activityId))]
  const cancelled = await listEntries(context.db, { activityId: { in: ids }, outcome: null, activity: { status: 'cancelled' } })
  return await Promise.allSettled(changed.map(async ({ activityId }, n) => {
    const entry = cancelled.find(({ activity }) => activity?.id === activityId)
    if (entry === undefined || changed.findIndex(other => other.activityId === activityId) !== n) return
    await tell(context, entry, 'cancelled', 'cancelled')
  }))
}

async function tell (
  context: EntryContext, entry: Entry, matter: EntryEmail, key: string, reason = entry.reason
): Promise<void> {
  const { db, publicUrl, entryLinks, clock } = context
  const { activity } = entry
  // What organisers made of it and have hidden is not told.
  if (entry.isHidden && entry.outcome === undefined) return
  const holds = holdsFor[matter]
  if (entry.told === key || (holds !== undefined && stateOf(entry) !== holds)) return
  const found = await findEntryForm(db, entry.campaign.slug)
  const end = await sendStandalone(context, {
    emailId: emailOf(entry.id, key),
    aboutId: entry.id,
    to: entry.email,
    template: 'entry',
    partnership: found?.campaign.partnership,
    isAsked: matter === 'confirm',
    model: {
      matter,
      // Anyone can type any address, and a name that says something: only who has confirmed it is greeted by it.
      name: matter === 'confirm' ? '' : greetingName(entry.name),
      title: oneLine(entry.activity?.title ?? entry.title),
      when: activity && whenInWords(activity),
      campaign: oneLine(entry.campaign.title),
      reason: reason === '' ? '' : quoted(reason),
      hashtags: oneLine(found?.form.hashtags ?? ''),
      publicUrl: activity === undefined ? '' : `${publicUrl}/activities/${activity.slug}`,
      isPublic: activity?.visibility === 'public',
      entryUrl: `${publicUrl}/entries/${entryLinks.own.tokenOf({ id: entry.id, version: entry.linkVersion })}`,
      erasedOn: calendarDayInWords(erasedOn(entry)),
      privacyUrl: `${publicUrl}/privacy`,
      ...await ending(context)
    }
  })
  if (end === 'sent') await noteEntryTold(db, entry.id, key)
  else await noteEntrantUnreachable(db, entry.id, clock())
}

/** Most entries that an email about an address lists. */
const mostListed = 20

/**
 * Sends an address the links to its entries in a campaign, and those by which it enters again what it had entered in
 * earlier ones: only who reads its mailbox learns of them. Runs at least once.
 */
export async function sendEntryLinks (context: EntryContext, dues: ReadonlyArray<Facts['entry-links.due']>): Ends {
  const { db, publicUrl, entryLinks, clock } = context
  return await Promise.allSettled(dues.map(async ({ entryId, campaignId, isInvitation, askedAt }) => {
    const one = await findEntry(db, entryId)
    const key = isInvitation ? `invited ${campaignId}` : `links ${askedAt}`
    if (one === undefined || one.told === key) return
    const campaign = await db.campaign.findUnique({
      where: { id: campaignId }, select: { slug: true, title: true, partnership: true }
    })
    if (campaign === null) return
    const { canonicalEmail } = one
    const theirs = await listEntries(db, { canonicalEmail, confirmedAt: { not: null } }, { take: 3 * mostListed })
    const live = theirs.filter(({ outcome }) => outcome === undefined)
    const here = live.filter(entry => entry.campaign.id === campaignId)
    const earlier = live.filter(entry => entry.campaign.id !== campaignId && entry.activity !== undefined)
    const line = (entry: Entry) => ({
      says: [oneLine(entry.activity?.title ?? entry.title), entry.activity && whenInWords(entry.activity)]
        .filter(said => said !== undefined).join(', ')
    })
    const end = await sendStandalone(context, {
      emailId: emailOf(one.id, key),
      aboutId: one.id,
      to: one.email,
      template: 'entry-links',
      partnership: campaign.partnership,
      model: {
        name: greetingName(one.name),
        isInvitation,
        campaign: oneLine(campaign.title),
        here: here.slice(0, mostListed).map(entry => ({
          ...line(entry), url: `${publicUrl}/entries/${entryLinks.own.tokenOf({ id: entry.id, version: entry.linkVersion })}`
        })),
        earlier: earlier.slice(0, mostListed).map(entry => ({
          ...line(entry),
          url: `${publicUrl}/campaigns/${campaign.slug}/take-part/again/${entryLinks.again.tokenOf({ id: entry.id, version: entry.linkVersion })}`
        })),
        formUrl: `${publicUrl}/campaigns/${campaign.slug}/take-part`,
        erasedOn: calendarDayInWords(erasedOn(one)),
        ...await ending(context)
      }
    })
    if (end === 'sent') await noteEntryTold(db, one.id, key)
    else await noteEntrantUnreachable(db, one.id, clock())
  }))
}
