import { distance } from 'fastest-levenshtein'

/** What Teams adds to the names of people who are not of its organisation. */
const additions = /\s*[([](?:guest|unverified|external|you)[)\]]\s*$/i

/** Letters that have no mark to remove. */
const plain: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' }

/** A name without what Teams adds to it, with its parts in the order in which one says it: `Kirkbride, Anne` too. */
export function saidName (name: string): string {
  let said = name
  while (additions.test(said)) said = said.replace(additions, '')
  const [, last, first] = /^([^,]+),([^,]+)$/.exec(said) ?? []
  return (last === undefined ? said : `${first} ${last}`).replaceAll(/\s+/gu, ' ').trim()
}

/** Equal for two names that differ only in capitals, marks, hyphens, apostrophes and in what Teams adds. */
export function comparedName (name: string): string {
  return saidName(name).normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')
    .replaceAll(/[łøđðþßæœı]/gu, letter => plain[letter] ?? letter)
    .replaceAll(/['’‘ʼ`´.]/gu, '').replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

/** Below this, two names have no more to do with each other than any two. */
export const nearEnough = 0.6

/** A part of a name on its own is as near as this: many have the same first name. */
const partOnly = 0.7

/**
 * How near two compared names are, from 0 to 1: by how many letters they differ, whatever the order of their parts; or
 * that one has only some of the other's parts, or their first letters.
 */
export function nearness (one: string, other: string): number {
  if (one === '' || other === '') return 0
  const [parts, others] = [one.split(' '), other.split(' ')]
  return Math.max(
    likeness(parts.toSorted().join(' '), others.toSorted().join(' ')),
    // A name of which a part is written in one word or in two.
    likeness(parts.join(''), others.join('')),
    isPartOf(parts, others) || isPartOf(others, parts) ? partOnly : 0
  )
}

function likeness (one: string, other: string): number {
  return 1 - distance(one, other) / Math.max(one.length, other.length)
}

function isPartOf (few: readonly string[], many: readonly string[]): boolean {
  const mayStandFor = (part: string, whole: string) => whole === part || (part.length !== 2 && whole.startsWith(part))
  return few.some(part => part.length > 1) && few.every(part => many.some(whole => mayStandFor(part, whole)))
}
