import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Role } from './roles.ts'
import type { StaffMember } from './staff-member.ts'
import { coHostingAt } from './co-hosting.ts'
import { awaitingAt, isOver, openAt } from './session-life.ts'
import type { OpenedBy, SessionLife } from './session-life.ts'
import { hashOf } from './token.ts'

/** A session that is valid at an instant. */
export interface OpenSession extends SessionLife {
  id: string
  member: StaffMember
  openedBy: OpenedBy
  /** Whether the OpenID provider said that it asked for two factors. */
  hasTwoFactors: boolean
  signedInAt: DateTime<true>
  /** Whether the person's authenticator is set up. */
  hasFactor: boolean
}

/** What is read of someone to know how far they reach at `now`: with what they co-host. */
export function memberSelect (now: DateTime<true>) {
  return {
    id: true,
    name: true,
    role: true,
    agencyId: true,
    coHosting: { where: coHostingAt(now), select: { activityId: true } }
  } satisfies Prisma.StaffMemberSelect
}

/** Someone as requests and jobs see them. A member made by hand would forget what they co-host. */
export function memberOf (
  { id, name, role, agencyId, coHosting }: Prisma.StaffMemberGetPayload<{ select: ReturnType<typeof memberSelect> }>
): StaffMember {
  return {
    id,
    name,
    role: role as Role,
    agencyId: agencyId ?? undefined,
    coHostOf: coHosting.map(({ activityId }) => activityId)
  }
}

export type Names = ReadonlyMap<string | null | undefined, string>

/** Names of people who work here, or did, by id. */
export async function namesOf (db: Reader, ids: ReadonlyArray<string | null | undefined>): Promise<Names> {
  const wanted = ids.filter(id => id !== null && id !== undefined)
  if (wanted.length === 0) return new Map()
  const rows = await db.staffMember.findMany({ where: { id: { in: wanted } }, select: { id: true, name: true } })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/**
 * Returns the session that a cookie opens at `now`; undefined for someone who may no longer sign in, and for a session
 * that still waits for the code of an authenticator: that one opens nothing.
 */
export async function findOpenSession (
  db: Reader, cookie: string, now: DateTime<true>
): Promise<OpenSession | undefined> {
  const row = await db.staffSession.findUnique({
    where: { tokenHash: hashOf(cookie), endedAt: null, awaitsCode: false, staffMember: { disabledAt: null } },
    include: { staffMember: { select: { ...memberSelect(now), factorSince: true } } }
  })
  if (row === null) return undefined
  const session = {
    id: row.id,
    createdAt: instant(row.createdAt),
    lastSeenAt: instant(row.lastSeenAt),
    member: memberOf(row.staffMember),
    openedBy: row.openedBy as OpenedBy,
    hasTwoFactors: row.hasTwoFactors,
    signedInAt: instant(row.signedInAt),
    hasFactor: row.staffMember.factorSince !== null
  }
  return isOver(session, now) ? undefined : session
}

/** Returns whether a cookie belongs to someone who has still to type a code. */
export async function isCodeAwaited (db: Reader, cookie: string, now: DateTime<true>): Promise<boolean> {
  const row = await db.staffSession.findUnique({
    where: {
      tokenHash: hashOf(cookie), endedAt: null, awaitsCode: true, ...awaitingAt(now), staffMember: { disabledAt: null }
    },
    select: { id: true }
  })
  return row !== null
}

/** Returns the session of a cookie in which a code can be typed: one waiting for a code, or an open one. */
export async function findSessionToShow (db: Reader, cookie: string, now: DateTime<true>) {
  const session = await db.staffSession.findUnique({
    where: {
      tokenHash: hashOf(cookie),
      endedAt: null,
      OR: [{ awaitsCode: true, ...awaitingAt(now) }, { awaitsCode: false, ...openAt(now) }]
    },
    select: { id: true, staffMemberId: true, awaitsCode: true, openedBy: true }
  })
  return session ?? undefined
}

/** The ways in which a member of staff can prove who they are. */
export interface WaysToShow {
  name: string
  email: string
  factorSince: DateTime<true> | undefined
  isConnected: boolean
}

/** The ways in which someone who may sign in can prove who they are; undefined if there is no such person. */
export async function findWaysToShow (db: Reader, staffMemberId: string): Promise<WaysToShow | undefined> {
  const row = await db.staffMember.findUnique({ where: { id: staffMemberId, disabledAt: null } })
  if (row === null) return undefined
  const { name, email, factorSince: since, issuer } = row
  return { name, email, factorSince: since === null ? undefined : instant(since), isConnected: issuer !== null }
}

/** A member of staff with their open sessions, the one seen last first. */
export interface MemberWithSessions {
  id: string
  name: string
  email: string
  role: Role
  isConnected: boolean
  factorSince: DateTime<true> | undefined
  sessions: ListedSession[]
}

export interface ListedSession extends SessionLife {
  id: string
  /** Tells the session that asks from the others. */
  tokenHash: string
  openedBy: OpenedBy
  device: string
}

/** A page of those who may sign in, by name, and how many there are; as many queries for many as for one. */
export async function listWithSessions (
  db: Reader, { skip, take }: { skip: number, take: number }, now: DateTime<true>
): Promise<{ members: MemberWithSessions[], total: number }> {
  const where = { disabledAt: null }
  const [total, rows] = await Promise.all([
    db.staffMember.count({ where }),
    db.staffMember.findMany({
      where, include: withSessions(now), orderBy: [{ name: 'asc' }, { id: 'asc' }], skip, take
    })
  ])
  return { total, members: rows.map(withSessionsOf) }
}

/** The one with this id, unless they may not sign in. */
export async function findWithSessions (
  db: Reader, id: string, now: DateTime<true>
): Promise<MemberWithSessions | undefined> {
  const row = await db.staffMember.findUnique({ where: { id, disabledAt: null }, include: withSessions(now) })
  return row === null ? undefined : withSessionsOf(row)
}

function withSessions (now: DateTime<true>) {
  return {
    sessions: { where: { endedAt: null, awaitsCode: false, ...openAt(now) }, orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }] }
  } satisfies Prisma.StaffMemberInclude
}

function withSessionsOf (
  { id, name, email, role, issuer, factorSince, sessions }:
  Prisma.StaffMemberGetPayload<{ include: ReturnType<typeof withSessions> }>
): MemberWithSessions {
  return {
    id,
    name,
    email,
    role: role as Role,
    isConnected: issuer !== null,
    factorSince: factorSince === null ? undefined : instant(factorSince),
    sessions: sessions.map(session => ({
      id: session.id,
      tokenHash: session.tokenHash,
      createdAt: instant(session.createdAt),
      lastSeenAt: instant(session.lastSeenAt),
      openedBy: session.openedBy as OpenedBy,
      device: session.device
    }))
  }
}
