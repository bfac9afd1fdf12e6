import type { Visibility } from '../activities/activity.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { ProgrammeProblem } from './errors.ts'
import type { ProgrammeLine } from './lines.ts'
import type { Change } from './plan.ts'
import type { ProgrammeColumn } from './schema.ts'

/** What rows may say, by who imports them. */
export interface Rights {
  /** The only agency that may lead what they import; undefined: they may choose. */
  boundTo: { id: string, name: string } | undefined
  /** Whether they may mark something as operational, and still see it. */
  mayHide: boolean
  /** Whether rows may name agencies that there are not yet. */
  mayAddAgencies: boolean
}

/** Someone at a terminal may do everything. */
export function rightsOf (
  by: StaffMember | undefined, agencies: ReadonlyArray<{ id: string, name: string }>
): Rights {
  const isAdmin = by === undefined || by.role === 'admin'
  return {
    boundTo: isAdmin || by.agencyId === undefined
      ? undefined
      : { id: by.agencyId, name: agencies.find(({ id }) => id === by.agencyId)?.name ?? 'your own organisation' },
    mayHide: isAdmin || by.agencyId !== undefined,
    mayAddAgencies: isAdmin
  }
}

/** A row as whoever imports it may have it: what an agency's people enter, their agency leads. */
export function boundLine (line: ProgrammeLine, { boundTo }: Rights): ProgrammeLine {
  return boundTo === undefined || line.draft.leadAgencyId !== undefined
    ? line
    : { ...line, draft: { ...line.draft, leadAgencyId: boundTo.id } }
}

/** What a row says that whoever imports it may not say; `before` is who sees the activity now. */
export function beyondRights (
  { row, draft: { leadAgencyId, visibility }, newAgencies }: ProgrammeLine, before: Visibility | undefined,
  { boundTo, mayHide, mayAddAgencies }: Rights
): ProgrammeProblem[] {
  const problems: ProgrammeProblem[] = []
  if (boundTo !== undefined && leadAgencyId !== boundTo.id) {
    problems.push({ row, column: 'lead_agency', text: `must be empty, or ${boundTo.name}: only admins and organisers of the partnership choose who leads` })
  }
  if (visibility === 'operational' && before !== 'operational' && !mayHide) {
    problems.push({ row, column: 'visibility', text: 'must not be operational: only an agency or an admin can keep operational work, and you could no longer see it' })
  }
  if (!mayAddAgencies) {
    problems.push(...newAgencies.map(({ column, name }) => ({
      row, column, text: `names ${name}, which is not on the list of organisations: ask an admin to add it`
    })))
  }
  return problems
}

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
