import { domainToASCII } from 'node:url'

/**
 * The form of an attendee's address that SMTP and calendars carry: as typed, byte for byte, because a
 * calendar answers to that and nothing else. Only a domain in another script becomes ASCII, where the
 * part before the @ lets every mail server take it (RFC 6531 §3.2 is not everywhere).
 */
export function deliveryAddress (typed: string): string {
  const [local, domain] = parts(typed)
  return isAscii(typed) || !isAscii(local) ? typed : `${local}@${domainToASCII(domain)}`
}

/** The form of our own address in which From and ORGANIZER are the same, letter by letter. */
export function senderAddress (configured: string): string {
  const [local, domain] = parts(configured)
  return `${local}@${domainToASCII(domain) || domain.toLowerCase()}`
}

function parts (address: string): [local: string, domain: string] {
  const at = address.lastIndexOf('@')
  return [address.slice(0, at), address.slice(at + 1)]
}

function isAscii (text: string): boolean {
  return /^\p{ASCII}*$/u.test(text)
}
