import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { hashOf } from '../staff/token.ts'
import { maxTries } from './code.ts'

/**
 * Returns where a sign-in link can be used: in the browser that asks about it, in another one, which requested the
 * email, or nowhere.
 */
export async function whereLinkWorks (
  db: Reader, token: string, browser: string | undefined, now: DateTime<true>
): Promise<'here' | 'elsewhere' | 'nowhere'> {
  const link = await db.signInToken.findUnique({
    where: {
      tokenHash: hashOf(token),
      usedAt: null,
      tries: { lt: maxTries },
      expiresAt: { gt: now.toJSDate() },
      staffMember: { disabledAt: null }
    }
  })
  if (link === null) return 'nowhere'
  return link.browserHash === null || link.browserHash === hashOf(browser ?? '') ? 'here' : 'elsewhere'
}
