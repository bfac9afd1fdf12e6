import { oneLine } from '../../platform/one-line.ts'

/**
 * A name as letters greet it. Whoever fills in the form decides what is greeted and at which address, so
 * a name must not become a link: mail programs make one of `evil.tld` on their own. A word joiner
 * (U+2060) on both sides of each sign by which they know an address draws nothing and keeps them from it.
 */
export function greetingName (name: string): string {
  return oneLine(name).replaceAll(/[<>|]/g, '').replaceAll(/[.:/@\u3002\uFF0E\uFF61]/g, '\u2060$&\u2060')
}
