import { oneLine } from '../../platform/one-line.ts'

/** Longer than any name that people are greeted by. */
const mostInGreeting = 60

/**
 * The name by which emails greet someone; empty where what was typed is more than a name: with a digit in it, or very
 * long, it may be a message by which a stranger has us frighten whoever reads the mailbox.
 */
export function greetingName (name: string): string {
  const isName = !/\p{Nd}/u.test(name) && Array.from(name).length <= mostInGreeting
  return isName ? harmlessName(name) : ''
}

/**
 * A name in emails. The person who fills in the form decides the name and the address, so a name must not
 * become a link: mail programs make one of `evil.tld` on their own. A word joiner (U+2060) on both sides of each sign
 * by which they recognise an address is invisible and prevents that.
 */
export function harmlessName (name: string): string {
  return oneLine(name).replaceAll(/[<>|]/g, '').replaceAll(/[.:/@\u3002\uFF0E\uFF61]/g, '\u2060$&\u2060')
}
