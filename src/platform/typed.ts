/** Every way in which a line may end in a text typed, or pasted from a word processor. */
const lineEnds = /\r\n|[\v\f\r\u0085\u2028\u2029]/g

/** Spaces of every width, and tabs; not the ideographic space, which is as wide as a letter and visible. */
const spaces = /[\t\u00A0\u1680\u2000-\u200A\u202F\u205F]/g

/**
 * Invisible characters: controls, Unicode's Default_Ignorable_Code_Point (marks of direction, zero-width and soft
 * characters, fillers that pass for letters) and the anchors of annotations. Not those that shape the letters beside
 * them: joiners of Persian, Indian and emoji, variation selectors, the tags of flags.
 */
const unseen = /[^\P{Cc}\n]|(?!\u200C|\u200D|\p{Variation_Selector}|[\u{E0020}-\u{E007F}])\p{DI}|[\uFFF9-\uFFFB]/gu

/**
 * Characters that shape letters, where there is no letter beside them. The second lookbehind lets a run of joiners be
 * tried at its start alone: tried at each of its characters, a long one takes minutes.
 */
const shapingNothing = /(?<!\S)[\u200C\u200D\p{Variation_Selector}]+|(?<![\u200C\u200D])[\u200C\u200D]+(?!\S)/gu

/** A letter's marks, with what shapes them. */
const marks = /[\p{Mn}\p{Me}\p{DI}]{5,}/gu
const mark = /(?!\p{DI})[\p{Mn}\p{Me}]/u

/** As many as any language puts on one letter; more pile up over the lines above, on paper too. */
const mostMarks = 4

/** Halves of characters and non-characters: XML 1.0 §2.2 allows neither halves nor U+FFFE nor U+FFFF. */
const noCharacter = /[\p{Cs}\p{NChar}]/gu

/**
 * A text typed or pasted, as its writer saw it on their screen: without invisible characters, with plain spaces and
 * line breaks, with no more marks on a letter than languages have, and with a replacement character for anything that
 * is not a character. Numbers copied from contacts come between marks of direction, addresses from web pages with
 * zero-width spaces: no one can find and mend what they do not see.
 */
export function visibleText (text: string): string {
  return text.replace(lineEnds, '\n').replace(spaces, ' ').replace(unseen, '').replace(marks, fewerMarks)
    .replace(shapingNothing, '').replace(noCharacter, '\uFFFD')
}

function fewerMarks (marks: string): string {
  let count = 0
  return [...marks].filter(character => !mark.test(character) || ++count <= mostMarks).join('')
}

/** True if what was read equals how a stored text is seen: then no one has changed it. */
export function looksEqual (current: string, read: string): boolean {
  return visibleText(current).trim() === read.trim()
}

/** Hyphens, dashes and the minus sign. */
const dashes = /[\p{Pd}\u2212]/gu

/** Apostrophes other than ASCII's: phones and word processors make curly ones by themselves. */
export const apostrophes = /[\u00B4\u02B9-\u02BD\u2018\u2019\u201B\u2032\uFF07]/g

/** Removes every space and dash, for texts that are compared by their letters and digits alone. */
export function unspaced (text: string): string {
  return text.replaceAll(/[\s\p{Pd}\u2212]/gu, '')
}

/** A phone number, from digits and signs of any width, with plain hyphens between them. */
export function plainNumber (text: string): string {
  return visibleText(text).normalize('NFKC').replace(dashes, '-').replaceAll(/\p{DI}/gu, '').replaceAll(/\s+/g, ' ').trim()
}

/** An email address with plain apostrophes: no mail system accepts a curly one, and phones insert them unasked. */
export function plainAddress (text: string): string {
  return visibleText(text).replace(apostrophes, "'").replaceAll(/\p{DI}/gu, '').trim()
}

/**
 * A day as `2026-12-01`, however it was typed or a spreadsheet wrote it: with any dash, in British order, or with
 * slashes, as Gnumeric does. Anything else stays as it is, for an error sentence to quote.
 */
export function plainDay (text: string): string {
  const typed = visibleText(text).replace(dashes, '-').trim()
  const british = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(typed) ?? /^(\d{1,2})(\/)(\d{1,2})\/(\d{2})$/.exec(typed)
  const [, day = '', , month = '', year = ''] = british ?? []
  const [, longYear = '', otherMonth = '', lastDay = ''] = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(typed) ?? []
  if (year !== '') return isoDay(year.padStart(4, '20'), month, day)
  return longYear === '' ? typed : isoDay(longYear, otherMonth, lastDay)
}

function isoDay (year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** The link that begins an email to an address. */
export function mailtoOf (email: string): string {
  return `mailto:${encodeURIComponent(email).replace('%40', '@')}`
}

/** Whether two names are one to people: capitals and accents make no difference. */
export function isSameName (one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { sensitivity: 'base' }) === 0
}
