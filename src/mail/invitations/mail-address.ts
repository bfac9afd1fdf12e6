import { domainToASCII } from 'node:url'

/**
 * The form of an attendee's address for SMTP and calendars: as typed, byte for byte, because a calendar answers to that
 * and nothing else. Only a domain in another script becomes ASCII, if the part before the @ is ASCII, so that every
 * mail server takes it (RFC 6531 §3.2 is not supported everywhere).
 */
export function deliveryAddress (typed: string): string {
  const [local, domain] = parts(typed)
  return isAscii(typed) || !isAscii(local) ? typed : `${local}@${domainToASCII(domain)}`
}

/** Our own address in the form in which From and ORGANIZER are identical, character by character. */
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
