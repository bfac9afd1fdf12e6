import type { Visibility } from '../activities/activity.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { ProgrammeProblem } from './errors.ts'
import type { ProgrammeLine } from './lines.ts'

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
