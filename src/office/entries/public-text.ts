import { isPrivateMailbox } from '../../programme/campaigns/press.ts'
import { namesMobile } from '../../programme/support/reachable.ts'

const addresses = /[^\s@<>(),;:"]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu

/**
 * Why everyone must not read a text, in a sentence; undefined if they may: a number or an address that is one person's
 * own does not belong there. The shared mailbox and the office number of a school may.
 */
export function notForEveryone (noun: string, text: string): string | undefined {
  if (namesMobile(text)) return `${noun} must not have a mobile number in it: everyone can read this. Give the number of an office`
  const own = (text.match(addresses) ?? []).some(address => isPrivateMailbox(address.replace(/\.+$/, '')))
  return own ? `${noun} must not have someone’s own email address in it: everyone can read this. Give a shared one, like office@…` : undefined
}
