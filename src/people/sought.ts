import { canonicalAddress } from '../bookings/address.ts'
import { referenceIn } from '../bookings/reference.ts'

/** Whom somebody looks for; whoever is any of these is found. */
export interface Sought {
  /** Words of their name, as it may be written one way or another: each of one way begins a word of theirs. */
  names: string[]
  /** How their address begins, as compared. */
  address: string | undefined
  reference: string | undefined
}

/** Apostrophes, straight and curly, and the marks that are typed for them. */
const apostrophe = /['\u2018\u2019\u02BC\u0060\u00B4]/g

/**
 * Reads whom somebody looks for. They do not say whether they have typed a name, an address or a reference, and one
 * word can begin any of them. Undefined where there is nothing to look for.
 */
export function soughtIn (typed: string): Sought | undefined {
  if (!/[\p{L}\p{N}]/u.test(typed)) return undefined
  const words = typed.trim().split(/\s+/)
  const address = words.map(word => word.replaceAll(/^[<("']+|[>)"',;]+$/g, '')).find(word => word.includes('@'))
  if (address !== undefined) return { names: [], address: addressBegins(address), reference: undefined }
  return {
    names: namesIn(typed),
    address: words.length === 1 ? addressBegins(words[0] ?? '') : undefined,
    reference: referenceIn(typed)
  }
}

/** A part of a domain is no domain yet: only one that DNS would not read is turned into what it reads. */
function addressBegins (typed: string): string {
  const isForDns = /^\p{ASCII}*$/u.test(typed.slice(typed.lastIndexOf('@')))
  return isForDns ? typed.normalize('NFC').toLowerCase() : canonicalAddress(typed)
}

/**
 * PostgreSQL takes a curly apostrophe for a part of a word or for its end, as its locale has it, and a straight one
 * for its end: with both it is found however it was typed here and there. Hyphens end words, so that Smith-Jones is
 * also found as Smith Jones.
 */
function namesIn (typed: string): string[] {
  const words = typed.replaceAll(apostrophe, '’').replaceAll(/[^\p{L}\p{M}\p{N}\p{Cf}’]+/gu, ' ').trim()
  return [...new Set([words.replaceAll('’', "'"), words])]
}
