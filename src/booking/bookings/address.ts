import { domainToASCII } from 'node:url'

/**
 * The form in which addresses are compared: one person is not booked twice because a phone wrote a
 * capital letter. The domain is compared as DNS does, in lower-case ASCII; the local part in lower
 * case too, as every mail service in use does, although RFC 5321 §2.4 would let one tell cases apart.
 * Nothing else is folded: dots and plus signs are their owner's business. Emails go to the address
 * as typed, never to this.
 */
export function canonicalAddress (address: string): string {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).normalize('NFC').toLowerCase()
  const domain = address.slice(at + 1)
  return `${local}@${domainToASCII(domain) || domain.toLowerCase()}`
}

/**
 * The mailbox of an address, for limits alone: many mail services deliver what is sent to `anne+anything@…` to
 * `anne@…`, and so one mailbox would have as many addresses as someone can think of. Two people whom this takes for one
 * share a limit, and nothing else.
 */
export function mailboxOf (address: string): string {
  return canonicalAddress(address).replace(/\+.*(?=@[^@]*$)/s, '')
}
