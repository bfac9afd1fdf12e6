import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Facts } from '../../platform/outbox.ts'
import { codeInWords } from './code.ts'
import { writeSignInEmail } from './commands.ts'
import { emailMinutes } from './email-limits.ts'
import type { SignInSecrets } from './secrets.ts'

/** An email to a member of staff that belongs to no booking; `model` is what its template takes. */
export interface StaffEmail {
  to: string
  template: 'sign-in' | 'may-sign-in' | 'factor-removed'
  model: Record<string, string | number>
  /** Tells it from every other by this template, and is the same for each try. */
  occasion: string
}

/** Sends an email to a member of staff, once. */
export type Post = (email: StaffEmail) => Promise<void>

/** What sending emails to sign in with needs. */
export interface SignInContext {
  db: Db
  clock: Clock
  publicUrl: string
  signInSecrets: SignInSecrets
  post: Post
}

/**
 * Sends the emails that people asked for to sign in with; returns the outcome of each, in their order. The link and the
 * code are made here and not when they are asked for, so that no queue holds them.
 *
 * Runs at least once: another copy is the same email, with the same link and code. Fails if there is to be another try.
 */
export async function sendSignInEmails (
  { db, clock, publicUrl, signInSecrets, post }: SignInContext, requests: ReadonlyArray<Facts['sign-in.requested']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(requests.map(async request => {
    const { token, code } = signInSecrets(request)
    const written = await writeSignInEmail(db, request, { token, code }, clock())
    if (written === undefined) return
    const { to, name } = written
    const url = `${publicUrl}/staff/sign-in/${token}`
    await post({
      to,
      template: 'sign-in',
      model: { name, url, code: codeInWords(code), minutes: emailMinutes },
      occasion: `${request.staffMemberId} ${request.browserHash} ${request.askedAt}`
    })
  }))
}
