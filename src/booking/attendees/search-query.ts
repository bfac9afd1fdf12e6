import { canonicalAddress } from '../bookings/address.ts'
import { referenceIn } from '../bookings/reference.ts'
import { apostrophes, plainAddress, plainNumber } from '../../platform/typed.ts'

/** A search for people: a match with any of these is enough. */
export interface SearchQuery {
  /** Words of their name, in each way in which it may be written: every word of one way must begin a word of theirs. */
  names: string[]
  /** The beginning of their address, in the form used for comparing. */
  address: string | undefined
  /** Their phone number, all of it: numbers are sealed, and nobody finds them by a part. */
  phone: string | undefined
  reference: string | undefined
}

/**
 * Parses a search text, which may be a name, an address, a number or a reference; one word can be the beginning of a
 * name or an address. Undefined where there is nothing to search for.
 */
export function parseSearch (typed: string): SearchQuery | undefined {
  if (!/[\p{L}\p{N}]/u.test(typed)) return undefined
  const words = typed.trim().split(/\s+/)
  const address = words.map(word => word.replaceAll(/^[<("']+|[>)"',;]+$/g, '')).find(word => word.includes('@'))
  if (address !== undefined) {
    return { names: [], address: addressBegins(address), phone: undefined, reference: undefined }
  }
  return {
    names: namesIn(typed),
    address: words.length === 1 ? addressBegins(words[0] ?? '') : undefined,
    phone: phoneIn(typed),
    reference: referenceIn(typed)
  }
}

/**
 * The beginning of a domain is not a domain yet: only a domain that DNS would not read is converted to what it reads.
 */
function addressBegins (typed: string): string {
  const address = plainAddress(typed)
  const isForDns = /^\p{ASCII}*$/u.test(address.slice(address.lastIndexOf('@')))
  return isForDns ? address.normalize('NFC').toLowerCase() : canonicalAddress(address)
}

/** A number of as many digits as the form asks for at least. */
function phoneIn (typed: string): string | undefined {
  const number = plainNumber(typed)
  return /^[\d ()+./-]+$/.test(number) && /(?:\d\D*){5}/.test(number) ? number : undefined
}

const hyphens = /[\p{Pd}\u2212\u05BE]/gu

/**
 * The ways in which a name with apostrophes or hyphens may be meant: as its parts, as one word without apostrophes, or
 * with both. Each is among the words under which PostgreSQL stores a name (`name_as_searched`).
 */
function namesIn (typed: string): string[] {
  const plain = typed.replace(apostrophes, "'").replaceAll('`', "'").normalize('NFKD').replace(hyphens, '-').replaceAll(/[\u200C\u200D]/g, "'")
  return [...new Set([
    plain.replaceAll(/['-]/g, ' '), plain.replaceAll("'", '').replaceAll('-', ' '), plain.replaceAll(/['-]/g, '')
  ].map(name => name.replaceAll(/\s+/g, ' ').trim()))]
}
