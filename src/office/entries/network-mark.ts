import { createHmac } from 'node:crypto'
import { networkOf } from '../../platform/http/network.ts'
import { keysOf } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'

/** A mark of the network from which something comes: always the same, and nobody can tell from it which it is. */
export type NetworkMark = (address: string) => string

/** HMAC-SHA-256: without SECRET_KEY nobody can try all networks. */
export function networkMark (secretKey: SecretKey): NetworkMark {
  const [key] = keysOf(secretKey)
  return address => createHmac('sha256', key).update(`entry-network:${networkOf(address)}`).digest('base64url')
}
