import { runningOf } from '../../programme/activities/staff-page.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { mayHaveNeeds } from './print-sign-in-sheet.ts'
import { purposes } from './purposes.ts'
import { sheetFields, sheetPurposes } from './sign-in-sheet-schema.ts'
import { signersInWords, unprintableOf } from './sign-in-sheet.ts'
import type { Signer } from './sign-in-sheet-queries.ts'

/** What a sign-in sheet will be like, before it is made: for whom, and which names it cannot print. */
export function signInSheetPageOf (
  { staff, activity, signers, coverage }: {
    staff: StaffMember, activity: KnownActivity, signers: readonly Signer[], coverage: Coverage
  }, tried?: { query: unknown, errors: FormErrors }
) {
  const { needs, print, why } = typedOf(tried?.query, sheetFields)
  const href = `/staff/activities/${activity.slug}`
  return {
    ...runningOf(activity),
    people: signers.length === 0 ? undefined : signersInWords(signers),
    unprintable: unprintableOf(signers, coverage).map(({ id, name, reference }) => ({
      name, reference, href: `${href}/bookings/${id}`
    })),
    fileHref: `${href}/sign-in-sheet.pdf`,
    onTheDayHref: `${href}/evening`,
    mayHaveNeeds: mayHaveNeeds(staff, activity),
    isChosen: { needs: needs !== undefined, large: print !== undefined },
    purposes: sheetPurposes.map(value => ({ value, text: purposes[value], checked: value === why })),
    errors: tried?.errors
  }
}
