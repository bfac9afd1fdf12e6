import { createHash, randomBytes } from 'node:crypto'

/** Makes a secret for one link or one cookie: 256 bits, 43 characters that need no escaping anywhere. */
export function newToken (): string {
  return randomBytes(32).toString('base64url')
}

/**
 * The stored form of a token, so that a copy of the database opens nothing. A plain hash is enough: no one guesses 256
 * random bits (ASVS 5.0, 6.5.2).
 */
export function hashOf (token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
