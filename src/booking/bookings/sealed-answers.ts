import type { Reader } from '../../platform/database/connect.ts'
import { sealedOf } from '../../platform/database/sealed-columns.ts'
import type { SealedTable } from '../../platform/database/sealed-columns.ts'
import { plainNumber } from '../../platform/typed.ts'

/**
 * What of a booking is sealed in the database: what is worst to lose. Names and addresses are not, because people are
 * found by parts of them (ADR 87).
 */
const columns = {
  phone: 'phone', accessNeeds: 'access_needs', accessAnswer: 'access_answer', question: 'question'
} as const

export type SealedAnswer = keyof typeof columns

/** A phone number is found by a mark of all of it, never by a part. */
export const sealedAnswers: SealedTable = {
  table: 'bookings',
  columns,
  marked: { field: 'phone', as: 'phoneMark', column: 'phone_mark', of: numberAsCompared }
}

/**
 * A phone number as it is compared: its digits without what comes before them within the country or from abroad, so
 * that it is also found as a spreadsheet left it, without its 0. The same as `phone_as_searched` in the database.
 */
export function numberAsCompared (typed: string): string {
  return plainNumber(typed).replaceAll(/\D/g, '').replace(/^0+/, '').replace(/^44(?=\d{9})0*/, '')
}

/** The marks by one of which a phone number is found, as the database has them. */
export type MarksOf = (number: string) => string[]

export function marksIn (db: Reader): MarksOf {
  return number => sealedOf(db).marksOf('booking', number)
}

/** The columns of a booking that are sealed, and the mark of its number, from what someone answered. */
export function closedAnswers (
  db: Reader, id: string,
  { phone, accessNeeds, question }: Partial<Record<'phone' | 'accessNeeds' | 'question', string | null | undefined>>
) {
  const closed: Partial<Record<SealedAnswer | 'phoneMark', string | null | undefined>> =
    sealedOf(db).close('booking', id, { phone, accessNeeds, question })
  return {
    phone: closed.phone ?? undefined,
    phone_mark: closed.phoneMark ?? undefined,
    access_needs: closed.accessNeeds ?? undefined,
    question: closed.question ?? undefined
  }
}

/** What raw SQL read of a booking, opened. */
export function openedAnswer (
  db: Reader, id: string, answer: SealedAnswer, text: string | null
): string | undefined {
  return text === null ? undefined : sealedOf(db).open('booking', id, answer, text)
}
