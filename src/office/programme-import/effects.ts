import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { noticed } from '../../programme/activities/noticed.ts'
import type { Change } from '../../programme/programme-file/plan.ts'
import { countRecipientsOf } from '../../booking/bookings/recipients.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import type { Effects, ToCall } from '../../identity/staff/confirmation.ts'
import { effectsInWords, reachedOf } from '../editor/effects.ts'
import type { Reached } from '../editor/effects.ts'

/** Who is reached by each changed activity, by its slug; none where nobody is. */
export async function readReached (
  db: Reader, changes: readonly Change[], now: DateTime<true>
): Promise<Map<string, Reached>> {
  const seen = changes.flatMap(({ current, draft }) =>
    current !== undefined && noticed(current, draft).byWhoHasAPlace ? [{ current, draft }] : [])
  if (seen.length === 0) return new Map()
  const recipients = await countRecipientsOf(db, seen.map(({ current }) => current))
  return new Map(seen.flatMap(({ current, draft }) => {
    const counts = recipients.get(current.id)
    const told = counts === undefined ? undefined : reachedOf(current, draft, counts, now)
    return told === undefined || told.confirmed + told.waiting + told.toCall.count === 0 ? [] : [[draft.slug, told]]
  }))
}

/**
 * What importing a file does. Its token is of every cell, so that what is imported is what was read; only a file that
 * changes nothing needs none.
 */
export function importEffects (changes: readonly Change[], reached: ReadonlyMap<string, Reached>): Effects {
  const done = changes.filter(({ outcome, asked }) => outcome !== 'unchanged' || asked !== undefined)
  const created = done.filter(({ outcome }) => outcome === 'created')
  const updated = done.filter(({ outcome }) => outcome === 'updated').length
  const asked = done.filter(({ asked }) => asked !== undefined).length
  const published = created.filter(({ draft }) => draft.status === 'published').length
  const told = [...reached.values()]
  const sum = (part: 'confirmed' | 'waiting') => told.reduce((sum, each) => sum + each[part], 0)
  const toCall = allToCall(told)
  const all = { confirmed: sum('confirmed'), waiting: sum('waiting'), toCall }
  return {
    sentences: [
      ...created.length === 0 ? [] : [`${activities(created.length, 'is', 'are')} new. ${publishedInWords(created.length, published)}`],
      ...updated === 0 ? [] : [`${activities(updated, 'changes', 'change')}.`],
      ...asked === 0 ? [] : [askedInWords(asked)],
      ...effectsInWords(all),
      ...done.length > 0 && all.confirmed + all.waiting === 0 ? ['Nobody gets an email.'] : []
    ],
    changes: [],
    toCall,
    basis: fingerprintOf(done, reached)
  }
}

/** What a file asks for. */
export function askedInWords (asked: number): string {
  return `Changes of ${asked === 1 ? '1 activity wait' : `${asked} activities wait`} for a coordinator. Until then everyone reads what they read now.`
}

function publishedInWords (created: number, published: number): string {
  if (published === 0) return created === 1 ? 'It is a draft.' : 'They are drafts.'
  if (published === created) return created === 1 ? 'It is published at once.' : 'They are published at once.'
  return `${published} of them ${published === 1 ? 'is' : 'are'} published at once, and the others are drafts.`
}

/** `1 activity changes`, `20 activities change`. */
function activities (count: number, one: string, many: string): string {
  return count === 1 ? `1 activity ${one}` : `${count.toLocaleString('en-GB')} activities ${many}`
}

/** Maximum number of people to call that are named: for more, organisers need another list anyway. */
const maxNamed = 100

function allToCall (told: readonly Reached[]): ToCall {
  const count = told.reduce((sum, { toCall }) => sum + toCall.count, 0)
  return count === 0
    ? nobodyToCall
    : { count, people: told.flatMap(({ toCall }) => toCall.people).slice(0, maxNamed) }
}

function fingerprintOf (done: readonly Change[], reached: ReadonlyMap<string, Reached>): string {
  const hash = createHash('sha256')
  for (const { row, outcome, draft: { slug }, cells, asked, wanted, notes } of done) {
    const told = reached.get(slug)
    const numbers = told === undefined ? [] : [told.confirmed, told.waiting, told.toCall.count]
    hash.update(JSON.stringify([row, outcome, slug, outcome === 'created' ? wanted : [cells, asked?.cells], notes, numbers]))
  }
  return hash.digest('base64url')
}

/** What a changed activity does to its people, in sentences. */
export function reachedInWords (told: Reached | undefined): string[] {
  return told === undefined ? [] : effectsInWords(told)
}
