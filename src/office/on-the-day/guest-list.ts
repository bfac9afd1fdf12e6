import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { attendanceOf, attendances } from '../../booking/bookings/attendance.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import type { NotNoted } from './commands.ts'
import type { Guest } from './queries.ts'

const groups = [
  { attendance: 'unknown', heading: 'To let in by name' },
  { attendance: 'no', heading: 'Did not come' },
  { attendance: 'yes', heading: 'Here' }
] as const satisfies Array<{ attendance: Attendance, heading: string }>

const choices: Record<Attendance, string> = { yes: 'Here', no: 'Did not come', unknown: 'Not noted' }

/** The words for a note in sentences. */
const noted: Record<Attendance, string> = { yes: 'here', no: 'did not come', unknown: 'not noted' }

/** Guests in groups, those still to be let in first, each by name as it is typed in a lobby. */
export function groupsOf (guests: readonly Guest[], { zone }: KnownActivity, chosen?: ReadonlyMap<string, Attendance>) {
  const namesakes = countBy(guests, asCompared)
  const rows = byName(guests).map(guest => {
    const stands = attendanceOf(guest.attended)
    const wanted = chosen?.get(guest.reference) ?? stands
    return {
      stands,
      name: guest.name,
      reference: guest.reference,
      more: guest.places > 1 ? guest.places - 1 : undefined,
      hasNamesake: (namesakes.get(asCompared(guest)) ?? 0) > 1,
      hasAccessNeed: guest.accessNeeds !== undefined,
      joinedAt: guest.joinedAt && timeInWords(guest.joinedAt, zone),
      noted: noted[stands],
      choices: attendances
        .filter(attendance => attendance !== 'unknown' || guest.joinedAt === undefined || stands === 'unknown')
        .map(attendance => ({
          value: `${stands}-${attendance}`, text: choices[attendance], isChosen: attendance === wanted
        }))
    }
  })
  return groups.map(({ attendance, heading }) =>
    ({ attendance, heading, rows: rows.filter(({ stands }) => stands === attendance) }))
}

export function byName (guests: readonly Guest[]): Guest[] {
  return [...guests].sort((one, other) =>
    inEnglish.compare(one.name, other.name) || one.reference.localeCompare(other.reference))
}

const inEnglish = new Intl.Collator('en-GB')

/** Equal for two names that look alike in a lobby. */
function asCompared ({ name }: Guest): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

function countBy<T> (all: readonly T[], key: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of all) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
  return counts
}

/** Notes that could not be recorded, in sentences with links to the people they are about. */
export function notNotedInWords (notNoted: readonly NotNoted[], guests: readonly Guest[]): FormErrors {
  const byReference = new Map(guests.map(guest => [guest.reference, guest]))
  const told = notNoted.map(({ reference, because }) => {
    const guest = byReference.get(reference)
    if (guest === undefined || because === 'no-place') return ['form', `The booking ${reference} has no place any more, so nothing was noted of it.`] as const
    return [reference, because === 'joined'
      ? `${guest.name} joined by their own link: choose whether they were here or did not come.`
      : `${guest.name}: someone else noted “${noted[attendanceOf(guest.attended)]}” at the same time, and that stays.`] as const
  })
  return {
    list: told.map(([field, text]) => ({ text, href: `#${field === 'form' ? 'form' : `guest-${field}`}` })),
    of: Object.fromEntries(told.map(([field, text]) => [field, { text }]))
  }
}
