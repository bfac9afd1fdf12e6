import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Role } from '../../identity/staff/staff-member.ts'

export interface Agency { id: string, slug: string, name: string }

/** What admins say of somebody who works here. */
export interface MemberDraft {
  name: string
  /** In lower case. Whoever reads what is sent there can sign in. */
  email: string
  role: Role
  /** The partner agency they work for; undefined: the partnership itself. */
  agency: Agency | undefined
}

/** Somebody who works here, or did. */
export interface Member extends MemberDraft {
  id: string
  /** Since when they cannot sign in; undefined: they can. */
  disabledAt: DateTime<true> | undefined
}

export const draftFields = ['name', 'email', 'role', 'agency'] as const satisfies ReadonlyArray<keyof MemberDraft>

/** What a field says, as text; nothing is empty. */
function textOf (draft: MemberDraft, field: typeof draftFields[number]): string {
  return field === 'agency' ? draft.agency?.slug ?? '' : draft[field]
}

/** Tells one state of somebody from any other: who saves a change means what they have read. */
export function editionOf (draft: MemberDraft): string {
  return createHash('sha256').update(JSON.stringify(draftFields.map(field => textOf(draft, field))))
    .digest('hex').slice(0, 16)
}

/** The fields in which two drafts differ, with what they say in the one and in the other. */
export function differences (
  from: MemberDraft, to: MemberDraft
): Partial<Record<typeof draftFields[number], [from: string, to: string]>> {
  return Object.fromEntries(draftFields
    .map(field => [field, [textOf(from, field), textOf(to, field)]] as const)
    .filter(([, [before, after]]) => before !== after))
}
