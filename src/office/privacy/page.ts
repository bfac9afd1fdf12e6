import { monthsOfTexts } from '../../booking/evaluations/answering-times.ts'
import { questions } from '../../booking/bookings/questions.ts'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import { maxMonthsToReview } from '../legal-holds/legal-hold.ts'
import { daysForComplaint } from '../requests/due.ts'
import { regulator } from '../requests/regulator.ts'
import { daysKept } from '../resource-requests/request.ts'
import { daysForCopy, monthsKept } from '../requests/request.ts'
import { hoursToTell } from '../rights/erasing.ts'
import { firstToAcceptHours } from '../../booking/waiting-list/offer.ts'

/**
 * What we do with people's data. Every number is the one by which the service works: the form's own questions say what
 * is asked and why, and the rules that delete data say how long it is kept.
 */
export function privacyPageOf (campaigns: readonly Campaign[]) {
  return {
    questions: Object.values(questions),
    campaigns: campaigns.map(({ title, partnership, daysUntilErasure, privacyNotice }) => ({
      title, partnership, kept: daysInWords(daysUntilErasure), privacyNotice
    })),
    monthsKept,
    daysOfResources: daysKept,
    monthsOfTexts,
    daysForComplaint,
    daysForCopy,
    hoursToTell,
    firstToAcceptHours,
    maxMonthsToReview,
    regulator
  }
}

/** With 0 days details are deleted in the following night: on the day itself they are still needed. */
function daysInWords (days: number): string {
  return days <= 1 ? '1 day' : `${days} days`
}
