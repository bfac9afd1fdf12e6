import type { ProgrammeProblem } from './errors.ts'
import type { Change } from './plan.ts'
import type { ProgrammeColumn } from './schema.ts'

/** What everyone reads of an activity, as in the editor; the link to it is its organisers' own matter. */
const readByEveryone: ReadonlySet<ProgrammeColumn> = new Set([
  'title', 'summary', 'kind', 'starts', 'ends', 'venue', 'district', 'audiences', 'visibility', 'lead_agency', 'booking', 'capacity'
])

/** What a row would let everyone read that a coordinator has to approve first. */
export function beyondApproval (
  { row, draft, current, cells, outcome }: Change,
  isForCoordinators: (draft: Pick<Change['draft'], 'campaignId' | 'district' | 'visibility'>) => boolean
): ProgrammeProblem[] {
  if (outcome === 'unchanged' || draft.status !== 'published') return []
  if (!isForCoordinators(draft) && (current === undefined || !isForCoordinators(current))) return []
  if (current?.status !== 'published') {
    return [{ row, column: 'status', text: 'must be draft: in this campaign a coordinator approves what becomes public. Ask on the page of the activity' }]
  }
  return cells.filter(({ column }) => readByEveryone.has(column)).map(({ column }) => ({
    row, column, text: 'must stay as it is: in this campaign only a coordinator changes what everyone reads'
  }))
}
