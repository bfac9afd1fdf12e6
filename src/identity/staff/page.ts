import type { DateTime } from 'luxon'
import { officeZone } from '../../platform/clock.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import type { ListedSession, MemberWithSessions } from './queries.ts'
import { rolesInWords } from './role-in-words.ts'
import type { OpenedBy } from './session-life.ts'

const wayInWords: Record<OpenedBy, string> = {
  link: 'with a link', code: 'with the code from an email', openid: 'with a work account'
}

/** The page of someone's own details and sessions; `ownHash` identifies the session that asks. */
export function accountPageOf (
  { id, name, email, role, isConnected, factorSince, sessions }: MemberWithSessions,
  ownHash: string, now: DateTime<true>
) {
  const rows = sessions.map(session => sessionOf(session, ownHash, now))
  const { name: roleName, purpose } = rolesInWords[role]
  const hasOthers = rows.some(({ isThis }) => !isThis)
  return {
    id,
    name,
    email,
    role: `${roleName}: ${purpose}`,
    isConnected,
    factorSince: factorSince && momentInWords(factorSince, now),
    isSelf: rows.some(({ isThis }) => isThis),
    sessions: rows,
    hasOthers
  }
}

const everyoneHref = '/staff/account/everyone'

/** Who may sign in, in how many browsers they are, and how they sign in; where is on a page of each. */
export function everyonePageOf (
  { members, total, page }: { members: readonly MemberWithSessions[], total: number, page: number }, now: DateTime<true>
) {
  return {
    members: members.map(({ id, name, email, isConnected, factorSince, sessions: [last, ...others] }) => ({
      name,
      email,
      href: `${everyoneHref}?of=${id}`,
      isConnected,
      hasFactor: factorSince !== undefined,
      signedIn: last && `In ${others.length === 0 ? '1 browser' : `${others.length + 1} browsers`}`,
      lastUsed: last && momentInWords(last.lastSeenAt, now)
    })),
    pagination: paginationOf(total, page, number => `${everyoneHref}?page=${number}`)
  }
}

function sessionOf (
  { id, tokenHash, device, openedBy, createdAt, lastSeenAt }: ListedSession, ownHash: string, now: DateTime<true>
) {
  return {
    isThis: tokenHash === ownHash,
    device: device === '' ? 'A browser' : device,
    since: `${momentInWords(createdAt, now)}, ${wayInWords[openedBy]}`,
    lastSeen: momentInWords(lastSeenAt, now),
    endHref: `/staff/account/sessions/${id}/end`
  }
}

/** A moment in words: only the time if it is on the same day. */
export function momentInWords (at: DateTime<true>, now: DateTime<true>): string {
  const there = at.setZone(officeZone).setLocale('en-GB')
  const time = there.toFormat('h:mma').toLowerCase()
  if (there.hasSame(now.setZone(officeZone), 'day')) return `Today at ${time}`
  return `${there.toFormat('cccc d LLLL')} at ${time}`
}
