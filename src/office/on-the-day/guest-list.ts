import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { timeInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { attendanceOf, attendances } from '../../booking/bookings/attendance.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import { attendancesInWords } from '../../booking/attendees/filter-in-words.ts'
import { partyOf } from './attendance.ts'
import type { Note, Party } from './attendance.ts'
import type { NotNoted } from './commands.ts'
import type { Guest } from './queries.ts'

const groups = [
  { attendance: 'unknown', heading: 'To let in by name' },
  { attendance: 'no', heading: 'Did not come' },
  { attendance: 'yes', heading: 'Here' }
] as const satisfies Array<{ attendance: Attendance, heading: string }>

export const attendanceChoices: Record<Attendance, string> = { ...attendancesInWords, yes: 'Here' }

/** The words for a note in sentences. */
export const notedInWords: Record<Attendance, string> = { yes: 'here', no: 'did not come', unknown: 'not noted' }

/** Guests in groups, those still to be let in first, each in the order in which they are given. */
export function groupsOf (guests: readonly Guest[], { zone }: KnownActivity, chosen?: ReadonlyMap<string, Note>) {
  const namesakes = countBy(guests, asCompared)
  const rows = guests.map(guest => {
    const stands = attendanceOf(guest.attended)
    const { wanted, party } = chosen?.get(guest.reference) ?? { wanted: stands }
    return {
      stands,
      name: guest.name,
      reference: guest.reference,
      more: guest.places > 1 ? guest.places - 1 : undefined,
      hasNamesake: (namesakes.get(asCompared(guest)) ?? 0) > 1,
      hasAccessNeed: guest.accessNeeds !== undefined,
      joinedAt: guest.joinedAt && timeInWords(guest.joinedAt, zone),
      known: knownInWords(guest),
      noted: notedInWords[stands],
      choices: attendances
        .filter(attendance => attendance !== 'unknown' || guest.joinedAt === undefined || stands === 'unknown')
        .map(attendance => ({
          value: `${stands}-${attendance}`, text: attendanceChoices[attendance], isChosen: attendance === wanted
        })),
      counts: countsOf(guest, party?.wanted)
    }
  })
  return groups.map(({ attendance, heading }) =>
    ({ attendance, heading, rows: rows.filter(({ stands }) => stands === attendance) }))
}

/** How it is known that someone came, where that is neither a tick nor a join, which the list shows anyway. */
function knownInWords ({ attended, attendanceSource }: Guest): string | undefined {
  if (attended !== true) return undefined
  return attendanceSource === 'checked-in' ? 'Typed the code' : attendanceSource === 'report' ? 'In the Teams report' : undefined
}

/** The numbers of people to choose from, for a booking of more than one place. */
function countsOf (guest: Guest, wanted?: Party) {
  const { places } = guest
  if (places === 1) return undefined
  const stands = partyOf(guest)
  const numbers = Array.from({ length: places - 1 }, (_, n) => n + 1)
  return [
    { party: 'unknown' as const, text: 'Not counted yet' }, { party: 'all' as const, text: `All ${places}` },
    ...numbers.map(party => ({ party, text: `${party} of ${places}` }))
  ].map(({ party, text }) => ({
    value: `${stands}-${party}`,
    text,
    isChosen: party === (wanted ?? stands)
  }))
}

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
    return [reference, sentenceOf(guest, because)] as const
  })
  return {
    list: told.map(([field, text]) => ({ text, href: `#${field === 'form' ? 'form' : `guest-${field}`}` })),
    of: Object.fromEntries(told.map(([field, text]) => [field, { text }]))
  }
}

function sentenceOf ({ name, places, attended, camePlaces }: Guest, because: NotNoted['because']): string {
  if (because === 'joined') return `${name} joined by their own link: choose whether they were here or did not come.`
  if (because === 'nobody-to-count') return `${name}: choose “Here” if some of them came.`
  const count = attended === true && places > 1 && camePlaces !== undefined ? `, ${camePlaces} of ${places}` : ''
  return `${name}: someone else noted “${notedInWords[attendanceOf(attended)]}${count}” at the same time, and that stays.`
}
