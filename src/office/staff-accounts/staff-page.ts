import { dayInWords, momentInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { roles } from '../../identity/staff/roles.ts'
import type { Role } from '../../identity/staff/roles.ts'
import { memberDraft, versionOf } from './member.ts'
import type { Agency, draftFields, Member } from './member.ts'
import type { Hosted, SeenMember } from './queries.ts'
import { rolesInWords } from '../../identity/staff/role-in-words.ts'
import { partnership } from './schema.ts'

/** What was typed into the form, by field. */
export type TypedMember = Partial<Record<typeof draftFields[number], string>>

const noAgency = 'The partnership itself'

/** Everyone, with those who cannot sign in any more listed separately. */
export function membersPageOf (members: readonly SeenMember[]) {
  const rows = members.map(member => ({ isDisabled: member.disabledAt !== undefined, ...factsOf(member) }))
  return { members: rows.filter(row => !row.isDisabled), disabled: rows.filter(row => row.isDisabled) }
}

/** What a page shows of a member of staff. */
function factsOf ({ id, name, email, role, agency, disabledAt, lastSeenAt, hasFactor }: SeenMember) {
  return {
    id,
    name,
    email,
    role: rolesInWords[role].name,
    agency: agency?.name ?? noAgency,
    lastSeen: lastSeenAt === undefined ? 'Never' : momentInWords(lastSeenAt, officeZone),
    hasFactor,
    disabledSince: disabledAt && dayInWords(disabledAt, officeZone),
    href: `/staff/members/${id}`
  }
}

interface MemberPage {
  /** Undefined for a new member. */
  member: SeenMember | undefined
  /** How many lists are sent to them regularly. */
  lists: number
  agencies: readonly Agency[]
  /** The reader. */
  staff: { id: string }
  submission: string
}

/** The form that adds or changes a member of staff. */
export function memberPageOf (
  { member, lists, agencies, staff, submission }: MemberPage, typed?: TypedMember, errors?: FormErrors
) {
  const values = typed ?? (member === undefined ? {} : valuesOf(member))
  return {
    member: member && factsOf(member),
    isOwn: member?.id === staff.id,
    lists: member && listsOf(member, lists),
    versionHash: member && versionOf(member),
    submission,
    values,
    roles: roles.map(role => {
      const { name, may } = rolesInWords[role]
      return { value: role, text: name, hint: { text: may }, checked: values.role === role }
    }),
    agencies: [
      { value: '', text: 'Select', selected: values.agency === undefined },
      { value: partnership, text: noAgency, selected: values.agency === partnership },
      ...agencies.map(({ id, name }) => ({ value: id, text: name, selected: values.agency === id }))
    ],
    errors
  }
}

/** The lists that are sent to someone regularly, and where they are; undefined: none. */
function listsOf ({ id }: { id: string }, lists: number) {
  if (lists === 0) return undefined
  return { count: lists === 1 ? '1 list' : `${lists} lists`, isOne: lists === 1, href: `/staff/lists/everyone?of=${id}` }
}

function valuesOf ({ name, email, role, agency }: Member): Required<TypedMember> {
  return { name, email, role, agency: agency?.id ?? partnership }
}

const fieldsInWords: Record<typeof draftFields[number], string> = {
  name: 'Name', email: 'Email address', role: 'Role', agency: 'Agency'
}

/** What a colleague changed where it differs from what was typed, for comparison. */
export function comparisonOf (member: Member, typed: TypedMember, agencies: readonly Agency[]) {
  const trimmed = Object.fromEntries(Object.entries(typed).map(([field, text]) => [field, text.trim()]))
  return memberDraft.compared(valuesOf(member), trimmed, fieldsInWords, (field, text) => saidAs(field, text, agencies))
}

function saidAs (field: typeof draftFields[number], value: string, agencies: readonly Agency[]): string {
  if (field === 'role') return Object.hasOwn(rolesInWords, value) ? rolesInWords[value as Role].name : value
  if (field !== 'agency') return value
  return agencies.find(({ id }) => id === value)?.name ?? noAgency
}

/** Maximum number of hosted activities that are named. */
export const maxHosted = 10

/** The question before someone is disabled or enabled. */
export function disablingPageOf (
  member: SeenMember, { hosted, total, lists }: { hosted: readonly Hosted[], total: number, lists: number },
  staff: { id: string },
  errors?: FormErrors
) {
  return {
    member: factsOf(member),
    isOwn: member.id === staff.id,
    hosted: hosted.map(({ slug, title, startsAt, zone }) => ({
      title, when: dayInWords(startsAt, zone), href: `/staff/activities/${slug}/hosts`
    })),
    total,
    more: total - hosted.length,
    lists: listsOf(member, lists),
    errors
  }
}
