import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'

/** What counts as one sender: an IPv4 address, or of IPv6 a /64, which a single line has all of. */
export function senderOf (address: string): string {
  return normalizeIP(address, 64)
}

/**
 * Where an address is, and not whose it is: `192.0.2.0/24`, or of IPv6 a /48. Enough to tell the council's own network
 * from one abroad, and one guesser from many; too little to know a household by.
 */
export function networkOf (address: string): string {
  const sender = normalizeIP(address, 48)
  switch (isIP(sender)) {
    case 4: return sender.replace(/\d+$/, '0/24')
    case 6: return `${sender}/48`
    default: return 'not known'
  }
}
