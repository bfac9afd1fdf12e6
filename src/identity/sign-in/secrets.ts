import type { Facts } from '../../platform/outbox.ts'
import { sealFor } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'

/** Gives the token of the link and the six digits that replace it, of an email that was asked for. */
export type SignInSecrets = (request: Facts['sign-in.requested']) => { token: string, code: string }

/**
 * The link and the code are computed of the request, the same for each try: whoever gets two copies of an email, or the
 * first of them, can use it. Nobody computes them without the key, and where it leaks they open nothing without the
 * token that only the asking browser has.
 */
export function signInSecrets (secretKey: SecretKey): SignInSecrets {
  const { mark } = sealFor('sign-in-email', secretKey)
  return ({ staffMemberId, browserHash, askedAt }) => {
    const request = `${staffMemberId} ${browserHash} ${askedAt}`
    return {
      token: Buffer.from(mark(`link ${request}`), 'hex').toString('base64url'),
      code: String(Number.parseInt(mark(`code ${request}`).slice(0, 12), 16) % 1_000_000).padStart(6, '0')
    }
  }
}
