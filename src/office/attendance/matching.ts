import { canonicalAddress } from '../../booking/bookings/address.ts'
import { comparedName, nearEnough, nearness } from './near-names.ts'
import type { Presence } from './presence.ts'
import type { ReportedJoin } from './report-file.ts'

/** Someone in a report: all joins of one address, or of one name without an address. */
export interface Joiner {
  name: string
  isPresenter: boolean
  presences: Presence[]
}

/** The parts of a booking by which its people are found in a report. */
export interface Candidate {
  id: string
  reference: string
  name: string
  canonicalEmail: string | undefined
}

/** How someone was found. */
export type FoundBy = 'address' | 'name'

/** Someone in a report with their booking, or with the bookings of which a person has to choose. */
export interface Match {
  joiner: Joiner
  found: { bookingId: string, by: FoundBy } | undefined
  /** Where nobody was found: the bookings whose names are near, nearest first. */
  near: string[]
}

/** How many bookings one can compare at a glance. */
const maxNear = 4

interface Person extends Joiner { address: string | undefined, key: string }

/**
 * Finds the bookings of the people in a report: by their address, then by their name where nobody else has it, among
 * bookings and in the report. All others wait for a person, with the bookings whose names are near.
 *
 * Who organises the meeting is left out. So is who presents, unless nobody in the report is an attendee: then the
 * meeting lets everyone present, and the role says nothing. A presenter who could be found waits for a person.
 */
export function matchesOf (joins: readonly ReportedJoin[], candidates: readonly Candidate[]): Match[] {
  const everyonePresents = !joins.some(({ role }) => role === 'attendee')
  const people = peopleIn(joins.filter(({ role }) => role !== 'organiser'), everyonePresents)
  const byAddress = new Map(candidates.flatMap(({ id, canonicalEmail }) =>
    canonicalEmail === undefined ? [] : [[canonicalEmail, id] as const]))
  const named = candidates.map(({ id, name }) => ({ id, compared: comparedName(name) }))
  const withName = Map.groupBy(named, ({ compared }) => compared)
  const ownersOf = Map.groupBy(people.filter(({ address }) => address !== undefined), ({ name }) => comparedName(name))

  return people.flatMap(({ address, key: _, ...joiner }): Match[] => {
    const compared = comparedName(joiner.name)
    const bookingId = address === undefined ? undefined : byAddress.get(address)
    if (bookingId !== undefined) return [matched(joiner, { bookingId, by: 'address' })]
    const [booking, ...namesakes] = compared === '' ? [] : withName.get(compared) ?? []
    // Two people who are signed in by two addresses are two, whatever their names.
    const isOneOfSeveral = (ownersOf.get(compared) ?? []).length > 1
    if (booking !== undefined && namesakes.length === 0 && !isOneOfSeveral) {
      return [matched(joiner, { bookingId: booking.id, by: 'name' })]
    }
    const near = nearTo(compared, named)
    return joiner.isPresenter && near.length === 0 ? [] : [{ joiner, found: undefined, near }]
  })
}

/** Who presents is more likely to be of the partnership than to have booked with the same name. */
function matched (joiner: Joiner, found: NonNullable<Match['found']>): Match {
  return joiner.isPresenter ? { joiner, found: undefined, near: [found.bookingId] } : { joiner, found, near: [] }
}

/** The people in a report, each once, in the order in which they first joined. */
function peopleIn (joins: readonly ReportedJoin[], everyonePresents: boolean): Person[] {
  const people = new Map<string, Person>()
  const inOrder = [...joins].sort((one, other) => one.presence.from - other.presence.from)
  for (const { name, address: given, role, presence } of inOrder) {
    const address = given === undefined ? undefined : canonicalAddress(given)
    // A name of pictures alone has nothing to compare.
    const key = address ?? (comparedName(name) || name)
    const isPresenter = role === 'presenter' && !everyonePresents
    const known = people.get(key)
    if (known === undefined) people.set(key, { key, name, address, isPresenter, presences: [presence] })
    else {
      known.presences.push(presence)
      known.isPresenter &&= isPresenter
    }
  }
  return [...people.values()]
}

function nearTo (compared: string, named: ReadonlyArray<{ id: string, compared: string }>): string[] {
  return named.map(({ id, compared: other }) => ({ id, near: nearness(compared, other) }))
    .filter(({ near }) => near >= nearEnough)
    .sort((one, other) => other.near - one.near)
    .slice(0, maxNear).map(({ id }) => id)
}
