import type { DateTime } from 'luxon'
import { changeActivity } from '../../programme/activities/commands.ts'
import { isEditable } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { isForCoordinators } from '../../programme/activities/approval.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { keepKnowing } from '../../programme/activities/named-people.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { isOnItsDay } from '../../identity/staff/roles.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { answersOf, readAnswers } from './answers.ts'
import type { Answers, Surroundings } from './answers.ts'
import { coHostUnits, together, unitsChanged, units } from './both-changed.ts'
import type { Unit } from './both-changed.ts'
import { editEffects } from './effects.ts'
import { AnswersRefused, BothChanged } from './errors.ts'
import { changesInWords, unitInWords } from './in-words.ts'
import { problemsWith } from './problems.ts'
import { lockCurrentActivity } from './queries.ts'

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

/**
 * Changes an activity as its form says, with what follows from it for its people. What others changed meanwhile and
 * this form did not touch stays. Returns whether anything changed, and whether the people concerned are told.
 *
 * Decides under the activity's row lock, so that it emails exactly those it said it would. A change of wording alone
 * may be saved without telling anyone, for a reason that stays in the trail. Throws `AnswersRefused`; `BothChanged`
 * where someone else changed the same part; and `ConfirmationRequired`, also where a change is to be saved quietly and
 * may not be.
 */
export async function editActivity (
  { db, outbox, seal }: Parts, slug: string, { typed, saw, confirmed, quietBecause, around }: Edit, by: StaffMember,
  now: DateTime<true>
): Promise<'told' | 'quietly' | 'as-it-was'> {
  return await db.$transaction(async tx => {
    const current = await lockCurrentActivity(tx, seal, slug)
    assertEditable(current, now)
    const asItIs = answersOf(current)
    const { answers, both } = together(answersOf(readOrRefuse(typed, current, around)), saw, asItIs)
    if (both.length > 0) throw new BothChanged(answers, asItIs, both)
    const draft = readOrRefuse(answers, current, around)
    const changed = unitsChanged(asItIs, answersOf(draft))
    if (around.asCoHost === true) assertOfCoHosts({ current, draft, changed }, now)
    const wrong = problemsWith(current, draft, now)
    if (wrong.length > 0) throw new AnswersRefused(wrong)
    if (changed.length === 0) return 'as-it-was'
    await assertMayBeRead(tx, { current, draft, changed }, by)
    const after = answersOf(draft)
    const changes = changesInWords(asItIs, after, around)
    const effects = editEffects({ current, draft, recipients: await countRecipients(tx, current), changes }, now)
    const isQuiet = quietBecause !== undefined && effects.told + effects.toCall.count > 0
    requireConfirmation(effects, isQuiet && !effects.mayBeQuiet ? undefined : confirmed)
    await changeActivity(tx, outbox, seal, current, draft, now, { isQuiet })
    const isHidden = draft.visibility === 'operational' && current.visibility !== 'operational'
    if (isHidden) await keepKnowing(tx, [current.id], by)
    const fields = changed.flatMap(unit => units[unit]).filter(field => asItIs[field] !== after[field])
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity.changed',
      subject: slug,
      details: {
        ...Object.fromEntries(fields.map(field => [field, [asItIs[field], after[field]]])),
        ...(isQuiet ? { told: 0, nobodyToldBecause: quietBecause } : { told: effects.told })
      }
    }, now)
    return isQuiet ? 'quietly' : 'told'
  })
}

/** An activity as it is and as it is to be, and the parts in which they differ. */
interface Edited {
  current: CurrentActivity
  draft: ActivityDraft
  changed: readonly Unit[]
}

/** The parts of an activity that the public reads, and that decide where and by whom it is read. */
const parts: readonly Unit[] = [
  'title', 'summary', 'kind', 'when', 'venue', 'district', 'audiences', 'visibility', 'embargo', 'lead_agency', 'booking'
]

/**
 * Throws `AnswersRefused` where someone would change what the public reads, and a coordinator has to approve that. What
 * is hidden needs nobody's leave, nor does a draft.
 */
async function assertMayBeRead (tx: Tx, { current, draft, changed }: Edited, by: StaffMember): Promise<void> {
  const read = changed.filter(unit => parts.includes(unit))
  if (current.status !== 'published' || read.length === 0) return
  const isForOthers = await isForCoordinators(tx, draft, by) ||
    await isForCoordinators(tx, { ...draft, district: current.district }, by)
  if (!isForOthers) return
  const what = read.map(unit => unitInWords[unit]).join(', ')
  throw new AnswersRefused([{
    field: 'form',
    text: `In this campaign a coordinator approves what everyone reads. Ask one of them to change: ${what}`
  }])
}

/**
 * Throws `AnswersRefused` where a co-host would change what only those change who run the activity. Nor do they make
 * its day be today: on its day they read who comes.
 */
function assertOfCoHosts ({ current, draft, changed }: Edited, now: DateTime<true>): void {
  const others = changed.filter(unit => !coHostUnits.includes(unit))
  if (others.length > 0) {
    const what = others.map(unit => unitInWords[unit]).join(', ')
    const text = `Only its organisers can change this. Ask one of them to change: ${what}`
    throw new AnswersRefused([{ field: 'form', text }])
  }
  if (isOnItsDay(draft, now) && !isOnItsDay(current, now)) {
    throw new AnswersRefused([{ field: 'starts_day', text: 'Only its organisers can move it to today. Ask one of them.' }])
  }
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
