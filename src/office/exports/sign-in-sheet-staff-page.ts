import { runningOf } from '../../programme/activities/staff-page.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { signersInWords, unprintableOf } from './sign-in-sheet.ts'
import type { Signer } from './sign-in-sheet-queries.ts'

/** What a sign-in sheet will be like, before it is made: for whom, and which names it cannot print. */
export function signInSheetPageOf (
  activity: KnownActivity, signers: readonly Signer[], coverage: Coverage, errors?: FormErrors
) {
  const href = `/staff/activities/${activity.slug}`
  return {
    ...runningOf(activity),
    people: signers.length === 0 ? undefined : signersInWords(signers),
    unprintable: unprintableOf(signers, coverage).map(({ id, name, reference }) => ({
      name, reference, href: `${href}/bookings/${id}`
    })),
    fileHref: `${href}/sign-in-sheet.pdf`,
    onTheDayHref: `${href}/evening`,
    errors
  }
}
