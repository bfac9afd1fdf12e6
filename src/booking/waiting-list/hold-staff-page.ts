import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { Hold } from '../holds/hold.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'

/** What a hold with fewer places would do to people, before it is changed. */
export function holdEffectsPageOf (
  activity: KnownActivity, holdId: string, required: ConfirmationRequired, body: unknown
) {
  const running = runningOf(activity)
  const leaveHref = `${running.activity.href}/holds`
  return { ...running, ...effectsOf(required), action: `${leaveHref}/${holdId}`, leaveHref, fields: hiddenFieldsOf(body) }
}

/** The question before a hold is returned: who gets its places then. */
export function holdReturnPageOf (
  activity: KnownActivity, { id, agency }: Hold, required: ConfirmationRequired, errors?: FormErrors
) {
  const running = runningOf(activity)
  return {
    ...running, ...effectsOf(required), agency, action: `${running.activity.href}/holds/${id}/return`, errors
  }
}
