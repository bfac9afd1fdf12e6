import { canonicalNumber } from '../../programme/support/reachable.ts'
import { plainNumber } from '../../platform/typed.ts'
import type { CellKind } from './columns.ts'

const asItIs = (value: string) => value

/** How CSV spells each kind of cell. CSV cannot say what is text and what is a number, so spreadsheets guess. */
const spelling: Record<CellKind, (value: string) => string> = {
  word: asItIs, text: withItsZero, 'long text': withItsZero, phone: numberInList, number: asItIs, moment: asItIs
}

/** A value as CSV has it, in a column of its kind. */
export function csvCell (kind: CellKind, value: string): string {
  return value === '' ? '' : spelling[kind](value)
}

/** Numbers that are listed as they were typed: most of them. */
const asDialled = /^0[1-9]\d*(?: \d+)+$/

/**
 * A phone number as it is dialled within the country, written so that spreadsheets leave it alone: they run what begins
 * with a plus, drop the first 0 of digits without a space or with a full stop, and read digits in brackets as a number
 * below zero.
 */
export function numberInList (phone: string): string {
  if (asDialled.test(phone)) return phone
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
