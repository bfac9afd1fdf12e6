import type { Activity } from '../../programme/activities/activity.ts'
import { reached } from '../../programme/booking-rules.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { draft } from '../../platform/draft.ts'
import { teamsLinkStays } from './new-links.ts'
import { notReached } from './reachability.ts'

/** The parts of a booking that an organiser can change. */
export type Details = Pick<Booking, 'name' | 'email' | 'phone' | 'district' | 'places' | 'accessNeeds'>

export const detailsDraft = draft(['name', 'email', 'phone', 'district', 'places', 'accessNeeds'])

export const detailsInWords: Record<keyof Details, string> = {
  name: 'Full name',
  email: 'Email address',
  phone: 'Phone number',
  district: 'Where they live',
  places: 'Number of places',
  accessNeeds: 'What would help them take part'
}

/** A detail as text for people. */
export function detailInWords (details: Details, name: keyof Details): string {
  return String(details[name] ?? 'Nothing')
}

/** The details that emails and invitations contain: the holder is written to when they change. */
const told: Array<keyof Details> = ['name', 'email', 'places']

/** Whether a change of these details is announced by email. */
export function isTold (changed: ReadonlyArray<keyof Details>): boolean {
  return changed.some(name => told.includes(name))
}

/** What changing details does to the holder of a booking, in sentences; none where they are not written to. */
export function detailEffects (
  { status, unreachableAt, ...before }: Booking, after: Details, activity: Pick<Activity, 'joinMode' | 'joinUrlSealed'>
): string[] {
  const changed = detailsDraft.changed(before, after)
  if (!isTold(changed)) return []
  const email = status === 'confirmed' ? 'an updated invitation' : 'an email that says how their booking stands'
  const isReachable = reached.holds({
    email: after.email, unreachableAt: changed.includes('email') ? undefined : unreachableAt
  })
  return [
    ...changed.includes('email') ? addressEffects(before, after, email) : [],
    ...changed.includes('email') && before.email !== undefined ? teamsLinkStays(before, activity) : [],
    ...changed.includes('email') || !isReachable ? [] : [`They get ${email}.`],
    ...!changed.includes('email') && !isReachable ? [notReached] : [],
    ...changed.includes('places') && status === 'confirmed' && after.places < before.places
      ? [`${before.places - after.places === 1 ? '1 place goes' : `${before.places - after.places} places go`} to the next in line.`]
      : [],
    ...changed.includes('accessNeeds') && before.accessAnswer !== undefined
      ? ['What was arranged for them counts as not arranged: look at it again.']
      : []
  ]
}

function addressEffects (before: Details, after: Details, email: string): string[] {
  const isSamePerson = before.email !== undefined && after.email !== undefined &&
    canonicalAddress(before.email) === canonicalAddress(after.email)
  const old = before.email === undefined
    ? []
    : [
        `Nothing more goes to ${before.email}, not even a notice, and an entry in its calendar stays as it is.`,
        ...isSamePerson ? [] : ['The links to this booking that it has stop working.'],
        'If it is someone else’s address and their calendar must be told, cancel this booking and book them in again instead.'
      ]
  return after.email === undefined
    ? ['They get no more emails. They stay on the list of people to call until you have told them.', ...old]
    : [`Emails go to ${after.email} from now on. It gets ${email} within minutes.`, ...old]
}
