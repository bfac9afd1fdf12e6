/**
 * The promises of places and waiting lists, implemented a second time and as simply as possible: a list of people, a
 * list of holds, and nothing stored that can be counted. Imports no rule of the service, so that the two cannot share a
 * mistake. Instants are milliseconds since 1970.
 */

const hour = 3_600_000
const day = 24 * hour

export type Mode = 'off' | 'automatic' | 'offers' | 'by-hand'

export interface Terms {
  startsAt: number
  endsAt: number
  closesAt: number
  /** Of the activity's zone, constant for the length of a history. */
  utcOffset: number
  placesPerBooking: number
}

export interface Supply {
  capacity: number
  overBookingPercent: number
  waitingList: Mode
  offerHours: number
}

export interface Person {
  address: string
  places: number
  status: 'confirmed' | 'waiting' | 'offered' | 'lapsed' | 'cancelled'
  priority: number
  offers: number
  isCalled: boolean
  offeredUntil: number | undefined
  sequence: number
  lapseReason: 'unanswered' | 'refused' | 'closed' | undefined
  hold: ModelHold | undefined
  /** Each fact for which this person gets an email, with the email's number. */
  told: string[]
}

export interface ModelHold {
  code: string
  places: number
  returnsAt: number
  hasReturned: boolean
}

export interface Asked { address: string, places: number, code: string | undefined }

/** Thrown by a command that a rule refuses: the name of the refusal. */
export class Refused extends Error {}

/** One activity with its people, who are in the order of their arrival. */
export class WaitingListModel {
  readonly people: Person[] = []
  readonly holds: ModelHold[] = []
  readonly terms: Terms
  supply: Supply

  constructor (terms: Terms, supply: Supply) {
    this.terms = terms
    this.supply = supply
  }

  bookable (): number {
    const hundredths = this.supply.capacity * (100 + this.supply.overBookingPercent)
    return (hundredths - hundredths % 100) / 100
  }

  placesOf (status: Person['status']): number {
    return sum(this.people.filter(person => person.status === status))
  }

  claimed (hold: ModelHold): number {
    return sum(this.people.filter(person => person.hold === hold && person.status === 'confirmed'))
  }

  left (hold: ModelHold): number {
    return hold.hasReturned ? 0 : hold.places - this.claimed(hold)
  }

  free (): number {
    const held = this.holds.reduce((places, hold) => places + this.left(hold), 0)
    return this.bookable() - this.placesOf('confirmed') - this.placesOf('offered') - held
  }

  /** People who wait, next first. */
  line (): Person[] {
    return this.people.filter(isWaiting).sort((one, other) => one.priority - other.priority)
  }

  book (asked: readonly Asked[], now: number): string[] {
    this.#assertOpen(now)
    // Someone who asks anew after their offer has ended is a new person, served or not.
    this.#lapseEnded(now)
    const waited = new Set(this.line())
    return asked.map(request => outcome(() => { this.#bookOne(request, waited, now) }))
  }

  #bookOne ({ address, places, code }: Asked, waited: ReadonlySet<Person>, now: number): void {
    if (places > this.terms.placesPerBooking) throw new Refused('too-many-places')
    const known = this.people.find(person => person.address === address && isLive(person))
    let hold: ModelHold | undefined
    if (code !== undefined) {
      hold = this.holds.find(hold => hold.code === code)
      if (hold === undefined || this.#isOver(hold, now) || places > this.left(hold)) throw new Refused('code-refused')
    }
    const isAdmitted = hold !== undefined || (this.line().length === 0 && places <= this.free())
    if (!isAdmitted && this.supply.waitingList === 'off') throw new Refused('fully-booked')
    if (known !== undefined && hold !== undefined && waited.has(known) && known.status === 'waiting') {
      Object.assign(known, { status: 'confirmed', places, hold, isCalled: false })
      tell(known, 'booking.confirmed', known.sequence)
      return
    }
    if (known !== undefined) return
    this.people.push({
      address,
      places,
      status: isAdmitted ? 'confirmed' : 'waiting',
      priority: 9,
      offers: 0,
      isCalled: false,
      offeredUntil: undefined,
      sequence: 0,
      lapseReason: undefined,
      hold,
      told: [isAdmitted ? 'booking.confirmed 0' : 'waiting-list.joined 0']
    })
  }

  cancel (person: Person, now: number): void {
    this.#assertLive(person, now)
    if (person.status === 'confirmed') person.sequence++
    person.status = 'cancelled'
    person.isCalled = false
    tell(person, 'booking.cancelled', person.sequence)
  }

  changePlaces (person: Person, places: number, now: number): void {
    this.#assertLive(person, now)
    const more = places - person.places
    if (more === 0) return
    if (places > this.terms.placesPerBooking) throw new Refused('too-many-places')
    const { hold } = person
    const isHoldOver = hold !== undefined && this.#isOver(hold, now)
    if (more > 0) {
      const due = isHoldOver ? this.#due(now).reduce((places, hold) => places + this.left(hold), 0) : 0
      const mayGrow = person.status === 'confirmed' && (hold !== undefined && !isHoldOver
        ? more <= this.left(hold)
        : this.line().length === 0 && more <= this.free() + due)
      if (!mayGrow) throw new Refused('no-places-left')
    }
    if (isHoldOver) for (const hold of this.#due(now)) hold.hasReturned = true
    person.places = places
    tell(person, 'booking.changed', ++person.sequence)
  }

  changeSupply (supply: Supply, now: number): void {
    if (now >= this.terms.endsAt) throw new Refused('activity-over')
    if (supply.waitingList === 'off' && this.line().length > 0) throw new Refused('list-still-needed')
    this.supply = supply
  }

  makeHold (code: string, places: number, lastDay: number, now: number): void {
    const returnsAt = this.#endOf(lastDay, now)
    this.#assertFree(places)
    this.holds.push({ code, places, returnsAt, hasReturned: false })
  }

  changeHold (hold: ModelHold, places: number, lastDay: number, now: number): void {
    if (this.#isOver(hold, now)) throw new Refused('hold-returned')
    const returnsAt = this.#endOf(lastDay, now)
    if (places < this.claimed(hold)) throw new Refused('hold-claimed')
    if (places > hold.places) this.#assertFree(places - hold.places)
    hold.places = places
    hold.returnsAt = returnsAt
  }

  returnHold (hold: ModelHold, now: number): void {
    if (this.#isOver(hold, now)) throw new Refused('hold-returned')
    hold.hasReturned = true
  }

  accept (person: Person, now: number): void {
    if (person.status === 'confirmed') return
    if (isWaiting(person)) {
      const isFirst = this.way(now) === 'call' && person.places <= this.free()
      // Someone who reads that there is no place is told when there is one again.
      if (!isFirst) person.isCalled = false
      if (this.way(now) !== 'call') throw new Refused('nothing-offered')
      if (!isFirst) throw new Refused('place-taken')
    } else {
      this.#assertStands(person, now)
    }
    this.#confirm(person)
    this.#clearStaleCalls(now)
  }

  refuse (person: Person, now: number): void {
    if (isWaiting(person)) throw new Refused('nothing-offered')
    this.#assertStands(person, now)
    lapse(person, 'refused')
  }

  pick (person: Person, now: number): void {
    if (!isWaiting(person)) throw new Refused('not-waiting')
    this.#assertOpen(now)
    if (this.supply.waitingList !== 'by-hand') throw new Refused('not-by-hand')
    if (person.places > this.free()) throw new Refused('party-does-not-fit')
    this.#confirm(person)
  }

  prioritise (person: Person, rank: number): void {
    if (!isWaiting(person)) throw new Refused('not-waiting')
    person.priority = rank
  }

  /** How people who fit get a place at `now`; undefined: they do not, because the list has closed. */
  way (now: number): 'confirm' | 'offer' | 'call' | 'by-hand' | undefined {
    if (now >= this.terms.closesAt) return undefined
    switch (this.supply.waitingList) {
      case 'by-hand': return 'by-hand'
      case 'offers': return now >= this.terms.startsAt - 2 * hour || this.offerEnd(now) === undefined ? 'call' : 'offer'
      default: return 'confirm'
    }
  }

  /** The effect of a job or the sweep on this list. */
  serve (now: number): void {
    for (const hold of this.#due(now)) hold.hasReturned = true
    const way = this.way(now)
    if (way === undefined) {
      for (const person of this.people) if (isWaiting(person) || person.status === 'offered') lapse(person, 'closed')
      return
    }
    this.#lapseEnded(now)
    this.#clearStaleCalls(now)
    for (const person of this.line()) {
      if (person.places > this.free()) continue
      if (way === 'confirm') this.#confirm(person)
      if (way === 'offer') {
        person.status = 'offered'
        person.isCalled = false
        person.offeredUntil = this.offerEnd(now)
        tell(person, 'place.offered', ++person.offers)
      }
      if (way === 'call' && !person.isCalled) {
        person.isCalled = true
        tell(person, 'place.called', ++person.offers)
      }
    }
  }

  /** The later of what the activity allows and the end of a night, never after closing and never in a night. */
  offerEnd (now: number): number | undefined {
    const { closesAt, utcOffset } = this.terms
    const end = Math.min(now + this.supply.offerHours * hour, closesAt)
    const sinceSeven = (((end + utcOffset - 7 * hour) % day) + day) % day
    if (sinceSeven === 0 || sinceSeven <= 15 * hour) return end > now ? end : undefined
    const seven = end - sinceSeven + day
    if (seven <= closesAt) return seven
    const ten = end - sinceSeven + 15 * hour
    return ten > now ? ten : undefined
  }

  #lapseEnded (now: number): void {
    for (const person of this.people) {
      if (person.status === 'offered' && now >= (person.offeredUntil ?? 0)) lapse(person, 'unanswered')
    }
  }

  #confirm (person: Person): void {
    person.status = 'confirmed'
    person.isCalled = false
    tell(person, 'booking.confirmed', person.sequence)
  }

  /** Ends a call for people who find no free place any more: they are told of the next one. */
  #clearStaleCalls (now: number): void {
    for (const person of this.line()) person.isCalled &&= this.way(now) === 'call' && person.places <= this.free()
  }

  #due (now: number): ModelHold[] {
    return this.holds.filter(hold => this.#isOver(hold, now) && !hold.hasReturned)
  }

  #isOver (hold: ModelHold, now: number): boolean {
    return hold.hasReturned || now >= hold.returnsAt
  }

  #assertOpen (now: number): void {
    if (now >= this.terms.endsAt) throw new Refused('activity-over')
    if (now >= this.terms.closesAt) throw new Refused('booking-closed')
  }

  #assertLive (person: Person, now: number): void {
    if (!isLive(person)) throw new Refused('already-cancelled')
    if (now >= this.terms.endsAt) throw new Refused('activity-over')
  }

  #assertStands (person: Person, now: number): void {
    const stands = person.status === 'offered' && now < (person.offeredUntil ?? 0) && now < this.terms.closesAt
    if (!stands) throw new Refused('offer-ended')
  }

  #assertFree (places: number): void {
    if (this.line().length > 0) throw new Refused('people-wait')
    if (places > this.free()) throw new Refused('too-few-to-hold')
  }

  /** The end of the day `lastDay`, in the activity's zone. */
  #endOf (lastDay: number, now: number): number {
    this.#assertOpen(now)
    const { closesAt, utcOffset } = this.terms
    const begins = Math.floor((lastDay + utcOffset) / day) * day - utcOffset
    if (begins + day <= now || begins > closesAt) throw new Refused('hold-ends-wrongly')
    return begins + day
  }
}

/** Returns `done`, or the name of the refusal. */
export function outcome (command: () => void): string {
  try {
    command()
    return 'done'
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
}

function tell (person: Person, fact: string, sequence: number): void {
  person.told.push(`${fact} ${sequence}`)
}

function lapse (person: Person, reason: Person['lapseReason']): void {
  person.status = 'lapsed'
  person.lapseReason = reason
  person.isCalled = false
  tell(person, 'booking.lapsed', person.offers)
}

function isWaiting ({ status }: Person): boolean {
  return status === 'waiting'
}

function isLive ({ status }: Person): boolean {
  return status !== 'lapsed' && status !== 'cancelled'
}

function sum (people: readonly Person[]): number {
  return people.reduce((places, person) => places + person.places, 0)
}
