import { DateTime } from 'luxon'
import { z } from 'zod'
import { email } from '../../booking/bookings/schema.ts'
import { answerAsDay, answerInLine, unknownField, submission } from '../../platform/http/form-answers.ts'
import { isDay } from '../../platform/clock.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { maxMonthsToReview } from './legal-hold.ts'

/** The fields of every form about a hold; `today` is the partnership's. */
function draft (today: string) {
  const last = DateTime.fromISO(today).plus({ months: maxMonthsToReview }).toFormat('yyyy-MM-dd')
  const wrong = `Enter the day of the next review, like 2027-03-01: after today, and within ${maxMonthsToReview} months`
  return {
    reason: answerInLine('The reason', 'Say why it is kept', 300),
    owner: answerInLine('Who answers for it', 'Say who answers for it', 100),
    review_on: answerAsDay('The day of the review', wrong).refine(
      day => isDay(day) && day > today && day <= last, wrong)
  }
}

export function activityLegalHoldForm (today: string) {
  return z.strictObject({ ...draft(today), submission, confirmed }, { error: unknownField })
}

export function personLegalHoldForm (today: string) {
  return z.strictObject({ email, ...draft(today), submission, confirmed }, { error: unknownField })
}

export function legalHoldChangeForm (today: string) {
  return z.strictObject(draft(today), { error: unknownField })
}

export const legalHoldFields = ['email', 'reason', 'owner', 'review_on'] as const
