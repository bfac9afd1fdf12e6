import { questions } from '../../booking/bookings/questions.ts'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import { mostMonthsToReview } from '../legal-holds/legal-hold.ts'
import { daysForComplaint } from '../requests/due.ts'
import { regulator } from '../requests/regulator.ts'
import { daysForCopy, monthsKept } from '../requests/request.ts'
import { hoursToTell } from '../rights/erasing.ts'
import { firstToAcceptHours } from '../../booking/waiting-list/offer.ts'

/**
 * What we do with what people tell us. Every number is the one by which the service works: what is asked and why is
 * said by the form's own questions, how long things are kept by the rules that delete them.
 */
export function privacyPageOf (campaigns: readonly Campaign[]) {
  return {
    questions: Object.values(questions),
    campaigns: campaigns.map(({ title, partnership, daysUntilErasure, privacyNotice }) => ({
      title, partnership, kept: daysInWords(daysUntilErasure), privacyNotice
    })),
    monthsKept,
    daysForComplaint,
    daysForCopy,
    hoursToTell,
    firstToAcceptHours,
    mostMonthsToReview,
    regulator
  }
}

/** With 0 days details go in the night after: on the day itself those who run it still need them. */
function daysInWords (days: number): string {
  return days <= 1 ? '1 day' : `${days} days`
}
