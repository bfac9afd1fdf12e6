import type { DateTime } from 'luxon'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { coHostedUntil, daysOfCoHosting } from '../../identity/staff/co-hosting.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isToCome } from '../../programme/activities/booking-window.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { dayInWords } from '../../programme/activities/when.ts'
import { daysOfLink, mostCoHosts } from './invitation.ts'
import type { CoHostInvitation } from './invitation.ts'
import type { CoHost } from './queries.ts'
import { another } from './schema.ts'
import type { coHostInvitationFields } from './schema.ts'

interface CoHostsPage {
  activity: KnownActivity
  coHosts: readonly CoHost[]
  invitations: readonly CoHostInvitation[]
}

/** Who co-hosts an activity and since when, and who is invited. */
export function coHostsPageOf (
  { activity, coHosts, invitations }: CoHostsPage, now: DateTime<true>, errors?: FormErrors
) {
  const { slug, zone } = activity
  const href = `/staff/activities/${slug}/co-hosts`
  const isFull = coHosts.length + invitations.length >= mostCoHosts
  return {
    ...runningOf(activity),
    coHosts: coHosts.map(({ id, name, agency, since, until, isDisabled }) => ({
      name,
      agency,
      since: dayInWords(since, zone),
      until: dayInWords(until, zone),
      isDisabled,
      endHref: `${href}/${id}/end`
    })),
    invitations: invitations.map(({ id, name, email, employer, invitedAt, expiresAt, isRefused }) => ({
      name,
      email,
      agency: employer.name,
      invited: dayInWords(invitedAt, zone),
      until: dayInWords(expiresAt, zone),
      isRefused,
      endHref: `${href}/invitations/${id}/end`
    })),
    inviteHref: isToCome(activity, now) && !isFull ? `${href}/new` : undefined,
    isFull,
    until: dayInWords(coHostedUntil(activity), zone),
    isHidden: activity.visibility === 'operational',
    errors
  }
}

type Typed = Partial<Record<typeof coHostInvitationFields[number], string>>

interface CoHostInvitationPage {
  activity: KnownActivity
  agencies: ReadonlyArray<{ id: string, name: string }>
  submission: string
  typed: Typed
  errors: FormErrors | undefined
}

/** The form that invites a co-host. */
export function coHostInvitationPageOf ({ activity, agencies, submission, typed, errors }: CoHostInvitationPage) {
  return {
    ...runningOf(activity),
    values: typed,
    agencies: [
      { value: '', text: 'Select' }, ...agencies.map(({ id, name }) => ({ value: id, text: name })),
      { value: another, text: 'Another organisation' }
    ].map(item => ({ ...item, selected: item.value === (typed.agency ?? '') })),
    submission,
    daysOfLink,
    daysOfCoHosting,
    errors
  }
}

/** What an invitation does and the email that is sent, before it is. */
export function invitingPageOf (
  activity: KnownActivity, email: { subject: string, text: string }, required: ConfirmationRequired, body: unknown
) {
  const running = runningOf(activity)
  const href = `${running.activity.href}/co-hosts`
  return {
    ...running, ...effectsOf(required), email, action: `${href}/new`, leaveHref: href, fields: hiddenFieldsOf(body)
  }
}
