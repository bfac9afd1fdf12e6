import { oneLine } from '../../platform/one-line.ts'

/**
 * A name as emails greet it. The person who fills in the form decides the name and the address, so a name must not
 * become a link: mail programs make one of `evil.tld` on their own. A word joiner (U+2060) on both sides of each sign
 * by which they recognise an address is invisible and prevents that.
 */
export function greetingName (name: string): string {
  return oneLine(name).replaceAll(/[<>|]/g, '').replaceAll(/[.:/@\u3002\uFF0E\uFF61]/g, '\u2060$&\u2060')
}
