import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'

/** Identifies one sender: an IPv4 address, or an IPv6 /64, because a single line has all of it. */
export function senderOf (address: string): string {
  return normalizeIP(address, 64)
}

/**
 * The network of an address: `192.0.2.0/24`, or an IPv6 /48. Enough to tell the council's own network from one abroad,
 * and one guesser from many; too little to identify a household.
 */
export function networkOf (address: string): string {
  const sender = normalizeIP(address, 48)
  switch (isIP(sender)) {
    case 4: return sender.replace(/\d+$/, '0/24')
    case 6: return `${sender}/48`
    default: return 'not known'
  }
}
