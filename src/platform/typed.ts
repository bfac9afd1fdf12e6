/** However a line may end in what is typed, or pasted from a word processor. */
const lineEnds = /\r\n|[\v\f\r\u0085\u2028\u2029]/g

/** Spaces of every width, and tabs; the one of East Asian scripts is as wide as a letter, and seen. */
const spaces = /[\t\u00A0\u1680\u2000-\u200A\u202F\u205F]/g

/**
 * What nobody sees: controls, Unicode's Default_Ignorable_Code_Point (marks of direction, zero-width and soft
 * characters, fillers that pass for letters) and the anchors of annotations. Not what shapes the letters beside it:
 * joiners of Persian, Indian and emoji, variation selectors, the tags of flags.
 */
const unseen = /[^\P{Cc}\n]|(?!\u200C|\u200D|\p{Variation_Selector}|[\u{E0020}-\u{E007F}])\p{DI}|[\uFFF9-\uFFFB]/gu

/** What shapes letters and stands beside none. */
const shapingNothing = /(?<!\S)[\u200C\u200D\p{Variation_Selector}]+|[\u200C\u200D]+(?!\S)/gu

/** Halves of characters and what is none: XML 1.0 §2.2 holds neither halves nor U+FFFE nor U+FFFF. */
const noCharacter = /[\p{Cs}\p{NChar}]/gu

/**
 * What somebody typed or pasted, as they saw it on their screen: without what nobody sees, with plain spaces and line
 * breaks, and with a replacement character for what is none. Numbers copied from contacts come between marks of
 * direction, addresses from web pages with zero-width spaces: nobody can find and mend what they do not see.
 */
export function asSeen (text: string): string {
  return text.replace(lineEnds, '\n').replace(spaces, ' ').replace(unseen, '').replace(shapingNothing, '')
    .replace(noCharacter, '\uFFFD')
}

/** Says whether what was read is no more than how something that stands is seen: then nobody has changed it. */
export function isSeenAs (standing: string, read: string): boolean {
  return asSeen(standing).trim() === read.trim()
}

/** Hyphens, dashes and the minus sign. */
const dashes = /[\p{Pd}\u2212]/gu

/** Apostrophes that are none of ASCII: the curly ones come from phones and word processors by themselves. */
export const apostrophes = /[\u00B4\u02B9-\u02BD\u2018\u2019\u201B\u2032\uFF07]/g

/** Without any space or dash, for what is compared by its letters and digits alone. */
export function unspaced (text: string): string {
  return text.replaceAll(/[\s\p{Pd}\u2212]/gu, '')
}

/** A telephone number, in digits and signs of any width, with plain hyphens between them. */
export function plainNumber (text: string): string {
  return asSeen(text).normalize('NFKC').replace(dashes, '-').replaceAll(/\p{DI}/gu, '').replaceAll(/\s+/g, ' ').trim()
}

/** An email address with plain apostrophes: no mail system takes a curly one, and phones make them unasked. */
export function plainAddress (text: string): string {
  return asSeen(text).replace(apostrophes, "'").replaceAll(/\p{DI}/gu, '').trim()
}

/**
 * A day as `2026-12-01`, however it was typed or a spreadsheet wrote it: with any dash, as Britain writes it, or with
 * slashes, as Gnumeric does. What is no such day stays as it is, for a sentence about it.
 */
export function plainDay (text: string): string {
  const typed = asSeen(text).replace(dashes, '-').trim()
  const british = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(typed) ?? /^(\d{1,2})(\/)(\d{1,2})\/(\d{2})$/.exec(typed)
  const [, day = '', , month = '', year = ''] = british ?? []
  const [, longYear = '', otherMonth = '', lastDay = ''] = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(typed) ?? []
  if (year !== '') return isoDay(year.padStart(4, '20'), month, day)
  return longYear === '' ? typed : isoDay(longYear, otherMonth, lastDay)
}

function isoDay (year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}
