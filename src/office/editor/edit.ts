import type { DateTime } from 'luxon'
import { agreeToCoHosting } from '../../programme/activities/co-hosting.ts'
import { changeActivity } from '../../programme/activities/commands.ts'
import { endingWhatWaits } from '../../programme/activities/decisions.ts'
import { isEditable } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { keepKnowing } from '../../programme/activities/named-people.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { may } from '../../identity/staff/roles.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { answersOf, readAnswers } from './answers.ts'
import type { Answers, Surroundings } from './answers.ts'
import { coHostUnits, together, unitsChanged, units } from './both-changed.ts'
import type { Unit } from './both-changed.ts'
import { whyNotMoved } from './co-host-moves.ts'
import { editEffects } from './effects.ts'
import { AnswersRefused, BothChanged } from './errors.ts'
import type { EditEffects } from './effects.ts'
import { changesInWords, unitInWords } from './in-words.ts'
import { problemsWith } from './problems.ts'
import { findProposal, proposeChange } from './proposals.ts'
import type { Proposal } from './proposals.ts'
import { lockCurrentActivity } from './queries.ts'
import { answersWithout, continues, proposedBy, shownIn, unitsToWait } from './waiting.ts'

/** What commands about activities need. */
export interface Parts {
  db: Db
  outbox: Outbox
  seal: Seal
}

/** An edit of an activity's form, with what its editor saw when they opened it. */
export interface Edit {
  typed: Answers
  saw: string
  /** The token of what they have read that it does; undefined: nothing yet. */
  confirmed: string | undefined
  /** Why no one is to be told: it changes no meaning. Undefined: people are told. */
  quietBecause: string | undefined
  around: Surroundings
}

/** What became of an edit: which parts were saved, how, and which wait for a coordinator. */
export interface EditEnd {
  how: 'told' | 'quietly' | 'as-it-was'
  saved: readonly Unit[]
  waiting: readonly Unit[]
}

/**
 * Changes an activity as its form says, with what follows from it for its people. What others changed meanwhile and
 * this form did not touch stays. What a coordinator has to approve first waits for one; the rest is saved.
 *
 * Decides under the activity's row lock, so that it emails exactly those it said it would. A change of wording alone
 * may be saved without telling anyone, for a reason that stays in the trail. Throws `AnswersRefused`; `BothChanged`
 * where someone else changed the same part; and `ConfirmationRequired`, also where a change is to be saved quietly and
 * may not be.
 */
export async function editActivity (
  { db, outbox, seal }: Parts, slug: string, { typed, saw, confirmed, quietBecause, around }: Edit, by: StaffMember,
  now: DateTime<true>
): Promise<EditEnd> {
  return await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    assertEditable(current, now)
    const asItIs = answersOf(current)
    const proposal = await findProposal(tx, current.id)
    const isTheirs = await continues(tx, { current, proposal }, by)
    const shown = shownIn({ current, proposal, isTheirs })
    // Who is told the place is one part with the place, of which co-hosts change no more than that.
    const given = around.asCoHost === true ? { ...typed, secret_place: shown.secret_place } : typed
    const { answers, both } = together(answersOf(readOrRefuse(given, current, around)), saw, shown)
    if (both.length > 0) throw new BothChanged(answers, shown, both)
    const wanted = readOrRefuse(answers, current, around)
    const touched = unitsChanged(shown, answersOf(wanted))
    if (around.asCoHost === true) assertOfCoHosts({ current, wanted, touched }, now)
    const wrong = problemsWith(current, wanted, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)

    const waiting = await unitsToWait(tx, { current, wanted, around }, by, now)
    const draft = waiting.length === 0
      ? wanted
      : readOrRefuse(answersWithout(waiting, { current, wanted }), current, around)
    const saved = unitsChanged(asItIs, answersOf(draft))
    const next = proposedBy({ current, wanted, proposal, isTheirs, touched, waiting })
    if (next !== undefined && around.asCoHost === true) assertTheirs(proposal, by)
    const isQuiet = saved.length > 0 &&
      await saveEdit(tx, { outbox, seal }, { current, draft, wanted, around, confirmed, quietBecause }, by, now)
    if (next !== undefined) await proposeChange(tx, outbox, { activityId: current.id, changes: next, by, now })
    if (saved.length === 0 && next === undefined) return { how: 'as-it-was', saved, waiting: [] }
    return { how: isQuiet ? 'quietly' : 'told', saved, waiting }
  })
}

/** Saves an edit under the activity's lock, and says whether nobody is told. Throws `ConfirmationRequired`. */
async function saveEdit (
  tx: Tx, { outbox, seal }: Omit<Parts, 'db'>,
  { current, draft, wanted, around, confirmed, quietBecause }:
  { current: CurrentActivity, draft: ActivityDraft, wanted: ActivityDraft } &
  Pick<Edit, 'around' | 'confirmed' | 'quietBecause'>,
  by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  const waiting = changesInWords(answersOf(draft), answersOf(wanted), around)
  const effects = { ...await readEditEffects(tx, { current, draft, around }, now), waiting }
  const isQuiet = quietBecause !== undefined && effects.told + effects.toCall.count > 0
  requireConfirmation(effects, isQuiet && !effects.mayBeQuiet ? undefined : confirmed)
  await endingWhatWaits(tx, outbox, { ids: [current.id], ending: 'hidden', by }, now, async () => {
    await writeEdit(tx, { outbox, seal }, { current, draft, isQuiet, isAgreed: runs(by, current) }, by, now)
  })
  await record(tx, {
    staffMemberId: by.id,
    action: 'activity.changed',
    subject: current.slug,
    details: {
      ...changedFields(answersOf(current), answersOf(draft)),
      ...(isQuiet ? { told: 0, nobodyToldBecause: quietBecause } : { told: effects.told })
    }
  }, now)
  return isQuiet
}

/** Whether someone runs an activity, and not only co-hosts it. */
export function runs (by: StaffMember, { id, leadAgencyId }: CurrentActivity): boolean {
  return may(by, 'run activities', { id, leadAgencyId, hostIds: [] })
}

/** What an edit does to the people of an activity, and what it changes, in words. */
export async function readEditEffects (
  db: Reader, { current, draft, around }: { current: CurrentActivity, draft: ActivityDraft, around: Surroundings },
  now: DateTime<true>
): Promise<EditEffects> {
  const changes = changesInWords(answersOf(current), answersOf(draft), around)
  return editEffects({ current, draft, recipients: await countRecipients(db, current), changes }, now)
}

/**
 * Writes an edit under the activity's lock; who hides it knows of it still. `isAgreed`: somebody who runs it wants it
 * so, and who co-hosts it goes on until some days after its new end.
 */
export async function writeEdit (
  tx: Tx, { outbox, seal }: Omit<Parts, 'db'>,
  { current, draft, isQuiet = false, isAgreed }:
  { current: CurrentActivity, draft: ActivityDraft, isQuiet?: boolean, isAgreed: boolean },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  await changeActivity(tx, outbox, seal, current, draft, now, { isQuiet })
  if (isAgreed) await agreeToCoHosting(tx, [{ current, draft }], now)
  const isHidden = draft.visibility === 'operational' && current.visibility !== 'operational'
  if (isHidden) await keepKnowing(tx, [current.id], by)
}

/** The fields that an edit changes, as the trail keeps them. */
export function changedFields (before: Answers, after: Answers): Record<string, string[]> {
  return Object.fromEntries(unitsChanged(before, after).flatMap(unit => units[unit])
    .filter(field => before[field] !== after[field])
    .map(field => [field, [before[field], after[field]]]))
}

/**
 * Throws `AnswersRefused` where a co-host would change what only those change who run the activity, or move it as only
 * they do.
 */
function assertOfCoHosts (
  { current, wanted, touched }: { current: CurrentActivity, wanted: ActivityDraft, touched: readonly Unit[] },
  now: DateTime<true>
): void {
  const others = touched.filter(unit => !coHostUnits.includes(unit))
  if (others.length > 0) {
    const what = others.map(unit => unitInWords[unit]).join(', ')
    const text = `Only its organisers can change this. Ask one of them to change: ${what}`
    throw new AnswersRefused([{ field: 'form', text }])
  }
  const objection = touched.includes('when') ? whyNotMoved(current, wanted, now) : undefined
  if (objection !== undefined) throw new AnswersRefused([objection])
}

/** Throws `AnswersRefused` where a co-host would change what somebody else has asked for, or take it back so. */
function assertTheirs (proposal: Proposal | undefined, by: StaffMember): void {
  if (proposal === undefined || proposal.askedByIds.every(id => id === by.id)) return
  const text = 'A change that someone else asked for waits for a coordinator. Ask an organiser to change it, or wait until it is decided.'
  throw new AnswersRefused([{ field: 'form', text }])
}

/** Reads what was typed. Throws `AnswersRefused`. */
export function readOrRefuse (answers: Answers, base: ActivityDraft, around: Surroundings): ActivityDraft {
  const read = readAnswers(answers, base, around)
  if ('wrong' in read) throw new AnswersRefused(read.wrong)
  return read.draft
}

/** Throws `BookingNotOpen` for an activity that may not be changed any more. */
export function assertEditable (window: BookingWindow, now: DateTime<true>): void {
  if (!isEditable(window, now)) throw new BookingNotOpen(window.status === 'cancelled' ? 'cancelled' : 'over')
}
