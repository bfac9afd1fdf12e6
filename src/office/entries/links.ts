import type { SecretKey } from '../../platform/seal.ts'
import { signedIds } from '../../platform/signed-id.ts'
import type { SignedIds } from '../../platform/signed-id.ts'

/** Signs links to one's own entry, and those by which an earlier one is entered again. */
export interface EntryLinks { own: SignedIds, again: SignedIds }

export function entryLinks (secretKey: SecretKey): EntryLinks {
  return { own: signedIds('entry', secretKey), again: signedIds('entry-again', secretKey) }
}
