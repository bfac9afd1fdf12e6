import { randomBytes } from 'node:crypto'

/** Makes the secret in the address of a feed: 128 bits, 22 characters. Only its hash is kept. */
export function newFeedToken (): string {
  return randomBytes(16).toString('base64url')
}

/** True for what can be such a secret. */
export function isFeedToken (text: string): boolean {
  return /^[\w-]{22}$/.test(text)
}

/** The path at which the feed is. */
export function feedPath (token: string): string {
  return `/feeds/${token}.ics`
}
