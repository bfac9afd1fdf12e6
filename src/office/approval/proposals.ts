import type { DateTime } from 'luxon'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Seal } from '../../platform/seal.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Change, Effects } from '../../identity/staff/confirmation.ts'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import { may } from '../../identity/staff/roles.ts'
import type { Led } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { answersOf } from '../editor/answers.ts'
import type { Surroundings } from '../editor/answers.ts'
import { unitsChanged } from '../editor/both-changed.ts'
import { endingWhatWaits, noteDecision } from '../../programme/activities/decisions.ts'
import { assertEditable, changedFields, readEditEffects, readOrRefuse, runs, writeEdit } from '../editor/edit.ts'
import type { Parts } from '../editor/edit.ts'
import { AnswersRefused } from '../editor/errors.ts'
import { changesInWords, inWords, unitInWords } from '../editor/in-words.ts'
import { problemsWith } from '../editor/problems.ts'
import { beforeChanges, findProposal, unitsToCome, withChanges } from '../editor/proposals.ts'
import type { Proposal } from '../editor/proposals.ts'
import { getCurrentActivity, lockCurrentActivity, surroundingsFor } from '../editor/queries.ts'
import { placeOf } from '../editor/waiting.ts'
import { isApprover, notYours } from './ask.ts'
import { NotToBeApproved } from './errors.ts'
import { isOvertaken } from './waiting.ts'

/** What approving a change does: to people, as the same edit by a coordinator would, and to what everyone reads. */
export interface ProposalEffects extends Effects {
  /** What somebody else has changed since it was asked for: as it was then, and as it is now. */
  meanwhile: readonly Change[]
}

const notYoursToWithdraw = 'Only the person who asked for this change can withdraw it, or an organiser who runs the activity if ' +
  'only members of staff asked. Send it back if it should not be made.'

const nothingWaits = 'This change does not wait any more: it was approved, sent back or withdrawn.'

/**
 * Makes an activity what a change says that waits for a coordinator, as an edit of their own would, with what follows
 * for its people. Decides under the activity's lock. Throws `NotToBeApproved`; `AnswersRefused` where the rules do not
 * allow it by now; and `ConfirmationRequired` unless they have read exactly what it does.
 */
export async function approveProposal (
  { db, outbox, seal }: Parts, slug: string,
  { confirmed, around }: { confirmed: string | undefined, around: Surroundings }, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const proposal = await assertToDecide(tx, current, by, now)
    const draft = draftOf(current, proposal, around)
    const wrong = problemsWith(current, draft, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)
    requireConfirmation(await effectsOfApproving(tx, { current, proposal, around }, now), confirmed)
    const isChanged = unitsToCome(answersOf(current), proposal.changes).length > 0
    const isAgreed = runs(by, current) || await isOfWhoRuns(tx, current, proposal, now)
    if (isChanged) await writeEdit(tx, { outbox, seal }, { current, draft, isAgreed }, by, now)
    await tx.proposal.delete({ where: { id: proposal.id } })
    await noteDecision(tx, outbox, {
      activityId: current.id, about: 'change', decision: 'approved', reason: '', askedByIds: proposal.askedByIds
    }, by, now)
    await record(tx, {
      staffMemberId: by.id,
      action: 'proposal.approved',
      subject: slug,
      details: changedFields(answersOf(current), answersOf(draft))
    }, now)
  })
}

/** Whether someone asked for a change who runs the activity. */
async function isOfWhoRuns (
  tx: Tx, current: CurrentActivity, { askedById }: Proposal, now: DateTime<true>
): Promise<boolean> {
  const asker = askedById === undefined
    ? null
    : await tx.staffMember.findUnique({ where: { id: askedById }, select: memberSelect(now) })
  return asker !== null && runs(memberOf(asker), current)
}

/** What approving a change does as things stand. Throws `AnswersRefused` where it cannot be read any more. */
export async function effectsOfApproving (
  db: Reader, { current, proposal, around }: { current: CurrentActivity, proposal: Proposal, around: Surroundings },
  now: DateTime<true>
): Promise<ProposalEffects> {
  const draft = draftOf(current, proposal, around)
  const effects = await readEditEffects(db, { current, draft, around }, now)
  const sentence = effects.changes.length === 0
    ? 'Nothing changes: it is as they ask already.'
    : 'Everyone reads it at once, in the programme and in calendars.'
  return {
    ...effects,
    sentences: [sentence, ...effects.sentences],
    meanwhile: meanwhile({ current, proposal, around })
  }
}

/** Sends a change back to all who asked for it: they read why on its page and by email. Throws `NotToBeApproved`. */
export async function returnProposal (
  { db, outbox, seal }: Parts, slug: string, reason: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const { id, askedByIds } = await assertToDecide(tx, current, by, now)
    await tx.proposal.update({ where: { id }, data: { returnedById: by.id, returnedAt: now.toJSDate(), reason } })
    await noteDecision(tx, outbox, {
      activityId: current.id, about: 'change', decision: 'returned', reason, askedByIds
    }, by, now)
    await record(tx, { staffMemberId: by.id, action: 'proposal.returned', subject: slug, details: { reason } }, now)
  })
}

/**
 * Whether someone may take a change back: one that only they asked for, or one of staff in an activity that they run.
 * What an entrant asked for, also among others, is sent back instead: then they read why.
 */
export function mayWithdraw (
  staff: StaffMember, activity: Led & { id: string }, { askedByIds }: Pick<Proposal, 'askedByIds'>
): boolean {
  return askedByIds.every(id => id === staff.id) ||
    (!askedByIds.includes(activity.id) && may(staff, 'run activities', activity))
}

/**
 * Withdraws the change that waits, or that was sent back; the others who asked are told. Withdrawing twice is
 * withdrawing once. Throws `NotToBeApproved` for a co-host where somebody else asked for it too, and where an entrant
 * did.
 */
export async function withdrawProposal (
  { db, outbox, seal }: Parts, slug: string, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    const proposal = await findProposal(tx, current.id)
    if (proposal === undefined) return
    if (!mayWithdraw(by, { ...current, hostIds: [] }, proposal)) throw new NotToBeApproved(notYoursToWithdraw)
    await endingWhatWaits(tx, outbox, { ids: [current.id], ending: 'withdrawn', by }, now, async () => {
      await tx.proposal.delete({ where: { id: proposal.id } })
    })
    await record(tx, { staffMemberId: by.id, action: 'proposal.withdrawn', subject: slug }, now)
  })
}

/** Whether someone approves a change: of the district in which the activity is, and of the one in which it is to be. */
export async function mayApproveProposal (
  db: Reader, current: CurrentActivity, proposal: Proposal, by: StaffMember
): Promise<boolean> {
  return await isApprover(db, current, by) && await isApprover(db, placeOf(current, proposal), by)
}

async function assertToDecide (
  db: Reader, current: CurrentActivity, by: StaffMember, now: DateTime<true>
): Promise<Proposal> {
  const proposal = await findProposal(db, current.id)
  // Who does not approve it does not hear either whether anything waits.
  const isTheirs = proposal === undefined
    ? await isApprover(db, current, by)
    : await mayApproveProposal(db, current, proposal, by)
  if (!isTheirs) throw new NotToBeApproved(notYours)
  if (proposal === undefined || proposal.returned !== undefined) throw new NotToBeApproved(nothingWaits)
  if (current.status === 'draft') {
    throw new NotToBeApproved('This is a draft by now. Its organisers change it themselves, and ask for approval of all of it.')
  }
  if (isOvertaken({ ...proposal, endsAt: current.endsAt }, now)) {
    throw new NotToBeApproved('This activity is over by now, so the change is not made any more.')
  }
  assertEditable(current, now)
  return proposal
}

function draftOf (current: CurrentActivity, { changes }: Proposal, around: Surroundings): ActivityDraft {
  return readOrRefuse(withChanges(answersOf(current), changes), current, around)
}

/** The parts that somebody else has changed since a change of them was asked for: as they were then, and are now. */
function meanwhile (
  { current, proposal: { changes }, around }: { current: CurrentActivity, proposal: Proposal, around: Surroundings }
): Change[] {
  const now = answersOf(current)
  const then = beforeChanges(now, changes)
  return unitsChanged(then, now).map(unit => ({
    what: unitInWords[unit], from: inWords(then, unit, around), to: inWords(now, unit, around)
  }))
}

/** What a change that waits would make another than it is now, in words. */
export function proposalInWords (current: CurrentActivity, { changes }: Proposal, around: Surroundings): Change[] {
  const now = answersOf(current)
  return changesInWords(now, withChanges(now, changes), around)
}

/** The change that waits, in words, for those who run the activity or approve it; for others there is none. */
export async function findProposalInWords (
  db: Reader, seal: Seal, activity: KnownActivity, staff: StaffMember
): Promise<{ returned: string | undefined, changes: Change[] } | undefined> {
  const proposal = await findProposal(db, activity.id)
  if (proposal === undefined) return undefined
  const current = await getCurrentActivity(db, seal, activity.slug)
  const isTheirs = may(staff, 'edit activities', activity) || await mayApproveProposal(db, current, proposal, staff)
  if (!isTheirs) return undefined
  const around = await surroundingsFor(db, staff, activity.campaign.districts)
  return { returned: proposal.returned?.reason, changes: proposalInWords(current, proposal, around) }
}
