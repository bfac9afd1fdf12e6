import { readByEveryone } from '../activities/approval.ts'
import { differences } from '../activities/draft.ts'
import type { ActivityDraft, CurrentActivity } from '../activities/draft.ts'
import { objectionsTo, objectionsToChange } from '../activities/objections.ts'
import type { ProgrammeProblem } from './errors.ts'
import { columnOf } from './plan.ts'
import type { Change } from './plan.ts'
import type { ProgrammeColumn } from './schema.ts'

/** Whether a coordinator has to approve of an activity as it is to be. */
type IsForCoordinators = (draft: Pick<ActivityDraft, 'campaignId' | 'district' | 'visibility'>) => boolean

/** What decides whose approval a row needs: the rule of its campaign, and the drafts of which somebody asks for it. */
export interface Approvals { isForCoordinators: IsForCoordinators, asked: ReadonlySet<string> }

/**
 * What of a row a coordinator has to approve first: that waits, as from the editor, and the rest is done. A problem
 * where it would publish a draft, for which its organisers ask on its page, and where the rest would be wrong alone.
 * Nor does a file publish a draft of which somebody asks for approval: who approves it has read it on its page.
 */
export function forApproval (
  change: Change, { isForCoordinators, asked }: Approvals
): { change: Change, problems: ProgrammeProblem[] } {
  const { row, draft, current, outcome } = change
  const asIs = { change, problems: [] }
  if (outcome === 'unchanged' || draft.status !== 'published') return asIs
  if (current?.status === 'draft' && asked.has(current.id)) {
    return { change, problems: [{ row, column: 'status', text: 'must be draft: someone asks for approval of it. Read it on its page, and publish it there' }] }
  }
  const isForOthers = isForCoordinators(draft) ||
    (current !== undefined && isForCoordinators({ ...draft, district: current.district }))
  if (!isForOthers) return asIs
  if (current?.status !== 'published') {
    return { change, problems: [{ row, column: 'status', text: 'must be draft: in this campaign a coordinator approves what becomes public. Ask on the page of the activity' }] }
  }
  const waiting = waitingParts(current, draft)
  const saved = { ...draft, ...Object.fromEntries(waiting.map(part => [part, current[part]])) } as ActivityDraft
  const columns = waiting.map(part => columnOf[part] as ProgrammeColumn)
  if (isWorse(current, saved) || objectionsToChange(current, saved).length > 0) {
    return { change, problems: columns.map(column => ({ row, column, text: 'must stay as it is, or change alone: in this campaign a coordinator approves what everyone reads' })) }
  }
  return { change: waiting.length === 0 ? change : split(change, { current, saved, columns }), problems: [] }
}

/** Whether the rules object to something that they did not object to before. */
function isWorse (current: ActivityDraft, saved: ActivityDraft): boolean {
  const before = objectionsTo(current).map(({ about, text }) => `${about} ${text}`)
  return objectionsTo(saved).some(({ about, text }) => !before.includes(`${about} ${text}`))
}

/** The parts that wait. How many places there are is only among them where it comes with another way to book. */
function waitingParts (current: CurrentActivity, draft: ActivityDraft): Array<keyof ActivityDraft> {
  const changed = differences(current, draft)
  return changed.filter(part => readByEveryone.has(part) || (part === 'capacity' && changed.includes('booking')))
}

function split (
  change: Change, { current, saved, columns }:
  { current: CurrentActivity, saved: ActivityDraft, columns: readonly ProgrammeColumn[] }
): Change {
  const waits = (cell: Change['cells'][number]) => columns.includes(cell.column)
  return {
    ...change,
    draft: saved,
    outcome: differences(current, saved).length === 0 ? 'unchanged' : 'updated',
    cells: change.cells.filter(cell => !waits(cell)),
    asked: { draft: change.draft, cells: change.cells.filter(waits) }
  }
}
