import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Facts } from '../../platform/outbox.ts'
import { codeInWords } from './code.ts'
import { writeSignInEmail } from './commands.ts'
import { emailMinutes } from './email-limits.ts'

/** Sends a member of staff an email that belongs to no booking; `model` is what its template takes. */
export type Post = (
  email: { to: string, template: 'sign-in' | 'may-sign-in' | 'factor-removed', model: Record<string, string | number> }
) => Promise<void>

/** What sending emails to sign in with needs. */
export interface SignInContext {
  db: Db
  clock: Clock
  publicUrl: string
  post: Post
}

/**
 * Sends the emails that people asked for to sign in with; returns the outcome of each, in their order. The link and the
 * code are made here and not when they are asked for, so that no queue holds them.
 *
 * Runs at least once: another try makes another link, and the one before stops working. Fails if there is to be another
 * try.
 */
export async function sendSignInEmails (
  { db, clock, publicUrl, post }: SignInContext, requests: ReadonlyArray<Facts['sign-in.requested']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(requests.map(async request => {
    const written = await writeSignInEmail(db, request, clock())
    if (written === undefined) return
    const { to, name, token, code } = written
    const url = `${publicUrl}/staff/sign-in/${token}`
    await post({ to, template: 'sign-in', model: { name, url, code: codeInWords(code), minutes: emailMinutes } })
  }))
}
