import { returnTo } from '../../identity/staff/return-to.ts'
import type { Seal } from '../../platform/seal.ts'

/** What a sealed text is of: one of another page does not open here. */
const of = 'who is looked up'

/**
 * Where someone comes back to who has to show again who they are: with what they typed, sealed because it names a
 * person, unless that is too long for such an address.
 */
export function searchHref (seal: Seal, typed: string): string {
  const kept = `/staff/person?who=${seal.close(typed, of)}`
  return returnTo(kept) === undefined ? '/staff/person' : kept
}

/** The same from an address; undefined for anything that we have not sealed. */
export function typedIn (seal: Seal, given: unknown): string | undefined {
  if (typeof given !== 'string' || given === '') return undefined
  try {
    return seal.open(given, of)
  } catch {
    return undefined
  }
}
