import { canonicalAddress } from '../../booking/bookings/address.ts'
import { referenceIn } from '../../booking/bookings/reference.ts'
import { apostrophes, plainAddress, plainNumber } from '../../platform/typed.ts'

/** Whom somebody looks for; whoever is any of these is found. */
export interface Sought {
  /** Words of their name, as it may be written one way or another: each of one way begins a word of theirs. */
  names: string[]
  /** How their address begins, as compared. */
  address: string | undefined
  /** How their telephone number begins. */
  phone: string | undefined
  reference: string | undefined
}

/**
 * Reads whom somebody looks for. They do not say whether they have typed a name, an address, a number or a reference,
 * and one word can begin any of them. Undefined where there is nothing to look for.
 */
export function soughtIn (typed: string): Sought | undefined {
  if (!/[\p{L}\p{N}]/u.test(typed)) return undefined
  const words = typed.trim().split(/\s+/)
  const address = words.map(word => word.replaceAll(/^[<("']+|[>)"',;]+$/g, '')).find(word => word.includes('@'))
  if (address !== undefined) {
    return { names: [], address: addressBegins(address), phone: undefined, reference: undefined }
  }
  return {
    names: namesIn(typed),
    address: words.length === 1 ? addressBegins(words[0] ?? '') : undefined,
    phone: phoneBegins(typed),
    reference: referenceIn(typed)
  }
}

/** A part of a domain is no domain yet: only one that DNS would not read is turned into what it reads. */
function addressBegins (typed: string): string {
  const address = plainAddress(typed)
  const isForDns = /^\p{ASCII}*$/u.test(address.slice(address.lastIndexOf('@')))
  return isForDns ? address.normalize('NFC').toLowerCase() : canonicalAddress(address)
}

/** The beginning of a number of a country needs its country taken off here: only of a whole one it can be told. */
function phoneBegins (typed: string): string | undefined {
  const number = plainNumber(typed).replace(/^[( ]*(?:\+|00) ?44/, '0')
  const digits = number.replaceAll(/\D/g, '').replace(/^0+/, '')
  return /^[\d ()+./-]+$/.test(number) && digits.length >= 3 ? number : undefined
}

const hyphens = /[\p{Pd}\u2212\u05BE]/gu

/**
 * The ways in which a name may be meant that has apostrophes or hyphens in it: as its parts, as one with its
 * apostrophes left out, or with both. Each is among the words under which PostgreSQL keeps one (`name_as_searched`).
 */
function namesIn (typed: string): string[] {
  const plain = typed.replace(apostrophes, "'").replaceAll('`', "'").normalize('NFKD').replace(hyphens, '-').replaceAll(/[\u200C\u200D]/g, "'")
  return [...new Set([
    plain.replaceAll(/['-]/g, ' '), plain.replaceAll("'", '').replaceAll('-', ' '), plain.replaceAll(/['-]/g, '')
  ].map(name => name.replaceAll(/\s+/g, ' ').trim()))]
}
