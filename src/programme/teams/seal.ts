import { sealFor } from '../../platform/seal.ts'
import type { SecretKey, Seal } from '../../platform/seal.ts'

/** Protects join links from people who read the database without the key. */
export function joinLinkSeal (secretKey: SecretKey): Seal {
  return sealFor('join link', secretKey)
}
