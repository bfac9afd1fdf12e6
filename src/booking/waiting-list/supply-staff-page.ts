import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf, waitingListModesInWords } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { supplyFields } from '../../programme/activities/schema.ts'

/** What a change to places would do to people, before it is made. */
export function supplyEffectsPageOf (activity: KnownActivity, required: ConfirmationRequired, body: unknown) {
  const running = runningOf(activity)
  return { ...running, ...effectsOf(required), action: `${running.activity.href}/places`, fields: hiddenFieldsOf(body) }
}

type SupplyField = typeof supplyFields[number]

/** The form that changes places, with the stored values, or with what was typed and its errors. */
export function supplyPageOf (
  activity: KnownActivity, typed?: Partial<Record<SupplyField, string>>, errors?: FormErrors
) {
  const current: Record<SupplyField, string> = {
    capacity: String(activity.capacity ?? ''),
    over_booking: String(activity.overBookingPercent),
    waiting_list: activity.waitingList,
    offer_hours: String(activity.offerHours),
    another_date_at: String(activity.anotherDateAt ?? '')
  }
  const values = typed ?? current
  return {
    ...runningOf(activity),
    modes: Object.entries(waitingListModesInWords).map(([value, { name, does }]) =>
      ({ value, text: name, hint: { text: does }, checked: values.waiting_list === value })),
    values,
    errors
  }
}
