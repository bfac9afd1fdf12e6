import type { DateTime } from 'luxon'
import { instant } from '../clock.ts'
import type { Reader } from '../database/connect.ts'
import type { Role, StaffMember } from '../http/session.ts'
import { mostTries } from './code.ts'
import { isOver, openAt } from './session-life.ts'
import type { OpenedBy, SessionLife } from './session-life.ts'
import { hashOf } from './token.ts'

/** A session that is good at some instant. */
export interface OpenSession extends SessionLife {
  id: string
  member: StaffMember
}

/** The session that a cookie opens at `now`; none for someone who may no longer sign in. */
export async function findOpenSession (
  db: Reader, cookie: string, now: DateTime<true>
): Promise<OpenSession | undefined> {
  const row = await db.staffSession.findUnique({
    where: { tokenHash: hashOf(cookie), endedAt: null, staffMember: { disabledAt: null } },
    include: { staffMember: true }
  })
  if (row === null) return undefined
  const { id, name, role, agencyId } = row.staffMember
  const session = {
    id: row.id,
    createdAt: instant(row.createdAt),
    lastSeenAt: instant(row.lastSeenAt),
    member: { id, name, role: role as Role, agencyId: agencyId ?? undefined }
  }
  return isOver(session, now) ? undefined : session
}

/**
 * Where a sign-in link can be used: in the browser that asks about it, in another one, which asked for its
 * letter, or nowhere.
 */
export async function whereLinkWorks (
  db: Reader, token: string, browser: string | undefined, now: DateTime<true>
): Promise<'here' | 'elsewhere' | 'nowhere'> {
  const link = await db.signInToken.findUnique({
    where: {
      tokenHash: hashOf(token),
      usedAt: null,
      tries: { lt: mostTries },
      expiresAt: { gt: now.toJSDate() },
      staffMember: { disabledAt: null }
    }
  })
  if (link === null) return 'nowhere'
  return link.browserHash === null || link.browserHash === hashOf(browser ?? '') ? 'here' : 'elsewhere'
}

/** A member of staff with the sessions that are open, the one that was seen last first. */
export interface MemberWithSessions {
  id: string
  name: string
  email: string
  role: Role
  isConnected: boolean
  sessions: ListedSession[]
}

export interface ListedSession extends SessionLife {
  id: string
  /** To tell the one that asks from the others. */
  tokenHash: string
  openedBy: OpenedBy
  device: string
}

/** Who may sign in, by name, or one of them; all of it by as many queries for many as for one. */
export async function listSessions (
  db: Reader, now: DateTime<true>, staffMemberId?: string
): Promise<MemberWithSessions[]> {
  const rows = await db.staffMember.findMany({
    where: { disabledAt: null, ...(staffMemberId !== undefined && { id: staffMemberId }) },
    include: { sessions: { where: { endedAt: null, ...openAt(now) }, orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }] } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }]
  })
  return rows.map(({ id, name, email, role, issuer, sessions }) => ({
    id,
    name,
    email,
    role: role as Role,
    isConnected: issuer !== null,
    sessions: sessions.map(session => ({
      id: session.id,
      tokenHash: session.tokenHash,
      createdAt: instant(session.createdAt),
      lastSeenAt: instant(session.lastSeenAt),
      openedBy: session.openedBy as OpenedBy,
      device: session.device
    }))
  }))
}
