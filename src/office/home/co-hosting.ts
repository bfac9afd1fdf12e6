import type { DateTime } from 'luxon'
import { coHostedFor, may } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { dayInWords } from '../../programme/activities/when.ts'
import { needsOf, ofCoHosts } from './needs.ts'
import type { Concern, NeedKind } from './needs.ts'

/** The next thing for a co-host to do, and where; without `href` there is nothing to do yet. */
export interface NextStep {
  text: string
  href?: string
}

const steps: Partial<Record<NeedKind, { text: string, at: string }>> = {
  'no-link': { text: 'Give it a Teams link: without one nobody can join', at: 'meeting' },
  'meeting-failed': { text: 'See why the Teams meeting could not be made', at: 'meeting' },
  'free-and-waiting': { text: 'Choose who gets the free places', at: 'waiting-list' }
}

/**
 * What someone does next for an activity that they co-host and do not run; undefined for any other. `isOn`: the page of
 * the day is open, which their card leads to.
 */
export function nextForCoHost (
  staff: StaffMember, activity: KnownActivity, { concern, isOn }: { concern: Concern | undefined, isOn: boolean },
  now: DateTime<true>
): NextStep | undefined {
  const isCoHosted = coHostedFor(staff, 'edit activities').includes(activity.id) && !may(staff, 'run activities', activity)
  if (!isCoHosted || activity.status === 'cancelled') return undefined
  const href = `/staff/activities/${activity.slug}`
  const [step] = (concern === undefined ? [] : needsOf(concern, now))
    .filter(kind => ofCoHosts.includes(kind)).flatMap(kind => steps[kind] ?? [])
  if (step !== undefined) return { text: step.text, href: `${href}/${step.at}` }
  if (activity.status === 'draft') return { text: 'Read it, and change what is not right before it is published', href: `${href}/settings` }
  if (isOn) return { text: 'See who is coming, and say who came', href: `${href}/evening` }
  return activity.startsAt > now
    ? { text: `Nothing to do yet. On ${dayInWords(activity.startsAt, activity.zone)} you see who is coming.` }
    : undefined
}
