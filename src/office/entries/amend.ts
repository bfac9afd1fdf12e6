import { isDeepStrictEqual } from 'node:util'
import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Seal } from '../../platform/seal.ts'
import { record } from '../../identity/staff/audit.ts'
import { lockCurrentActivities } from '../../programme/activities/current-activities.ts'
import { changeActivity } from '../../programme/activities/commands.ts'
import type { ActivityDraft, CurrentActivity } from '../../programme/activities/draft.ts'
import { mayChange } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import type { EntryAnswer } from '../../programme/entries/entry-questions.ts'
import { EntryMoved } from '../../programme/entries/errors.ts'
import { findEntry } from '../../programme/entries/queries.ts'
import { answersOf } from '../editor/answers.ts'
import type { Answers } from '../editor/answers.ts'
import { unitsChanged, versionOf } from '../editor/both-changed.ts'
import { requestApproval } from '../../programme/activities/decisions.ts'
import { changedFields } from '../editor/edit.ts'
import { changesOf, findProposal, isAskedByEntrantAlone, proposeChange, withChanges } from '../editor/proposals.ts'

export interface EntryParts { db: Db, outbox: Outbox, seal: Seal }

/** Locks the activity of an entry and the entry, then reads where it stands. Throws `EntryMoved` where one is gone. */
export async function lockEntered (
  tx: Tx, seal: Seal, id: string
): Promise<{ entry: Entry, current: CurrentActivity }> {
  const slug = (await findEntry(tx, id))?.activity?.slug
  const current = slug === undefined ? undefined : (await lockCurrentActivities(tx, seal, [slug])).get(slug)
  // After the activity, like its deletion: whoever erases the person meanwhile has done so before, or does so after.
  await tx.$queryRaw`SELECT 1 FROM entries WHERE id = ${id}::uuid FOR UPDATE`
  const entry = await findEntry(tx, id)
  if (current === undefined || entry?.activity === undefined) throw new EntryMoved()
  return { entry, current }
}

/** What the form shows: the activity as it is, with the change that waits or was sent back. */
export async function answersToAmend (db: Tx | Db, current: CurrentActivity): Promise<Answers> {
  const proposal = current.status === 'published' ? await findProposal(db, current.id) : undefined
  return proposal === undefined ? answersOf(current) : withChanges(answersOf(current), proposal.changes)
}

const answersDraft = draft(['answers'])

/** The version of what the form shows: of the activity, and of the answers to the organisers' own questions. */
export function versionToAmend (shown: Answers, { answers }: Pick<Entry, 'answers'>): string {
  return `${versionOf(shown)}.${answersDraft.versionHash({ answers: JSON.stringify(answers) })}`
}

/** What someone wants their entry to be; `given` undefined: the answers to the organisers' questions stay. */
interface Amending { saw: string, draft: ActivityDraft, given?: readonly EntryAnswer[] }

/**
 * Changes what someone entered, until it begins. A draft is changed and waits for a coordinator again; of what is
 * published the change waits, and everyone reads it as it was until it is approved. `saw` is the version that the form
 * showed. Returns what became of it. Throws `EntryMoved` where it has begun, ended or been changed since.
 */
export async function amendEntry (
  { db, outbox, seal }: EntryParts, id: string, { saw, draft, given }: Amending, now: DateTime<true>
): Promise<'saved' | 'waits' | 'as-it-was'> {
  return await db.$transaction(async tx => {
    const { entry, current } = await lockEntered(tx, seal, id)
    const shown = await answersToAmend(tx, current)
    if (!mayChange(entry, now) || versionToAmend(shown, entry) !== saw) throw new EntryMoved()
    const wanted = answersOf(draft)
    const isAnswered = given !== undefined && !isDeepStrictEqual(given, entry.answers)
    await tx.entry.update({ where: { id }, data: { title: draft.title, ...isAnswered && { answers: [...given] } } })
    const isReturned = entry.activity?.approval !== 'waiting'
    if (current.status === 'published') {
      if (unitsChanged(shown, wanted).length === 0) {
        if (isAnswered) await noteAnswered(tx, current.slug, now)
        return isAnswered ? 'saved' : 'as-it-was'
      }
      const asItIs = answersOf(current)
      const changes = changesOf(asItIs, wanted, unitsChanged(asItIs, wanted))
      await proposeChange(tx, outbox, { activityId: current.id, changes, by: 'entrant', now })
      return 'waits'
    }
    const changed = changedFields(shown, wanted)
    if (Object.keys(changed).length === 0 && !isReturned) {
      if (isAnswered) await noteAnswered(tx, current.slug, now)
      return isAnswered ? 'saved' : 'as-it-was'
    }
    await changeActivity(tx, outbox, seal, current, draft, now)
    // Read anew, also where it waited already: whoever has read it before approves no other words.
    await requestApproval(tx, current.id, id, now)
    await record(tx, { staffMemberId: undefined, action: 'entry.changed', subject: current.slug, details: changed }, now)
    return 'saved'
  })
}

/** The trail says that answers to the organisers' questions were changed, and never what they say. */
async function noteAnswered (tx: Tx, slug: string, now: DateTime<true>): Promise<void> {
  await record(tx, { staffMemberId: undefined, action: 'entry.changed', subject: slug, details: { changed: ['answers'] } }, now)
}

/**
 * Takes back the change that an entrant asked for, whether it waits or was sent back: everyone goes on reading it as it
 * is. Twice is once. Throws `EntryMoved` where a member of staff has asked for it too.
 */
export async function takeChangeBack (
  { db, outbox, seal }: EntryParts, id: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { current } = await lockEntered(tx, seal, id)
    const proposal = await findProposal(tx, current.id)
    if (proposal === undefined) return
    if (!isAskedByEntrantAlone(proposal)) throw new EntryMoved()
    await tx.entry.update({ where: { id }, data: { title: current.title } })
    await proposeChange(tx, outbox, { activityId: current.id, changes: {}, by: 'entrant', now })
  })
}
