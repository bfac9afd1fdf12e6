import type { DateTime } from 'luxon'
import { draft } from '../../platform/draft.ts'
import type { Answers } from '../../platform/draft.ts'
import type { Role } from '../../identity/staff/roles.ts'

export interface Agency { id: string, slug: string, name: string }

/** What admins enter about a member of staff. */
export interface MemberDraft {
  name: string
  /** In lower case. Everyone who reads mail there can sign in. */
  email: string
  role: Role
  /** The partner agency they work for; undefined: the partnership itself. */
  agency: Agency | undefined
}

/** Someone who works here, or did. */
export interface Member extends MemberDraft {
  id: string
  /** Since when they cannot sign in; undefined: they can. */
  disabledAt: DateTime<true> | undefined
}

export const memberDraft = draft(['name', 'email', 'role', 'agency'])
export const draftFields = memberDraft.fields

/** The values of the form's fields for someone; an agency is given by its slug. */
export function answersOf ({ name, email, role, agency }: MemberDraft): Answers<typeof draftFields[number]> {
  return { name, email, role, agency: agency?.slug ?? '' }
}

/** The version hash of someone's details; different for any other state of them. */
export function versionOf (member: MemberDraft): string {
  return memberDraft.versionHash(answersOf(member))
}
