import { numberInList, withItsZero } from '../../programme/support/number-in-list.ts'
import type { CellKind } from './columns.ts'

/**
 * How CSV spells each kind of cell, where not as it is. CSV cannot say what is text and what is a number, so
 * spreadsheets guess.
 */
export const spellings: Record<CellKind, ((value: string) => string) | undefined> = {
  word: undefined, text: withItsZero, 'long text': withItsZero, phone: numberInList, number: undefined, moment: undefined
}
