import { distance } from 'fastest-levenshtein'

/** What Teams adds to the names of people who are not of its organisation. */
const additions = / ?[([](?:guest|unverified|external|you)[)\]] ?$/i

/** Letters that have no mark to remove. */
const plain: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' }

/** A name without what Teams adds to it, with its parts in the order in which one says it: `Kirkbride, Anne` too. */
export function saidName (name: string): string {
  // Spaces first: a pattern that looks for many of them from each of many takes as long as their number squared.
  let said = name.replaceAll(/\s+/gu, ' ')
  while (additions.test(said)) said = said.replace(additions, '')
  const [, last, first] = /^([^,]+),([^,]+)$/.exec(said) ?? []
  return (last === undefined ? said : `${first} ${last}`).replaceAll(/ +/g, ' ').trim()
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
export const partOnly = 0.7

/** A compared name in the forms in which it is measured against others: made once, and measured against many. */
export interface Measured {
  parts: readonly string[]
  sorted: string
  joined: string
  /** How often each letter is in it; letters that share a count are told apart later. */
  letters: Uint16Array
}

export function measured (compared: string): Measured {
  const parts = compared === '' ? [] : compared.split(' ')
  const joined = parts.join('')
  const letters = new Uint16Array(32)
  for (let n = 0; n < joined.length; n++) letters[joined.charCodeAt(n) % 32]! += 1
  return { parts, sorted: parts.toSorted().join(' '), joined, letters }
}

/**
 * How near two names are, from 0 to 1: by how many letters they differ, whatever the order of their parts; or that one
 * has only some of the other's parts, or their first letters. Names that are not near enough are 0.
 */
export function nearness (one: Measured, other: Measured): number {
  if (one.joined === '' || other.joined === '') return 0
  const mayBeLike = fewestChanges(one, other) <= (1 - nearEnough) * Math.max(one.sorted.length, other.sorted.length)
  const near = Math.max(
    mayBeLike ? likeness(one.sorted, other.sorted) : 0,
    // A name of which a part is written in one word or in two.
    mayBeLike ? likeness(one.joined, other.joined) : 0,
    isPartOf(one.parts, other.parts) || isPartOf(other.parts, one.parts) ? partOnly : 0
  )
  return near < nearEnough ? 0 : near
}

/** No fewer letters than these have to be changed, in whatever order they are: most names are told apart by it. */
function fewestChanges ({ letters }: Measured, { letters: others }: Measured): number {
  let more = 0
  let fewer = 0
  for (let n = 0; n < 32; n++) {
    const difference = letters[n]! - others[n]!
    if (difference > 0) more += difference
    else fewer -= difference
  }
  return Math.max(more, fewer)
}

function likeness (one: string, other: string): number {
  const [shorter, longer] = [Math.min(one.length, other.length), Math.max(one.length, other.length)]
  // As many letters differ at least as one has more.
  return shorter < nearEnough * longer ? 0 : 1 - distance(one, other) / longer
}

function isPartOf (few: readonly string[], many: readonly string[]): boolean {
  const mayStandFor = (part: string, whole: string) => whole === part || (part.length !== 2 && whole.startsWith(part))
  return few.some(part => part.length > 1) && few.every(part => many.some(whole => mayStandFor(part, whole)))
}
