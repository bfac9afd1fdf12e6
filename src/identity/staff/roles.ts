import type { FastifyInstance } from 'fastify'
import type { DateTime } from 'luxon'

/** Their words are in role-in-words.ts, and a constraint of the database names them: a new one needs a migration. */
export const roles = ['admin', 'organiser', 'staff', 'host'] as const
export type Role = typeof roles[number]

/** What decides how far someone reaches. */
export interface RoleHolder {
  id: string
  role: Role
  /** The partner agency they work for; undefined: the partnership itself. */
  agencyId: string | undefined
  /** Ids of the activities that they co-host at present, of whatever agency; see co-hosting.ts. */
  coHostOf?: readonly string[]
}

/**
 * How far a role reaches. For the partnership's own people `led` and `known` mean every activity; for an agency's
 * people, the activities that it leads, or also those in which it takes part. `hosted` are activities that name them as
 * host; `partnership` is anything, for the partnership's own people only.
 */
export type RoleScope = 'all' | 'known' | 'led' | 'hosted' | 'partnership' | 'none'

/** Who may do what, in full: anything not listed is allowed to no one. */
export const permissions = {
  'have an account': { admin: 'all', organiser: 'all', staff: 'all', host: 'all' },
  'see activities': { admin: 'all', organiser: 'known', staff: 'known', host: 'hosted' },
  'see people on the day': { admin: 'all', organiser: 'led', staff: 'led', host: 'hosted' },
  'record attendance': { admin: 'all', organiser: 'led', staff: 'led', host: 'hosted' },
  'know attendees': { admin: 'all', organiser: 'led', staff: 'led', host: 'none' },
  'export needs and phones': { admin: 'all', organiser: 'led', staff: 'none', host: 'none' },
  'settle questions': { admin: 'all', organiser: 'led', staff: 'led', host: 'none' },
  'see reports': { admin: 'all', organiser: 'led', staff: 'led', host: 'none' },
  'run activities': { admin: 'all', organiser: 'led', staff: 'none', host: 'none' },
  'edit activities': { admin: 'all', organiser: 'led', staff: 'none', host: 'none' },
  'admit people': { admin: 'all', organiser: 'led', staff: 'none', host: 'none' },
  'approve activities': { admin: 'all', organiser: 'known', staff: 'none', host: 'none' },
  'create activities': { admin: 'all', organiser: 'all', staff: 'none', host: 'none' },
  'see what emails say': { admin: 'all', organiser: 'all', staff: 'all', host: 'none' },
  'edit what everyone reads': { admin: 'all', organiser: 'partnership', staff: 'none', host: 'none' },
  'pack resources': { admin: 'all', organiser: 'partnership', staff: 'partnership', host: 'none' },
  'run resources': { admin: 'all', organiser: 'partnership', staff: 'none', host: 'none' },
  'manage staff': { admin: 'all', organiser: 'none', staff: 'none', host: 'none' },
  'read the audit trail': { admin: 'all', organiser: 'none', staff: 'none', host: 'none' },
  'answer for personal data': { admin: 'all', organiser: 'none', staff: 'none', host: 'none' }
} as const satisfies Record<string, Record<Role, RoleScope>>

export type Permission = keyof typeof permissions

/**
 * What someone may do to an activity that they co-host, whatever their role and agency. They see people as hosts do,
 * only on the day. To publish, to cancel, to oversell and to name others stays with those who run it.
 */
const ofCoHosts: readonly Permission[] = [
  'see activities', 'see people on the day', 'record attendance', 'edit activities', 'admit people'
]

/** The fields of an activity that decide who may do something to it. */
export interface Led {
  /** Without it nobody counts as its co-host. */
  id?: string | undefined
  leadAgencyId: string | undefined
  /** The members of staff who host it. */
  hostIds: readonly string[]
}

/** How far a member of staff reaches for a task. */
export function scopeOf ({ role }: Pick<RoleHolder, 'role'>, permission: Permission): RoleScope {
  return permissions[permission][role]
}

/** Ids of the activities to which a member of staff may do this because they co-host them. */
export function coHostedFor ({ coHostOf = [] }: Pick<RoleHolder, 'coHostOf'>, permission: Permission): readonly string[] {
  return ofCoHosts.includes(permission) ? coHostOf : []
}

/** Returns whether a member of staff may do this to anything at all. */
export function mayEver (staff: Omit<RoleHolder, 'id'>, permission: Permission): boolean {
  const scope = scopeOf(staff, permission)
  const mayByRole = scope !== 'none' && (scope !== 'partnership' || staff.agencyId === undefined)
  return mayByRole || coHostedFor(staff, permission).length > 0
}

/**
 * Returns whether a member of staff may do this to an activity that they know of: an activity that they do not know of
 * is never read (programme/activities/known-activities.ts), whatever they might do to it.
 */
export function may (staff: RoleHolder, permission: Permission, { id, leadAgencyId, hostIds }: Led): boolean {
  if (id !== undefined && coHostedFor(staff, permission).includes(id)) return true
  switch (scopeOf(staff, permission)) {
    case 'all':
    case 'known': return true
    case 'led': return staff.agencyId === undefined || staff.agencyId === leadAgencyId
    case 'hosted': return hostIds.includes(staff.id)
    case 'partnership': return staff.agencyId === undefined
    case 'none': return false
  }
}

/** Says who may do something, for those who may not; `leader` is who leads the activity concerned. */
export const whoMayInWords: Record<Permission, (leader: string) => string> = {
  'have an account': () => 'Only people who work here have an account.',
  'see activities': () => 'Only people who work here can see activities.',
  'see people on the day': leader => `Only people of ${leader}, and the hosts and co-hosts of this activity on its day, can see this.`,
  'record attendance': leader => `Only people of ${leader}, and the hosts and co-hosts of this activity on its day, can note who came.`,
  'know attendees': leader => `Only people of ${leader} can see who is coming. Ask them if you need to know.`,
  'export needs and phones': leader => `Only organisers of ${leader} can have phone numbers, access needs and questions in a list. You can see them on the pages.`,
  'settle questions': leader => `Only people of ${leader} can answer questions or hand them to safeguarding. Tell one of them if you are worried.`,
  'see reports': () => 'Hosts do not need this. Ask an organiser how many people came.',
  'run activities': leader => `Only organisers of ${leader} can change this or see this page. Ask one of them if something should change.`,
  'edit activities': leader => `Only organisers of ${leader} and its co-hosts can change this or see this page. Ask one of them if something should change.`,
  'admit people': leader => `Only organisers of ${leader} and its co-hosts can give places. Ask one of them.`,
  'approve activities': () => 'Only coordinators of the campaign can approve what becomes public. Ask one of them.',
  'create activities': () => 'Only organisers can create activities. Ask one of them.',
  'see what emails say': () => 'Hosts do not need this. Ask an organiser what an email says.',
  'edit what everyone reads': () => 'Only admins, and organisers of the partnership itself, can change what everyone reads. Tell one of them if something is wrong.',
  'pack resources': () => 'Only admins, and organisers and staff of the partnership itself, can see who asked for resources.',
  'run resources': () => 'Only admins, and organisers of the partnership itself, can decide who gets resources. Ask one of them.',
  'manage staff': () => 'Only admins can see and change who works here. Ask one of them.',
  'read the audit trail': () => 'Only admins can read the audit trail. Ask one of them if you need to know who did something.',
  'answer for personal data': () => 'Only admins can see, keep or delete everything about a person, and answer requests and complaints. Ask one of them.'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The task of its route in the table of roles; every route behind the sign-in has one. */
    permission?: Permission
  }
}

/** Sets the task of all routes of a scope, unless a scope within sets its own. */
export function requirePermission (app: FastifyInstance, permission: Permission): void {
  app.addHook('onRoute', route => { route.config = { ...route.config, permission } })
}

/**
 * True if `now` is on the day of an activity, in its zone: then its hosts see the attendees. An activity that ends on a
 * later day is on until that day is over.
 */
export function isOnItsDay (
  { startsAt, endsAt, zone }: { startsAt: DateTime<true>, endsAt: DateTime<true>, zone: string }, now: DateTime<true>
): boolean {
  const opens = startsAt.setZone(zone).startOf('day')
  const ends = endsAt.setZone(zone).minus({ milliseconds: 1 }).endOf('day')
  return opens <= now && now <= ends
}
