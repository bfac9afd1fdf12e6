import { setImmediate } from 'node:timers/promises'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { ReportRefused } from './errors.ts'
import { comparedName, measured, nearness } from './near-names.ts'
import type { Measured } from './near-names.ts'
import { overlap } from './presence.ts'
import type { Presence } from './presence.ts'
import type { ReportedJoin } from './report-file.ts'

/** Someone in a report: all joins of one address, or of one name without an address. */
export interface Joiner {
  name: string
  isPresenter: boolean
  /** A name that joined a second time while it was there: two people of that name, or one with two devices. */
  isTwice: boolean
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

/** As many people as one page can show; a report of more is refused before its names are compared. */
const mostPeople = 1500

interface Person extends Joiner { address: string | undefined, compared: string }

/**
 * Finds the bookings of the people in a report: by their address, then by their name where nobody else has it, among
 * bookings and in the report. All others wait for a person, with the bookings whose names are near. Throws
 * `ReportRefused`.
 *
 * Who organises the meeting is left out. So is who presents, unless nobody in the report is an attendee: then the
 * meeting lets everyone present, and the role says nothing. A presenter who could be found waits for a person.
 *
 * Comparing hundreds of long names takes seconds: between two people whoever else waits for an answer gets theirs.
 */
export async function matchesOf (joins: readonly ReportedJoin[], candidates: readonly Candidate[]): Promise<Match[]> {
  const everyonePresents = !joins.some(({ role }) => role === 'attendee')
  const people = peopleIn(joins.filter(({ role }) => role !== 'organiser'), everyonePresents)
  const byAddress = new Map(candidates.flatMap(({ id, canonicalEmail }) =>
    canonicalEmail === undefined ? [] : [[canonicalEmail, id] as const]))
  const named = candidates.map(({ id, name }) => {
    const compared = comparedName(name)
    return { id, compared, measured: measured(compared) }
  })
  const withName = Map.groupBy(named, ({ compared }) => compared)
  const ownersOf = Map.groupBy(people.filter(({ address }) => address !== undefined), ({ compared }) => compared)

  const matches: Match[] = []
  for (const person of people) {
    matches.push(...matchOf(person))
    await setImmediate()
  }
  return matches

  function matchOf ({ address, compared, ...joiner }: Person): Match[] {
    const bookingId = address === undefined ? undefined : byAddress.get(address)
    if (bookingId !== undefined) return [matched(joiner, { bookingId, by: 'address' })]
    const [booking, ...namesakes] = compared === '' ? [] : withName.get(compared) ?? []
    // Two people who are signed in by two addresses are two, whatever their names; who was there twice may be two.
    const isOneOfSeveral = joiner.isTwice || (ownersOf.get(compared) ?? []).length > 1
    if (booking !== undefined && namesakes.length === 0 && !isOneOfSeveral) {
      return [matched(joiner, { bookingId: booking.id, by: 'name' })]
    }
    const near = nearTo(measured(compared), named)
    return joiner.isPresenter && near.length === 0 ? [] : [{ joiner, found: undefined, near }]
  }
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
    const compared = comparedName(name)
    // A name of pictures alone has nothing to compare.
    const key = address ?? (compared || name)
    const isPresenter = role === 'presenter' && !everyonePresents
    const known = people.get(key)
    if (known === undefined) {
      people.set(key, { name, compared, address, isPresenter, isTwice: false, presences: [presence] })
    } else {
      known.isTwice ||= address === undefined && known.presences.some(other =>
        overlap(other, presence) && !isSame(other, presence))
      known.presences.push(presence)
      known.isPresenter &&= isPresenter
    }
  }
  if (people.size > mostPeople) throw new ReportRefused('too-many')
  return [...people.values()]
}

/** One join that is in two reports. */
function isSame (one: Presence, other: Presence): boolean {
  return one.from === other.from && one.to === other.to && one.seconds === other.seconds
}

function nearTo (name: Measured, named: ReadonlyArray<{ id: string, measured: Measured }>): string[] {
  return named.map(({ id, measured: other }) => ({ id, near: nearness(name, other) }))
    .filter(({ near }) => near > 0)
    .sort((one, other) => other.near - one.near)
    .slice(0, maxNear).map(({ id }) => id)
}
