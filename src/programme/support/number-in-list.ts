import { plainNumber } from '../../platform/typed.ts'
import { canonicalNumber } from './reachable.ts'

/** Numbers that are listed as they were typed: most of them. */
const asDialled = /^0[1-9]\d*(?: \d+)+$/

/** Most of the others: as phones keep them. */
const asKept = /^\+44[1-9]\d{9}$/

/**
 * A phone number as it is dialled within the country, written so that spreadsheets leave it alone: they run what begins
 * with a plus, drop the first 0 of digits without a space or with a full stop, and read digits in brackets as a number
 * below zero.
 */
export function numberInList (phone: string): string {
  if (asDialled.test(phone)) return phone
  if (asKept.test(phone)) return withItsZero(`0${phone.slice(3)}`)
  const dialled = canonicalNumber(plainNumber(phone)).replace(/^\+(?=\D*$)/, '').replace(/^\+/, '00')
    .replace(/^44(?=\d{10}$)/, '0')
  return withItsZero(dialled.replaceAll('.', ' ').replace(/^[\s(]*(\d+)[)\s]*$/, '$1'))
}

/**
 * Adds a space to a text of digits only that begins with 0, or has more of them than a spreadsheet keeps: LibreOffice,
 * Gnumeric and Excel would take it for a number, with quotation marks or without.
 */
export function withItsZero (text: string): string {
  return /^\s*(?:0\d+|\d{12,})\s*$/.test(text) ? text.trim().replace(/^(?:00|.{1,5})(?=.)/, '$& ') : text
}
