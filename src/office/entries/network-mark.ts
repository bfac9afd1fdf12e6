import { createHmac } from 'node:crypto'
import { networkOf } from '../../platform/http/network.ts'

/** A mark of the network from which something comes: always the same, and nobody can tell from it which it is. */
export type NetworkMark = (address: string) => string

/** HMAC-SHA-256: without SECRET_KEY nobody can try all networks. */
export function networkMark (secretKey: string): NetworkMark {
  return address => createHmac('sha256', secretKey).update(`entry-network:${networkOf(address)}`).digest('base64url')
}
